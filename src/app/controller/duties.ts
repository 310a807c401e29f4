import { randomBytes } from 'node:crypto';
import { AdmissionDuty } from '../../controller/admission/admission-duty.ts';
import type { WebhookChoice } from '../../controller/admission/mutator.ts';
import { managedBy, managedByLabel } from '../../controller/admission/names.ts';
import { admissionKinds, admissionResource } from '../../controller/admission/objects.ts';
import { servedAdmission } from '../../controller/admission/served.ts';
import type { WebhookAddress } from '../../controller/admission/webhook/configuration.ts';
import { WebhookRegistration } from '../../controller/admission/webhook/registration.ts';
import type { DutyContext, RunningDuty } from '../../controller/duty.ts';
import { watchOwned } from '../../controller/gpupolicy/watch-owned.ts';
import { HistoryDuty } from '../../controller/history/history-duty.ts';
import { NodesDuty } from '../../controller/nodes/nodes-duty.ts';
import { availableWithinMs, WorkloadsDuty } from '../../controller/workloads/workloads-duty.ts';
import { type ReservedNamespaces, reservedNamespaces } from '../../core/workloads/pod-scope.ts';

/** How the policies reach new pods: `auto` takes what the server offers, `off` leaves them alone. */
export const admissionModes = ['auto', 'policy', 'webhook', 'off'] as const;
export type AdmissionMode = (typeof admissionModes)[number];

export interface DutyChoice {
	readonly namespace: string;
	readonly admission: AdmissionMode;
	/** Where API servers reach the webhook of every replica; `null` where they cannot, so that there is none. */
	readonly webhook: WebhookAddress | null;
	/** Whether nodes are labelled and tainted; false: reported only. */
	readonly manageNodes: boolean;
}

type MakeDuty = (context: DutyContext) => RunningDuty;

/** The duties of the controller, each made anew for each term of leadership; `makeAdmission` makes that of admission where it is on. */
export function dutiesFor(choice: DutyChoice, makeAdmission?: MakeDuty): readonly MakeDuty[] {
	return [
		choice.admission === 'off' ? () => admissionOff : (makeAdmission ?? ((context) => admission(context, choice))),
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

const whenWebhook = { auto: 'NotServed', webhook: 'Always', policy: 'Never', off: 'Never' } as const;

/** When the webhook changes pods. One that cannot be reached from here may have been there: what is left of it is taken away. */
export function webhookChoice({ namespace, webhook, admission }: DutyChoice): WebhookChoice {
	return { when: webhook === null ? 'Never' : whenWebhook[admission], demandsIn: namespace };
}

/** Our own namespace is left alone, whatever it is called. */
export function reservedFor(namespace: string): ReservedNamespaces {
	const { unlessNamed, probe } = reservedNamespaces;
	return { unlessNamed: [...new Set([...unlessNamed, namespace])], probe };
}

function admission(context: DutyContext, choice: DutyChoice): RunningDuty {
	const { cluster, watcher, events, policies, requeue, log } = context;
	const { namespace, webhook: address } = choice;
	const reserved = reservedFor(namespace);
	const registration = new WebhookRegistration({ cluster, namespace, address, reserved, events, log });
	const duty = new AdmissionDuty({
		cluster,
		policies,
		wake: requeue,
		events,
		reserved,
		webhook: { registration, ...webhookChoice(choice) },
	});
	registration.start(watcher);
	const stop = watchAdmission(context, namespace);
	return {
		name: duty.name,
		reconcile: (policy, signal) => duty.reconcile(policy, signal),
		cleanUp: (policy, signal) => duty.cleanUp(policy, signal),
		stop: async () => {
			await Promise.all([stop(), registration.stop()]);
		},
	};
}

/** Somebody who changes or deletes our admission objects has them put back. */
function watchAdmission(context: DutyContext, demandsIn: string): () => Promise<void> {
	const options = {
		labelSelector: `${managedByLabel}=${managedBy}`,
		ignores: (name: string) => name.startsWith('gpupolicy-canary-'),
	};
	let stopped = false;
	const watching = servedAdmission(context.cluster)
		.catch(() => null)
		.then((served) => {
			if (stopped) return undefined;
			const places = admissionKinds.map((kind) => ({
				resource: admissionResource(kind, served?.mutating ?? 'v1'),
				...(kind === 'ConfigMap' ? { namespace: demandsIn } : {}),
			}));
			return watchOwned(context, places, options);
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
