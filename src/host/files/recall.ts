import fs from 'node:fs';
import path from 'node:path';
import type { Stamp } from '../../core/ports/worktree.ts';
import { millisecondsOf, type StoredIndex } from './index-file.ts';

/** What the index remembers of files, asked by path. */
export class Recall {
	readonly index: StoredIndex | undefined;
	readonly #sameBasis: boolean;
	#positions: Map<string, number> | undefined;

	constructor(index: StoredIndex | undefined, basis: string) {
		this.index = index;
		this.#sameBasis = index !== undefined && index.head.basis === basis;
	}

	/** Outcome stored for the file as it is now, judged for the same selectors. */
	outcome(file: string, stamp: Stamp, ctimeNs: bigint, selectors: readonly number[], declared: boolean): string | undefined {
		const at = this.position(file);
		if (at === undefined || this.index === undefined) return undefined;
		const { columns, head } = this.index;
		const same =
			columns.size[at] === stamp.size &&
			columns.mtimeNs[at] === stamp.mtimeNs &&
			columns.ino[at] === stamp.ino &&
			columns.ctimeMs[at] === millisecondsOf(ctimeNs) &&
			(columns.declared[at] === 1) === declared &&
			sameSet(head.sets[columns.selectors[at] ?? -1], selectors);
		return same ? this.trusted(at) : undefined;
	}

	/** Outcome at a position whose file is known to be unchanged; `undefined` while its timestamp is racy. */
	trusted(at: number): string | undefined {
		if (!this.#sameBasis || this.index === undefined) return undefined;
		const { columns, head, racyFromMs } = this.index;
		if ((columns.mtimeMs[at] as number) >= racyFromMs) return undefined;
		return head.outcomes[columns.outcome[at] ?? -1];
	}

	position(file: string): number | undefined {
		if (!this.index) return undefined;
		this.#positions ??= new Map(this.index.columns.paths.map((name, at) => [name, at]));
		return this.#positions.get(file);
	}
}

/** True where no ignore file changed since the index was written; a racy one counts as changed. */
export function ignoreFilesUnchanged(root: string, index: StoredIndex): boolean {
	return index.head.ignoreFiles.every(({ path: file, key }) => {
		const now = ignoreFileKey(path.resolve(root, file));
		return now === key && (now === '' || Number(now.slice(0, now.indexOf(' '))) < index.racyFromMs);
	});
}

/** What stat says of an ignore file, its mtime first; empty where there is none. */
export function ignoreFileKey(absolute: string): string {
	try {
		const { mtimeMs, ctimeMs, size, ino } = fs.statSync(absolute);
		return `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
	} catch {
		return '';
	}
}

function sameSet(a: readonly number[] | undefined, b: readonly number[]): boolean {
	return a !== undefined && a.length === b.length && a.every((value, at) => value === b[at]);
}
