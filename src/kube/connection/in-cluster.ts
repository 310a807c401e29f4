import { existsSync, readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { Account } from './account.ts';

/** Where the kubelet puts the token of a pod's service account. */
const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The account of the pod that we run in, or `null` outside of one. `folder` is the service account's, for tests. */
export function inClusterAccount(env: NodeJS.ProcessEnv, folder = serviceAccount): Account | null {
	const host = env.KUBERNETES_SERVICE_HOST;
	const port = env.KUBERNETES_SERVICE_PORT ?? '443';
	const token = join(folder, 'token');
	if (host === undefined || host === '' || !existsSync(token)) return null;
	const namespaceFile = join(folder, 'namespace');
	return {
		context: 'in-cluster',
		namespace: existsSync(namespaceFile) ? readFileSync(namespaceFile, 'utf8').trim() || null : null,
		server: new URL(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`),
		tls: { ca: { kind: 'file', path: join(folder, 'ca.crt') }, serverName: null, insecure: false },
		proxyUrl: null,
		user: { certificate: null, bearer: { kind: 'token-file', path: token }, impersonation: {} },
	};
}
