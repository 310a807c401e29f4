import { type FSWatcher, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';

/** A look at the file where the system tells nothing, as over a network file system, or while its directory is not there. */
const pollMs = 1_000;

/** Tells when the file under a path becomes another one, by the system's own events. The path, and its directory, need not exist. */
export class PathWatch {
	readonly #path: string;
	readonly #onChange: () => void;
	readonly #timer: NodeJS.Timeout;
	#watcher: FSWatcher | null = null;
	#directory = '';
	#signature: string;

	constructor(path: string, onChange: () => void) {
		this.#path = path;
		this.#onChange = onChange;
		this.#signature = signatureOf(path);
		this.#arm();
		this.#timer = setInterval(() => {
			this.#arm();
			this.#look();
		}, pollMs);
	}

	/** What stands there now, to be compared; `''` is nothing. */
	get signature(): string {
		return signatureOf(this.#path);
	}

	close(): void {
		clearInterval(this.#timer);
		this.#watcher?.close();
	}

	#look(): void {
		const signature = this.signature;
		if (signature === this.#signature) return;
		this.#signature = signature;
		this.#onChange();
	}

	/** The events of a directory are those of one inode: another directory under the same path is watched anew. */
	#arm(): void {
		const directory = dirname(this.#path);
		const signature = inodeOf(directory);
		if (signature === this.#directory) return;
		this.#watcher?.close();
		this.#watcher = null;
		this.#directory = signature;
		if (signature === '') return;
		try {
			this.#watcher = watch(directory, () => this.#look());
			this.#watcher.on('error', () => this.#watcher?.close());
		} catch {
			// No more watches to be had: looking must do.
		}
	}
}

/** An inode number is used again at once: the time of its last change tells a new file from the old one. */
function signatureOf(path: string): string {
	const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
	return stats === undefined ? '' : `${stats.dev}:${stats.ino}:${stats.ctimeNs}:${stats.size}`;
}

function inodeOf(directory: string): string {
	const stats = statSync(directory, { bigint: true, throwIfNoEntry: false });
	return stats === undefined ? '' : `${stats.dev}:${stats.ino}`;
}
