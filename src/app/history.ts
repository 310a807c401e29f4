import type { Revision, RollbackResult } from '../core/ports/journal.ts';
import { openJournal } from '../host/journal/open-journal.ts';
import { openPassLock } from '../host/lock/open-pass-lock.ts';
import { CodedError } from '../runtime/errors.ts';

export type { Revision, RollbackResult };

/** Every revision of the root, newest last. */
export function localHistory(root: string): readonly Revision[] {
	return openJournal(root).revisions();
}

/** Undoes a revision (`undo`; default the last that wrote and was not undone) or restores the state after one (`to`). */
export function rollbackLocal(
	root: string,
	target: { readonly undo?: number | undefined; readonly to?: number | undefined },
): RollbackResult {
	const lock = openPassLock(root).acquire('gpupolicy rollback');
	if (!lock.ok) {
		const who = lock.holder ? `pid ${lock.holder.pid} (${lock.holder.command}) since ${lock.holder.since}` : 'another process';
		throw new CodedError('GP2001', `another pass is running in this root: ${who}`, {
			hint: 'wait until it ends; a pass holds the lock only while it works',
		});
	}
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
