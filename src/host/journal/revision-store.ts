import fs from 'node:fs';
import path from 'node:path';
import type { LostRevision, Revision } from '../../core/ports/journal.ts';
import { CodedError, errorCode } from '../../runtime/errors.ts';
import { revisionLost } from '../errors.ts';
import { stateUnreadable } from '../state-folder.ts';
import { type Extent, readExtent, writeExtent } from './extent-file.ts';
import { cutOff, readRevision, revisionFileName, type StoredRevision } from './revision-file.ts';

/** A revision that was committed and that the journal cannot show any more, with the error that says why. */
export interface LostRecord {
	readonly number: number;
	readonly state: LostRevision['state'];
	readonly error: CodedError;
}

/** The records of the journal, in a folder with one file per revision. */
export class RevisionStore {
	readonly folder: string;
	/** Committed revisions do not change any more; by file, so that a folder that was made anew is read anew. */
	readonly #known = new Map<string, StoredRevision>();

	constructor(stateFolder: string) {
		this.folder = path.join(stateFolder, 'journal');
	}

	/** Numbers that have a record, ascending, with the name of the record's file. */
	list(): readonly { readonly number: number; readonly name: string }[] {
		let names: string[];
		try {
			names = fs.readdirSync(this.folder);
		} catch (error) {
			if (errorCode(error) === 'ENOENT') return [];
			throw stateUnreadable(this.folder, error);
		}
		const found = new Map<number, string>();
		for (const name of names.sort()) {
			const number = /^(\d{8,})\.(?:rev|pruned)$/.exec(name)?.[1];
			// A full record and a pruned one of the same number: pruning was interrupted, the full one (sorted last) stands.
			if (number !== undefined) found.set(Number(number), name);
		}
		return [...found].map(([number, name]) => ({ number, name })).sort((a, b) => a.number - b.number);
	}

	/** Reads one record; `null` where it was cut off before it was sealed. */
	read(name: string): StoredRevision | null {
		const file = path.join(this.folder, name);
		const key = this.#keyOf(name);
		const known = this.#known.get(key);
		if (known) return known;
		const revision = readRevision(file);
		if (revision?.failed) this.#known.set(key, revision);
		return revision;
	}

	/** What stat says of every record: it changes with each revision, with its commit, and when one is pruned. */
	get key(): string {
		return this.list()
			.map(({ name }) => this.#keyOf(name))
			.join('; ');
	}

	#keyOf(name: string): string {
		const { ino, size, mtimeMs } = fs.statSync(path.join(this.folder, name));
		return `${name} ${ino} ${size} ${mtimeMs}`;
	}

	/**
	 * The revision whose pass did not end, with `null` for one that never began to write; only the newest can be that. Throws
	 * a coded error where it had ended and is damaged.
	 */
	unfinished(): { readonly file: string; readonly revision: StoredRevision | null } | undefined {
		const newest = this.list().at(-1);
		if (!newest) return undefined;
		const revision = this.read(newest.name);
		if (revision?.failed) return undefined;
		const file = path.join(this.folder, newest.name);
		if (revision === null && newest.number <= this.#lastCommitted()) throw cutOff(file);
		return { file, revision };
	}

	/** Every revision that ended, oldest first; throws a coded error where the record of one is damaged. */
	committed(): readonly StoredRevision[] {
		const { revisions, lost } = this.account();
		const damaged = lost.find(({ state }) => state === 'damaged');
		if (damaged) throw damaged.error;
		return revisions;
	}

	/** Every revision that ended, oldest first, and those that are lost: damaged, cut off or taken away from outside. */
	account(): { readonly revisions: readonly StoredRevision[]; readonly lost: readonly LostRecord[] } {
		const list = this.list();
		const extent = this.extent();
		const last = extent?.last ?? 0;
		const revisions: StoredRevision[] = [];
		const lost: LostRecord[] = [];
		let expected = extent?.first ?? list[0]?.number ?? 1;
		for (const [at, { number, name }] of list.entries()) {
			for (; expected < number; expected++) lost.push({ number: expected, state: 'gone', error: revisionLost(expected) });
			expected = number + 1;
			try {
				const revision = this.read(name);
				// Recovery ends the newest or removes it before another is begun.
				const unfinished = at === list.length - 1 && (revision !== null || number > last);
				if (revision?.failed) revisions.push(revision);
				else if (!unfinished) lost.push({ number, state: 'damaged', error: cutOff(path.join(this.folder, name)) });
			} catch (error) {
				if (!(error instanceof CodedError)) throw error;
				lost.push({ number, state: 'damaged', error });
			}
		}
		for (; expected <= last; expected++) lost.push({ number: expected, state: 'gone', error: revisionLost(expected) });
		return { revisions, lost };
	}

	/** What the journal is to hold; `null` where that was never noted. */
	extent(): Extent | null {
		return readExtent(this.folder);
	}

	/** Notes what the journal is to hold from now on. */
	note(extent: Extent): void {
		writeExtent(this.folder, extent);
	}

	/** A number is never given twice, even where the record that had it is gone. */
	nextNumber(): number {
		return Math.max(this.list().at(-1)?.number ?? 0, this.#lastCommitted()) + 1;
	}

	#lastCommitted(): number {
		return this.extent()?.last ?? 0;
	}

	fileFor(number: number): string {
		return path.join(this.folder, revisionFileName(number));
	}
}

/** Intents of a revision that were carried out. */
export function doneIntents(revision: StoredRevision): StoredRevision['intents'] {
	const failed = new Set(revision.failed);
	return failed.size === 0 ? revision.intents : revision.intents.filter((_, index) => !failed.has(index));
}

/** The revisions as the port shows them, oldest first. */
export function describeRevisions(stored: readonly StoredRevision[]): readonly Revision[] {
	const undoneBy = new Map<number, number>();
	for (const { begin } of stored.toReversed()) {
		// A rollback that was itself undone undoes nothing.
		if (begin.kind !== 'rollback' || undoneBy.has(begin.number)) continue;
		for (const number of begin.undoes) if (!undoneBy.has(number)) undoneBy.set(number, begin.number);
	}
	return stored.map((revision) => {
		const { number, at, kind, policies, undoes } = revision.begin;
		const files = doneIntents(revision).map(({ path, beforeHash, afterHash, policies, summary }) => ({
			path,
			beforeHash,
			afterHash,
			policies,
			summary,
		}));
		return { number, at, kind, policies, files, undoes, undoneBy: undoneBy.get(number) ?? null };
	});
}
