import type { Cluster } from '../../core/ports/cluster.ts';
import type { ClusterPolicy, Duty } from '../duty.ts';
import type { DutyState } from './board.ts';
import { composeStatus } from './compose-status.ts';
import { failureOf } from './duty-runner.ts';
import { addFinalizer, removeFinalizer } from './finalizer.ts';
import { gpuPolicies } from './resource.ts';
import { writeStatus } from './status-writer.ts';
import { type Examined, PolicyReader, type StoredPolicy } from './stored-policy.ts';

export interface DryRunOptions {
	/** Tells of writes instead of sending them. */
	readonly cluster: Cluster;
	readonly examine: (object: unknown) => Examined;
	readonly makeDuties: (policies: () => Iterable<ClusterPolicy>) => readonly Duty[];
	readonly signal: AbortSignal;
	/** RFC 3339. */
	readonly at: string;
}

/** Looks at every policy once, over a cluster that only tells what would be sent. Resolves with what failed, one line each. */
export async function dryRun({ cluster, examine, makeDuties, signal, at }: DryRunOptions): Promise<readonly string[]> {
	const reader = new PolicyReader(examine);
	const all = (await cluster.list(gpuPolicies, { signal })).map((object) => reader.read(object));
	const duties = makeDuties(() => all.filter(({ problems }) => problems.length === 0).map(({ policy }) => policy));
	const failures: string[] = [];
	for (const stored of all) {
		const { policy, problems, status: before } = stored;
		const states = await runAll(duties, stored, signal);
		for (const [duty, { failure }] of states) if (failure) failures.push(`${policy.name}: ${duty}: ${failure.message}`);
		if (policy.deleting) {
			if (![...states.values()].some(({ failure }) => failure)) await removeFinalizer(cluster, stored, signal);
			continue;
		}
		await addFinalizer(cluster, stored, signal);
		const status = composeStatus({ policy, problems, duties: states, before, at });
		if (status) await writeStatus(cluster, { policy, status, before, at, signal });
	}
	return failures;
}

async function runAll(
	duties: readonly Duty[],
	{ policy, problems }: StoredPolicy,
	signal: AbortSignal,
): Promise<ReadonlyMap<string, DutyState>> {
	const states = new Map<string, DutyState>();
	for (const duty of duties) {
		const state: DutyState = { last: null, failure: null, cleaned: false };
		states.set(duty.name, state);
		if (!policy.deleting && (policy.suspended || problems.length > 0)) continue;
		try {
			if (policy.deleting) await duty.cleanUp(policy, signal);
			else {
				const outcome = await duty.reconcile(policy, signal);
				states.set(duty.name, { ...state, last: { generation: policy.generation, outcome } });
			}
		} catch (error) {
			states.set(duty.name, { ...state, failure: failureOf(error) });
		}
	}
	return states;
}
