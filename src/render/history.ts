import type { Revision, RollbackResult } from '../core/ports/journal.ts';
import { renderTable } from './table.ts';
import { printable } from './terminal.ts';

/** One row a revision, newest first. */
export function renderHistory(revisions: readonly Revision[]): string {
	if (revisions.length === 0) return 'No revisions: nothing was written here yet.\n';
	const rows = [...revisions]
		.reverse()
		.map((revision) => [
			String(revision.number),
			revision.at,
			revision.kind,
			String(revision.files.length),
			Object.keys(revision.policies).join(','),
			revision.undoneBy === null
				? revision.undoes.length > 0
					? `undoes ${revision.undoes.join(', ')}`
					: '-'
				: `undone by ${revision.undoneBy}`,
		]);
	return renderTable(['REVISION', 'AT', 'KIND', 'FILES', 'POLICIES', 'STATE'], rows);
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
	const undone = result.undone.length > 0 ? `revision ${result.undone.join(', ')} undone` : 'nothing was undone';
	const made = result.revision === null ? '' : `, as revision ${result.revision}`;
	lines.push(
		`${undone}: ${result.restored.length} file${result.restored.length === 1 ? '' : 's'} restored${made}${result.refused.length > 0 ? `, ${result.refused.length} refused` : ''}.\n`,
	);
	if (result.restored.length > 0)
		lines.push('They are on hold until they or their policy change; gpupolicy reconcile --release ends that.\n');
	return lines.join('');
}
