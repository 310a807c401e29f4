import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { socketPathExcess } from '../kubelet/grpc/index.ts';

/** As the kubelet takes it: `IsExtendedResourceName` of kubernetes/pkg/apis/core/v1/helper. */
export function isExtendedResourceName(name: string): boolean {
	const [domain = '', path = '', ...more] = name.split('/');
	if (more.length > 0 || name.includes('kubernetes.io/') || name.startsWith('requests.')) return false;
	const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
	return (
		domain.length <= 253 &&
		new RegExp(`^${label}(\\.${label})*$`).test(domain) &&
		path.length <= 63 &&
		/^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(path)
	);
}

/**
 * Our socket for a resource, relative to the kubelet's directory: its name, shortened with a digest where the whole path would be too long for a
 * socket. A domain has no `_`, so that no two resources have one.
 */
export function endpointOf(resource: string, kubeletDir: string, endpointDir: string): string {
	const whole = `${endpointDir}/${resource.replace('/', '_')}.sock`;
	const excess = socketPathExcess(join(kubeletDir, whole));
	if (excess === 0) return whole;
	const digest = createHash('sha256').update(resource).digest('hex').slice(0, 12);
	return `${endpointDir}/${digest}.sock`;
}
