import type { Refusal } from '../core/device-answer/index.ts';
import type { Holder, NodeObservation } from '../core/node-report/observation.ts';
import type { ApiObject } from '../core/ports/cluster.ts';
import type { ClusterEvent, EventRecorder } from '../core/ports/events.ts';

/** Objects that events are about. */
export interface EventTargets {
	/** The node; `null` while it is not known. */
	node(): ClusterEvent['regarding'] | null;
	/** A pod of the node; `null` where it is not known. */
	pod(namespace: string, name: string): ClusterEvent['regarding'] | null;
}

/**
 * Tells the cluster of what the device-plugin proxy, which has no account, refused: on the pod where the kubelet says which it is, else on the
 * node.
 *
 * @param after time of the last refusal that was told, RFC 3339
 * @returns that time after this
 */
export function tellRefusals(
	refusals: readonly Refusal[],
	{ allocations }: Pick<NodeObservation, 'allocations'>,
	targets: EventTargets,
	events: EventRecorder,
	after: string,
): string {
	const held = allocations?.state === 'known' ? allocations.value.held : [];
	const fresh = untold(refusals, after);
	for (const refusal of fresh) {
		const holder = held.find(({ id, resource }) => id === refusal.id && resource === refusal.resource)?.holder;
		const regarding = (holder && targets.pod(holder.namespace, holder.pod)) ?? targets.node();
		if (regarding) events.record(refusalEvent(refusal, holder, regarding));
	}
	return fresh.at(-1)?.at ?? after;
}

/** Those behind the last that was told, by their order: a clock that is set back makes the later time the smaller one. */
export function untold(refusals: readonly Refusal[], last: string): readonly Refusal[] {
	return refusals.slice(refusals.findLastIndex(({ at }) => at === last) + 1);
}

/** Tells on the node that the proxy shows every device as Unhealthy since there is nothing to answer it, and why. */
export function tellWaiting(why: string, targets: EventTargets, events: EventRecorder): void {
	const regarding = targets.node();
	if (!regarding) return;
	const note = `no device of this node can be allocated until its agent can judge them: ${why}`;
	events.record({ regarding, type: 'Warning', reason: 'DevicePluginWaiting', action: 'Answer', note });
}

function refusalEvent(
	{ resource, id, policy, reason }: Refusal,
	holder: Holder | undefined,
	regarding: Pick<ApiObject, 'apiVersion' | 'kind' | 'metadata'>,
): ClusterEvent {
	const by = policy === null ? '' : ` by GpuPolicy ${policy}`;
	const where = holder && regarding.kind === 'Pod' ? `container ${holder.container}: ` : '';
	return {
		regarding,
		type: 'Warning',
		reason: 'ForbiddenDevice',
		action: 'Refuse',
		note: `${where}device ${id} (${resource}) is refused${by}: ${reason}`,
	};
}
