import type { FileWrite, RollbackResult } from '../../core/ports/journal.ts';
import { hostError, hostErrors, noSuchRevision } from '../errors.ts';
import { contentHash } from './content-hash.ts';
import { readCurrent } from './replace-file.ts';
import { BeforeImages, type Intent, type StoredIntent, type StoredRevision } from './revision-file.ts';
import { doneIntents, type LostRecord } from './revision-store.ts';

/** One file to be put back. */
interface Restoration {
	readonly path: string;
	/** Revision and intent whose before-image is put back. */
	readonly image: { readonly revision: StoredRevision; readonly intent: StoredIntent };
	/** What the file must hold now, and the revision that gave it. */
	readonly expected: { readonly hash: string; readonly revision: number };
	readonly revisions: Set<number>;
	/** Policy name to digest: who will leave the file alone afterwards. */
	readonly holds: Map<string, string>;
}

export interface RollbackPlan {
	readonly undoes: readonly number[];
	readonly restorations: readonly Restoration[];
	readonly policies: Readonly<Record<string, string>>;
}

/** What it takes to undo one revision, or every revision after `restoreTo`; throws a coded error where that cannot be had. */
export function planRollback(
	{ revisions: stored, lost }: { readonly revisions: readonly StoredRevision[]; readonly lost: readonly LostRecord[] },
	target: { readonly undo: number } | { readonly restoreTo: number },
): RollbackPlan {
	const numbers = stored.map(({ begin }) => begin.number);
	const wanted = 'undo' in target ? target.undo : target.restoreTo;
	// Without one of the records that it takes the result would be some state, and not the one that is asked for.
	const needed = lost.find(({ number }) => ('undo' in target ? number === wanted : number > wanted));
	if (needed) throw needed.error;
	const known = numbers.includes(wanted) || lost.some(({ number }) => number === wanted);
	if (!known && !('restoreTo' in target && wanted === 0)) throw noSuchRevision(wanted, numbers);
	const undone = stored.filter(({ begin }) => ('undo' in target ? begin.number === wanted : begin.number > wanted));
	const first = numbers[0] ?? 1;
	if ('restoreTo' in target && wanted === 0 && first > 1) throw pruned(first - 1);
	const restorations = new Map<string, Restoration>();
	const policies: Record<string, string> = {};
	for (const revision of undone) {
		const { number, kind } = revision.begin;
		if (revision.begin.pruned) throw pruned(number);
		Object.assign(policies, revision.begin.policies);
		for (const intent of doneIntents(revision)) {
			const known = restorations.get(intent.path);
			const restoration: Restoration = {
				path: intent.path,
				image: known?.image ?? { revision, intent },
				expected: { hash: intent.afterHash, revision: number },
				revisions: known?.revisions ?? new Set(),
				holds: known?.holds ?? new Map(),
			};
			restoration.revisions.add(number);
			// To undo a rollback is to take the policy's change back in: nothing to hold.
			if (kind !== 'rollback') {
				for (const policy of intent.policies) restoration.holds.set(policy, revision.begin.policies[policy] ?? '');
			}
			restorations.set(intent.path, restoration);
		}
	}
	return { undoes: undone.map(({ begin }) => begin.number), restorations: [...restorations.values()], policies };
}

/** A write that puts a file back, with the holds to place on it. */
export interface RestoringWrite {
	readonly write: FileWrite;
	readonly holds: Intent['holds'];
}

/** Compares each file with what the journal gave it last; yields the writes, and reports refusals to `refuse`. */
export function* restoringWrites(
	root: string,
	plan: RollbackPlan,
	refuse: (restoration: Restoration, refusal: RollbackResult['refused'][number]) => void,
): Generator<RestoringWrite> {
	const images = new Map<string, BeforeImages>();
	for (const restoration of plan.restorations) {
		const { path, expected, image } = restoration;
		const current = readCurrent(root, path);
		if (!current.ok) {
			refuse(restoration, { path, rule: current.rule, message: current.message });
			continue;
		}
		const hash = contentHash(current.bytes);
		// Put back already, by hand or by a rollback that was interrupted.
		if (hash === image.intent.beforeHash) continue;
		if (hash !== expected.hash) {
			refuse(restoration, { path, rule: 'file/changed', message: `changed since revision ${expected.revision}` });
			continue;
		}
		const { file } = image.revision;
		let source = images.get(file);
		if (!source) {
			source = new BeforeImages(file);
			images.set(file, source);
		}
		yield {
			write: {
				path,
				stamp: current.stamp,
				before: current.bytes,
				after: source.read(image.intent),
				policies: image.intent.policies,
				summary: `back to before revision ${image.revision.begin.number}`,
			},
			holds: [...restoration.holds].map(([policy, digest]) => ({ policy, digest })),
		};
	}
}

function pruned(number: number): Error {
	return hostError(
		hostErrors.revisionPruned,
		`revision ${number} can no longer be rolled back: its before-images were dropped to bound the journal`,
		'Restore the files from version control.',
	);
}
