import type { ReportChange } from '../core/node-report/report-change.ts';

export interface ScheduleOptions {
	/** Time between two writes when nothing changes, in milliseconds; up to a fifth more, so that a fleet spreads. */
	readonly heartbeatMs: number;
	/** Time between two writes when processes come and go. */
	readonly minorMs: number;
	/** Time between two writes whatever happens. */
	readonly leastMs: number;
	/** The first write waits up to this time, so that a fleet that starts at once spreads. */
	readonly startSpreadMs: number;
	/** From 0 (inclusive) to 1. */
	readonly random: () => number;
}

export const defaultSchedule: Omit<ScheduleOptions, 'random'> = {
	heartbeatMs: 300_000,
	minorMs: 60_000,
	leastMs: 1_000,
	startSpreadMs: 5_000,
};

/** When the report is due. All times are monotonic: a clock that jumps neither floods the server nor silences the node. */
export class ReportSchedule {
	readonly #options: ScheduleOptions;
	readonly #firstAt: number;
	#writtenAt: number | null = null;
	#nextHeartbeatAt: number;

	constructor(options: ScheduleOptions, now: number) {
		this.#options = options;
		this.#firstAt = now + options.random() * options.startSpreadMs;
		this.#nextHeartbeatAt = now + this.#beat();
	}

	written(now: number): void {
		this.#writtenAt = now;
		this.#nextHeartbeatAt = now + this.#beat();
	}

	/** Milliseconds until a report with this change is due; 0 where it is. */
	dueInMs(change: ReportChange, now: number): number {
		const { minorMs, leastMs } = this.#options;
		if (change === 'None') return Math.max(0, this.#nextHeartbeatAt - now);
		const gap = change === 'Material' ? leastMs : minorMs;
		const due = this.#writtenAt === null ? this.#firstAt : this.#writtenAt + gap;
		return Math.max(0, Math.min(due, this.#nextHeartbeatAt) - now);
	}

	#beat(): number {
		return this.#options.heartbeatMs * (1 + this.#options.random() / 5);
	}
}
