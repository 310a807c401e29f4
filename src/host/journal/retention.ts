import fs from 'node:fs';
import path from 'node:path';
import { encodeRecord, magic, recordTypes } from './record-file.ts';
import { revisionFileName } from './revision-file.ts';
import { doneIntents, type RevisionStore } from './revision-store.ts';

/** How much of the past is kept. The newest revision always keeps its before-images. */
export interface Retention {
	/** Revisions that keep their before-images and can be rolled back. */
	readonly revisions: number;
	/** Bytes of before-images, compressed. */
	readonly bytes: number;
	/** Revisions that keep their record for `history`. */
	readonly records: number;
}

export const defaultRetention: Retention = { revisions: 50, bytes: 512 * 1024 * 1024, records: 500 };

/**
 * Drops before-images, and later records, that exceed the retention, and notes what is left. Called after a commit. Best effort: a
 * full disk must not fail a pass.
 */
export function prune(store: RevisionStore, retention: Retention): void {
	const list = store.list();
	const oldest = list.at(-retention.records) ?? { number: store.extent()?.first ?? list[0]?.number ?? 1 };
	// Noted first: what is dropped below must never look like taken from outside.
	store.note({ first: oldest.number, last: list.at(-1)?.number ?? 0 });
	let bytes = 0;
	for (const [age, { number, name }] of list.toReversed().entries()) {
		const file = path.join(store.folder, name);
		if (age >= retention.records) fs.rmSync(file, { force: true });
		else if (name.endsWith('.rev')) {
			bytes += fs.statSync(file).size;
			if (age > 0 && (age >= retention.revisions || bytes > retention.bytes)) dropImages(store, number, name);
		}
	}
}

function dropImages(store: RevisionStore, number: number, name: string): void {
	const revision = store.read(name);
	const file = path.join(store.folder, name);
	if (!revision?.failed) {
		fs.rmSync(file, { force: true });
		return;
	}
	const intents = doneIntents(revision).map((intent) => ({ ...intent, patch: { prefix: 0, suffix: 0, at: 0, length: 0 } }));
	const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
	const target = path.join(store.folder, revisionFileName(number, true));
	fs.writeFileSync(
		`${target}.tmp`,
		Buffer.concat([
			magic,
			encodeRecord(recordTypes.begin, json({ ...revision.begin, pruned: true })),
			encodeRecord(recordTypes.files, json(intents)),
			encodeRecord(recordTypes.seal, json({ files: intents.length })),
			encodeRecord(recordTypes.commit, json({ failed: [] })),
		]),
		{ mode: 0o600 },
	);
	fs.renameSync(`${target}.tmp`, target);
	fs.rmSync(file, { force: true });
}
