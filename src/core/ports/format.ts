import type { RuleId } from '../plan/rules.ts';

/** A half-open range of byte offsets into a source. */
export interface Span {
	readonly start: number;
	readonly end: number;
}

/** The bytes of one file. `path` is relative to the root and uses `/`. */
export interface Source {
	readonly path: string;
	readonly bytes: Uint8Array;
}

/** What the caller wants to hear about; a format skips whatever else a file holds. */
export interface Interest {
	/** Names of environment variables that some policy names. */
	readonly variables: ReadonlySet<string>;
	/** Top-level import names whose import initialises or may initialise CUDA, e.g. `torch`. */
	readonly gpuLibraries: ReadonlySet<string>;
	/** Report device literals such as `cuda:1`. */
	readonly ordinals: boolean;
	/**
	 * True if `name` is a module or package of the repo itself as seen from `path`, and so shadows the
	 * library of that name. Only Python asks.
	 */
	isLocalModule?(name: string, path: string): boolean;
}

export type SettingValue =
	/** `text` is the decoded value: what the process will see. */
	| { readonly kind: 'literal'; readonly text: string }
	/** Not a literal; `why` completes "comes from …": `argv`, `an expression`, `another variable`. */
	| { readonly kind: 'dynamic'; readonly why: string };

/**
 * What a setting does to the environment of the GPU program:
 * - `sets`: unconditionally, before the first GPU import of its carrier
 * - `late`: at top level after the first GPU import
 * - `conditional`: under if, try, a loop, `&&`
 * - `deferred`: in a function, class or lambda body
 * - `default`: only when absent before (`setdefault`, `${X:-1}`, a Dockerfile ARG)
 * - `child`: only for a process that this code starts (subprocess env, an inline assignment in shell)
 * - `unset`: removes the variable (`del`, `pop`, `unset`)
 */
export type Effect = 'sets' | 'late' | 'conditional' | 'deferred' | 'default' | 'child' | 'unset';

/** One place in a file that sets or removes a variable of interest, in source order. */
export interface Setting {
	readonly variable: string;
	readonly value: SettingValue;
	readonly effect: Effect;
	/** The whole statement or entry, for messages. */
	readonly span: Span;
	/** The literal with its quotes: what an edit replaces. Absent where nothing can be replaced in place. */
	readonly valueSpan?: Span;
	/** Set where the format knows that this variable must never stand here (a host index in a container file): why. */
	readonly forbidden?: string;
	/** The literal is one of several string pieces, an f-string without fields, …: right value, but cannot be rewritten; why. */
	readonly notRewritable?: string;
}

/** A managed block of ours in a file. */
export interface ManagedBlock {
	/** Policy name on the opening line. */
	readonly policy: string;
	readonly span: Span;
	readonly entries: readonly { readonly name: string; readonly value: SettingValue }[];
}

/**
 * One environment that a file defines: a Python module, a dotenv file, a compose service, a container,
 * a Dockerfile stage, a shell script, one command with inline assignments.
 */
export interface Carrier {
	/** Unique in the file and stable across edits: `module`, `file`, `service trainer`, `stage 2 (runtime)`, … */
	readonly id: string;
	/**
	 * `yes`: runs GPU code, so every variable is demanded. `no`: does not, so only wrong literals are corrected.
	 * `undetermined`: cannot be told from the file; every variable is demanded once it sets one, or where it is the `whole`
	 * of a file that the policy includes by its exact name.
	 */
	readonly gpu: 'yes' | 'no' | 'undetermined';
	/** Why `gpu` is `yes`, for messages: `imports torch at line 3`, `reserves an nvidia device`. */
	readonly gpuEvidence?: string;
	/** What else may set variables here and is not read: `its env_file`. For messages. */
	readonly unread?: string;
	/** Place of the evidence (the first GPU import); where `env/missing` points to. */
	readonly gpuSpan?: Span;
	readonly settings: readonly Setting[];
	/** Variables that must not be added or demanded here, by name, with the reason (`CUDA_VISIBLE_DEVICES` in a container). */
	readonly neverAdd?: Readonly<Record<string, string>>;
	/**
	 * The file is nothing but this environment (dotenv): a policy that includes the file by its exact name demands every
	 * variable of it. Elsewhere naming a file says nothing about each service or command in it.
	 */
	readonly whole?: boolean;
	/** How missing variables are supplied. `none`: only a person can. */
	readonly supply: 'block' | 'entries' | 'none';
	/**
	 * Names of variables in effect here from a place that this scan does not list as settings of this carrier
	 * (an enclosing shell script's export, compose `env_file`): not demanded again.
	 */
	readonly inherited?: readonly string[];
}

/** An exact device literal: `"cuda:1"`, `.cuda(1)`, `set_device(1)`. */
export interface DeviceLiteral {
	readonly ordinal: number;
	/** Span of what an edit replaces: the digits only. */
	readonly ordinalSpan: Span;
	/** The whole literal or call, for messages: `"cuda:1"`. */
	readonly span: Span;
	/** The literal as written, for messages. */
	readonly text: string;
	/** Set where it must not be rewritten although it is exact (a device_map over several devices): why. */
	readonly notRewritable?: string;
}

/** Something about the file as a whole, or a part that the format could not understand. */
export interface Diagnostic {
	readonly rule: RuleId;
	readonly message: string;
	readonly span: Span;
	/** The file must be left byte-identical: nothing may be edited. */
	readonly refuses: boolean;
}

/** `# gpupolicy: ignore[env/late, device/ordinal] reason` at the end of a line or on the line above; `ignore-file[…]` for all of the file. */
export interface IgnoreComment {
	readonly rules: readonly string[];
	readonly reason: string;
	/** Span of the comment. */
	readonly span: Span;
	/** Span of the line (or statement) that it covers; the whole file for `ignore-file`. */
	readonly covers: Span;
}

/** Everything that a format recognised in one file. */
export interface Scan {
	readonly carriers: readonly Carrier[];
	readonly devices: readonly DeviceLiteral[];
	readonly blocks: readonly ManagedBlock[];
	readonly diagnostics: readonly Diagnostic[];
	readonly ignores: readonly IgnoreComment[];
}

export interface EnvEntry {
	readonly name: string;
	readonly value: string;
}

/** A change in the terms of the domain; the format knows how to write it. */
export type Change =
	/** Replace the literal of a setting. */
	| { readonly kind: 'set-value'; readonly setting: Setting; readonly value: string }
	/** Replace the digits of a device literal. */
	| { readonly kind: 'set-ordinal'; readonly device: DeviceLiteral; readonly ordinal: number }
	/** Add entries to a carrier with `supply: 'entries'`. */
	| { readonly kind: 'add-entries'; readonly carrier: Carrier; readonly entries: readonly EnvEntry[] }
	/** Insert the block of `policy`, or rewrite it where it stands. Blocks are ordered by policy name. */
	| { readonly kind: 'put-block'; readonly policy: string; readonly entries: readonly EnvEntry[] }
	/** Remove the block of a policy that is gone. */
	| { readonly kind: 'remove-block'; readonly block: ManagedBlock };

/** Replace the bytes of `span` by `text` (UTF-8, or the file's own encoding where the format knows it). */
export interface TextEdit {
	readonly span: Span;
	readonly text: Uint8Array;
}

export interface Refusal {
	readonly rule: RuleId;
	readonly message: string;
	readonly span?: Span;
}

export type EditResult =
	| { readonly ok: true; readonly edits: readonly TextEdit[] }
	| { readonly ok: false; readonly refusal: Refusal };

/** A file format. Pure text: no file, network, clock or process. */
export interface Format {
	/** `python`, `dotenv`, `yaml`, `dockerfile`, `shell`. */
	readonly id: string;
	/** By name only; `path` is relative to the root and uses `/`. */
	matches(path: string): boolean;
	/**
	 * Cheap byte test, false only where `scan` would certainly return an empty scan (no carriers with settings or `gpu: 'yes'`,
	 * no devices, no blocks, no refusing diagnostics). A whole repo goes through it, so it must run near memory speed.
	 * `declared` is true where the policy includes the file by its exact name.
	 */
	mayConcern(bytes: Uint8Array, interest: Interest, declared: boolean): boolean;
	/** Never throws; what is not understood is a diagnostic. */
	scan(source: Source, interest: Interest): Scan;
	/**
	 * Turns changes into edits that do not overlap, sorted by start; refuses rather than guesses.
	 * `scan` must be the scan of the same source. Settings and devices in `changes` are elements of that scan.
	 */
	edit(source: Source, scan: Scan, changes: readonly Change[]): EditResult;
}
