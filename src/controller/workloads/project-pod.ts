import type { ApiObject, OwnerReference } from '../../core/ports/cluster.ts';
import { appliedAnnotation } from '../../core/workloads/applied-annotation.ts';
import { deviceListMount } from '../../core/workloads/bypass-routes.ts';
import type { Pod, PodContainer } from '../../core/workloads/pod.ts';
import { mirrorAnnotation } from '../../core/workloads/pod-scope.ts';
import { restartedAnnotation } from '../../core/workloads/restart-annotation.ts';
import { type PodShape, podShape, type RunningPod } from '../../core/workloads/running-pod.ts';
import { Interner } from './interner.ts';

interface PodStatus {
	readonly phase?: string;
	readonly conditions?: readonly { readonly type: string; readonly status: string }[];
	readonly ephemeralContainerStatuses?: readonly { readonly name: string; readonly state?: { readonly terminated?: unknown } }[];
}

/** Keeps of pods what a policy may read: about 1 KB each, since pods of one template share its part. */
export class PodProjection {
	readonly #shapes = new Interner<PodShape>();
	readonly #labels = new Interner<Readonly<Record<string, string>>>();

	project(object: ApiObject): RunningPod {
		const { metadata } = object;
		const { namespace = '', name, uid = '', annotations = {}, labels = {} } = metadata;
		const { phase = '', conditions = [], ephemeralContainerStatuses = [] } = (object['status'] ?? {}) as PodStatus;
		const ended = ephemeralContainerStatuses.flatMap(({ name, state }) => (state?.terminated ? [name] : []));
		const spec = reducedSpec(object['spec'] as Pod['spec'], ended);
		return {
			namespace,
			name,
			uid,
			created: metadata.creationTimestamp ?? '',
			labels: this.#labels.of(JSON.stringify(labels), () => labels),
			applied: annotations[appliedAnnotation] ?? '',
			restarted: annotations[restartedAnnotation] ?? '',
			mirror: mirrorAnnotation in annotations,
			owner: controllerOf(object),
			node: ((object['spec'] as { nodeName?: string }).nodeName ?? '') || '',
			finished: phase === 'Succeeded' || phase === 'Failed',
			ready: conditions.some(({ type, status }) => type === 'Ready' && status === 'True'),
			terminating: metadata.deletionTimestamp !== undefined,
			shape: this.#shapes.of(JSON.stringify(spec), () => podShape(spec)),
		};
	}
}

/** Whether two states of a pod differ for anybody. */
export function podDiffers(before: RunningPod, after: RunningPod): boolean {
	return (
		before.uid !== after.uid ||
		before.shape !== after.shape ||
		before.labels !== after.labels ||
		before.ready !== after.ready ||
		before.terminating !== after.terminating ||
		before.finished !== after.finished ||
		before.applied !== after.applied ||
		before.restarted !== after.restarted ||
		before.node !== after.node ||
		before.owner?.uid !== after.owner?.uid
	);
}

/** The reference to the controller of an object, as far as it names one. */
export function controllerOf({ metadata }: ApiObject): RunningPod['owner'] {
	const reference: OwnerReference | undefined = metadata.ownerReferences?.find(({ controller }) => controller === true);
	if (reference === undefined) return null;
	const { apiVersion, kind, name, uid } = reference;
	return { apiVersion, kind, name, uid };
}

/** Stands in every spelling of the path. */
const deviceListName = deviceListMount.slice(deviceListMount.lastIndexOf('/'));

/** What the rules of `core/workloads` read, and nothing else: no probes, images or volumes of other kinds, whose names differ from pod to pod. */
function reducedSpec(spec: Pod['spec'], endedEphemeral: readonly string[]): Pod['spec'] {
	// They stay in the spec for ever, and never run again.
	const ephemeral = (spec.ephemeralContainers ?? []).filter(({ name }) => !endedEphemeral.includes(name));
	const volumes = (spec.volumes ?? []).flatMap(({ name, hostPath }) =>
		hostPath ? [{ name, hostPath: { path: hostPath.path ?? '' } }] : [],
	);
	const mounted = new Set(volumes.map(({ name }) => name));
	const reduce = (containers: readonly PodContainer[] | null | undefined): PodContainer[] =>
		(containers ?? []).map((container) => reducedContainer(container, mounted));
	return {
		containers: reduce(spec.containers),
		...(spec.initContainers?.length ? { initContainers: reduce(spec.initContainers) } : {}),
		...(ephemeral.length > 0 ? { ephemeralContainers: reduce(ephemeral) } : {}),
		...(volumes.length > 0 ? { volumes } : {}),
	};
}

function reducedContainer(container: PodContainer, hostVolumes: ReadonlySet<string>): PodContainer {
	const { name, env, resources, securityContext, volumeMounts } = container;
	const names = (amounts: Readonly<Record<string, unknown>> | null | undefined): Record<string, unknown> =>
		Object.fromEntries(Object.keys(amounts ?? {}).map((resource) => [resource, 1]));
	const mounts = (volumeMounts ?? []).flatMap(({ name: volume, mountPath, subPath }) =>
		hostVolumes.has(volume) || mountPath?.includes(deviceListName)
			? [{ name: volume, mountPath: mountPath ?? '', ...(subPath === undefined ? {} : { subPath }) }]
			: [],
	);
	return {
		name,
		...(env?.length
			? {
					env: env.map((entry) =>
						entry.valueFrom ? { name: entry.name, valueFrom: true } : { name: entry.name, value: entry.value ?? '' },
					),
				}
			: {}),
		...(resources
			? {
					resources: {
						limits: names(resources.limits),
						requests: names(resources.requests),
						claims: (resources.claims ?? []).map(() => 1),
					},
				}
			: {}),
		...(securityContext?.privileged === true ? { securityContext: { privileged: true } } : {}),
		...(mounts.length > 0 ? { volumeMounts: mounts } : {}),
	};
}
