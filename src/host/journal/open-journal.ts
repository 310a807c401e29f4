import fs from 'node:fs';
import path from 'node:path';
import type {
	ApplyRequest,
	ApplyResult,
	FileWrite,
	Hold,
	Journal,
	Recovery,
	Revision,
	RollbackResult,
	WriteOutcome,
} from '../../core/ports/journal.ts';
import { reasonOf } from '../errors.ts';
import { sameContent } from '../files/stamp.ts';
import { isWritablePath } from '../files/writable-path.ts';
import { resolveRoot } from '../root.ts';
import { ensureStateFolder, removeStaleTemporaries, stateFolderName } from '../state-folder.ts';
import { type AfterImages, readAfterImages, writeAfterImages } from './after-images.ts';
import { contentHash } from './content-hash.ts';
import { hasFileSystemSync, syncDirectory, syncFileSystem } from './durability.ts';
import { holdsAfter, readHolds, writeHolds } from './holds-file.ts';
import { type Patch, patched } from './patch.ts';
import { nothingToRecover, recoverRevision } from './recovery.ts';
import { readCurrent, replaceFile, Scratch, temporaryName } from './replace-file.ts';
import { defaultRetention, prune, type Retention } from './retention.ts';
import type { Intent } from './revision-file.ts';
import { describeRevisions, RevisionStore } from './revision-store.ts';
import { appendCommit, RevisionWriter } from './revision-writer.ts';
import { planRollback, restoringWrites } from './rollback-plan.ts';

export interface JournalOptions {
	/** Time of a new revision; default: the machine's clock. */
	readonly now?: () => Date;
	readonly retention?: Retention;
}

/** Up to so many files an fsync each is cheaper than loading what `syncfs` needs and waiting for the whole file system. */
const fewFiles = 8;

/** Opens the journal below a root. Nothing is made on disk before the first write. */
export function openJournal(root: string, options: JournalOptions = {}): Journal {
	return new LocalJournal(resolveRoot(root), options);
}

/** A write, with the holds that a rollback places. */
interface HeldWrite {
	readonly write: FileWrite;
	readonly holds: Intent['holds'];
}

type Head = Pick<Revision, 'kind' | 'policies'> & { readonly undoes: readonly number[] };

class LocalJournal implements Journal {
	readonly #root: string;
	readonly #state: string;
	readonly #store: RevisionStore;
	readonly #now: () => Date;
	readonly #retention: Retention;

	constructor(root: string, options: JournalOptions) {
		this.#root = root;
		this.#state = path.join(root, stateFolderName);
		this.#store = new RevisionStore(this.#state);
		this.#now = options.now ?? (() => new Date());
		this.#retention = options.retention ?? defaultRetention;
	}

	readonly #scratch = new Scratch();
	#kept: AfterImages | null = null;

	recover(): Recovery {
		removeStaleTemporaries(this.#state);
		removeStaleTemporaries(this.#store.folder);
		// Kept only of records that had all ended.
		if (this.#keptImages() !== null) return nothingToRecover;
		const unfinished = this.#store.unfinished();
		if (!unfinished) {
			this.#keepImages();
			return nothingToRecover;
		}
		const { file, revision } = unfinished;
		if (revision === null) {
			fs.rmSync(file, { force: true });
			return nothingToRecover;
		}
		const { recovery, failed, holds } = recoverRevision(this.#root, revision);
		if (recovery.revision === null) fs.rmSync(file, { force: true });
		else {
			writeHolds(this.#state, holdsAfter(readHolds(this.#state), new Set(recovery.finished), holds));
			if (!syncFileSystem(this.#root)) for (const done of recovery.finished) this.#syncFile(done);
			appendCommit(file, revision.end, failed);
		}
		return recovery;
	}

	apply(request: ApplyRequest): ApplyResult {
		const head: Head = { kind: request.kind, policies: request.policies, undoes: request.undoes ?? [] };
		return this.#apply(head, withoutHolds(request.writes));
	}

	revisions(): readonly Revision[] {
		return describeRevisions(this.#store.committed());
	}

	account(): ReturnType<Journal['account']> {
		const { revisions, lost } = this.#store.account();
		return {
			revisions: describeRevisions(revisions),
			lost: lost.map(({ number, state, error }) => ({
				number,
				state,
				code: error.code,
				message: error.message,
				hint: error.hint ?? '',
			})),
		};
	}

	rollback(target: { readonly undo: number } | { readonly restoreTo: number }): RollbackResult {
		this.recover();
		const plan = planRollback(this.#store.account(), target);
		// Which revisions are undone is recorded first, so every file is looked at before any is written.
		const kept = new Set<number>();
		const keep = ({ revisions }: { readonly revisions: Iterable<number> }): void => {
			for (const number of revisions) kept.add(number);
		};
		for (const _ of restoringWrites(this.#root, plan, keep));
		const undone = plan.undoes.filter((number) => !kept.has(number));
		const refused: RollbackResult['refused'][number][] = [];
		const writes = restoringWrites(this.#root, plan, (_, refusal) => refused.push(refusal));
		const result = this.#apply({ kind: 'rollback', policies: plan.policies, undoes: undone }, writes);
		const restored: string[] = [];
		for (const [path, outcome] of result.outcomes) {
			if (outcome.ok) restored.push(path);
			else refused.push({ path, rule: outcome.rule, message: outcome.message });
		}
		return { revision: result.revision, undone: result.revision === null ? [] : undone, restored, refused };
	}

	lastAfterImages(): ReadonlyMap<string, string> {
		const { paths, hashes } = this.#images();
		return new Map(paths.map((path, at) => [path, hashes[at] as string]));
	}

	writtenPaths(): readonly string[] {
		return this.#images().paths;
	}

	holds(): readonly Hold[] {
		return readHolds(this.#state);
	}

	release(paths?: readonly string[]): number {
		const holds = readHolds(this.#state);
		const named = paths && new Set(paths);
		const left = named ? holds.filter((hold) => !named.has(hold.path)) : [];
		if (left.length < holds.length) writeHolds(this.#state, left);
		return holds.length - left.length;
	}

	#images(): AfterImages {
		return this.#keptImages() ?? this.#readImages(this.#store.key);
	}

	/** What was kept of the records as they are now, or `null`. */
	#keptImages(): AfterImages | null {
		const { key } = this.#store;
		if (this.#kept?.key !== key) this.#kept = readAfterImages(this.#state, key);
		return this.#kept;
	}

	#readImages(key: string, revisions = this.revisions()): AfterImages {
		const images = new Map<string, string>();
		for (const revision of revisions) for (const file of revision.files) images.set(file.path, file.afterHash);
		return { key, paths: [...images.keys()], hashes: [...images.values()] };
	}

	/** Call under the lock, when every record has ended; nothing is kept of records that are not all whole. */
	#keepImages(): void {
		const { key } = this.#store;
		if (key === '') return;
		const { revisions, lost } = this.account();
		if (lost.length > 0) return;
		this.#kept = this.#readImages(key, revisions);
		writeAfterImages(this.#state, this.#kept);
	}

	#apply(head: Head, writes: Iterable<HeldWrite>): ApplyResult {
		this.recover();
		const outcomes = new Map<string, WriteOutcome>();
		const writer = this.#record(head, writes, outcomes);
		if (writer === null) return { revision: null, outcomes, bytesWritten: 0, fsyncs: 0 };
		const { number } = writer;
		const each = writer.record.planned.length <= fewFiles || !hasFileSystemSync();
		const failed: number[] = [];
		const holds: Hold[] = [];
		const written = new Set<string>();
		let bytesWritten = writer.record.bytes;
		let fsyncs = writer.record.fsyncs;
		for (const [index, { intent, patch }] of writer.record.planned.entries()) {
			const { outcome, bytes } = this.#write(intent, patch, number, index, writer.stamps[index] as FileWrite['stamp'], each);
			outcomes.set(intent.path, outcome);
			if (!outcome.ok) failed.push(index);
			else {
				written.add(intent.path);
				bytesWritten += bytes;
				if (each) fsyncs++;
				for (const hold of intent.holds) {
					holds.push({ ...hold, path: intent.path, contentHash: intent.afterHash, revision: number });
				}
			}
		}
		if (written.size === 0) {
			writer.record.discard();
			return { revision: null, outcomes, bytesWritten, fsyncs };
		}
		if (!each) {
			syncFileSystem(this.#root);
			fsyncs++;
		}
		try {
			writeHolds(this.#state, holdsAfter(readHolds(this.#state), written, holds));
			writer.record.commit(failed);
			prune(this.#store, this.#retention);
		} catch {
			// The files are written and recorded; what could not be noted (a full disk) the next recovery works out again.
		} finally {
			writer.record.close();
		}
		return { revision: number, outcomes, bytesWritten, fsyncs };
	}

	/**
	 * Records every intent with its before-image, durably. Where that fails nothing may be written: each file gets the
	 * reason as its outcome. `null` where there is nothing to write.
	 */
	#record(
		head: Head,
		writes: Iterable<HeldWrite>,
		outcomes: Map<string, WriteOutcome>,
	): { readonly number: number; readonly record: RevisionWriter; readonly stamps: readonly FileWrite['stamp'][] } | null {
		let record: RevisionWriter | undefined;
		let number = 0;
		let broken: string | undefined;
		const stamps: FileWrite['stamp'][] = [];
		const attempt = (action: () => void): void => {
			try {
				action();
			} catch (error) {
				broken = `the journal could not be written, so nothing was changed: ${reasonOf(error)}`;
			}
		};
		const paths: string[] = [];
		try {
			for (const { write, holds } of writes) {
				if (!isWritablePath(write.path)) {
					outcomes.set(write.path, { ok: false, rule: 'file/outside', message: 'not a path below the root' });
					continue;
				}
				if (Buffer.compare(write.before, write.after) === 0) {
					outcomes.set(write.path, { ok: true, stamp: write.stamp });
					continue;
				}
				paths.push(write.path);
				if (broken !== undefined) continue;
				attempt(() => {
					record ??= this.#begin(head);
					record.add(write, holds);
					stamps.push(write.stamp);
				});
			}
		} catch (error) {
			record?.discard();
			throw error;
		}
		if (record && broken === undefined) attempt(() => record?.seal());
		if (broken !== undefined) {
			record?.discard();
			for (const path of paths) outcomes.set(path, { ok: false, rule: 'file/write-failed', message: broken });
			return null;
		}
		if (!record) return null;
		number = Number.parseInt(path.basename(record.file), 10);
		return { number, record, stamps };
	}

	#begin({ kind, policies, undoes }: Head): RevisionWriter {
		ensureStateFolder(this.#root);
		fs.mkdirSync(this.#store.folder, { recursive: true, mode: 0o700 });
		const number = this.#store.nextNumber();
		return new RevisionWriter(this.#store.fileFor(number), { number, at: this.#now().toISOString(), kind, policies, undoes });
	}

	#write(
		intent: Intent,
		patch: Patch,
		number: number,
		index: number,
		stamp: FileWrite['stamp'],
		fsync: boolean,
	): { readonly outcome: WriteOutcome; readonly bytes: number } {
		const current = readCurrent(this.#root, intent.path, this.#scratch);
		if (!current.ok) return { outcome: current, bytes: 0 };
		if (!sameContent(current.stamp, stamp) || contentHash(current.bytes) !== intent.beforeHash) {
			return { outcome: { ok: false, rule: 'file/changed', message: 'written by somebody else since the scan' }, bytes: 0 };
		}
		const after = patched(current.bytes, patch);
		const temporary = temporaryName(intent.path, number, index);
		return { outcome: replaceFile(this.#root, intent.path, temporary, current, after, { fsync }), bytes: after.length };
	}

	#syncFile(relative: string): void {
		const file = path.join(this.#root, relative);
		const fd = fs.openSync(file, 'r+');
		try {
			fs.fsyncSync(fd);
		} finally {
			fs.closeSync(fd);
		}
		syncDirectory(path.dirname(file));
	}
}

function* withoutHolds(writes: Iterable<FileWrite>): Generator<HeldWrite> {
	for (const write of writes) yield { write, holds: [] };
}
