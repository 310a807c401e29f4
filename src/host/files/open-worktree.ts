import fs from 'node:fs';
import type { FileSelector, ReadResult, Survey, SurveyedFile, Worktree } from '../../core/ports/worktree.ts';
import { resolveRoot } from '../root.ts';
import { FileReader } from './read-file.ts';
import { absolutePath } from './relative-path.ts';
import { SurveyPass } from './survey-pass.ts';

/** Opens the files below a directory; throws a coded error where it is missing, no directory or not readable. */
export function openWorktree(root: string): Worktree {
	return new LocalWorktree(resolveRoot(root));
}

class LocalWorktree implements Worktree {
	readonly root: string;
	readonly #reader: FileReader;

	constructor(root: string) {
		this.root = root;
		this.#reader = new FileReader(root);
	}

	survey(selectors: readonly FileSelector[], _basis: string, onProgress?: (seen: number) => void): Survey {
		resolveRoot(this.root);
		this.#reader.reset();
		return new SurveyPass(this.root, selectors, onProgress).run();
	}

	read(file: SurveyedFile, maxBytes: number): ReadResult {
		return this.#reader.read(file, maxBytes);
	}

	remember(): void {}

	exists(path: string): boolean {
		return fs.lstatSync(absolutePath(this.root, path), { throwIfNoEntry: false }) !== undefined;
	}
}
