import type { Snapshot } from './session.ts';

/**
 * Descriptors of the child, with one message a line as JSON. Not those of input and output: a library that the driver brings along may write there.
 */
export const requestsAt = 3;
export const repliesAt = 4;

/** What the child is started with, as JSON in its first argument. */
export interface ChildOptions {
	/** Libraries to try, best first. */
	readonly libraries: readonly string[];
	readonly procRoot: string;
	/** The process whose death ends the child. */
	readonly parent: number;
}

export type Request =
	| { readonly kind: 'snapshot'; readonly id: number }
	/** Drain events this often and report when an XID came; 0 stops. */
	| { readonly kind: 'watch'; readonly everyMs: number };

export type Failure =
	/** No library could be loaded. */
	| { readonly kind: 'no-library'; readonly errors: readonly string[] }
	/** A call on the driver as a whole failed. */
	| { readonly kind: 'driver'; readonly call: string; readonly code: number }
	/** A fault of our own or of koffi. */
	| { readonly kind: 'internal'; readonly message: string };

export type Reply =
	| {
			readonly kind: 'snapshot';
			readonly id: number;
			readonly snapshot: Snapshot;
			readonly at: string;
			/** What the reading cost in the child, in microseconds. */
			readonly micros: number;
			readonly library: string;
	  }
	| { readonly kind: 'failed'; readonly id: number; readonly failure: Failure }
	/** XIDs came. */
	| { readonly kind: 'event' };
