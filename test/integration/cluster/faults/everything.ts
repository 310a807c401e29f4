import { createHash } from 'node:crypto';
import { managedByLabel, policyLabel } from '../../../../src/controller/admission/names.ts';
import { compliantLabel, marksAnnotation } from '../../../../src/core/nodes/node-marks.ts';
import type { ApiObject } from '../../../../src/core/ports/cluster.ts';
import type { TestCluster } from '../../../cluster/index.ts';
import type { Held } from '../controller/policies.ts';

const admission = '/apis/admissionregistration.k8s.io/v1';

/** Where objects of ours can stand. */
const places = [
	`${admission}/mutatingadmissionpolicies`,
	`${admission}/mutatingadmissionpolicybindings`,
	`${admission}/validatingadmissionpolicies`,
	`${admission}/validatingadmissionpolicybindings`,
	'/apis/apps/v1/controllerrevisions',
	'/apis/resource.k8s.io/v1/deviceclasses',
	'/apis/resource.k8s.io/v1beta2/devicetaintrules',
	'/apis/gpupolicy.dev/v1alpha1/gpunodereports',
	'/api/v1/pods',
];

/** All that the label says is ours, whatever its kind. */
export async function everything(cluster: TestCluster): Promise<ApiObject[]> {
	const selector = `labelSelector=${encodeURIComponent(`${managedByLabel}=gpupolicy`)}`;
	return (await Promise.all(places.map((path) => list(cluster, `${path}?${selector}`)))).flat();
}

/** Every node on which a mark of ours stands, as an object that holds nothing but the marks. */
export async function markedNodes(cluster: TestCluster): Promise<ApiObject[]> {
	return (await list(cluster, '/api/v1/nodes')).flatMap((node) => {
		const { name, labels, annotations } = node.metadata;
		const { taints = [] } = (node['spec'] ?? {}) as { taints?: { key: string; value?: string; effect: string }[] };
		const marks = {
			label: labels?.[compliantLabel],
			annotation: annotations?.[marksAnnotation],
			taints: taints
				.filter(({ key }) => key.startsWith('gpupolicy.dev/'))
				.map(({ key, value, effect }) => ({ key, value, effect })),
		};
		if (marks.label === undefined && marks.annotation === undefined && marks.taints.length === 0) return [];
		return [{ apiVersion: 'v1', kind: 'Node', metadata: { name }, marks }];
	});
}

async function list(cluster: TestCluster, path: string): Promise<ApiObject[]> {
	const { status, body } = await cluster.request('GET', path);
	if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
	const kind = (body.kind as string).replace(/List$/, '');
	return (body.items as ApiObject[]).map((item) => ({ ...item, kind }));
}

/** What an object says, without what the server numbers and dates. Revisions are told by the spec that they keep. */
function content({ kind, metadata, spec, data, marks }: ApiObject, uids: ReadonlyMap<string, string>): unknown {
	const { name, namespace, labels, ownerReferences = [] } = metadata;
	// A digest over name and uid among others: what it is made of is compared itself.
	const { 'gpupolicy.dev/compiled': _, ...annotations } = metadata.annotations ?? {};
	const owners = ownerReferences.map(
		(owner) => `${owner.kind} ${owner.kind === 'Node' ? owner.name : (uids.get(owner.uid) ?? 'that is gone')}`,
	);
	return kind === 'ControllerRevision'
		? { kind, namespace, labels, annotations, owners, data }
		: { kind, name, namespace, labels, annotations, owners, spec, marks };
}

/** What a policy of a cluster has come to. */
export interface State {
	readonly policy: Held;
	/** As `everything` and `markedNodes` give them. */
	readonly all: readonly ApiObject[];
	/** Of the namespace that the policy is about. */
	readonly pods: readonly ApiObject[];
}

/**
 * One line for each thing that a policy has come to: objects, marks on nodes, env of pods, conditions. Two clusters that converged to the same
 * spec have the same lines, whatever happened on the way. Past specs in the history are left out: which of them a controller saw depends on
 * when it ran. So are the env of pods that nothing replaces, and what is said of them: `pods` is empty then.
 */
export function linesOf({ policy, all, pods }: State): readonly string[] {
	const { name, uid, generation } = policy.metadata;
	const uids = new Map([[uid ?? '', 'is the policy']]);
	const own = [...ofPolicy(name, all), ...all.filter((object) => ofNodes(name, object))].filter(
		({ kind, revision }) => kind !== 'ControllerRevision' || revision === generation,
	);
	const conditions = (policy.status?.conditions ?? [])
		.filter(({ type }) => pods.length > 0 || type !== 'WorkloadsConverged')
		.map(({ type, status, reason, message }) => ({ type, status, reason, ...(type === 'Ready' ? {} : { message }) }));
	const { workloads, nodes, admission: inForce } = policy.status ?? {};
	const { lastProbeTime: _, ...rest } = inForce ?? {};
	const status = { ...(pods.length > 0 ? { workloads } : {}), nodes, admission: rest };
	return [...own.map((object) => content(object, uids)), ...pods.map(envOf).toSorted(), ...conditions, status]
		.map((one) =>
			JSON.stringify(one)
				.replaceAll(name, 'NAME')
				.replaceAll(/[0-9a-f]{12,64}/g, 'DIGEST')
				.replaceAll(/"timeAdded":"[^"]+"/g, '"timeAdded":"then"'),
		)
		.toSorted();
}

/** sha256 of the lines. */
export function digestOf(lines: readonly string[]): string {
	return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** What tells two states apart, for a message. */
export function differenceOf(expected: readonly string[], lines: readonly string[]): string {
	const missing = expected.filter((line) => !lines.includes(line));
	const surplus = lines.filter((line) => !expected.includes(line));
	return `missing:\n${missing.join('\n')}\nsurplus:\n${surplus.join('\n')}`;
}

export function ofPolicy(name: string, all: readonly ApiObject[]): ApiObject[] {
	return all.filter(({ metadata }) => metadata.labels?.[policyLabel] === name);
}

/** Marks and reports belong to the nodes that a policy selects: they are called after it. */
function ofNodes(name: string, { kind, metadata }: ApiObject): boolean {
	return (kind === 'Node' || kind === 'GpuNodeReport') && [`${name}-good`, `${name}-bad`].includes(metadata.name);
}

function envOf(pod: ApiObject): string {
	const { containers } = pod['spec'] as { containers: { env?: { name: string; value?: string }[] }[] };
	return JSON.stringify(containers.map(({ env = [] }) => env));
}

/** `kind/name`, for messages. */
export function named(objects: readonly ApiObject[]): string[] {
	return objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort();
}
