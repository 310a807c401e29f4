import type { DevicePluginState, Refusal } from '../core/device-answer/index.ts';
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
 * Tells the cluster what the device-plugin proxy, which has no account, cannot: refusals on the pod that was refused, where the kubelet says which
 * it is, and on the node that every device waits.
 *
 * @param after time of the last refusal that was told, RFC 3339
 * @returns that time after this
 */
export function tellOfProxy(
	plugin: DevicePluginState,
	{ allocations }: Pick<NodeObservation, 'allocations'>,
	targets: EventTargets,
	events: EventRecorder,
	after: string,
): string {
	const node = targets.node();
	if (plugin.waiting !== null && node) {
		events.record({
			regarding: node,
			type: 'Warning',
			reason: 'DevicePluginWaiting',
			action: 'Answer',
			note: `every device is shown as Unhealthy: ${plugin.waiting}`,
		});
	}
	const held = allocations?.state === 'known' ? allocations.value.held : [];
	let until = after;
	for (const refusal of plugin.refusals) {
		if (refusal.at <= after) continue;
		if (refusal.at > until) until = refusal.at;
		const holder = held.find(({ id, resource }) => id === refusal.id && resource === refusal.resource)?.holder;
		const regarding = (holder && targets.pod(holder.namespace, holder.pod)) ?? node;
		if (regarding) events.record(refusalEvent(refusal, holder, regarding));
	}
	return until;
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
