/**
 * What a policy of the fault rounds may be told to be. Each asks all duties for something: admission, pods that are restarted or evicted,
 * nodes with labels and taints, a DeviceClass. Every policy has pods and nodes of its own (see world.ts), so that none stands in the
 * way of another.
 */
export const variants = {
	restart: (name) => spec(name, { value: 'A', remediation: 'Restart', allow: good, taint: true }),
	evict: (name) => spec(name, { value: 'B', remediation: 'Evict', allow: bad, taint: true }),
	deny: (name) => ({
		...spec(name, { value: 'C', remediation: 'Restart', allow: bad, taint: false }),
		workloads: { ...workloads(name, 'Restart'), containers: { scope: 'All' }, bypass: 'Deny' },
	}),
	report: (name) => spec(name, { value: 'D', remediation: 'Report', allow: good, taint: false }),
	audit: (name) => ({ ...spec(name, { value: 'E', remediation: 'Report', allow: bad, taint: true }), mode: 'Audit' }),
} as const satisfies Readonly<Record<string, (name: string) => object>>;

export type Variant = keyof typeof variants;

export const variantNames = Object.keys(variants) as readonly Variant[];

/** What the pods of a policy carry once it has converged; `null` where nothing replaces those that were there before. */
export const valueAfter: Readonly<Record<Variant, string | null>> = {
	restart: 'A',
	evict: 'B',
	deny: 'C',
	report: null,
	audit: null,
};

/** Devices by product name: each node of a policy has one of them. */
export const good = 'NVIDIA GeForce RTX 3090';
export const bad = 'NVIDIA GeForce RTX 5060 Ti';

interface Demand {
	readonly value: string;
	readonly remediation: 'Report' | 'Restart' | 'Evict';
	readonly allow: string;
	readonly taint: boolean;
}

function spec(name: string, { value, remediation, allow, taint }: Demand): object {
	return {
		mode: 'Enforce',
		devices: { allow: [{ productName: allow }] },
		env: [
			{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' },
			{ name: 'NCCL_DEBUG', value },
		],
		workloads: workloads(name, remediation),
		nodes: { selector: { matchLabels: { pool: name } }, onForbiddenDevice: taint ? 'Taint' : 'Report' },
	};
}

function workloads(name: string, type: string): object {
	return {
		namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
		remediation: { type, maxUnavailable: '100%', pause: '0s' },
	};
}
