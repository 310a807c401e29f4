import type { Journal, Revision, RevisionFile } from '../core/ports/journal.ts';
import type { TreePlan } from './plan-tree.ts';
import type { EnginePorts } from './ports.ts';

/** Where a pass records its work in git, when asked to. */
export interface GitRecord {
	readonly branch: string;
	/** Tag of the state before; `null` for none. */
	readonly tag: string | null;
}

/** Tags the state before and goes to the dedicated branch; called only when something will be written. Rejects where that could not be committed. */
export async function openRecord(record: GitRecord, ports: EnginePorts): Promise<void> {
	await ports.repository.demandCommittable(record.branch);
	if (record.tag !== null) await ports.repository.tag(record.tag);
	await ports.repository.switchTo(record.branch);
}

/** A file as a commit tells of it. */
type Written = Pick<RevisionFile, 'path' | 'policies' | 'summary'>;

/** One commit per policy; a file that several policies changed goes into the commit of the first and is named there. */
export async function commitByPolicy(files: readonly Written[], revision: number, ports: EnginePorts): Promise<void> {
	const groups = Map.groupBy(files, ({ policies: [first = 'prune'] }) => first);
	for (const [policy, changed] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
		const body = changed.map(({ path, summary }) => `${path}: ${summary}`).join('\n');
		const subject = `Converge ${changed.length} file${changed.length === 1 ? '' : 's'} to GpuPolicy ${policy}`;
		await ports.repository.commit(
			changed.map(({ path }) => path),
			`${subject}\n\n${body}\n\nGpuPolicy-Revision: ${revision}\n`,
		);
	}
}

/**
 * Commits what an earlier pass wrote on the branch and did not commit, because it was killed in between or git failed: files that still are as our last
 * revision left them. What somebody changed since is theirs to commit.
 */
export async function commitLeft(record: GitRecord, tree: TreePlan, journal: Journal, ports: EnginePorts): Promise<void> {
	const branch = await ports.repository.branch();
	if (branch.state === 'unknown' || branch.value !== record.branch) return;
	const newest = new Map<string, { readonly file: RevisionFile; readonly revision: Revision }>();
	for (const revision of journal.account().revisions)
		for (const file of revision.files) newest.set(file.path, { file, revision });
	const known = tree.survey.files
		.flatMap(({ path }) => newest.get(path) ?? [])
		.filter(({ revision }) => revision.kind !== 'rollback');
	const states = await ports.repository.states(known.map(({ file }) => file.path));
	if (states.state === 'unknown' || states.value === null) return;
	const left = known.filter(({ file: { path, afterHash } }) => {
		const state = states.value?.get(path);
		if (state !== 'modified' && state !== 'untracked') return false;
		const now = tree.reread(path);
		return now.ok && ports.hash(now.bytes) === afterHash;
	});
	const byRevision = Map.groupBy(left, ({ revision }) => revision.number);
	for (const [number, files] of [...byRevision].sort(([a], [b]) => a - b))
		await commitByPolicy(
			files.map(({ file }) => file),
			number,
			ports,
		);
}
