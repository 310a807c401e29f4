import type { Cluster } from '../../core/ports/cluster.ts';
import { sameJson } from '../../core/same-json.ts';
import { policyLabelValue } from '../admission/names.ts';
import { eachAtOnce } from '../admission/pause.ts';
import type { ClusterPolicy } from '../duty.ts';
import { readDraObject, toApply } from './dra-objects.ts';
import type { DraPlan } from './dra-planner.ts';
import type { NodeView } from './node-view.ts';

const writesAtOnce = 8;

/** Brings the server to the plan. What is as it should be is not written; what is new stands before anything goes. Gives how many were written. */
export async function applyDra(
	cluster: Cluster,
	view: NodeView,
	owner: ClusterPolicy,
	plan: Pick<DraPlan, 'classes' | 'rules'>,
	signal: AbortSignal,
): Promise<number> {
	const { dra } = view;
	let writes = 0;
	for (const [kind, resource] of [
		['classes', dra?.classes],
		['rules', dra?.taintRules],
	] as const) {
		if (!resource) continue;
		const standing = view.own(policyLabelValue(owner.name))[kind];
		const live = new Map(standing.map(({ object }) => [object.name, object]));
		const keep = new Set(plan[kind].map(({ name }) => name));
		const changed = plan[kind].filter((object) => !sameJson(object, live.get(object.name)));
		await eachAtOnce(changed, writesAtOnce, async (object) => {
			const written = await cluster.apply(resource, toApply(resource, object, owner), { signal });
			view.wroteOwn(kind, readDraObject(written.object));
		});
		const gone = standing.filter(({ object }) => !keep.has(object.name));
		await eachAtOnce(gone, writesAtOnce, async (one) => {
			await cluster.delete(resource, { name: one.object.name }, { uid: one.uid, signal });
			view.removedOwn(kind, one);
		});
		writes += changed.length + gone.length;
	}
	return writes;
}
