import { clearedTaintHalt } from '../../core/nodes/taint-halt.ts';
import { type Cluster, ClusterError, type Watcher } from '../../core/ports/cluster.ts';
import { clearedRemediation } from '../../core/workloads/remediation-state.ts';
import type { ClusterPolicy, DutyContext, RunningDuty } from '../duty.ts';
import { failureOf } from './duty-runner.ts';
import { cleanupFinalizer, gpuPolicies } from './resource.ts';
import { type Examined, PolicyReader } from './stored-policy.ts';

export interface CleanUpOptions {
	readonly cluster: Cluster;
	readonly watcher: Watcher;
	readonly examine: (object: unknown) => Examined;
	readonly makeDuties: readonly ((context: DutyContext) => RunningDuty)[];
	readonly log: DutyContext['log'];
	readonly signal: AbortSignal;
}

/**
 * Takes back all that the controller put in place for any policy, as if each were deleted: what the duties made, the finalizer, its
 * annotations and the status, which nobody keeps true any more. The policies themselves are their owner's, and stay. Nothing else may be
 * at work meanwhile. Resolves with what failed, one line each.
 */
export async function cleanUpAll(options: CleanUpOptions): Promise<readonly string[]> {
	const { cluster, watcher, examine, makeDuties, log, signal } = options;
	const reader = new PolicyReader(examine);
	// All are on their way out: none holds on to what another leaves.
	const policies: readonly ClusterPolicy[] = (await listPolicies(cluster, signal)).map((object) => ({
		...reader.read(object).policy,
		deleting: true,
	}));
	const context = {
		cluster,
		watcher,
		events: { record: () => undefined },
		policies: () => policies,
		requeue: () => undefined,
		log,
	};
	const duties = policies.length === 0 ? [] : makeDuties.map((make) => make(context));
	const failures: string[] = [];
	try {
		for (const policy of policies) {
			const failed = await cleanUpPolicy(cluster, duties, policy, signal);
			failures.push(...failed);
			if (failed.length === 0) log('info', 'cleaned up', { policy: policy.name });
		}
	} finally {
		await Promise.all(duties.map((duty) => duty.stop?.()));
	}
	return failures;
}

/** Without the CRD there are none. */
async function listPolicies(cluster: Cluster, signal: AbortSignal): ReturnType<Cluster['list']> {
	try {
		return await cluster.list(gpuPolicies, { signal });
	} catch (error) {
		if (error instanceof ClusterError && error.failure === 'NotServed') return [];
		throw error;
	}
}

async function cleanUpPolicy(
	cluster: Cluster,
	duties: readonly RunningDuty[],
	policy: ClusterPolicy,
	signal: AbortSignal,
): Promise<readonly string[]> {
	const failures: string[] = [];
	const attempt = async (what: string, task: () => Promise<void>): Promise<void> => {
		try {
			await persistently(task, signal);
		} catch (error) {
			failures.push(`${policy.name}: ${what}: ${failureOf(error).message}`);
		}
	};
	for (const duty of duties) await attempt(duty.name, () => duty.cleanUp(policy, signal));
	// The finalizer stays where something is left, so that it is not forgotten.
	if (failures.length > 0) return failures;
	await attempt('status', () => release(cluster, policy, signal));
	return failures;
}

const attempts = 5;
const betweenMs = 1_000;

/** Tries again where somebody else was faster, and where a server is busy. */
async function persistently(task: () => Promise<void>, signal: AbortSignal): Promise<void> {
	for (let attempt = 1; ; attempt++) {
		try {
			return await task();
		} catch (error) {
			const final = error instanceof ClusterError && (error.failure === 'Forbidden' || error.failure === 'Aborted');
			if (final || attempt === attempts || signal.aborted) throw error;
			await new Promise((resolve) => setTimeout(resolve, betweenMs));
		}
	}
}

const cleared = { ...clearedRemediation, ...clearedTaintHalt };

/** Status, finalizer and annotations of the policy as it is now. */
async function release(cluster: Cluster, { name, uid }: ClusterPolicy, signal: AbortSignal): Promise<void> {
	let live = await cluster.get(gpuPolicies, { name }, { signal });
	if (live?.metadata.uid !== uid) return;
	const { apiVersion, kind } = live;
	// Applying nothing gives up every field that was applied before.
	if (live.status !== undefined && live.metadata.deletionTimestamp === undefined)
		live = (await cluster.apply(gpuPolicies, { apiVersion, kind, metadata: { name, uid } }, { subresource: 'status', signal }))
			.object;
	const { resourceVersion, finalizers = [], annotations = {} } = live.metadata;
	const marked = Object.keys(cleared).some((key) => key in annotations);
	if (!marked && !finalizers.includes(cleanupFinalizer)) return;
	const others = finalizers.filter((one) => one !== cleanupFinalizer);
	const metadata = { uid, resourceVersion, finalizers: others, ...(marked ? { annotations: cleared } : {}) };
	await cluster.patch(gpuPolicies, { name }, { metadata }, { signal });
}
