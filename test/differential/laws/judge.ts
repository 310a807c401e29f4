import type { FilePolicy } from '../../../src/core/desired/file-policy.ts';
import type { Interest, Source } from '../../../src/core/ports/format.ts';
import type { Comparison, CPython, Examination, Reference } from '../oracle/cpython.ts';
import type { TreeSitter } from '../oracle/tree-sitter.ts';
import { type Converged, converge, passesPrefilter } from '../subject/converge.ts';
import { blockRoundTrip, editViolations, type Goal } from './edits.ts';
import { deviceDisagreements, settingDisagreements } from './findings.ts';

/** What was compared, for the figures of a run. */
export interface Tally {
	files: number;
	/** Files that CPython 3.14 compiles. */
	compiled: number;
	changed: number;
	blocks: number;
	literals: number;
	settings: number;
	devices: number;
	/** Files that compile and that the engine left for a reason of their own (generated, too large). */
	refused: number;
}

export function tally(): Tally {
	return { files: 0, compiled: 0, changed: 0, blocks: 0, literals: 0, settings: 0, devices: 0, refused: 0 };
}

/** Laws that are judged one by one, so that a failure names the one that is broken. */
export type Law = 'edit' | 'findings' | 'idempotence' | 'round trip' | 'prefilter' | 'refusal';

export interface Violation {
	readonly law: Law;
	readonly path: string;
	readonly message: string;
}

/**
 * Why a file that compiles may be refused all the same; `env/block`: somebody damaged the lines around a block, `file/encoding`:
 * bytes below 128 need not be ASCII in the declared encoding.
 */
const LEFT_ALONE: ReadonlySet<string> = new Set(['file/generated', 'file/too-large', 'env/block', 'file/encoding']);

interface Case {
	readonly source: Source;
	readonly converged: Converged;
	readonly examination: Examination;
}

/** Converges sources and holds the result against the oracles. */
export class Judge {
	readonly tally: Tally;
	readonly #cpython: CPython;
	readonly #treeSitter: TreeSitter;
	readonly #policy: FilePolicy;
	readonly #interest: Interest;
	readonly #goal: Goal;
	readonly #local: readonly string[];

	constructor(cpython: CPython, treeSitter: TreeSitter, policy: FilePolicy, interest: Interest, counted: Tally = tally()) {
		this.tally = counted;
		this.#cpython = cpython;
		this.#treeSitter = treeSitter;
		this.#policy = policy;
		this.#interest = interest;
		const wanted = Object.fromEntries(
			policy.variables.map(({ name, value }) => [name, value.state === 'known' ? value.text : '']),
		);
		this.#local = [...interest.gpuLibraries].filter((name) => interest.isLocalModule?.(name, ''));
		this.#goal = { policy: policy.name, wanted, ordinal: policy.ordinal };
	}

	async judge(sources: readonly Source[]): Promise<Violation[]> {
		const examinations = await this.#cpython.examine(
			sources.map(({ bytes }) => bytes),
			this.#interest,
			this.#local,
		);
		const cases = sources.map(
			(source, index): Case => ({
				source,
				converged: converge(source, this.#interest, [this.#policy]),
				examination: examinations[index] as Examination,
			}),
		);
		const compiling = cases.filter(({ examination }) => examination.error === null);
		const comparisons = await this.#cpython.compare(compiling.map(({ source, converged }) => [source.bytes, converged.after]));
		this.tally.files += cases.length;
		this.tally.compiled += compiling.length;
		return [
			...compiling.flatMap((one, index) => this.#judgeCompiling(one, comparisons[index] as Comparison)),
			...cases.filter(({ examination }) => examination.error !== null).flatMap((one) => this.#judgeBroken(one)),
		];
	}

	#judgeCompiling({ source, converged, examination }: Case, comparison: Comparison): Violation[] {
		if (examination.error !== null) return [];
		const { found } = examination;
		const violations: Violation[] = [];
		const add = (law: Law, messages: readonly (string | null)[]): void => {
			for (const message of messages) if (message !== null) violations.push({ law, path: source.path, message });
		};
		this.tally.settings += found.settings.length;
		this.tally.devices += found.devices.length;
		if (comparison.unlawful === null) {
			this.tally.blocks += comparison.blocks.length;
			this.tally.literals += comparison.changes.length;
		}
		if (converged.after !== source.bytes) this.tally.changed++;
		if (converged.refused !== null) {
			this.tally.refused++;
			const { diagnostics } = converged.scan;
			const byDesign = diagnostics.some(({ rule }) => LEFT_ALONE.has(rule));
			add('refusal', [
				byDesign ? null : `compiles, but is refused: ${converged.refused}`,
				converged.after === source.bytes ? null : 'refused, but changed',
			]);
			return violations;
		}
		add('edit', editViolations(found, comparison, this.#goal));
		add('findings', settingDisagreements(source.bytes, converged.scan, found));
		add('findings', deviceDisagreements(source.bytes, converged.scan.devices, found.devices));
		add('prefilter', [this.#prefilter(source, found)]);
		add('idempotence', [this.#secondPass(converged)]);
		const entries = Object.entries(this.#goal.wanted).map(([name, value]) => ({ name, value }));
		// A file that needs `os` and imports it nowhere may rest on the import in the block: it is left behind then.
		if (!found.needs_os) add('round trip', [blockRoundTrip(source, this.#interest, 'round-trip', entries)]);
		return violations;
	}

	/** What CPython cannot read must be left alone, or be changed in literals and blocks only. */
	#judgeBroken({ source, converged }: Case): Violation[] {
		if (converged.after === source.bytes) return [];
		this.tally.changed++;
		const message = this.#treeSitter.firstUnlawful(source.bytes, converged.after) ?? this.#secondPass(converged);
		return message === null ? [] : [{ law: 'edit', path: source.path, message: `does not compile, and ${message}` }];
	}

	/** What the prefilter keeps from the scan must hold nothing that the reference finds. */
	#prefilter(source: Source, { imports, settings, devices }: Reference): string | null {
		if (passesPrefilter(source, this.#interest)) return null;
		const missed = imports[0]?.name ?? settings[0]?.variable ?? devices.find(({ sure }) => sure)?.ordinal;
		return missed === undefined ? null : `the prefilter passes over ${missed}`;
	}

	#secondPass({ source, after }: Converged): string | null {
		const again = converge({ path: source.path, bytes: after }, this.#interest, [this.#policy]);
		if (again.plan.edit !== undefined) return `a second pass changes it again: ${again.plan.summary}`;
		return again.refused === null ? null : `a second pass refuses it: ${again.refused}`;
	}
}

/** Lines for a failed assertion. */
export function described(violations: readonly Violation[]): string[] {
	return violations.map(({ law, path, message }) => `[${law}] ${path}: ${message}`);
}
