/** Why a fact could not be had; a closed set, so that callers switch on codes and never on messages. */
export type UnknownReason =
	/** Nothing on this machine can answer (no driver, no recorded inventory). */
	| 'NoSource'
	/** The source did not answer within its time limit. */
	| 'TimedOut'
	/** The source answered with an error. */
	| 'SourceFailed'
	/** The fact depends on another fact that is unknown. */
	| 'DependsOnUnknown'
	/** The source was not allowed to read it. */
	| 'Forbidden'
	/** The facts are known, but the policy allows none of the devices, so there is no value to give. */
	| 'NoneAllowed'
	/** Nobody has looked yet. */
	| 'NotYetObserved';

/** A fact that was read: its value, where it comes from ("NVML 580.65") and when (RFC 3339). */
export interface Known<T> {
	readonly state: 'known';
	readonly value: T;
	readonly source: string;
	readonly at: string;
}

/** A fact that could not be read. Nothing is planned, pruned or called compliant on it. */
export interface Unknown {
	readonly state: 'unknown';
	readonly reason: UnknownReason;
	/** One sentence for a person: what was tried and what to do. */
	readonly message: string;
	readonly cause?: unknown;
}

/** A fact of the world: known with a source and a time, or unknown with a reason. Unknown is not none. */
export type Fact<T> = Known<T> | Unknown;

export function known<T>(value: T, source: string, at: string): Known<T> {
	return { state: 'known', value, source, at };
}

export function unknown(reason: UnknownReason, message: string, cause?: unknown): Unknown {
	return cause === undefined ? { state: 'unknown', reason, message } : { state: 'unknown', reason, message, cause };
}

/** Applies `f` to a known value; an unknown fact stays the same unknown fact. */
export function mapFact<T, U>(fact: Fact<T>, f: (value: T) => U): Fact<U> {
	return fact.state === 'known' ? { ...fact, value: f(fact.value) } : fact;
}
