import type { GpuPolicyStatus } from '../../api/v1alpha1.generated.ts';
import { type Cluster, ClusterError, type ObjectCache, type Watcher } from '../../core/ports/cluster.ts';
import type { EventRecorder } from '../../core/ports/events.ts';
import { WorkQueue, type WorkResult } from '../../runtime/work-queue.ts';
import type { ClusterPolicy, DutyContext, RunningDuty } from '../duty.ts';
import { Board, type DutyState } from './board.ts';
import { composeStatus } from './compose-status.ts';
import { DutyRunner, failureOf } from './duty-runner.ts';
import { addFinalizer, removeFinalizer } from './finalizer.ts';
import { gpuPolicies } from './resource.ts';
import { writeStatus } from './status-writer.ts';
import { concernsDuties, type Examined, hasFinalizer, PolicyReader, type StoredPolicy } from './stored-policy.ts';
import type { Telemetry } from './telemetry.ts';
import { tellTransition } from './transition-event.ts';

export interface PolicyControllerOptions {
	/** For as long as leadership lasts. */
	readonly cluster: Cluster;
	readonly watcher: Watcher;
	readonly events: EventRecorder;
	readonly telemetry: Telemetry;
	/** Looks at what no schema of a server can tell. */
	readonly examine: (object: unknown) => Examined;
	/** One for each duty. */
	readonly makeDuties: readonly ((context: DutyContext) => RunningDuty)[];
	/** Ends every request. */
	readonly signal: AbortSignal;
	/** Policies that a duty works on at once; default 16: most of it is waiting for API servers. */
	readonly concurrency?: number;
	/** How long after a change of a spec its first, unfinished status may wait for the finished one, in milliseconds; default 500. */
	readonly settleMs?: number;
	readonly now?: () => Date;
	readonly random?: () => number;
}

/** An unfinished status waits so long for the finished one, in milliseconds. */
const firstStepMs = 500;
/** And the next one for what has changed until then. */
const nextStepMs = 15_000;
/** A policy in order whose duty has trouble keeps its status so long, and one in trouble what it says of it: a server that starts again must not be met by a write for each policy. */
const troubleMs = 15_000;
/** How long a status that somebody else owns a part of waits until it is tried whole again. */
const conflictRetryMs = 60_000;

/** Follows all policies, has the duties converge the cluster to them, and writes what came of it. Lives for one term of leadership. */
export class PolicyController {
	readonly #options: PolicyControllerOptions;
	readonly #board = new Board();
	readonly #reader: PolicyReader;
	readonly #cache: ObjectCache<StoredPolicy>;
	readonly #runners: readonly DutyRunner[];
	readonly #statuses: WorkQueue;
	/** The first list is complete: duties that compare policies must know all of them. */
	#begun = false;
	/** What we wrote last, until the cache has it. */
	readonly #written = new Map<string, { readonly resourceVersion: string; readonly status: GpuPolicyStatus | undefined }>();
	/** Policies of which a status was sent, and nobody knows whether it arrived. */
	readonly #unsure = new Set<string>();
	/** When an unfinished status of a generation may be written next, in monotonic milliseconds. */
	readonly #nextStep = new Map<string, { readonly generation: number; readonly due: number }>();
	/** Since when the duties of a policy have had trouble that is not told yet, in monotonic milliseconds. */
	readonly #troubledSince = new Map<string, number>();

	constructor(options: PolicyControllerOptions) {
		this.#options = options;
		this.#reader = new PolicyReader(options.examine);
		const { telemetry, signal, concurrency = 16, random = Math.random } = options;
		this.#statuses = new WorkQueue({
			handle: (name) => this.#settle(name),
			onError: (name, error, retryInMs) => this.#statusFailed(name, error, retryInMs),
			concurrency,
			random,
		});
		const find = (name: string): StoredPolicy | undefined => this.#cache.get({ name });
		this.#cache = options.watcher.watch(gpuPolicies, {
			project: (object) => this.#reader.read(object),
			onChange: ({ name }, before, after) => this.#changed(name, before, after),
			onTrouble: (trouble) => this.#troubled(trouble?.error ?? null),
		});
		this.#runners = options.makeDuties.map((make) => {
			let runner: DutyRunner | undefined;
			const duty = make({
				cluster: options.cluster,
				watcher: options.watcher,
				events: options.events,
				policies: () => this.policies(),
				requeue: (policy) => runner?.add(policy),
				log: (level, message, fields) => telemetry.log(level, message, { duty: runner?.name, ...fields }),
			});
			const onReport = (name: string): void => this.#statuses.add(name);
			runner = new DutyRunner({ duty, board: this.#board, find, onReport, telemetry, signal, concurrency, random });
			return runner;
		});
		this.#cache.whenSynced(signal).then(
			() => this.#begin(),
			() => undefined, // stopped before
		);
	}

	/** Whether every policy is known. */
	get synced(): boolean {
		return this.#cache.synced;
	}

	/** Why policies are not seen as they are now, in one line; `null` where they are. */
	get trouble(): string | null {
		const error = this.#cache.trouble?.error;
		return error ? troubleText(error) : null;
	}

	/** Policies that wait, by duty. */
	get waiting(): ReadonlyMap<string, number> {
		return new Map([
			...this.#runners.map(({ name, waiting }): [string, number] => [name, waiting]),
			['status', this.#statuses.waiting],
		]);
	}

	/** Policies that can be carried out. */
	*policies(): Iterable<ClusterPolicy> {
		for (const { policy, problems } of this.#cache.values()) if (problems.length === 0) yield policy;
	}

	/** Every policy with its Ready condition, for metrics. */
	*readiness(): Iterable<{ readonly policy: string; readonly status: string; readonly reason: string }> {
		for (const { policy, status } of this.#cache.values()) {
			const ready = status?.conditions?.find(({ type }) => type === 'Ready');
			yield { policy: policy.name, status: ready?.status ?? 'Unknown', reason: ready?.reason ?? 'NotYetObserved' };
		}
	}

	/** Lets what runs finish, writes what came of it, and closes everything. */
	async drain(): Promise<void> {
		await Promise.all(this.#runners.map((runner) => runner.drain()));
		await this.#statuses.drain();
		await Promise.all(this.#runners.map((runner) => runner.stop()));
		await this.#cache.stop();
	}

	#begin(): void {
		this.#begun = true;
		for (const { policy } of this.#cache.values()) {
			this.#statuses.add(policy.name);
			for (const runner of this.#runners) runner.add(policy.name);
		}
	}

	#changed(name: string, before: StoredPolicy | undefined, after: StoredPolicy | undefined): void {
		if (!after) {
			this.#reader.forget(name);
			this.#board.forget(name);
			this.#written.delete(name);
			this.#unsure.delete(name);
			this.#nextStep.delete(name);
			this.#troubledSince.delete(name);
			return;
		}
		if (!this.#begun) return;
		this.#statuses.add(name);
		if (concernsDuties(before, after)) for (const runner of this.#runners) runner.add(name, 1);
	}

	#troubled(error: ClusterError | null): void {
		if (error) this.#options.telemetry.log('warn', troubleText(error), { failure: error.failure });
		else this.#options.telemetry.log('info', 'policies are seen again as they are');
		for (const { policy } of this.#cache.values()) this.#statuses.add(policy.name);
	}

	/** Finalizer and status of one policy. */
	async #settle(name: string): Promise<WorkResult> {
		const stored = this.#cache.get({ name });
		if (!stored) return {};
		const { cluster, signal } = this.#options;
		const states = this.#states(stored.policy);
		if (stored.policy.deleting) {
			if (!hasFinalizer(stored)) return {};
			if ([...states.values()].every(({ cleaned }) => cleaned)) {
				await removeFinalizer(cluster, stored, signal);
				return {};
			}
			if (![...states.values()].some(({ failure }) => failure)) return {};
		} else if (!hasFinalizer(stored)) await addFinalizer(cluster, stored, signal);
		return this.#report(stored, states);
	}

	async #report(stored: StoredPolicy, duties: ReadonlyMap<string, DutyState>): Promise<WorkResult> {
		const { cluster, signal, telemetry, events, now = () => new Date() } = this.#options;
		const { policy, problems } = stored;
		if (this.#unsure.has(policy.name)) await this.#reread(policy);
		const before = this.#latest(stored);
		const at = now()
			.toISOString()
			.replace(/\.\d+Z$/, 'Z');
		const status = composeStatus({ policy, problems, duties, trouble: this.#forbidden(), before, at });
		if (!status) return {};
		const wait = this.#settling(policy, status, before);
		if (wait > 0) return { requeueAfterMs: wait };
		const { object, conflict } = await writeStatus(cluster, { policy, status, before, at, signal });
		if (conflict !== null) telemetry.statusWritten('conflict');
		if (object) {
			telemetry.statusWritten('written');
			const written = object.status as GpuPolicyStatus | undefined;
			this.#written.set(policy.name, { resourceVersion: object.metadata.resourceVersion ?? '', status: written });
			tellTransition({ policy, before, after: written, events, log: telemetry.log });
		}
		return conflict === null ? {} : { requeueAfterMs: conflictRetryMs };
	}

	/** Milliseconds for which an unfinished status is held back: most are finished by then, and steps of one are not told one by one. */
	#settling({ name, generation }: ClusterPolicy, status: GpuPolicyStatus, before: GpuPolicyStatus | undefined): number {
		const unfinished = reconcilingReason(status);
		if (unfinished !== 'ProgressingWithRetry') this.#troubledSince.delete(name);
		if (unfinished !== 'Progressing') this.#nextStep.delete(name);
		if (unfinished === undefined) return 0;
		const now = performance.now();
		if (unfinished === 'ProgressingWithRetry') {
			// What is new is told at once, what only repeats it in other words is not.
			const known = before?.observedGeneration === generation && reconcilingReason(before) !== 'Progressing';
			const since = known ? (this.#troubledSince.get(name) ?? now) : now - troubleMs;
			const wait = Math.max(0, Math.ceil(since + troubleMs - now));
			if (wait > 0) this.#troubledSince.set(name, since);
			else this.#troubledSince.delete(name);
			return wait;
		}
		const seen = this.#nextStep.get(name);
		const due = seen?.generation === generation ? seen.due : now + (this.#options.settleMs ?? firstStepMs);
		this.#nextStep.set(name, { generation, due: now < due ? due : now + nextStepMs });
		return Math.max(0, Math.ceil(due - now));
	}

	/** The status as it stands on the server as far as we know: our own last write may be newer than the cache. */
	#latest({ policy, resourceVersion, status }: StoredPolicy): GpuPolicyStatus | undefined {
		const written = this.#written.get(policy.name);
		if (!written) return status;
		if (isNewer(written.resourceVersion, resourceVersion)) return written.status;
		this.#written.delete(policy.name);
		return status;
	}

	/** A status that was judged by the one before it, and not by the one that arrived after all, would date its conditions anew. */
	async #reread({ name, uid }: ClusterPolicy): Promise<void> {
		const { cluster, signal } = this.#options;
		try {
			const object = await cluster.get(gpuPolicies, { name }, { signal });
			const status = object?.status as GpuPolicyStatus | undefined;
			if (object?.metadata.uid === uid)
				this.#written.set(name, { resourceVersion: object.metadata.resourceVersion ?? '', status });
		} catch (error) {
			// Without the right to read, what was last seen has to do.
			if (!(error instanceof ClusterError && error.failure === 'Forbidden')) throw error;
		}
		this.#unsure.delete(name);
	}

	#states(policy: ClusterPolicy): ReadonlyMap<string, DutyState> {
		return new Map(this.#runners.map(({ name }) => [name, this.#board.state(policy, name)]));
	}

	#forbidden(): { readonly reason: 'Forbidden'; readonly message: string } | null {
		const error = this.#cache.trouble?.error;
		return error?.failure === 'Forbidden' ? { reason: 'Forbidden', message: error.message } : null;
	}

	#statusFailed(name: string, error: unknown, retryInMs: number): void {
		const { signal, telemetry } = this.#options;
		if (signal.aborted) return;
		// The policy changed meanwhile: its change is on the way to us.
		if (error instanceof ClusterError && (error.failure === 'Conflict' || error.failure === 'NotFound')) return;
		this.#unsure.add(name);
		telemetry.statusWritten('error');
		const retryInSeconds = Math.max(1, Math.round(retryInMs / 1000));
		const stack = error instanceof ClusterError ? {} : { stack: error instanceof Error ? error.stack : undefined };
		telemetry.log('warn', failureOf(error).message, { duty: 'status', policy: name, retryInSeconds, ...stack });
	}
}

function reconcilingReason({ conditions = [] }: GpuPolicyStatus): string | undefined {
	return conditions.find(({ type }) => type === 'Reconciling')?.reason;
}

/** Versions of one kind on one server are numbers that grow. */
function isNewer(a: string, b: string): boolean {
	return /^\d+$/.test(a) && /^\d+$/.test(b) && BigInt(a) > BigInt(b);
}

function troubleText(error: ClusterError): string {
	return error.failure === 'NotServed'
		? `waiting for the CRD: the server does not serve gpupolicies in gpupolicy.dev/v1alpha1; install the CRDs of this version (${error.message})`
		: error.message;
}
