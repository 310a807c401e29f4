import { type ApiObject, type Cluster, ClusterError } from '../../core/ports/cluster.ts';
import { type AdmissionAnswer, admitPod } from '../../core/workloads/admit-pod.ts';
import { appliedAnnotation } from '../../core/workloads/applied-annotation.ts';
import type { PodDemand } from '../../core/workloads/demand.ts';
import { messagePrefix } from '../../core/workloads/messages.ts';
import { containerLists, type Pod, type PodContainer, type PodNamespace, type PodOperation } from '../../core/workloads/pod.ts';
import type { ReservedNamespaces } from '../../core/workloads/pod-scope.ts';
import { pods } from './objects.ts';
import type { EphemeralShape, PodShape } from './shapes.ts';

/** What stands between the server's answer and the core's. */
export interface Difference {
	readonly shape: string;
	readonly message: string;
}

/** Where trials run, and how what they bring is judged. */
export interface TrialSettings {
	readonly demand: PodDemand;
	/** Whether the server changes pods for this policy. */
	readonly mutates: boolean;
	readonly reserved: ReservedNamespaces;
	/** Where pods are tried; default: the probe namespace. */
	readonly namespace?: PodNamespace;
	/** What the copy under trial answers at all; default: all of it. */
	readonly parts?: { readonly denials: boolean };
}

/** Has the server make a pod of a shape in a dry run; `null` where its answer is the core's. */
export async function tryPod(
	cluster: Cluster,
	shape: PodShape,
	settings: TrialSettings,
	signal: AbortSignal,
): Promise<Difference | null> {
	const expected = expectation(settings, shape.mutated, shape.pod, { type: 'Create' });
	return compare(shape.name, expected, settings, () =>
		cluster.create(pods, apiPod(shape.pod, settings.namespace?.name ?? settings.reserved.probe), { dryRun: true, signal }),
	);
}

/** Has the server let a container join a pod that is there, in a dry run. */
export async function tryEphemeral(
	cluster: Cluster,
	base: ApiObject,
	shape: EphemeralShape,
	settings: TrialSettings,
	signal: AbortSignal,
): Promise<Difference | null> {
	const before = base as unknown as Pod;
	const after: Pod = {
		...before,
		spec: { ...before.spec, ephemeralContainers: [...(before.spec.ephemeralContainers ?? []), shape.container] },
	};
	const expected = expectation(settings, shape.mutated, after, { type: 'AddEphemeralContainers', before });
	const { name, namespace = settings.reserved.probe } = base.metadata;
	return compare(shape.name, expected, settings, () =>
		cluster.patch(
			pods,
			{ name, namespace },
			{ spec: { ephemeralContainers: after.spec.ephemeralContainers } },
			{ subresource: 'ephemeralcontainers', dryRun: true, signal },
		),
	);
}

/** A pod of the probe namespace as the API takes it. */
export function apiPod(pod: Pod, namespace: string): ApiObject {
	const metadata = { name: 'gpupolicy-probe', ...(pod.metadata as Partial<ApiObject['metadata']>), namespace };
	return { ...pod, apiVersion: 'v1', kind: 'Pod', metadata };
}

function expectation(
	{ demand, mutates, reserved, parts, namespace }: TrialSettings,
	mutated: boolean,
	pod: Pod,
	operation: PodOperation,
): AdmissionAnswer {
	const where = namespace ?? { name: reserved.probe, labels: {} };
	const answer = admitPod(demand, pod, where, operation, {
		mutates: mutates && mutated,
		reserved,
	});
	return parts?.denials === false ? { ...answer, denials: [] } : answer;
}

async function compare(
	shape: string,
	expected: AdmissionAnswer,
	{ demand }: TrialSettings,
	ask: () => Promise<{ readonly object: ApiObject; readonly warnings: readonly string[] }>,
): Promise<Difference | null> {
	const differs = (message: string): Difference => ({ shape, message });
	let answer: Awaited<ReturnType<typeof ask>>;
	try {
		answer = await ask();
	} catch (error) {
		if (!(error instanceof ClusterError)) throw error;
		if (isRefusal(error)) {
			if (expected.denials.some((denial) => error.message.includes(denial))) return null;
			return differs(`refused with ${quote(error.message)}, planned ${expected.denials.map(quote).join(' or ') || 'to pass'}`);
		}
		// A pod that the server itself cannot make of ours is the policy's fault; everything else is no answer at all.
		if (error.failure === 'Invalid' || error.failure === 'ServerFailed') return differs(quote(error.message));
		throw error;
	}
	if (expected.denials.length > 0)
		return differs(`passed, planned to be refused with ${expected.denials.map(quote).join(' or ')}`);
	const pod = answer.object as unknown as Pod;
	const env = differingEnv(expected.pod, pod);
	if (env !== null) return differs(env);
	const [planned, applied] = [expected.pod, pod].map(({ metadata }) => metadata?.annotations?.[appliedAnnotation] ?? 'none');
	if (planned !== applied) return differs(`annotation ${appliedAnnotation} is ${applied}, planned ${planned}`);
	const own = answer.warnings.filter((warning) => warning.includes(messagePrefix(demand)));
	const missing = expected.warnings.find((text) => !own.some((warning) => warning.includes(text)));
	if (missing !== undefined) return differs(`no warning, planned ${quote(missing)}`);
	const surplus = own.find((warning) => !expected.warnings.some((text) => warning.includes(text)));
	return surplus === undefined ? null : differs(`warned ${quote(surplus)}, which was not planned`);
}

/**
 * Whether admission refused a pod for what it is. A namespace that is being deleted refuses every pod: that says nothing of a policy.
 */
export function isRefusal({ failure, causes }: ClusterError): boolean {
	return failure === 'Denied' && !causes.some(({ reason }) => reason === 'NamespaceTerminating');
}

/** The first container whose env is not as planned. */
function differingEnv(planned: Pod, served: Pod): string | null {
	for (const list of containerLists) {
		for (const [index, container] of (planned.spec[list] ?? []).entries()) {
			const [want, is] = [envText(container), envText((served.spec[list] ?? [])[index])];
			if (want !== is) return `env of container ${container.name} is ${is}, planned ${want}`;
		}
	}
	return null;
}

/** The env as far as it counts: the server drops empty values and fills in defaults below `valueFrom`. */
function envText(container: PodContainer | undefined): string {
	return JSON.stringify(
		(container?.env ?? []).map(({ name, value, valueFrom }) => [name, valueFrom ? 'valueFrom' : (value ?? '')]),
	);
}

function quote(text: string): string {
	return JSON.stringify(text.length > 300 ? `${text.slice(0, 300)}…` : text);
}
