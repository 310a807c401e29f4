import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Credentials } from './credentials.ts';
import type { ClusterOptions, ComponentName } from './options.ts';

/** Everything that the arguments of the components are made from. */
export interface Layout {
	readonly folder: string;
	readonly ports: Readonly<Record<ComponentName | 'etcd-peer', number>>;
	readonly credentials: Credentials;
	/** kubeconfig of the admin. */
	readonly kubeconfig: string;
	readonly auditLog: string;
	/** Folders of kwok's stages; empty without kwok. */
	readonly stages: readonly string[];
}

/** The arguments of a component. Every port is on the loopback address. */
export function argumentsOf(name: ComponentName, layout: Layout, options: ClusterOptions): string[] {
	return [...ours[name](layout, options), ...(options.args?.[name] ?? [])];
}

/** The default of 20 requests a second keeps the controllers busy for five seconds before they do anything. */
const unthrottled = ['--kube-api-qps=500', '--kube-api-burst=1000'];

const ours: Record<ComponentName, (layout: Layout, options: ClusterOptions) => string[]> = {
	etcd: ({ folder, ports }) => {
		const client = `http://127.0.0.1:${ports.etcd}`;
		const peer = `http://127.0.0.1:${ports['etcd-peer']}`;
		return [
			`--data-dir=${join(folder, 'etcd')}`,
			`--listen-client-urls=${client}`,
			`--advertise-client-urls=${client}`,
			`--listen-peer-urls=${peer}`,
			`--initial-advertise-peer-urls=${peer}`,
			`--initial-cluster=default=${peer}`,
			'--unsafe-no-fsync', // What a killed process wrote is safe without; only a power loss would lose it.
			'--quota-backend-bytes=8589934592',
			'--log-level=warn',
		];
	},

	'kube-apiserver': (
		{ folder, ports, credentials: { files }, auditLog },
		{ mutatingAdmissionPolicy = true, components = [], audit },
	) => [
		`--etcd-servers=http://127.0.0.1:${ports.etcd}`,
		'--bind-address=127.0.0.1',
		'--advertise-address=127.0.0.1',
		'--endpoint-reconciler-type=none',
		`--secure-port=${ports['kube-apiserver']}`,
		`--tls-cert-file=${files.server}`,
		`--tls-private-key-file=${files.serverKey}`,
		`--client-ca-file=${files.authority}`,
		`--cert-dir=${folder}`,
		'--service-account-issuer=https://kubernetes.default.svc',
		`--service-account-key-file=${files.serviceAccountKey}`,
		`--service-account-signing-key-file=${files.serviceAccountKey}`,
		'--service-cluster-ip-range=10.0.0.0/24',
		'--authorization-mode=Node,RBAC',
		'--enable-admission-plugins=NodeRestriction,OwnerReferencesPermissionEnforcement',
		// This plugin refuses every pod whose service account is missing, and only the controller manager makes those.
		...(components.includes('kube-controller-manager') ? [] : ['--disable-admission-plugins=ServiceAccount']),
		'--allow-privileged=true',
		...(mutatingAdmissionPolicy
			? []
			: [
					'--feature-gates=MutatingAdmissionPolicy=false',
					`--runtime-config=${['mutatingadmissionpolicies', 'mutatingadmissionpolicybindings']
						.map((resource) => `admissionregistration.k8s.io/v1/${resource}=false`)
						.join(',')}`,
				]),
		...(audit === 'None' ? [] : [`--audit-log-path=${auditLog}`, `--audit-policy-file=${auditPolicy(folder, audit)}`]),
	],

	'kube-controller-manager': ({ folder, ports, credentials: { files }, kubeconfig }) => [
		`--kubeconfig=${kubeconfig}`,
		`--authentication-kubeconfig=${kubeconfig}`,
		`--authorization-kubeconfig=${kubeconfig}`,
		'--bind-address=127.0.0.1',
		`--secure-port=${ports['kube-controller-manager']}`,
		`--tls-cert-file=${files.server}`,
		`--tls-private-key-file=${files.serverKey}`,
		`--cert-dir=${folder}`,
		`--service-account-private-key-file=${files.serviceAccountKey}`,
		`--root-ca-file=${files.authority}`,
		'--use-service-account-credentials=true',
		...unthrottled,
		// kwok keeps no lease of a node: after this while the pods on it would be marked as not ready, and kwok leaves them so.
		'--node-monitor-grace-period=1h',
		'--node-monitor-period=500ms', // A node of kwok is schedulable when its taint not-ready goes: by default after five seconds.
		'--leader-elect=false',
	],

	'kube-scheduler': ({ folder, ports, credentials: { files }, kubeconfig }) => [
		`--kubeconfig=${kubeconfig}`,
		`--authentication-kubeconfig=${kubeconfig}`,
		`--authorization-kubeconfig=${kubeconfig}`,
		'--bind-address=127.0.0.1',
		`--secure-port=${ports['kube-scheduler']}`,
		`--tls-cert-file=${files.server}`,
		`--tls-private-key-file=${files.serverKey}`,
		`--cert-dir=${folder}`,
		'--leader-elect=false',
		...unthrottled,
	],

	kwok: ({ ports, kubeconfig, stages }) => [
		`--kubeconfig=${kubeconfig}`,
		'--manage-all-nodes=true',
		`--server-address=127.0.0.1:${ports.kwok}`,
		...stages.map((file) => `--config=${file}`),
	],
};

/** Both stages of each request: the first says what a server received, even where no answer came back. */
function auditPolicy(folder: string, level = 'Metadata'): string {
	const path = join(folder, 'audit-policy.json');
	const rules = [{ level: 'None', nonResourceURLs: ['/healthz*', '/livez*', '/readyz*'] }, { level }];
	writeFileSync(path, JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules }));
	return path;
}
