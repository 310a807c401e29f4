import { ClusterError } from '../../core/ports/cluster.ts';
import { WorkQueue, type WorkResult } from '../../runtime/work-queue.ts';
import type { DutyOutcome, RunningDuty } from '../duty.ts';
import type { Board, DutyFailure } from './board.ts';
import { hasFinalizer, type StoredPolicy } from './stored-policy.ts';
import type { RunResult, Telemetry } from './telemetry.ts';

export interface DutyRunnerOptions {
	readonly duty: RunningDuty;
	readonly board: Board;
	readonly find: (name: string) => StoredPolicy | undefined;
	/** The row of a policy on the board changed. */
	readonly onReport: (name: string) => void;
	readonly telemetry: Telemetry;
	readonly signal: AbortSignal;
	readonly concurrency: number;
	/** From 0 (inclusive) to 1. */
	readonly random: () => number;
}

/** How long after a refusal for lack of a right it is tried again, at the latest, in milliseconds. */
const maxBackoffMs = 60_000;

/** One duty on a queue of its own, keyed by policy name. */
export class DutyRunner {
	readonly #options: DutyRunnerOptions;
	readonly #queue: WorkQueue;
	#turns: Promise<void> = Promise.resolve();

	constructor(options: DutyRunnerOptions) {
		this.#options = options;
		this.#queue = new WorkQueue({
			handle: (name) => this.#handle(name),
			onError: (name, error, retryInMs) => this.#failed(name, error, retryInMs),
			concurrency: options.concurrency,
			maxBackoffMs,
			random: options.random,
		});
	}

	get name(): string {
		return this.#options.duty.name;
	}

	/** Policies that wait. */
	get waiting(): number {
		return this.#queue.waiting;
	}

	add(policy: string, priority = 0): void {
		this.#queue.add(policy, priority);
	}

	/** Lets what runs finish, and takes nothing more. */
	async drain(): Promise<void> {
		await this.#queue.drain();
	}

	/** Closes what the duty opened. Drain first. */
	async stop(): Promise<void> {
		await this.#options.duty.stop?.();
	}

	async #handle(name: string): Promise<WorkResult> {
		const stored = this.#options.find(name);
		if (!stored) return {};
		const { policy, problems } = stored;
		if (policy.deleting) return this.#cleanUp(stored);
		// What is in place stays in place where the policy is suspended, or does not say what to do instead.
		if (policy.suspended || problems.length > 0 || !hasFinalizer(stored)) return {};
		const { duty, board, onReport, signal, random } = this.#options;
		await this.#turn();
		const outcome = await this.#timed(() => duty.reconcile(policy, signal));
		board.report(policy, duty.name, { last: { generation: policy.generation, outcome }, failure: null });
		onReport(name);
		const interval = stored.intervalMs * (1 + random() / 10);
		return { requeueAfterMs: Math.min(interval, outcome.requeueAfterMs ?? interval) };
	}

	/**
	 * One policy in each round of the event loop: judging 50,000 pods takes some milliseconds and waits for nothing, and a hundred policies in a
	 * row would keep the lease from being renewed.
	 */
	async #turn(): Promise<void> {
		const mine = this.#turns.then(() => new Promise<void>((resolve) => void setImmediate(resolve)));
		this.#turns = mine;
		await mine;
	}

	async #cleanUp(stored: StoredPolicy): Promise<WorkResult> {
		const { duty, board, onReport, signal } = this.#options;
		const { policy } = stored;
		if (!hasFinalizer(stored) || board.state(policy, duty.name).cleaned) return {};
		await this.#timed(async () => {
			await duty.cleanUp(policy, signal);
			return null;
		});
		board.report(policy, duty.name, { failure: null, cleaned: true });
		onReport(policy.name);
		return {};
	}

	#failed(name: string, error: unknown, retryInMs: number): void {
		const { board, find, onReport, telemetry, duty, signal } = this.#options;
		if (signal.aborted) return;
		const failure = failureOf(error);
		const seconds = Math.max(1, Math.round(retryInMs / 1000));
		const stack = error instanceof ClusterError ? {} : { stack: error instanceof Error ? error.stack : undefined };
		telemetry.log('warn', failure.message, { duty: duty.name, policy: name, retryInSeconds: seconds, ...stack });
		const policy = find(name)?.policy;
		if (!policy) return;
		const told =
			failure.kind === 'stalled' ? failure : { ...failure, message: `${failure.message}; tried again in ${seconds} s` };
		board.report(policy, duty.name, { failure: told });
		onReport(name);
	}

	async #timed<T extends DutyOutcome | null>(run: () => Promise<T>): Promise<T> {
		const { duty, telemetry, signal } = this.#options;
		const began = performance.now();
		let result: RunResult = 'error';
		try {
			const outcome = await run();
			result = outcome?.stalled ? 'stalled' : outcome?.progressing ? 'progressing' : 'success';
			return outcome;
		} catch (error) {
			if (signal.aborted) result = 'aborted';
			throw error;
		} finally {
			telemetry.ran(duty.name, result, (performance.now() - began) / 1000);
		}
	}
}

/** What lacks a right waits for a person; anything else may pass. */
export function failureOf(error: unknown): DutyFailure {
	const message = error instanceof Error ? error.message : String(error);
	if (error instanceof ClusterError) {
		if (error.failure === 'Forbidden' || error.failure === 'FieldManagerConflict')
			return { kind: 'stalled', reason: error.failure, message };
	}
	return { kind: 'retry', message };
}
