import { applyEdits } from '../core/plan/apply-edits.ts';
import type { Finding } from '../core/plan/finding.ts';
import type { RuleId } from '../core/plan/rules.ts';
import type { ApplyResult, FileWrite, Journal, Revision } from '../core/ports/journal.ts';
import type { GitState } from '../core/ports/repository.ts';
import type { PlannedFile, TreePlan } from './plan-tree.ts';
import type { EnginePorts } from './ports.ts';
import type { FileChange, FileOutcome } from './result.ts';

function refusedFinding(path: string, rule: RuleId, message: string, hint: string): Finding {
	return { rule, policy: null, path, place: null, message, hint, field: null, disposition: 'person' };
}

/**
 * The file stays as it is: its fixable findings remain, and one more says why. Not remembered (no stamp): the reason lies in
 * git and can go without the file changing.
 */
function refuse(file: PlannedFile, finding: Finding): PlannedFile {
	return { outcome: { ...file.outcome, findings: [...file.outcome.findings, finding], stamp: null }, writesSecret: false };
}

/**
 * Refuses what git says must not be touched: secrets into files that git does not ignore, and tracked files with changes that
 * are not ours. Where git cannot answer, nothing that depends on its answer is written.
 */
export async function guardByGit(
	files: readonly PlannedFile[],
	tree: TreePlan,
	journal: Journal | null,
	ports: EnginePorts,
	allowDirty: boolean,
): Promise<PlannedFile[]> {
	const concerned = (file: PlannedFile) => file.writesSecret || (file.change !== undefined && !allowDirty);
	const asked = files.filter(concerned).map((file) => file.outcome.path);
	if (asked.length === 0) return [...files];
	const states = await ports.repository.states(asked);
	const ours = journal?.lastAfterImages() ?? new Map<string, string>();
	return files.map((file) => {
		if (!concerned(file)) return file;
		const { path } = file.outcome;
		if (states.state === 'unknown') {
			return refuse(
				file,
				refusedFinding(
					path,
					'file/dirty',
					`git could not be asked whether the file has uncommitted changes: ${states.message}`,
					'gpupolicy reconcile --allow-dirty writes it all the same',
				),
			);
		}
		const state: GitState = states.value?.get(path) ?? 'untracked';
		if (file.writesSecret && states.value !== null && state !== 'ignored') return withoutSecrets(file, tree);
		if (!allowDirty && state === 'modified' && file.change && ours.get(path) !== file.change.beforeHash) {
			return refuse(
				file,
				refusedFinding(
					path,
					'file/dirty',
					'the file has uncommitted changes',
					'commit them first, or gpupolicy reconcile --allow-dirty',
				),
			);
		}
		return file;
	});
}

/** Plans the file again without leave to write secrets into it. */
function withoutSecrets(file: PlannedFile, tree: TreePlan): PlannedFile {
	const { path } = file.outcome;
	const again = tree.reread(path);
	if (!again.ok) return refuse(file, refusedFinding(path, again.rule, again.message, 'the file is left as it is'));
	const plan = tree.replan(path, again.bytes, false);
	const outcome: FileOutcome = { ...file.outcome, findings: plan.findings, stamp: null };
	const { change } = file;
	if (!plan.edit || !change) return { outcome, writesSecret: false };
	const content = change.content ? { content: { before: Uint8Array.from(again.bytes), after: plan.edit.after } } : {};
	return {
		outcome,
		change: {
			...change,
			summary: plan.summary,
			policies: plan.policies,
			edits: plan.edit.edits,
			findingsAfter: plan.edit.findings,
			...content,
		},
		writesSecret: false,
	};
}

export interface Applied {
	readonly files: readonly FileOutcome[];
	readonly result: ApplyResult | null;
}

/** Writes the planned changes as one revision and judges what was written once more. */
export function applyPlan(
	files: readonly PlannedFile[],
	tree: TreePlan,
	journal: Journal,
	ports: EnginePorts,
	kind: Revision['kind'],
	digests: Readonly<Record<string, string>>,
): Applied {
	const pending = new Map<string, PlannedFile>();
	for (const file of files) if (file.change) pending.set(file.outcome.path, file);
	if (pending.size === 0) return { files: files.map((file) => file.outcome), result: null };
	const failures = new Map<string, Finding>();

	function* writes(): Generator<FileWrite> {
		let done = 0;
		for (const [path, file] of pending) {
			if (done++ % 64 === 0) ports.progress?.('writing', done, pending.size);
			const change = file.change as FileChange;
			const read = tree.reread(path);
			if (!read.ok) {
				failures.set(path, refusedFinding(path, read.rule, read.message, 'the file is left as it is'));
				continue;
			}
			if (ports.hash(read.bytes) !== change.beforeHash) {
				failures.set(
					path,
					refusedFinding(path, 'file/changed', 'the file changed between scan and write', 'run gpupolicy reconcile again'),
				);
				continue;
			}
			const before = read.bytes; // taken over by the journal before the next file is read
			yield {
				path,
				stamp: read.stamp,
				before,
				after: applyEdits(before, change.edits),
				policies: change.policies,
				summary: change.summary,
			};
		}
	}

	const result = journal.apply({ kind, policies: digests, writes: writes() });
	const outcomes = files.map((file): FileOutcome => {
		const { path } = file.outcome;
		if (!file.change) return file.outcome;
		const written = result.outcomes.get(path);
		if (written?.ok) {
			return {
				...file.outcome,
				findings: file.change.findingsAfter,
				stamp: file.outcome.stamp === null ? null : written.stamp,
				change: { ...file.change, written: true },
			};
		}
		const failure =
			failures.get(path) ??
			refusedFinding(
				path,
				written?.rule ?? 'file/write-failed',
				written?.message ?? 'the file was not written',
				'the file is left as it is',
			);
		return { ...file.outcome, findings: [...file.outcome.findings, failure], stamp: null };
	});
	return { files: outcomes, result };
}
