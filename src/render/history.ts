import type { LostRevision, Revision, RollbackResult } from '../core/ports/journal.ts';
import { renderTable } from './table.ts';
import { printable } from './terminal.ts';

/** One row a revision, newest first; those that are lost say so in their place. */
export function renderHistory(revisions: readonly Revision[], lost: readonly LostRevision[] = []): string {
	if (revisions.length + lost.length === 0) return 'No revisions: nothing was written here yet.\n';
	const rows = [
		...revisions.map((revision) => ({ number: revision.number, row: rowOf(revision) })),
		...lost.map(({ number, state, code }) => ({ number, row: [String(number), '-', '-', '-', '-', `${state}: ${code}`] })),
	]
		.sort((a, b) => b.number - a.number)
		.map(({ row }) => row);
	return renderTable(['REVISION', 'AT', 'KIND', 'FILES', 'POLICIES', 'STATE'], rows);
}

function rowOf(revision: Revision): string[] {
	const undoes = revision.undoes.length > 0 ? `undoes ${revision.undoes.join(', ')}` : '-';
	return [
		String(revision.number),
		revision.at,
		revision.kind,
		String(revision.files.length),
		Object.keys(revision.policies).join(','),
		revision.undoneBy === null ? undoes : `undone by ${revision.undoneBy}`,
	];
}

/** The files of one revision. */
export function renderRevision(revision: Revision): string {
	const rows = revision.files.map((file) => [
		printable(file.path),
		file.beforeHash.slice(0, 12),
		file.afterHash.slice(0, 12),
		file.policies.join(','),
		file.summary,
	]);
	return `${renderHistory([revision])}\n${renderTable(['FILE', 'BEFORE', 'AFTER', 'POLICIES', 'WHAT'], rows)}`;
}

export function renderRollback(result: RollbackResult): string {
	const lines = result.refused.map(({ path, rule, message }) => `! ${printable(path)}  ${rule}: ${printable(message)}\n`);
	const none = result.restored.length > 0 ? 'undone in part' : 'nothing was undone';
	const undone = result.undone.length > 0 ? `revision ${result.undone.join(', ')} undone` : none;
	const made = result.revision === null ? '' : `, as revision ${result.revision}`;
	lines.push(
		`${undone}: ${result.restored.length} file${result.restored.length === 1 ? '' : 's'} restored${made}${result.refused.length > 0 ? `, ${result.refused.length} refused` : ''}.\n`,
	);
	if (result.restored.length > 0)
		lines.push('They are on hold until they or their policy change; gpupolicy reconcile --release ends that.\n');
	return lines.join('');
}
