import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Source } from '../../../src/core/ports/format.ts';

/** A named set of real files, listed once and read when asked. */
export interface Corpus {
	readonly name: string;
	/** Relative paths with `/`, sorted. */
	readonly paths: readonly string[];
	read(path: string): Source;
}

/** All `.py` files under a folder but those whose path passes `leaveOut`. */
export function folderCorpus(name: string, folder: string, leaveOut: (path: string) => boolean = () => false): Corpus {
	const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.map((path) => path.replaceAll('\\', '/'))
		.filter((path) => path.endsWith('.py') && !leaveOut(path))
		.sort();
	return { name, paths, read: (path) => ({ path, bytes: readFileSync(join(folder, path)) }) };
}

/** `count` paths of the corpus, the same for the same seed; all of them when `count` is not less. */
export function sample(corpus: Corpus, count: number, seed: number): readonly string[] {
	if (count >= corpus.paths.length) return corpus.paths;
	const paths = [...corpus.paths];
	let state = seed >>> 0;
	for (let index = 0; index < count; index++) {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		const other = index + Math.floor((state / 2 ** 32) * (paths.length - index));
		const swapped = paths[index] as string;
		paths[index] = paths[other] as string;
		paths[other] = swapped;
	}
	return paths.slice(0, count).sort();
}
