import type { Hold, Journal, Revision, RollbackResult } from '../core/ports/journal.ts';
import { afterRollback } from '../core/status/after-rollback.ts';
import { lockHeld } from '../engine/lock-held.ts';
import { noSuchRevision } from '../host/errors.ts';
import { openJournal } from '../host/journal/open-journal.ts';
import { openPassLock } from '../host/lock/open-pass-lock.ts';
import { CodedError } from '../runtime/errors.ts';
import { readStatus, writeStatus } from './status-store.ts';

export type { Revision, RollbackResult };

/** What the journal can tell. */
export type History = ReturnType<Journal['account']>;

/** The revisions of the root, newest last, and those that are lost; with a number that one alone, and an error where it is lost. */
export function localHistory(root: string, number?: number): History {
	const { revisions, lost } = openJournal(root).account();
	if (number === undefined) return { revisions, lost };
	const found = revisions.filter((revision) => revision.number === number);
	if (found.length > 0) return { revisions: found, lost: [] };
	const gone = lost.find((revision) => revision.number === number);
	if (gone) throw new CodedError(gone.code, gone.message, { hint: gone.hint });
	throw noSuchRevision(
		number,
		revisions.map((revision) => revision.number),
	);
}

/** Undoes a revision (`undo`; default the last that wrote and was not undone) or restores the state after one (`to`). */
export function rollbackLocal(
	root: string,
	target: { readonly undo?: number | undefined; readonly to?: number | undefined },
): RollbackResult {
	const lock = openPassLock(root).acquire('gpupolicy rollback');
	if (!lock.ok) throw lockHeld(lock.holder);
	try {
		const journal = openJournal(root);
		journal.recover();
		const result =
			target.to === undefined
				? journal.rollback({ undo: target.undo ?? lastUndoable(journal.revisions()) })
				: journal.rollback({ restoreTo: target.to });
		if (result.restored.length > 0) unsettleStatus(root, result.restored.length, journal.holds());
		return result;
	} finally {
		lock.release();
	}
}

/** Until the next pass `get` must not say what the files were before the rollback. */
function unsettleStatus(root: string, files: number, holds: readonly Hold[]): void {
	const stored = readStatus(root);
	if (!stored) return;
	const at = new Date().toISOString();
	const problem = writeStatus(root, {
		at,
		manifests: stored.manifests.map((manifest) => manifest.path),
		items: stored.items.map((object) => afterRollback(object, { files, at })),
		held: [...new Set(holds.map((hold) => hold.path))],
	});
	if (problem !== null) throw problem;
}

function lastUndoable(revisions: readonly Revision[]): number {
	const last = revisions.findLast((revision) => revision.undoneBy === null && revision.kind !== 'rollback');
	if (!last) throw new CodedError('GP2008', 'there is no revision to undo', { hint: 'gpupolicy history lists the revisions' });
	return last.number;
}
