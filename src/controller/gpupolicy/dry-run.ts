import type { Cluster, Watcher } from '../../core/ports/cluster.ts';
import type { ClusterPolicy, DutyContext, DutyOutcome, RunningDuty } from '../duty.ts';
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
	readonly watcher: Watcher;
	readonly examine: (object: unknown) => Examined;
	readonly makeDuties: readonly ((context: DutyContext) => RunningDuty)[];
	readonly log: DutyContext['log'];
	readonly signal: AbortSignal;
	/** RFC 3339. */
	readonly at: string;
}

/** What a duty follows is listed within this time, in milliseconds, or the duty is left out. */
const listLimitMs = 120_000;

/** Looks at every policy once, over a cluster that only tells what would be sent. Resolves with what failed, one line each. */
export async function dryRun(options: DryRunOptions): Promise<readonly string[]> {
	const { cluster, watcher, examine, makeDuties, log, signal, at } = options;
	const reader = new PolicyReader(examine);
	const all = (await cluster.list(gpuPolicies, { signal })).map((object) => reader.read(object));
	const possible: readonly ClusterPolicy[] = all.filter(({ problems }) => problems.length === 0).map(({ policy }) => policy);
	const news = new News();
	const context = {
		cluster,
		watcher,
		events: { record: () => undefined },
		policies: () => possible,
		requeue: (policy: string) => news.of(policy),
		log,
	};
	const duties = all.length === 0 ? [] : makeDuties.map((make) => make(context));
	const failures: string[] = [];
	try {
		for (const stored of all) {
			const { policy, problems, status: before } = stored;
			const states = await runAll(duties, stored, news, signal);
			for (const [duty, { failure }] of states) if (failure) failures.push(`${policy.name}: ${duty}: ${failure.message}`);
			if (policy.deleting) {
				if (![...states.values()].some(({ failure }) => failure)) await removeFinalizer(cluster, stored, signal);
				continue;
			}
			await addFinalizer(cluster, stored, signal);
			const status = composeStatus({ policy, problems, duties: states, before, at });
			if (status) await writeStatus(cluster, { policy, status, before, at, signal });
		}
	} finally {
		await Promise.all(duties.map((duty) => duty.stop?.()));
	}
	return failures;
}

async function runAll(
	duties: readonly RunningDuty[],
	{ policy, problems }: StoredPolicy,
	news: News,
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
				const outcome = await once(duty, policy, news, signal);
				states.set(duty.name, { ...state, last: { generation: policy.generation, outcome } });
			}
		} catch (error) {
			states.set(duty.name, { ...state, failure: failureOf(error) });
		}
	}
	return states;
}

/** The first outcome that rests on something: a duty that is still listing what it follows has itself called again. */
async function once(duty: RunningDuty, policy: ClusterPolicy, news: News, signal: AbortSignal): Promise<DutyOutcome> {
	const limit = performance.now() + listLimitMs;
	for (;;) {
		const outcome = await duty.reconcile(policy, signal);
		const listing = outcome.condition?.reason === 'NotYetObserved' && outcome.progressing?.reason === 'Progressing';
		if (!listing) return outcome;
		const left = limit - performance.now();
		if (left <= 0 || !(await news.within(policy.name, left)))
			throw new Error(`${outcome.progressing?.message}: not done within ${listLimitMs / 1000} s`);
	}
}

/** Calls of duties to be looked at again, kept until somebody waits for them. */
class News {
	readonly #called = new Set<string>();
	readonly #waiting = new Map<string, () => void>();

	of(policy: string): void {
		this.#called.add(policy);
		this.#waiting.get(policy)?.();
	}

	/** Resolves with true when the policy is called, and with false after so many milliseconds. */
	async within(policy: string, ms: number): Promise<boolean> {
		if (!this.#called.has(policy)) {
			await new Promise<void>((resolve) => {
				const timer = setTimeout(resolve, ms);
				this.#waiting.set(policy, () => {
					clearTimeout(timer);
					resolve();
				});
			});
			this.#waiting.delete(policy);
		}
		return this.#called.delete(policy);
	}
}
