import type { Condition, GpuPolicyStatus } from '../../api/v1alpha1.generated.ts';
import type { EventRecorder } from '../../core/ports/events.ts';
import type { ClusterPolicy } from '../duty.ts';
import type { Telemetry } from './telemetry.ts';

/** One event and one line of the log when Ready gets another status or reason; steps on the way there are no event. */
export function tellTransition(transition: {
	readonly policy: ClusterPolicy;
	readonly before: GpuPolicyStatus | undefined;
	readonly after: GpuPolicyStatus | undefined;
	readonly events: EventRecorder;
	readonly log: Telemetry['log'];
}): void {
	const { policy, before, after, events, log } = transition;
	const was = readyOf(before);
	const is = readyOf(after);
	if (!is || (was?.status === is.status && was.reason === is.reason)) return;
	const { name, uid, generation, digest } = policy;
	log('info', is.message, { policy: name, generation, digest: digest.slice(0, 12), ready: is.status, reason: is.reason });
	if (is.reason === 'Progressing') return;
	events.record({
		regarding: { apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', metadata: { name, uid } },
		type: is.status === 'True' ? 'Normal' : 'Warning',
		reason: is.reason,
		action: 'Reconcile',
		note: is.message,
	});
}

function readyOf(status: GpuPolicyStatus | undefined): Condition | undefined {
	return status?.conditions?.find(({ type }) => type === 'Ready');
}
