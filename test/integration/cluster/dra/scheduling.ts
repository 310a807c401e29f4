import { setTimeout as pause } from 'node:timers/promises';
import type { TestCluster } from '../../../cluster/index.ts';
import { ok } from '../nodes/rig.ts';
import type { PublishedEntry } from './random-devices.ts';

export const group = '/apis/resource.k8s.io/v1';

// biome-ignore lint/suspicious/noExplicitAny: objects as the server gives them
export type Live = any;

/** A node that can be scheduled to, for all that a scheduler knows: no kubelet stands behind it. */
export async function schedulableNode(
	server: TestCluster,
	name: string,
	labels: Readonly<Record<string, string>>,
): Promise<void> {
	await ok(server.request('POST', '/api/v1/nodes', { metadata: { name, labels } }));
	const amounts = { cpu: '64', memory: '256Gi', pods: '500' };
	const status = { capacity: amounts, allocatable: amounts, conditions: [{ type: 'Ready', status: 'True', reason: 'Test' }] };
	await ok(server.request('PATCH', `/api/v1/nodes/${name}/status`, { status }, { contentType: 'application/merge-patch+json' }));
}

/** Publishes devices of a node as a driver does. */
export async function publish(
	server: TestCluster,
	node: string,
	devices: readonly PublishedEntry[],
	driver = 'gpu.nvidia.com',
): Promise<void> {
	const pool = { name: node, generation: 1, resourceSliceCount: 1 };
	await ok(
		server.request('POST', `${group}/resourceslices`, {
			apiVersion: 'resource.k8s.io/v1',
			kind: 'ResourceSlice',
			metadata: { name: `${node}-${driver}` },
			spec: { driver, nodeName: node, pool, devices },
		}),
	);
}

/** Creates a pod that asks for one claim, on nodes with a label. */
export async function podWithClaim(
	server: TestCluster,
	at: { readonly namespace: string; readonly name: string },
	claim: { readonly resourceClaimName: string } | { readonly resourceClaimTemplateName: string },
	nodeSelector: Readonly<Record<string, string>> = {},
): Promise<void> {
	await ok(
		server.request('POST', `/api/v1/namespaces/${at.namespace}/pods`, {
			metadata: { name: at.name },
			spec: {
				nodeSelector,
				tolerations: [{ operator: 'Exists' }],
				automountServiceAccountToken: false,
				resourceClaims: [{ name: 'device', ...claim }],
				containers: [{ name: 'main', image: 'none', resources: { claims: [{ name: 'device' }] } }],
			},
		}),
	);
}

/** Waits until the scheduler has said yes or no of every pod of a namespace; gives them by name. */
export async function decided(
	server: TestCluster,
	namespace: string,
	count: number,
	limitMs = 180_000,
): Promise<Map<string, Live>> {
	for (const end = performance.now() + limitMs; ; await pause(100)) {
		const { items } = (await ok(server.request('GET', `/api/v1/namespaces/${namespace}/pods`))).body as Live;
		const open = items.filter(({ spec, status }: Live) => !spec.nodeName && !isUnschedulable(status));
		if (items.length === count && open.length === 0) return new Map(items.map((pod: Live) => [pod.metadata.name, pod]));
		if (performance.now() > end) {
			const said = open.slice(0, 3).map(({ metadata, status }: Live) => `${metadata.name}: ${JSON.stringify(status.conditions)}`);
			throw new Error(`${open.length} of ${items.length} pods of ${namespace} are undecided: ${said.join('; ')}`);
		}
	}
}

/** Why a pod is not scheduled, in the scheduler's own words. */
export function whyPending({ status }: Live): string {
	return status.conditions?.find(({ type }: Live) => type === 'PodScheduled')?.message ?? '';
}

function isUnschedulable({ conditions = [] }: Live): boolean {
	return conditions.some(
		({ type, status, reason }: Live) => type === 'PodScheduled' && status === 'False' && reason === 'Unschedulable',
	);
}

/** The claims of a namespace by name. */
export async function claimsOf(server: TestCluster, namespace: string): Promise<Map<string, Live>> {
	const { items } = (await ok(server.request('GET', `${group}/namespaces/${namespace}/resourceclaims`))).body as Live;
	return new Map(items.map((claim: Live) => [claim.metadata.name, claim]));
}

/** What a claim was given, as `driver/pool/device`; `null` where nothing was allocated. */
export function allocated(claim: Live): readonly string[] | null {
	const results = claim?.status?.allocation?.devices?.results;
	return results ? results.map(({ driver, pool, device }: Live) => `${driver}/${pool}/${device}`).sort() : null;
}
