import { type ApiObject, ClusterError, type ObjectCache, type Resource } from '../../core/ports/cluster.ts';
import type { DutyContext } from '../duty.ts';

/** What tells one state of an owned object from the next. */
interface OwnedState {
	readonly policy: string | undefined;
	readonly uid: string | undefined;
	/** The generation, or the version of kinds that have none. */
	readonly version: number | string | undefined;
	readonly marks: string;
}

const retryMs = 10_000;

/**
 * Has a duty look again when somebody changes or deletes an object that a policy owns. Kinds that the server does not serve are left
 * alone. Resolves the function that ends it.
 */
export function watchOwned(
	{ cluster, watcher, requeue }: Pick<DutyContext, 'cluster' | 'watcher' | 'requeue'>,
	/** Kinds, with the namespace where only one is looked at. */
	places: readonly { readonly resource: Resource; readonly namespace?: string }[],
	options: { readonly labelSelector: string; ignores(name: string): boolean },
): () => Promise<void> {
	const caches: ObjectCache<OwnedState>[] = [];
	const timers = new Set<NodeJS.Timeout>();
	let stopped = false;
	const open = async (place: (typeof places)[number]): Promise<void> => {
		const { resource, ...where } = place;
		try {
			if (!(await cluster.serves(resource)) || stopped) return;
		} catch (error) {
			if (!(error instanceof ClusterError) || error.failure === 'Aborted' || stopped) return;
			const timer = setTimeout(() => {
				timers.delete(timer);
				void open(place);
			}, retryMs);
			timers.add(timer);
			return;
		}
		const cache = watcher.watch<OwnedState>(resource, {
			...where,
			labelSelector: options.labelSelector,
			project: stateOf,
			differs: (before, after) => JSON.stringify(before) !== JSON.stringify(after),
			onChange: ({ name }, before, after) => {
				const policy = after?.policy ?? before?.policy;
				// What appears was made by us, or was there when we began: every policy is looked at then anyway.
				if (before && policy !== undefined && !options.ignores(name)) requeue(policy);
			},
		});
		caches.push(cache);
	};
	for (const place of places) void open(place);
	return async () => {
		stopped = true;
		for (const timer of timers) clearTimeout(timer);
		await Promise.all(caches.map((cache) => cache.stop()));
	};
}

function stateOf({ metadata }: ApiObject): OwnedState {
	const owner = metadata.ownerReferences?.find(({ kind }) => kind === 'GpuPolicy');
	const { uid, generation, resourceVersion, labels, annotations } = metadata;
	return { policy: owner?.name, uid, version: generation ?? resourceVersion, marks: JSON.stringify([labels, annotations]) };
}
