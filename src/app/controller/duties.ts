import { randomBytes } from 'node:crypto';
import { AdmissionDuty } from '../../controller/admission/admission-duty.ts';
import { managedBy, managedByLabel } from '../../controller/admission/names.ts';
import { admissionKinds, admissionResource } from '../../controller/admission/objects.ts';
import { servedAdmission } from '../../controller/admission/served.ts';
import type { DutyContext, RunningDuty } from '../../controller/duty.ts';
import { watchOwned } from '../../controller/gpupolicy/watch-owned.ts';
import { HistoryDuty } from '../../controller/history/history-duty.ts';
import { NodesDuty } from '../../controller/nodes/nodes-duty.ts';
import { availableWithinMs, WorkloadsDuty } from '../../controller/workloads/workloads-duty.ts';

/** How the policies reach new pods: `auto` takes what the server offers, `off` leaves them alone. */
export const admissionModes = ['auto', 'policy', 'webhook', 'off'] as const;
export type AdmissionMode = (typeof admissionModes)[number];

export interface DutyChoice {
	readonly namespace: string;
	readonly admission: Exclude<AdmissionMode, 'webhook'>;
	/** Whether nodes are labelled and tainted; false: reported only. */
	readonly manageNodes: boolean;
}

type MakeDuty = (context: DutyContext) => RunningDuty;

/** The duties of the controller, each made anew for each term of leadership; `makeAdmission` makes that of admission where it is on. */
export function dutiesFor(choice: DutyChoice, makeAdmission: MakeDuty = admission): readonly MakeDuty[] {
	return [
		choice.admission === 'off' ? () => admissionOff : makeAdmission,
		(context) =>
			new WorkloadsDuty(context, {
				now: () => Date.now(),
				elapsed: () => performance.now(),
				token: () => randomBytes(6).toString('hex'),
				limitMs: availableWithinMs,
			}),
		({ cluster, watcher, events, policies, requeue }) =>
			new NodesDuty({
				cluster,
				watcher,
				events,
				policies,
				wake: requeue,
				manage: choice.manageNodes,
				clock: () => Date.now(),
				token: () => randomBytes(6).toString('hex'),
			}),
		({ cluster }) => new HistoryDuty({ cluster, namespace: choice.namespace }),
	];
}

function admission(context: DutyContext): RunningDuty {
	const { cluster, events, policies, requeue } = context;
	const duty = new AdmissionDuty({ cluster, policies, wake: requeue, events });
	const stop = watchAdmission(context);
	return {
		name: duty.name,
		reconcile: (policy, signal) => duty.reconcile(policy, signal),
		cleanUp: (policy, signal) => duty.cleanUp(policy, signal),
		stop,
	};
}

/** Somebody who changes or deletes our admission objects has them put back. */
function watchAdmission(context: DutyContext): () => Promise<void> {
	const options = {
		labelSelector: `${managedByLabel}=${managedBy}`,
		ignores: (name: string) => name.startsWith('gpupolicy-canary-'),
	};
	let stopped = false;
	const watching = servedAdmission(context.cluster)
		.catch(() => null)
		.then((served) => {
			if (stopped) return undefined;
			const kinds = admissionKinds.map((kind) => admissionResource(kind, served?.mutating ?? 'v1'));
			return watchOwned(context, kinds, options);
		});
	return async () => {
		stopped = true;
		await (await watching)?.();
	};
}

/** Nothing of ours reaches new pods, and we have no right to look after what once did. */
const admissionOff: RunningDuty = {
	name: 'admission',
	reconcile: async ({ object }) => ({
		condition: null,
		...(object.spec.workloads ? { status: { admission: { mode: 'Off' } } } : {}),
	}),
	cleanUp: async () => undefined,
};
