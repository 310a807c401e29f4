import type { Revision, RollbackResult } from '../core/ports/journal.ts';
import { lockHeld } from '../engine/lock-held.ts';
import { noSuchRevision } from '../host/errors.ts';
import { openJournal } from '../host/journal/open-journal.ts';
import { openPassLock } from '../host/lock/open-pass-lock.ts';
import { CodedError } from '../runtime/errors.ts';

export type { Revision, RollbackResult };

/** The revisions of the root, newest last; with a number that one alone. */
export function localHistory(root: string, number?: number): readonly Revision[] {
	const revisions = openJournal(root).revisions();
	if (number === undefined) return revisions;
	const found = revisions.filter((revision) => revision.number === number);
	if (found.length > 0) return found;
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
		if (target.to !== undefined) return journal.rollback({ restoreTo: target.to });
		const undo = target.undo ?? lastUndoable(journal.revisions());
		return journal.rollback({ undo });
	} finally {
		lock.release();
	}
}

function lastUndoable(revisions: readonly Revision[]): number {
	const last = revisions.findLast((revision) => revision.undoneBy === null && revision.kind !== 'rollback');
	if (!last) throw new CodedError('GP2008', 'there is no revision to undo', { hint: 'gpupolicy history lists the revisions' });
	return last.number;
}
