import type { Owner } from './owner.ts';
import { parseRestart, type Restart } from './restart-annotation.ts';

/** How far the last change of an owner's pod template has got. */
export type Rollout =
	/** Every pod is of the current template, and was available since (of a DaemonSet: is). */
	| { readonly state: 'Complete' }
	| { readonly state: 'Rolling'; readonly allReplaced: boolean; readonly message: string }
	/** Its own controller gave up waiting. */
	| { readonly state: 'Failed'; readonly message: string };

/** An owner that replaces pods which go away. */
export interface Workload extends Owner {
	readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ReplicaSet';
	/** Pods that it wants. */
	readonly desired: number;
	/** All of them are available now. */
	readonly available: boolean;
	readonly rollout: Rollout;
	/** Pods that a restart takes down at once, by its own update strategy; at least 1. */
	readonly atOnce: number;
	/** Why a restart of it is of no use or not wanted. */
	readonly noRestart: string | null;
	/** Why evicting its pods is. */
	readonly noEviction: string | null;
	/** It is being deleted, or its namespace is: it never comes back. */
	readonly leaving: boolean;
	/** Our last restart of it. */
	readonly restarted: Restart | null;
	/** The annotation as it stands, which its new pods carry too. */
	readonly restartedText: string;
}

/** The fields of the four kinds that we read; each stands in at least one of them. */
interface WorkloadObject {
	readonly metadata: { readonly generation?: number; readonly deletionTimestamp?: string };
	readonly spec?: {
		readonly replicas?: number;
		readonly paused?: boolean;
		readonly strategy?: Strategy;
		readonly updateStrategy?: Strategy;
	};
	readonly status?: {
		readonly observedGeneration?: number;
		readonly replicas?: number;
		readonly updatedReplicas?: number;
		readonly readyReplicas?: number;
		readonly availableReplicas?: number;
		readonly currentRevision?: string;
		readonly updateRevision?: string;
		readonly desiredNumberScheduled?: number;
		readonly updatedNumberScheduled?: number;
		readonly numberAvailable?: number;
		readonly conditions?: readonly { readonly type: string; readonly reason?: string; readonly message?: string }[];
	};
}

interface Strategy {
	readonly type?: string;
	readonly rollingUpdate?: {
		readonly maxUnavailable?: number | string;
		readonly maxSurge?: number | string;
		readonly partition?: number;
	} | null;
}

type State = Pick<Workload, 'desired' | 'available' | 'rollout' | 'atOnce' | 'noRestart' | 'noEviction'>;

const complete: Rollout = { state: 'Complete' };

const onDeleteText = 'its update strategy is OnDelete';
const updateWaits = `${onDeleteText}, and an eviction would begin the update that waits`;

/** Reads the state of an owner from its object, by the rules of `kubectl rollout status`. */
export function workloadState(
	owner: Owner & { readonly kind: Workload['kind'] },
	object: WorkloadObject,
	restartedText: string,
): Workload {
	const deleting = object.metadata.deletionTimestamp === undefined ? null : 'it is being deleted';
	const state = readers[owner.kind](object);
	return {
		...owner,
		...state,
		atOnce: Math.max(1, Math.min(state.atOnce, state.desired)),
		noRestart: deleting ?? state.noRestart,
		noEviction: deleting ?? state.noEviction,
		leaving: deleting !== null,
		restarted: parseRestart(restartedText),
		restartedText,
	};
}

const readers: Readonly<Record<Workload['kind'], (object: WorkloadObject) => State>> = {
	Deployment(object) {
		const { spec = {}, status = {} } = object;
		const desired = spec.replicas ?? 1;
		const { updatedReplicas = 0, availableReplicas = 0, replicas = 0, conditions = [] } = status;
		const progress = conditions.find(({ type }) => type === 'Progressing');
		const allReplaced = observed(object) && updatedReplicas >= desired && replicas <= updatedReplicas;
		const rolling: Rollout = {
			state: 'Rolling',
			allReplaced,
			message: `${updatedReplicas} of ${desired} pods replaced, ${availableReplicas} available`,
		};
		const rollout = rolloutOf();
		const paused = spec.paused === true ? 'it is paused' : null;
		return {
			desired,
			available: observed(object) && availableReplicas >= desired,
			rollout,
			atOnce: deploymentAtOnce(spec.strategy, desired),
			noRestart: paused,
			noEviction: paused !== null && rollout.state !== 'Complete' ? `${paused} in the middle of a rollout` : null,
		};

		function rolloutOf(): Rollout {
			if (!observed(object)) return rolling;
			if (progress?.reason === 'ProgressDeadlineExceeded')
				return { state: 'Failed', message: progress.message ?? progress.reason };
			// Stands from the end of a rollout until the next one, whatever becomes of the pods meanwhile.
			const ended = progress?.reason === 'NewReplicaSetAvailable' || availableReplicas >= desired;
			return allReplaced && ended ? complete : rolling;
		}
	},

	StatefulSet(object) {
		const { spec = {}, status = {} } = object;
		const desired = spec.replicas ?? 1;
		const { updatedReplicas = 0, readyReplicas = 0, availableReplicas = readyReplicas } = status;
		const { type, rollingUpdate } = spec.updateStrategy ?? {};
		const onDelete = type === 'OnDelete';
		const partition = onDelete ? 0 : (rollingUpdate?.partition ?? 0);
		// Its controller lets the revisions meet when every pod was replaced and ready: never under a partition.
		const met = status.currentRevision === status.updateRevision;
		const upToPartition = partition > 0 && updatedReplicas >= Math.max(0, desired - partition);
		const ended = observed(object) && (met || onDelete || upToPartition);
		return {
			desired,
			available: observed(object) && availableReplicas >= desired,
			rollout: ended
				? complete
				: {
						state: 'Rolling',
						allReplaced: observed(object) && updatedReplicas >= desired,
						message: `${updatedReplicas} of ${desired} pods replaced, ${availableReplicas} available`,
					},
			atOnce: share(rollingUpdate?.maxUnavailable ?? 1, desired, Math.ceil),
			noRestart: onDelete ? onDeleteText : partition > 0 ? 'its update strategy has a partition' : null,
			noEviction: onDelete && !met ? updateWaits : null,
		};
	},

	DaemonSet(object) {
		const { spec = {}, status = {} } = object;
		const { desiredNumberScheduled: desired = 0, updatedNumberScheduled = 0, numberAvailable = 0 } = status;
		const { type, rollingUpdate } = spec.updateStrategy ?? {};
		const onDelete = type === 'OnDelete';
		const allReplaced = observed(object) && updatedNumberScheduled >= desired;
		const available = observed(object) && numberAvailable >= desired;
		return {
			desired,
			available,
			rollout:
				observed(object) && (onDelete || (allReplaced && available))
					? complete
					: {
							state: 'Rolling',
							allReplaced,
							message: `${updatedNumberScheduled} of ${desired} pods replaced, ${numberAvailable} available`,
						},
			atOnce: share(rollingUpdate?.maxUnavailable ?? 1, desired, Math.ceil),
			noRestart: onDelete ? onDeleteText : null,
			noEviction: onDelete && !allReplaced ? updateWaits : null,
		};
	},

	ReplicaSet(object) {
		const { spec = {}, status = {} } = object;
		const desired = spec.replicas ?? 1;
		return {
			desired,
			available: observed(object) && (status.availableReplicas ?? 0) >= desired,
			rollout: complete,
			atOnce: 1,
			noRestart: 'a ReplicaSet without a Deployment does not replace its pods',
			noEviction: null,
		};
	},
};

/** Whether the status speaks of the object as it stands. */
function observed({ metadata, status }: WorkloadObject): boolean {
	return (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
}

/** As the deployment controller resolves it: a share of `maxUnavailable` is rounded down, and both cannot be 0. */
function deploymentAtOnce(strategy: Strategy | undefined, desired: number): number {
	if (strategy?.type === 'Recreate') return desired;
	return share(strategy?.rollingUpdate?.maxUnavailable ?? '25%', desired, Math.floor);
}

/** An integer, or a percentage of a whole. */
export function share(amount: number | string, whole: number, round: (value: number) => number): number {
	if (typeof amount === 'number') return amount;
	const percent = /^([0-9]+)%$/.exec(amount)?.[1];
	return percent === undefined ? Number(amount) || 0 : round((Number(percent) * whole) / 100);
}
