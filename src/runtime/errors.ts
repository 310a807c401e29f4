/** The documented exit codes; where several apply the order of precedence is 64 > 1 > 2 > 3 > 0. */
export const exitCodes = {
	/** In order. */
	ok: 0,
	/** The command failed: I/O, a lock that is held, an invalid manifest. */
	failed: 1,
	/** Findings remain. */
	findings: 2,
	/** A needed fact is unknown. */
	unknown: 3,
	/** Wrong usage: flags, arguments. */
	usage: 64,
	/** `reconcile --watch` stopped by Ctrl-C, after draining. */
	interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const precedence: readonly ExitCode[] = [64, 1, 2, 3, 0];

/** The exit code that wins when several results are put together. */
export function worstExit(codes: Iterable<ExitCode>): ExitCode {
	const seen = new Set(codes);
	return precedence.find((code) => seen.has(code)) ?? exitCodes.ok;
}

/** An error made for a person: a stable code, where it happened, what was expected and what to do next. */
export class CodedError extends Error {
	/** Stable, `GP` and four digits or a node error code such as `ENOSPC`. */
	readonly code: string;
	readonly exit: ExitCode;
	/** What to do next; one sentence or a command to type. */
	readonly hint: string | undefined;

	constructor(code: string, message: string, options: { hint?: string; exit?: ExitCode; cause?: unknown } = {}) {
		super(message, options.cause === undefined ? {} : { cause: options.cause });
		this.name = 'CodedError';
		this.code = code;
		this.exit = options.exit ?? exitCodes.failed;
		this.hint = options.hint;
	}
}

/** `code` of a system error (`ENOENT`), or `undefined`. */
export function errorCode(error: unknown): string | undefined {
	return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
		? error.code
		: undefined;
}
