import fs from 'node:fs';
import path from 'node:path';
import type { FileSelector, ReadResult, Stamp, Survey, SurveyedFile, Worktree } from '../../core/ports/worktree.ts';
import { resolveRoot } from '../root.ts';
import { ensureStateFolder, stateFolderName } from '../state-folder.ts';
import { type IndexHead, millisecondsOf, newColumns, readIndex, writeIndex } from './index-file.ts';
import { surveyWithIndex } from './indexed-survey.ts';
import { FileReader } from './read-file.ts';
import { Recall } from './recall.ts';
import { absolutePath, normalizeRelative } from './relative-path.ts';
import { sameContent, stampOf } from './stamp.ts';
import { SurveyPass } from './survey-pass.ts';
import { isWritablePath } from './writable-path.ts';

/** Opens the files below a directory; throws a coded error where it is missing, no directory or not readable. */
export function openWorktree(root: string): Worktree {
	return new LocalWorktree(resolveRoot(root));
}

type Outcomes = ReadonlyMap<string, { readonly stamp: Stamp; readonly outcome: string }>;

/** The last survey: what `remember` writes down. */
interface LastSurvey {
	readonly pass: SurveyPass;
	readonly survey: Survey;
	readonly selectors: string;
	/** By `performance.now()`. */
	readonly startedAt: number;
}

class LocalWorktree implements Worktree {
	readonly root: string;
	readonly #reader: FileReader;
	readonly #indexFile: string;
	#last: LastSurvey | undefined;

	constructor(root: string) {
		this.root = root;
		this.#reader = new FileReader(root);
		this.#indexFile = path.join(root, stateFolderName, 'index');
	}

	survey(selectors: readonly FileSelector[], basis: string, onProgress?: (seen: number) => void): Survey {
		const startedAt = performance.now();
		resolveRoot(this.root);
		this.#reader.reset();
		this.#last = undefined;
		const digest = JSON.stringify(selectors);
		const recall = new Recall(readIndex(this.#indexFile), basis);
		const { index } = recall;
		let pass = new SurveyPass(this.root, selectors, recall, onProgress);
		let survey: Survey | null = null;
		if (index?.head.selectors === digest && index.head.directories.length > 0 && pass.sameIgnoreFiles(index)) {
			pass.keepIgnoreFiles(index.head.ignoreFiles);
			survey = surveyWithIndex(pass, index);
			if (survey === null) pass = new SurveyPass(this.root, selectors, recall, onProgress);
		}
		survey ??= pass.run();
		this.#last = { pass, survey, selectors: digest, startedAt };
		return survey;
	}

	read(file: SurveyedFile, maxBytes: number): ReadResult {
		return this.#reader.read(file, maxBytes);
	}

	remember(basis: string, judged: Outcomes | 'recalled'): void {
		if (!this.#last || this.#isKnown(this.#last, basis, judged)) return;
		const { pass, survey, selectors, startedAt } = this.#last;
		const outcomes = judged === 'recalled' ? recalledOutcomes(survey) : judged;
		const sets = new Interned<readonly number[]>((set) => set.join());
		const texts = new Interned<string>((text) => text);
		const columns = newColumns(survey.files.map((file) => file.path));
		for (const [at, file] of survey.files.entries()) {
			const origin = pass.originOf(file.path);
			const outcome = outcomes.get(file.path);
			const surveyed = outcome === undefined || sameContent(outcome.stamp, file.stamp);
			const written = surveyed ? null : this.#writtenBy(file.path, outcome.stamp);
			const stamp = written ? (outcome?.stamp ?? file.stamp) : file.stamp;
			columns.mtimeNs[at] = stamp.mtimeNs;
			columns.ino[at] = stamp.ino;
			columns.size[at] = stamp.size;
			columns.mtimeMs[at] = millisecondsOf(stamp.mtimeNs);
			columns.ctimeMs[at] = written ? millisecondsOf(written.ctimeNs) : (origin?.ctimeMs ?? -1);
			columns.directory[at] = origin?.directory ?? -1;
			columns.listed[at] = sets.indexOf(origin?.listed ?? []);
			columns.selectors[at] = sets.indexOf(file.selectors);
			columns.outcome[at] = outcome && (surveyed || written) ? texts.indexOf(outcome.outcome) : -1;
			columns.mode[at] = stamp.mode;
			columns.declared[at] = file.declared ? 1 : 0;
		}
		const { directories, ignoreFiles } = pass;
		const head: IndexHead = { selectors, basis, directories, ignoreFiles, sets: sets.values, outcomes: texts.values };
		try {
			ensureStateFolder(this.root);
			writeIndex(this.#indexFile, head, columns, () => performance.now() - startedAt);
		} catch {
			// A root that cannot be written, a full disk: the next survey reads everything again.
		}
	}

	locate(paths: readonly string[]): readonly SurveyedFile[] {
		return paths.flatMap((relative): SurveyedFile[] => {
			if (!isWritablePath(relative)) return [];
			try {
				const stat = fs.lstatSync(absolutePath(this.root, relative), { bigint: true, throwIfNoEntry: false });
				return stat?.isFile() ? [{ path: relative, selectors: [], declared: false, stamp: stampOf(stat) }] : [];
			} catch {
				return []; // below a folder that may not be entered: nothing of it is known, nothing is done about it
			}
		});
	}

	exists(relative: string): boolean {
		if (normalizeRelative(relative) === null) return false;
		try {
			return fs.lstatSync(absolutePath(this.root, relative), { throwIfNoEntry: false }) !== undefined;
		} catch {
			return false;
		}
	}

	/** What stat says of a file that the pass itself wrote; `null` where somebody wrote it after us. */
	#writtenBy(relative: string, stamp: Stamp): fs.BigIntStats | null {
		const stat = fs.lstatSync(absolutePath(this.root, relative), { bigint: true, throwIfNoEntry: false });
		return stat?.isFile() && sameContent(stampOf(stat), stamp) ? stat : null;
	}

	/** True where the index on disk says just this: writing it again would be the largest cost of a pass with nothing to do. */
	#isKnown(last: LastSurvey, basis: string, outcomes: Outcomes | 'recalled'): boolean {
		const { pass, survey } = last;
		const { index } = pass.recall;
		if (pass.changed || index?.head.basis !== basis || survey.files.length !== index.columns.paths.length) return false;
		return outcomes === 'recalled' || survey.files.every((file) => outcomes.get(file.path)?.outcome === file.remembered);
	}
}

function recalledOutcomes({ files }: Survey): Outcomes {
	const outcomes = new Map<string, { readonly stamp: Stamp; readonly outcome: string }>();
	for (const { path, stamp, remembered } of files)
		if (remembered !== undefined) outcomes.set(path, { stamp, outcome: remembered });
	return outcomes;
}

/** Numbers equal values. */
class Interned<T> {
	readonly values: T[] = [];
	readonly #numbers = new Map<string, number>();
	readonly #keyOf: (value: T) => string;

	constructor(keyOf: (value: T) => string) {
		this.#keyOf = keyOf;
	}

	indexOf(value: T): number {
		const key = this.#keyOf(value);
		let number = this.#numbers.get(key);
		if (number === undefined) {
			number = this.values.push(value) - 1;
			this.#numbers.set(key, number);
		}
		return number;
	}
}
