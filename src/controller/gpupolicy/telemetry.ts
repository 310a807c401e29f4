/** What a duty's run came to. */
export type RunResult = 'success' | 'progressing' | 'stalled' | 'error' | 'aborted';

/** What the controller tells of itself: to a log and to metrics, which it knows nothing of. */
export interface Telemetry {
	/** Never a secret. */
	log(level: 'info' | 'warn' | 'error', message: string, fields?: Readonly<Record<string, unknown>>): void;
	/** A duty ran for one policy, for so many seconds. */
	ran(duty: string, result: RunResult, seconds: number): void;
	/** A status was written, or a part of it refused because somebody else owns it. */
	statusWritten(result: 'written' | 'conflict' | 'error'): void;
}
