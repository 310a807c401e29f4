import type { Hold, Journal, LostRevision, Revision, RollbackResult } from '../core/ports/journal.ts';
import { afterRollback } from '../core/status/after-rollback.ts';
import { lockHeld } from '../engine/lock-held.ts';
import { noSuchRevision } from '../host/errors.ts';
import { openJournal } from '../host/journal/open-journal.ts';
import { openPassLock } from '../host/lock/open-pass-lock.ts';
import { CodedError, exitCodes } from '../runtime/errors.ts';
import { readStatus, writeStatus } from './status-store.ts';

export type { Revision, RollbackResult };

/** What the journal can tell. */
export type History = ReturnType<Journal['account']>;

/** What of the history is asked for; default: all of it. */
export interface HistoryQuery {
	readonly number?: number | undefined;
	/** Names: only revisions in which one of these policies took part. */
	readonly policies?: ReadonlySet<string> | undefined;
}

/** The revisions of the root, newest last, and those that are lost; with a number that one alone, and an error where it is lost. */
export function localHistory(root: string, { number, policies }: HistoryQuery = {}): History {
	const { revisions: all, lost } = openJournal(root).account();
	const revisions = all.filter((revision) => tookPart(revision, policies));
	if (number === undefined) return { revisions, lost };
	const found = revisions.filter((revision) => revision.number === number);
	if (found.length > 0) return { revisions: found, lost: [] };
	const gone = lost.find((revision) => revision.number === number);
	if (gone) throw lostError(gone);
	throw noSuchRevision(
		number,
		revisions.map((revision) => revision.number),
	);
}

/** Undoes a revision (`undo`; default the last that wrote and was not undone) or restores the state after one (`to`). */
export function rollbackLocal(
	root: string,
	target: {
		readonly undo?: number | undefined;
		readonly to?: number | undefined;
		/** Names: nothing is undone in which none of these policies took part, and by default the last revision in which one did. */
		readonly policies?: ReadonlySet<string> | undefined;
	},
): RollbackResult {
	const lock = openPassLock(root).acquire('gpupolicy rollback');
	if (!lock.ok) throw lockHeld(lock.holder);
	try {
		const journal = openJournal(root);
		journal.recover();
		const { to, undo, policies } = target;
		const { revisions, lost } = journal.account();
		if (policies && (undo !== undefined || to !== undefined)) {
			const foreign = revisions.find(
				(revision) => (to === undefined ? revision.number === undo : revision.number > to) && !tookPart(revision, policies),
			);
			if (foreign) throw notOfPolicies(foreign.number, policies);
		}
		const result = journal.rollback(
			to === undefined ? { undo: undo ?? lastUndoable(revisions, lost, policies) } : { restoreTo: to },
		);
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

function lostError({ code, message, hint }: LostRevision): CodedError {
	return new CodedError(code, message, { hint });
}

/** By what its files were changed for, not by what was in force then. */
function tookPart(revision: Revision, policies: ReadonlySet<string> | undefined): boolean {
	return policies === undefined || revision.files.some((file) => file.policies.some((name) => policies.has(name)));
}

function notOfPolicies(revision: number, policies: ReadonlySet<string>): CodedError {
	return new CodedError('GP2016', `revision ${revision} would be undone and changed nothing for ${[...policies].join(', ')}`, {
		hint: 'gpupolicy history -f FILE lists the revisions of those policies; leave -f out to undo any',
		exit: exitCodes.usage,
	});
}

function lastUndoable(
	revisions: readonly Revision[],
	lost: readonly LostRevision[],
	policies: ReadonlySet<string> | undefined,
): number {
	const last = revisions.findLast(
		(revision) => revision.undoneBy === null && revision.kind !== 'rollback' && tookPart(revision, policies),
	);
	if (!last) throw new CodedError('GP2008', 'there is no revision to undo', { hint: 'gpupolicy history lists the revisions' });
	// "The last" is then not this one; whoever means it can name it.
	const later = lost.find(({ number }) => number > last.number);
	if (later) throw lostError(later);
	return last.number;
}
