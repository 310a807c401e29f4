import type { CacheOptions, ClusterError, ObjectCache, Resource, Watcher } from '../../core/ports/cluster.ts';
import { type Owner, ownerOf, type Parents } from '../../core/workloads/owner.ts';
import type { PodNamespace } from '../../core/workloads/pod.ts';
import type { RunningPod } from '../../core/workloads/running-pod.ts';
import type { Workload } from '../../core/workloads/workload.ts';
import { Listing } from './listing.ts';
import { differs, type Link, projectJob, projectReplicaSet, projectWorkload } from './project-owner.ts';
import { PodProjection, podDiffers } from './project-pod.ts';
import { jobs, namespaces, pods, workloadResources } from './resources.ts';

/** Told of what changed. */
export interface WorkloadListener {
	pod(before: RunningPod | undefined, after: RunningPod | undefined): void;
	/** An owner changed; `reasons`: also in why it would be left alone. */
	owner(reasons: boolean): void;
	/** The labels of a namespace changed, or the copies became fresh, or stopped being so. */
	everything(): void;
}

/** Pods, their namespaces and their owners, as the API server has them. */
export class ObservedWorkloads {
	readonly #pods: ObjectCache<RunningPod>;
	readonly #namespaces: ObjectCache<PodNamespace>;
	readonly #replicaSets: ObjectCache<Link>;
	readonly #jobs: ObjectCache<Link>;
	readonly #workloads: Readonly<Record<'Deployment' | 'StatefulSet' | 'DaemonSet', ObjectCache<Workload>>>;
	readonly #listing: Listing;

	/** @param only this namespace is looked at; default: all */
	constructor(watcher: Watcher, listener: WorkloadListener, only?: string) {
		const onTrouble = (): void => listener.everything();
		const within = (resource: Resource): Partial<CacheOptions<never>> =>
			only === undefined ? {} : resource.namespaced ? { namespace: only } : { fieldSelector: `metadata.name=${only}` };
		const watch = <T>(resource: Resource, options: Omit<CacheOptions<T>, 'onTrouble'>): ObjectCache<T> =>
			watcher.watch<T>(resource, { ...within(resource), ...options, onTrouble });
		const owners = <T extends Link | Workload>(resource: Resource, project: CacheOptions<T>['project']): ObjectCache<T> =>
			watch<T>(resource, {
				project,
				differs,
				onChange: (_, before, after) => listener.owner(reasons(before) !== reasons(after)),
			});
		const projection = new PodProjection();
		this.#namespaces = watch<PodNamespace>(namespaces, {
			project: ({ metadata }) => ({
				name: metadata.name,
				labels: metadata.labels ?? {},
				...(metadata.deletionTimestamp === undefined ? {} : { terminating: true }),
			}),
			differs,
			onChange: () => listener.everything(),
		});
		this.#replicaSets = owners(workloadResources.ReplicaSet, projectReplicaSet);
		this.#jobs = owners(jobs, projectJob);
		this.#workloads = {
			Deployment: owners(workloadResources.Deployment, (object) => projectWorkload('Deployment', object)),
			StatefulSet: owners(workloadResources.StatefulSet, (object) => projectWorkload('StatefulSet', object)),
			DaemonSet: owners(workloadResources.DaemonSet, (object) => projectWorkload('DaemonSet', object)),
		};
		this.#pods = watch<RunningPod>(pods, {
			project: (object) => projection.project(object),
			differs: podDiffers,
			onChange: (_, before, after) => listener.pod(before, after),
		});
		const all = [this.#pods, this.#namespaces, this.#replicaSets, this.#jobs, ...Object.values(this.#workloads)];
		this.#listing = new Listing(all, () => listener.everything());
	}

	/** Everything has been seen once. */
	get listed(): boolean {
		return this.#listing.listed;
	}

	/** Everything is known to be as it is now. */
	get fresh(): boolean {
		return this.#listing.fresh;
	}

	/** Why not; a missing right before everything else. */
	get trouble(): ClusterError | null {
		const errors = this.#listing.troubles;
		return errors.find(({ failure }) => failure === 'Forbidden') ?? errors[0] ?? null;
	}

	pods(): Iterable<RunningPod> {
		return this.#pods.values();
	}

	/** `undefined` where it is not known (yet). */
	namespace(name: string): PodNamespace | undefined {
		return this.#namespaces.get({ name });
	}

	/** The last owner of a pod; `null` where it cannot be told. */
	owner(pod: RunningPod): Owner | null {
		if (pod.mirror) return { kind: 'Node', namespace: '', name: pod.node, uid: '' };
		return ownerOf(pod, this.#parents);
	}

	/** The state of an owner that replaces its pods; `undefined` for any other, and where it is not known (yet). */
	workload({ kind, namespace, name, uid }: Owner): Workload | undefined {
		const found =
			kind === 'ReplicaSet'
				? (this.#replicaSets.get({ namespace, name })?.workload ?? undefined)
				: kind === 'Deployment' || kind === 'StatefulSet' || kind === 'DaemonSet'
					? this.#workloads[kind].get({ namespace, name })
					: undefined;
		return found?.uid === uid ? found : undefined;
	}

	/** Every owner that replaces its pods. */
	*workloads(): Iterable<Workload> {
		for (const cache of Object.values(this.#workloads)) yield* cache.values();
		for (const { workload } of this.#replicaSets.values()) if (workload) yield workload;
	}

	async stop(): Promise<void> {
		await this.#listing.stop();
	}

	readonly #parents: Parents = (kind, namespace, { name, uid }) => {
		const link = (kind === 'ReplicaSet' ? this.#replicaSets : this.#jobs).get({ namespace, name });
		return link?.uid === uid ? link.parent : undefined;
	};
}

/** Why an owner would be left alone. */
function reasons(owner: Link | Workload | undefined): string {
	const workload = owner !== undefined && 'parent' in owner ? owner.workload : owner;
	return JSON.stringify([workload?.noRestart, workload?.noEviction]);
}
