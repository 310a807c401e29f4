import fs from 'node:fs';
import path from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { fileIdentity } from './own-outputs.ts';

/** Events that came close together; `paths` holds the first few of them, relative to the root. */
export interface ChangeBatch {
	readonly events: number;
	readonly paths: readonly string[];
	/** True where the root itself came back after it was gone or replaced. */
	readonly rootReplaced: boolean;
	/** Time of the first event, milliseconds since the epoch. */
	readonly firstAt: number;
}

export interface WatchOptions {
	readonly root: string;
	/** Files outside the root to watch as well: manifests named with -f. */
	readonly extraFiles: readonly string[];
	/** Root-relative folders, by name, that are not watched. */
	readonly ignoredFolders: ReadonlySet<string>;
	/** Files that this process writes while it watches, as `fileIdentity` tells them: what it says must not wake it. */
	readonly ownOutputs?: ReadonlySet<string>;
	readonly onBatch: (batch: ChangeBatch) => void;
	/** The root is gone; it is watched for until it is back. */
	readonly onRootGone: () => void;
	readonly onError: (error: unknown) => void;
	/** How often the root's identity is looked at, milliseconds. */
	readonly rootCheckMs?: number;
}

export interface TreeWatch {
	/** Resolves when the first listing is complete and no event can be missed any more. */
	readonly ready: Promise<void>;
	close(): Promise<void>;
}

const KEPT_PATHS = 20;

/** A batch ends after so much quiet, or when it was held open for longest. A person's save is answered at once; a storm is waited out. */
const pace = { calm: { quietMs: 25, longestMs: 500 }, storm: { quietMs: 200, longestMs: 10_000 } } as const;

/** Events in one batch from which on it is a storm: a branch switch, an unpacked archive. */
const STORM = 100;

/** Identity of the root folder, or `null` while it is gone. */
function identity(root: string): string | null {
	const stat = fs.statSync(root, { bigint: true, throwIfNoEntry: false });
	return stat?.isDirectory() ? `${stat.dev}:${stat.ino}` : null;
}

/**
 * Watches a tree through chokidar and reports batches, not events. Survives editors that write by rename, branch switches, and
 * a root that is deleted and made again: the watcher is then opened anew.
 */
export function watchTree(options: WatchOptions): TreeWatch {
	const { root, rootCheckMs = 500 } = options;
	let watcher: FSWatcher | null = null;
	let closed = false;
	let standing = identity(root);
	let events = 0;
	let paths: string[] = [];
	let firstAt = 0;
	let rootReplaced = false;
	let quiet: NodeJS.Timeout | undefined;

	const flush = (): void => {
		clearTimeout(quiet);
		if (closed || (events === 0 && !rootReplaced)) return;
		const batch: ChangeBatch = { events, paths, rootReplaced, firstAt };
		events = 0;
		paths = [];
		rootReplaced = false;
		options.onBatch(batch);
	};
	const own = options.ownOutputs ?? new Set();
	const note = (name: string): void => {
		if (closed || (own.size > 0 && own.has(fileIdentity(name) ?? ''))) return;
		if (events++ === 0) firstAt = Date.now();
		if (paths.length < KEPT_PATHS) paths.push(path.relative(root, name).split(path.sep).join('/'));
		const { quietMs, longestMs } = events < STORM ? pace.calm : pace.storm;
		clearTimeout(quiet);
		quiet = setTimeout(flush, Math.max(0, Math.min(quietMs, firstAt + longestMs - Date.now())));
	};
	const ignored = (name: string): boolean => {
		const relative = path.relative(root, name);
		if (relative === '' || relative.startsWith('..')) return false;
		return relative.split(path.sep).some((part) => options.ignoredFolders.has(part) || part.startsWith('.gpupolicy-'));
	};
	const open = (): Promise<void> =>
		new Promise((resolve) => {
			const fresh = watch([root, ...options.extraFiles], {
				ignored,
				ignoreInitial: true,
				followSymlinks: false,
				atomic: false,
				alwaysStat: false,
			});
			watcher = fresh;
			fresh.on('all', (_, name) => note(name));
			fresh.on('error', options.onError);
			fresh.once('ready', resolve);
		});
	const ready = open();
	const rootTimer = setInterval(() => {
		const now = identity(root);
		if (now === standing) return;
		const gone = now === null;
		standing = now;
		const old = watcher;
		watcher = null;
		void (async () => {
			await old?.close();
			if (gone) return options.onRootGone();
			await open();
			rootReplaced = true;
			firstAt = Date.now();
			flush();
		})().catch(options.onError);
	}, rootCheckMs);
	return {
		ready,
		async close() {
			closed = true;
			clearInterval(rootTimer);
			clearTimeout(quiet);
			await watcher?.close();
		},
	};
}
