import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { mayHoldManifest, readManifestFiles } from '../host/manifest-files.ts';
import { maxManifestBytes } from '../manifest/index.ts';
import { keptReadings } from './kept-readings.ts';
import { readManifest } from './read-manifest.ts';

/** Where policies were named with `-f`, and from where. */
export interface NamedManifests {
	readonly root: string;
	readonly cwd: string;
	/** As given: files, folders, `-`. */
	readonly names: readonly string[];
}

/**
 * Names of the policies that are declared beside what `-f` names: by the default manifests of the root, and by what stands in the folder of a named
 * file of the repo. A policy that is neither named nor among these is gone, and only then may its blocks be pruned. `null` where that cannot be told, because
 * one of those manifests cannot be used and may declare anything.
 */
export async function declaredBeside({ root, cwd, names }: NamedManifests): Promise<readonly string[] | null> {
	if (names.length === 0) return [];
	const folders = new Set(names.flatMap((name) => (name === '-' ? [] : folderOf(path.resolve(cwd, name), root))));
	const read = (named: readonly string[]) =>
		readManifestFiles({ root, cwd, names: named, maxBytes: maxManifestBytes, stdin: process.stdin });
	const found = [await read([]), ...(folders.size > 0 ? [await read([...folders])] : [])];
	if (found.some(({ failures }) => failures.some(mayHoldManifest))) return null;
	const kept = keptReadings(root);
	const manifests = found
		.flatMap(({ files }) => files)
		.filter(({ bytes }) => speaksOfPolicies(bytes))
		.map(({ file, bytes }) => readManifest(bytes, file, kept));
	if (manifests.some(({ diagnostics }) => diagnostics.some(({ severity }) => severity === 'error'))) return null;
	return manifests.flatMap(({ policies }) => policies.map(({ policy }) => policy.metadata.name));
}

/** The folder of a file of the repo; none where a folder is named, which is read as a whole. */
function folderOf(absolute: string, root: string): readonly string[] {
	if (fs.statSync(absolute, { throwIfNoEntry: false })?.isDirectory() === true) return [];
	const folder = path.dirname(absolute);
	const { sep } = path;
	return `${folder}${sep}`.startsWith(`${root}${sep}`) ? [folder] : [];
}

/** A folder holds YAML of others too. */
function speaksOfPolicies(bytes: Uint8Array): boolean {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('GpuPolicy');
}
