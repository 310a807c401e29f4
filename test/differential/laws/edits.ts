import { applyEdits } from '../../../src/core/plan/apply-edits.ts';
import type { EnvEntry, Interest, Source } from '../../../src/core/ports/format.ts';
import { python } from '../../../src/formats/python/index.ts';
import type { Comparison, Reference } from '../oracle/cpython.ts';

/** What the edit was meant to reach. */
export interface Goal {
	readonly policy: string;
	readonly wanted: Readonly<Record<string, string>>;
	/** `null`: device literals are left. */
	readonly ordinal: number | null;
}

type Lawful = Extract<Comparison, { readonly unlawful: null }>;

/** Everything that an edit did beyond its goal, or short of it; `before` compiled. */
export function editViolations(before: Reference, comparison: Comparison, goal: Goal): string[] {
	if (comparison.unlawful !== null) return [comparison.unlawful];
	return [...changedConstants(before, comparison, goal), ...blocks(before, comparison, goal)];
}

function changedConstants(before: Reference, { changes }: Lawful, goal: Goal): string[] {
	return changes.flatMap((change) => {
		const what = `line ${change.line}: ${JSON.stringify(change.before)} became ${JSON.stringify(change.after)}`;
		const within = (span: { start: number; end: number } | null): boolean =>
			span !== null && span.start <= change.start && change.end <= span.end;
		const variable = before.settings.find(({ value }) => within(value))?.variable ?? before.keyed.find(within)?.variable;
		if (variable !== undefined) return change.after === goal.wanted[variable] ? [] : [`${what}, which the policy does not want`];
		const device = before.devices.find(within);
		const text = typeof change.after === 'string' ? change.after.replace(/^.*cuda:/, '') : String(change.after);
		return device !== undefined && text === String(goal.ordinal) ? [] : [`${what}, which is no setting and no device`];
	});
}

function blocks(before: Reference, comparison: Lawful, goal: Goal): string[] {
	const block = comparison.blocks.find(({ policy }) => policy === goal.policy);
	if (block === undefined) {
		const missing =
			before.imports.length > 0 ? Object.keys(goal.wanted).filter((name) => !isSet(before, comparison, goal, name)) : [];
		return missing.length === 0
			? []
			: [`imports ${before.imports[0]?.name}, has no block, and ${missing.join(', ')} is not set before`];
	}
	const says = Object.fromEntries(block.entries);
	const wrong = Object.entries(goal.wanted).filter(([name, value]) => says[name] !== value);
	return [
		...(before.imports.length === 0 ? ['a block although no GPU library is imported'] : []),
		...wrong.map(([name]) => `the block sets ${name} to ${JSON.stringify(says[name])}`),
		...(block.entries.length === Object.keys(goal.wanted).length ? [] : ['the block does not hold each variable once']),
	];
}

/** Is the variable set, by a literal that is right after the edit, before the first GPU import? */
function isSet(before: Reference, { changes }: Lawful, goal: Goal, variable: string): boolean {
	return before.settings.some(({ variable: name, value, effects }) => {
		if (name !== variable || value === null || !effects.includes('sets')) return false;
		return value.text === goal.wanted[variable] || changes.some(({ start, end }) => value.start <= start && end <= value.end);
	});
}

/** Putting a block in and taking it out again must give back every byte; where the engine refuses to put it, there is nothing to undo. */
export function blockRoundTrip(source: Source, interest: Interest, policy: string, entries: readonly EnvEntry[]): string | null {
	const put = python.edit(source, python.scan(source, interest), [{ kind: 'put-block', policy, entries }]);
	if (!put.ok) return null;
	const carrying = { path: source.path, bytes: applyEdits(source.bytes, put.edits) };
	const scan = python.scan(carrying, interest);
	const block = scan.blocks.find((candidate) => candidate.policy === policy);
	if (block === undefined) return 'the block that was put in is not found again';
	const removed = python.edit(carrying, scan, [{ kind: 'remove-block', block }]);
	// Without the block the scan had no reason to look at the header of a generated file.
	if (!removed.ok && removed.refusal.rule === 'file/generated') return null;
	if (!removed.ok) return `the block cannot be taken out again: ${removed.refusal.message}`;
	const restored = applyEdits(carrying.bytes, removed.edits);
	return Buffer.compare(restored, source.bytes) === 0 ? null : 'putting a block in and taking it out again changes bytes';
}
