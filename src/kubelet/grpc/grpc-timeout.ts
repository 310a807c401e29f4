/** Milliseconds of each unit of `grpc-timeout`. */
const units: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };
/** A timer of Node's takes no more. */
const longestMs = 2 ** 31 - 1;
const mostDigits = 8;

/** `grpc-timeout` for so many milliseconds. */
export function formatTimeout(timeoutMs: number): string {
	const ms = Math.max(1, Math.ceil(timeoutMs));
	if (String(ms).length <= mostDigits) return `${ms}m`;
	return `${Math.min(Math.ceil(ms / 1_000), 10 ** mostDigits - 1)}S`;
}

/** Milliseconds, at most what a timer takes; `null` where it is none. */
export function parseTimeout(text: string): number | null {
	const [, digits, unit = ''] = /^(\d{1,8})([HMSmun])$/.exec(text) ?? [];
	if (digits === undefined) return null;
	return Math.min(Number(digits) * (units[unit] as number), longestMs);
}
