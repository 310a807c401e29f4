import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../runtime/errors.ts';
import { reasonOf } from './errors.ts';

/** A manifest file as it was read. */
export interface ManifestFile {
	/** For messages: as the user named it, or relative to the root; `stdin` for `-`. */
	readonly file: string;
	/** At most one byte more than the limit. */
	readonly bytes: Uint8Array;
}

/** A manifest that could not be read. */
export interface ManifestFailure {
	readonly code: 'GP3501' | 'GP3502';
	readonly file: string;
	readonly message: string;
	readonly hint: string;
}

/** Whether there is a file that could not be read; else there is none, or something that is no file. */
export function mayHoldManifest({ code }: ManifestFailure): boolean {
	return code === 'GP3501';
}

export interface ManifestFiles {
	readonly files: readonly ManifestFile[];
	readonly failures: readonly ManifestFailure[];
}

export interface ReadOptions {
	/** Root, absolute: default manifests stand there. */
	readonly root: string;
	/** What names are relative to, absolute. */
	readonly cwd: string;
	/** `-f`: files, directories and `-`; none: the default manifests of the root. */
	readonly names: readonly string[];
	/** Reading stops one byte after this many. */
	readonly maxBytes: number;
	/** Standard input, for `-`. */
	readonly stdin: AsyncIterable<Uint8Array | string>;
}

/** Is this the name of a manifest that is found without `-f`? */
function isDefaultManifest(name: string): boolean {
	return name === 'gpupolicy.yaml' || name.endsWith('.gpupolicy.yaml');
}

/** The nearest directory at or above `start` that holds a policy or a git work tree; `start` itself where there is none. */
export function nearestRoot(start: string): string {
	for (let directory = path.resolve(start); ; directory = path.dirname(directory)) {
		if (list(directory).some((name) => isDefaultManifest(name) || name === '.git')) return directory;
		if (path.dirname(directory) === directory) return path.resolve(start);
	}
}

/**
 * Reads manifests: the named files, the `*.yaml`, `*.yml` and `*.json` of named directories (not below them), standard input, or
 * the default manifests of the root. What cannot be read is a failure and does not stop the others.
 */
export async function readManifestFiles(options: ReadOptions): Promise<ManifestFiles> {
	const files: ManifestFile[] = [];
	const failures: ManifestFailure[] = [];
	const read = (absolute: string, shown: string) => {
		const result = readRegular(absolute, shown, options.maxBytes);
		if ('bytes' in result) files.push(result);
		else failures.push(result);
	};

	if (options.names.length === 0) {
		for (const name of list(options.root).filter(isDefaultManifest)) read(path.join(options.root, name), name);
		return { files, failures };
	}
	const seen = new Set<string>();
	for (const name of options.names) {
		if (seen.has(name)) continue;
		seen.add(name);
		if (name === '-') {
			files.push({ file: 'stdin', bytes: await readStream(options.stdin, options.maxBytes) });
			continue;
		}
		const absolute = path.resolve(options.cwd, name);
		if (!isDirectory(absolute)) {
			read(absolute, slashed(name));
			continue;
		}
		const inside = list(absolute).filter((entry) => /\.(ya?ml|json)$/i.test(entry) && !/\.inventory\.ya?ml$/i.test(entry));
		if (inside.length === 0) {
			const hint = 'Name a file, or a directory that holds *.yaml, *.yml or *.json.';
			failures.push({ code: 'GP3502', file: slashed(name), message: 'the directory holds no manifest', hint });
		}
		for (const entry of inside) read(path.join(absolute, entry), slashed(path.join(name, entry)));
	}
	return { files, failures };
}

/** Follows links, as a mounted ConfigMap needs, but opens regular files only: a FIFO would block for ever. */
function readRegular(absolute: string, file: string, maxBytes: number): ManifestFile | ManifestFailure {
	try {
		const status = fs.statSync(absolute);
		if (!status.isFile()) {
			const what = status.isDirectory() ? 'a directory' : 'no regular file';
			return { code: 'GP3502', file, message: `it is ${what}`, hint: 'A manifest is a regular file, or a link to one.' };
		}
		const descriptor = fs.openSync(absolute, 'r');
		try {
			return { file, bytes: readUpTo(descriptor, maxBytes + 1) };
		} finally {
			fs.closeSync(descriptor);
		}
	} catch (error) {
		const missing = errorCode(error) === 'ENOENT';
		const hint = missing ? 'Name an existing file with -f, or run gpupolicy init.' : 'Make it readable, or name another with -f.';
		return { code: 'GP3501', file, message: `cannot be read: ${reasonOf(error)}`, hint };
	}
}

function readUpTo(descriptor: number, most: number): Uint8Array {
	const chunks: Buffer[] = [];
	let total = 0;
	while (total < most) {
		const chunk = Buffer.allocUnsafe(Math.min(64 * 1024, most - total));
		const count = fs.readSync(descriptor, chunk);
		if (count === 0) break;
		chunks.push(chunk.subarray(0, count));
		total += count;
	}
	return Buffer.concat(chunks);
}

async function readStream(stream: AsyncIterable<Uint8Array | string>, maxBytes: number): Promise<Uint8Array> {
	const chunks: Buffer[] = [];
	let total = 0;
	for await (const chunk of stream) {
		const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
		chunks.push(bytes);
		total += bytes.length;
		if (total > maxBytes) break;
	}
	return Buffer.concat(chunks).subarray(0, maxBytes + 1);
}

/** Names in a directory, in byte order; none where it cannot be listed. */
function list(directory: string): string[] {
	try {
		return fs.readdirSync(directory).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
	} catch {
		return [];
	}
}

function isDirectory(absolute: string): boolean {
	return fs.statSync(absolute, { throwIfNoEntry: false })?.isDirectory() === true;
}

function slashed(name: string): string {
	return path.sep === '/' ? name : name.replaceAll(path.sep, '/');
}
