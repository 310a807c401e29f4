import fs from 'node:fs';
import type { Stamp, Survey, SurveyedFile } from '../../core/ports/worktree.ts';
import type { IgnoreLayer } from './ignore-rules.ts';
import type { IndexColumns, IndexedDirectory, StoredIndex } from './index-file.ts';
import { withIgnoreFile } from './list-directory.ts';
import { absolutePath, parentPath } from './relative-path.ts';
import { includeKey, type Scope } from './scope.ts';
import type { SurveyPass } from './survey-pass.ts';

/** What became of a directory of the index: its number in this pass, the scopes of a new listing, or gone. */
type Fate =
	| { readonly kind: 'reused'; readonly at: number }
	| { readonly kind: 'listed'; readonly at: number; readonly below: Map<string, Scope> }
	| undefined;

/**
 * Surveys with the help of the index: a directory whose times and inode are unchanged is not listed again, only its known
 * files are looked at. `null` where an ignore file turned up that the index does not know: everything is to be walked.
 */
export function surveyWithIndex(pass: SurveyPass, index: StoredIndex): Survey | null {
	const { directories } = index.head;
	const fates: Fate[] = [];
	const layers = new Map<string, readonly IgnoreLayer[]>();
	const layersBelow = (directory: string): readonly IgnoreLayer[] => {
		let found = layers.get(directory);
		if (!found) {
			const outer = directory === '' ? pass.outerLayers : layersBelow(parentPath(directory));
			found = withIgnoreFile(pass.root, directory === '' ? '' : `${directory}/`, outer);
			layers.set(directory, found);
		}
		return found;
	};
	for (const [at, directory] of directories.entries()) {
		const parent = directory.parent < 0 ? null : fates[directory.parent];
		const listedBelow = parent?.kind === 'listed' ? parent.below : undefined;
		const gone = parent === undefined || (listedBelow !== undefined && !listedBelow.has(directory.path));
		if (gone) {
			pass.changed = true;
			continue;
		}
		const above = parent === null ? -1 : parent.at;
		const fromListing = listedBelow?.get(directory.path);
		listedBelow?.delete(directory.path);
		if (!fromListing && isUnchanged(pass.root, directory, index.racyFromMs)) {
			fates[at] = { kind: 'reused', at: pass.reuse({ ...directory, parent: above }) };
			continue;
		}
		const scope = fromListing ?? {
			path: directory.path,
			selectors: pass.selectors.filter(({ index: number }) => directory.selectors.includes(number)),
			layers: directory.path === '' ? pass.outerLayers : layersBelow(parentPath(directory.path)),
		};
		if (directory.reusable) pass.changed = true;
		const listed = pass.list(scope, above);
		if (!listed) continue;
		if (listed.listing.hasIgnoreFile && !knowsIgnoreFile(index, directory.path)) return null;
		fates[at] = {
			kind: 'listed',
			at: listed.at,
			below: new Map(listed.listing.subdirectories.map((below) => [below.path, below])),
		};
	}
	pass.inherit(fates.map((fate) => (fate?.kind === 'reused' ? fate.at : -1)));
	lookAtFiles(pass, index, fates);
	for (const fate of fates) {
		if (fate?.kind === 'listed') for (const scope of fate.below.values()) pass.walk(scope, fate.at);
	}
	pass.claimDeclared();
	markMatched(pass);
	return pass.finish();
}

function isUnchanged(root: string, directory: IndexedDirectory, racyFromMs: number): boolean {
	if (!directory.reusable || directory.mtimeMs >= racyFromMs) return false;
	try {
		const stat = fs.lstatSync(absolutePath(root, directory.path), { throwIfNoEntry: false });
		return (
			stat !== undefined &&
			stat.mtimeMs === directory.mtimeMs &&
			stat.ctimeMs === directory.ctimeMs &&
			stat.ino === directory.ino &&
			stat.isDirectory()
		);
	} catch {
		return false;
	}
}

function knowsIgnoreFile(index: StoredIndex, directory: string): boolean {
	const file = directory === '' ? '.gitignore' : `${directory}/.gitignore`;
	return index.head.ignoreFiles.some(({ path }) => path === file);
}

/** The hot loop of a pass with nothing to do: one lstat a file. */
function lookAtFiles(pass: SurveyPass, index: StoredIndex, fates: readonly Fate[]): void {
	const { columns, head } = index;
	const { root, recall } = pass;
	// Windows takes either slash.
	const prefix = root.endsWith('/') ? root : `${root}/`;
	for (let at = 0; at < columns.paths.length; at++) {
		const fate = fates[columns.directory[at] as number];
		if (fate?.kind !== 'reused') continue;
		const path = columns.paths[at] as string;
		const selectors = head.sets[columns.listed[at] as number] ?? [];
		const stat = lstat(prefix + path);
		if (
			stat === undefined ||
			stat.size !== columns.size[at] ||
			stat.mtimeMs !== columns.mtimeMs[at] ||
			stat.ctimeMs !== columns.ctimeMs[at] ||
			stat.ino !== Number(columns.ino[at]) ||
			!stat.isFile()
		) {
			pass.look({ path, selectors }, fate.at);
			continue;
		}
		const alone = columns.declared[at] === 0 && columns.listed[at] === columns.selectors[at];
		pass.files.push(new UnchangedFile(path, selectors, alone ? recall.trusted(at) : undefined, columns, at));
	}
}

/** A file that is as the index says. Few are asked for their stamp: its numbers are made when they are. */
class UnchangedFile implements SurveyedFile {
	readonly path: string;
	readonly selectors: readonly number[];
	readonly declared = false;
	readonly remembered?: string;
	readonly #columns: IndexColumns;
	readonly #at: number;

	constructor(path: string, selectors: readonly number[], remembered: string | undefined, columns: IndexColumns, at: number) {
		this.path = path;
		this.selectors = selectors;
		if (remembered !== undefined) this.remembered = remembered;
		this.#columns = columns;
		this.#at = at;
	}

	get stamp(): Stamp {
		const { size, mtimeNs, ino, mode } = this.#columns;
		const at = this.#at;
		return {
			size: size[at] as number,
			mtimeNs: mtimeNs[at] as bigint,
			ino: ino[at] as bigint,
			mode: mode[at] as number,
		};
	}
}

function lstat(absolute: string): fs.Stats | undefined {
	try {
		return fs.lstatSync(absolute, { throwIfNoEntry: false });
	} catch {
		return undefined;
	}
}

/** Listings mark the includes that matched; for directories that were not listed the known files tell. */
function markMatched(pass: SurveyPass): void {
	for (const { index, wildcards } of pass.selectors) {
		for (const include of wildcards) {
			const key = includeKey(index, include.pattern);
			if (pass.matched.has(key)) continue;
			const matches = ({ path, selectors }: SurveyedFile): boolean =>
				selectors.includes(index) && include.matches(path, path.slice(path.lastIndexOf('/') + 1));
			if (pass.files.some(matches)) pass.matched.add(key);
		}
	}
}
