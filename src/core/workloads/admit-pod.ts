import { appliedAnnotation, withApplied } from './applied-annotation.ts';
import { type BypassRoute, bypassRoutes } from './bypass-routes.ts';
import type { PodDemand } from './demand.ts';
import { convergedEnv, type EnvDeviation, envDeviations } from './env-deviations.ts';
import { inScope } from './gpu-request.ts';
import { bypassMessage, envMessage } from './messages.ts';
import { type ContainerList, containerLists, type Pod, type PodContainer, type PodNamespace, type PodOperation } from './pod.ts';
import { type PodScope, podScope, type ReservedNamespaces, reservedNamespaces } from './pod-scope.ts';

/** What the API server must make of a pod under one policy. */
export interface AdmissionAnswer {
	readonly scope: PodScope;
	/** The pod as it is stored: env converged and the annotation set, or as it came. */
	readonly pod: Pod;
	/** Messages of a refusal; any of them refuses the pod. */
	readonly denials: readonly string[];
	/** Warnings to whoever creates the pod. */
	readonly warnings: readonly string[];
}

export interface AdmissionOptions {
	/** False where nothing can change pods, so that they are only checked. Default: as the mode says. */
	readonly mutates?: boolean;
	readonly reserved?: ReservedNamespaces;
}

/** The core's own answer: what admission must make of a pod, whatever enforces it. */
export function admitPod(
	demand: PodDemand,
	pod: Pod,
	namespace: PodNamespace,
	operation: PodOperation = { type: 'Create' },
	{ mutates = demand.mode === 'Enforce', reserved = reservedNamespaces }: AdmissionOptions = {},
): AdmissionAnswer {
	const scope = podScope(demand, pod, namespace, reserved);
	if (scope.state !== 'Selected') return { scope, pod, denials: [], warnings: [] };
	const judged = judgedContainers(demand, pod, operation);
	const result = mutates && judged.length > 0 ? converge(demand, pod, judged, operation) : pod;
	const left = judgedContainers(demand, result, operation).flatMap(({ container }) => envDeviations(demand, container));
	const env = envMessage(demand, left);
	const bypass = demand.bypass === 'Allow' ? null : bypassMessage(demand, newRoutes(pod, operation));
	const refuses = demand.mode === 'Enforce';
	const refusesBypass = refuses && demand.bypass === 'Deny';
	return {
		scope,
		pod: result,
		denials: [...(refuses && env !== null ? [env] : []), ...(refusesBypass && bypass !== null ? [bypass] : [])],
		warnings: [...(!refuses && env !== null ? [env] : []), ...(!refusesBypass && bypass !== null ? [bypass] : [])],
	};
}

/** Every deviation of a pod that runs, whatever admission once made of it. */
export function podDeviations(demand: PodDemand, pod: Pod): readonly EnvDeviation[] {
	return containerLists.flatMap((list) =>
		(pod.spec[list] ?? [])
			.filter((container) => inScope(demand, container))
			.flatMap((container) => envDeviations(demand, container)),
	);
}

interface Judged {
	readonly list: ContainerList;
	readonly index: number;
	readonly container: PodContainer;
}

/** The containers whose env the policy governs in this operation. Of a pod that exists only ephemeral containers that join it. */
function judgedContainers(demand: PodDemand, pod: Pod, operation: PodOperation): readonly Judged[] {
	if (demand.variables.length === 0) return [];
	return joining(pod, operation).filter(({ container }) => inScope(demand, container));
}

function joining(pod: Pod, operation: PodOperation): readonly Judged[] {
	const lists: readonly ContainerList[] =
		operation.type === 'Create' ? ['containers', 'initContainers'] : ['ephemeralContainers'];
	const old = operation.type === 'Create' ? [] : (operation.before.spec.ephemeralContainers ?? []).map(({ name }) => name);
	return lists.flatMap((list) =>
		(pod.spec[list] ?? []).flatMap((container, index) => (old.includes(container.name) ? [] : [{ list, index, container }])),
	);
}

function newRoutes(pod: Pod, operation: PodOperation): readonly BypassRoute[] {
	const names = joining(pod, operation).map(({ container }) => container.name);
	return bypassRoutes(pod).filter(({ container }) => names.includes(container));
}

function converge(demand: PodDemand, pod: Pod, judged: readonly Judged[], operation: PodOperation): Pod {
	const lists = Object.fromEntries(
		[...new Set(judged.map(({ list }) => list))].map((list) => [
			list,
			(pod.spec[list] ?? []).map((container, index) =>
				judged.some((one) => one.list === list && one.index === index)
					? { ...container, env: convergedEnv(demand, container.env ?? []) }
					: container,
			),
		]),
	);
	const spec = { ...pod.spec, ...lists };
	if (operation.type !== 'Create') return { ...pod, spec };
	const before = pod.metadata?.annotations ?? {};
	const annotations = { ...before, [appliedAnnotation]: withApplied(demand, before[appliedAnnotation] ?? '') };
	return { ...pod, metadata: { ...pod.metadata, annotations }, spec };
}
