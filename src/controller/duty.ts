import type { ConditionReason } from '../api/conditions.ts';
import type { GpuPolicy, GpuPolicyStatus } from '../api/v1alpha1.generated.ts';
import type { Cluster, Watcher } from '../core/ports/cluster.ts';
import type { EventRecorder } from '../core/ports/events.ts';

/** A policy of the cluster as a duty sees it: validated, with its digest. */
export interface ClusterPolicy {
	readonly name: string;
	readonly uid: string;
	readonly generation: number;
	/** Digest of the spec, 64 hex digits: what annotations and messages name. */
	readonly digest: string;
	readonly object: GpuPolicy;
	readonly suspended: boolean;
	/** True while the finalizer waits for the clean-up. */
	readonly deleting: boolean;
}

/** The condition types that a duty answers for. */
export type DutyCondition = 'AdmissionProgrammed' | 'WorkloadsConverged' | 'NodesValidated';

/** What one duty found and did for one policy: the material of its conditions and of its part of the status. */
export interface DutyOutcome {
	/** `null` where the policy does not ask for the duty. */
	readonly condition:
		| {
				readonly [T in DutyCondition]: { readonly type: T; readonly reason: ConditionReason<T>; readonly message: string };
		  }[DutyCondition]
		| null;
	/** Nothing but a person helps: why. */
	readonly stalled?: { readonly reason: ConditionReason<'Stalled'>; readonly message: string };
	/** Work is under way, or failed and is tried again. */
	readonly progressing?: { readonly reason: ConditionReason<'Reconciling'>; readonly message: string };
	/** The duty's own part of the status. */
	readonly status?: Pick<GpuPolicyStatus, 'admission' | 'workloads' | 'nodes'>;
	/** Look again after so many milliseconds although nothing happened. */
	readonly requeueAfterMs?: number;
}

/**
 * One duty of the controller. It runs on a work queue of its own, keyed by policy name; a rejection is retried with back-off
 * and shown as `Reconciling/ProgressingWithRetry`.
 */
export interface Duty {
	/** `admission`, `workloads`, `nodes`, `history`: for logs and metrics, and says which condition is the duty's. */
	readonly name: string;
	/** Converges the cluster to the policy and says what is. All requests end when the signal aborts. */
	reconcile(policy: ClusterPolicy, signal: AbortSignal): Promise<DutyOutcome>;
	/** Takes back all that the duty ever put in place for the policy; resolves when nothing is left. */
	cleanUp(policy: ClusterPolicy, signal: AbortSignal): Promise<void>;
}

/** What the controller gives a duty when it makes one; a duty lives for one term of leadership. */
export interface DutyContext {
	/** Every request ends with the leadership. */
	readonly cluster: Cluster;
	readonly watcher: Watcher;
	readonly events: EventRecorder;
	/** Every policy as it is now, deleting ones too; those whose spec cannot be carried out are left out. */
	policies(): Iterable<ClusterPolicy>;
	/** Has the duty look at a policy soon: something that it watches changed. */
	requeue(policy: string): void;
	/** One line of the log. Never a secret. */
	log(level: 'info' | 'warn' | 'error', message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** A duty at work: what it opened is closed again at the end of the term. */
export interface RunningDuty extends Duty {
	/** Closes its caches. Nothing is reconciled any more when it is called. */
	stop?(): Promise<void>;
}
