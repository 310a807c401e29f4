import type { GpuNodeReportStatus } from '../api/v1alpha1.generated.ts';
import { noInventory } from '../core/desired/resolve.ts';
import type { DeviceAnswer } from '../core/device-answer/index.ts';
import { decideAnswer } from '../core/node-report/answer-devices.ts';
import { buildReport } from '../core/node-report/build-report.ts';
import { asksForNamespaceLabels } from '../core/node-report/environment.ts';
import { judgedOn, policiesInForce } from '../core/node-report/in-force.ts';
import type { NodeObservation } from '../core/node-report/observation.ts';
import { reportChange } from '../core/node-report/report-change.ts';
import type { Fact } from '../core/observed/fact.ts';
import type { Inventory } from '../core/observed/inventory.ts';
import { ClusterError } from '../core/ports/cluster.ts';
import type { EventRecorder } from '../core/ports/events.ts';
import type { InventorySource } from '../core/ports/inventory-source.ts';
import { sameJson } from '../core/same-json.ts';
import type { Log } from '../runtime/log.ts';
import { WorkQueue, type WorkResult } from '../runtime/work-queue.ts';
import type { AllocationSource, Memory, OrderSource, PodFinder, ProcessReader, ReportSink, StateDirectory } from './ports.ts';
import { ProcessReadings } from './process-readings.ts';
import { type EventTargets, tellRefusals, tellWaiting, untold } from './proxy-events.ts';
import { ReportSchedule, type ScheduleOptions } from './report-schedule.ts';

export interface NodeAgentOptions {
	readonly node: string;
	readonly version: string;
	readonly inventory: InventorySource;
	readonly orders: OrderSource;
	readonly processes: ProcessReader;
	/** `null` outside of a cluster. */
	readonly pods: PodFinder | null;
	/** `null` on a machine without a kubelet. */
	readonly allocations: AllocationSource | null;
	/** `null`: there is no device-plugin proxy to be answered, nor to be heard. */
	readonly state: StateDirectory | null;
	readonly sink: ReportSink;
	/** `null` outside of a cluster. */
	readonly events: { readonly recorder: EventRecorder; readonly targets: EventTargets } | null;
	readonly schedule: ScheduleOptions;
	/** Milliseconds between two looks at the devices when nothing happens. */
	readonly intervalMs: number;
	/** Milliseconds that a reading of the devices may take. */
	readonly observeMs: number;
	/** A monotonic clock, in milliseconds. */
	readonly now: () => number;
	/** The time of the day, RFC 3339: told, and never reckoned with. */
	readonly date: () => string;
	readonly log: Log;
	readonly telemetry?: AgentTelemetry;
}

/** Told of what the agent does. */
export interface AgentTelemetry {
	observed(result: 'known' | 'unknown', seconds: number): void;
	reportWritten(result: 'written' | 'failed' | 'no-report'): void;
}

/** While no policy is in force the devices are looked at this much seldomer. */
const idleFactor = 20;

/**
 * The duty on one node: looks at its devices, judges them by the policies that select the node, answers the device-plugin proxy and writes the
 * report. Level-triggered: whatever happens only has the next step taken soon.
 */
export class NodeAgent {
	readonly #options: NodeAgentOptions;
	readonly #queue: WorkQueue;
	readonly #schedule: ReportSchedule;
	readonly #readings: ProcessReadings;
	#memory: Memory;
	/** The memory as its file has it, as far as we know. */
	#kept: string;
	#answer: Omit<DeviceAnswer, 'at'> | null;
	/** Once orders were there. */
	#judged = false;
	#conflict: readonly string[] = [];
	/** What kept the answer from being written. */
	#untold: string | null = null;
	#observation: NodeObservation | null = null;
	#observedAt = '';
	#lookedAt: number | null = null;
	#report: GpuNodeReportStatus | null = null;
	#said = '';
	readonly #stopListening: (() => void) | undefined;

	constructor(options: NodeAgentOptions) {
		this.#options = options;
		this.#schedule = new ReportSchedule(options.schedule, options.now());
		this.#readings = new ProcessReadings(options.processes, options.pods);
		this.#memory = options.state?.readMemory() ?? { inForce: [], refusedUntil: '', settled: null };
		this.#kept = JSON.stringify(this.#memory);
		this.#answer = options.state?.readAnswer() ?? null;
		const steps: Readonly<Record<string, () => Promise<WorkResult>>> = {
			observe: () => this.#observe(),
			judge: () => this.#judge(),
			report: () => this.#writeReport(),
		};
		this.#queue = new WorkQueue({
			handle: (key) => (steps[key] as () => Promise<WorkResult>)(),
			onError: (key, error, retryInMs) => {
				// What the server does not take now it takes later; anything else is a fault of ours, or of this machine.
				const expected = error instanceof ClusterError;
				const stack = !expected && error instanceof Error ? error.stack : undefined;
				const message = error instanceof Error ? error.message : String(error);
				options.log(expected ? 'warn' : 'error', message, { step: key, retryInMs, stack });
			},
			maxBackoffMs: 30_000,
		});
		this.#stopListening = options.inventory.subscribe?.(() => this.#queue.add('observe', 1));
		this.#queue.add('observe');
	}

	/** Orders, or what the proxy says, changed. */
	wake(): void {
		this.#queue.add('judge');
	}

	/** The report changed, appeared or went away. */
	reportChanged(): void {
		this.#queue.add('report');
	}

	/** What was seen and decided last, for metrics and probes. */
	get view(): {
		readonly observation: NodeObservation | null;
		readonly answer: Omit<DeviceAnswer, 'at'> | null;
		readonly report: GpuNodeReportStatus | null;
		/** Monotonic time of the last look; `null` before the first. */
		readonly lookedAt: number | null;
		/** Whether there were orders, and they were carried out. */
		readonly judged: boolean;
	} {
		return {
			observation: this.#observation,
			answer: this.#answer,
			report: this.#report,
			lookedAt: this.#lookedAt,
			judged: this.#judged,
		};
	}

	/** Resolves when nothing is under way any more. */
	async stop(): Promise<void> {
		this.#stopListening?.();
		await this.#queue.drain();
	}

	async #observe(): Promise<WorkResult> {
		const { inventory, allocations, state, intervalMs, observeMs, now, date, telemetry } = this.#options;
		const began = now();
		const { variables, labels } = this.#asked();
		const [fact, allocated] = await Promise.all([inventory.observe({ timeoutMs: observeMs }), allocations?.read() ?? null]);
		const devices = fact.state === 'known' ? fact.value.devices : [];
		const processes = await this.#readings.observe(devices, variables, labels);
		this.#observation = { inventory: fact, processes, allocations: allocated, plugin: state?.readPlugin() ?? null };
		this.#observedAt = fact.state === 'known' ? fact.at : date();
		this.#lookedAt = now();
		telemetry?.observed(fact.state, (now() - began) / 1000);
		this.#tell(fact.state === 'known' ? fact.source : fact.message, fact.state);
		this.#queue.add('judge', 1);
		return { requeueAfterMs: this.#memory.inForce.length === 0 && this.#judged ? intervalMs * idleFactor : intervalMs };
	}

	/** Variables that policies in force name, and whether one asks for the labels of namespaces. */
	#asked(): { readonly variables: readonly string[]; readonly labels: boolean } {
		const policies = this.#memory.inForce.map(({ policy }) => policy);
		return {
			variables: policies.flatMap(({ environment }) => environment.map(({ name }) => name)),
			labels: policies.some(({ demand }) => demand !== null && asksForNamespaceLabels(demand)),
		};
	}

	async #judge(): Promise<WorkResult> {
		const { node, orders, state, date, log, now, intervalMs } = this.#options;
		const standing = orders.current();
		if (standing === null) return {};
		const wasAsked = JSON.stringify(this.#asked());
		const inventory = this.#observation?.inventory ?? noInventory;
		const read = inventory.state === 'known' ? inventory.value : null;
		const inForce = policiesInForce(standing.policies, standing.labels, this.#memory.inForce).map((one) =>
			read ? judgedOn(one, read) : one,
		);
		const lost = this.#lostAnswer();
		// Who removed one of the files of the node removed them all, or may have.
		if (lost !== null || (this.#answer !== null && state?.hasMemory() === false)) this.#kept = '';
		const { answer, conflict, settled } = decideAnswer(node, inForce, read, this.#answer, this.#memory.settled);
		this.#memory = { ...this.#memory, inForce, settled };
		// Before the answer: who dies between the two must still know by what it was given.
		const unkept = this.#keepMemory();
		let unsaid: unknown = null;
		if (conflict.join() !== this.#conflict.join() && conflict.length > 0)
			log('warn', 'policies together leave no device usable; what was said before stays', { policies: conflict });
		this.#conflict = conflict;
		if (answer && (lost !== null || JSON.stringify(answer) !== JSON.stringify(this.#answer))) {
			try {
				state?.writeAnswer({ ...answer, at: date() });
				this.#answer = answer;
				log(lost === null ? 'info' : 'warn', lost === null ? 'answered' : `${lost}; it is put back`, {
					policies: answer.policies.map(({ name, mode }) => `${name} ${mode}`),
					allowed: answer.devices.filter(({ verdict }) => verdict === 'Allowed').length,
					devices: answer.devices.length,
				});
			} catch (error) {
				unsaid = error;
			}
		}
		this.#untold = unsaid === null ? null : unsaid instanceof Error ? unsaid.message : String(unsaid);
		await this.#tellOfProxy(inventory);
		const first = !this.#judged;
		this.#judged = true;
		this.#queue.add('report');
		// A reading for other variables, or one that is out of date since nobody asked for it, is made anew.
		const outdated = this.#lookedAt !== null && now() - this.#lookedAt > intervalMs && inForce.length > 0;
		if (JSON.stringify(this.#asked()) !== wasAsked || outdated) this.#queue.add('observe');
		else if (first && inForce.length > 0) this.#queue.addAfter('observe', intervalMs);
		// Where it cannot be written, everything else is done all the same.
		const trouble = unsaid ?? unkept ?? this.#keepMemory();
		if (trouble) throw trouble;
		return {};
	}

	/** Why the proxy goes by another answer than the one that was given; `null` where it does not. */
	#lostAnswer(): string | null {
		const given = this.#answer;
		const { state } = this.#options;
		if (given === null || state === null) return null;
		const stands = state.readAnswer();
		if (stands === null) return 'the answer is not there any more';
		return sameJson({ ...stands, at: '' }, { ...given, at: '' }) ? null : 'answer.json is not as it was written';
	}

	/** What kept it from being written, which the next step tries again; `null` where it stands in its file. */
	#keepMemory(): unknown {
		const memory = JSON.stringify(this.#memory);
		if (memory === this.#kept) return null;
		try {
			this.#options.state?.writeMemory(this.#memory);
		} catch (error) {
			return error;
		}
		this.#kept = memory;
		return null;
	}

	/** The proxy has no account: what it refuses, and that it waits for us, the agent tells for it. */
	async #tellOfProxy(inventory: Fact<Inventory>): Promise<void> {
		const { state, events, allocations } = this.#options;
		const plugin = state?.readPlugin() ?? null;
		if (plugin === null || events === null) return;
		const { recorder, targets } = events;
		if (plugin.waiting !== null && this.#answer === null)
			tellWaiting(inventory.state === 'unknown' ? inventory.message : plugin.waiting, targets, recorder);
		const after = this.#memory.refusedUntil;
		if (untold(plugin.refusals, after).length === 0) return;
		// Whom a device was given a moment ago is not in what was read before.
		const allocated = (await allocations?.read()) ?? null;
		const refusedUntil = tellRefusals(plugin.refusals, { allocations: allocated }, targets, recorder, after);
		this.#memory = { ...this.#memory, refusedUntil };
	}

	async #writeReport(): Promise<WorkResult> {
		const { sink, version, now, telemetry } = this.#options;
		if (!this.#judged || this.#observation === null) return {};
		const before = sink.current();
		// Whoever makes it has us told.
		if (sink.incarnation === '') return {};
		const report = buildReport(this.#observation, {
			observedAt: this.#observedAt,
			agentVersion: version,
			inForce: this.#memory.inForce,
			conflict: this.#conflict,
			untold: this.#untold,
			before: before?.conditions ?? [],
		});
		this.#report = report;
		const waitMs = this.#schedule.dueInMs(reportChange(before, report), now());
		if (waitMs > 0) return { requeueAfterMs: waitMs };
		try {
			const written = await sink.write(report);
			telemetry?.reportWritten(written ? 'written' : 'no-report');
			if (!written) return {};
		} catch (error) {
			telemetry?.reportWritten('failed');
			throw error;
		}
		this.#schedule.written(now());
		return { requeueAfterMs: this.#schedule.dueInMs('None', now()) };
	}

	/** Says once where the facts come from, or why there are none. */
	#tell(what: string, state: 'known' | 'unknown'): void {
		if (what === this.#said) return;
		this.#said = what;
		if (state === 'known') this.#options.log('info', 'devices read', { source: what });
		else this.#options.log('warn', what);
	}
}
