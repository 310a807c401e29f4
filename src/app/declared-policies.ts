import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { isDefaultManifest, readManifestFiles } from '../host/manifest-files.ts';
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
 * Names of the policies that the default manifests of the root declare, beside those that `-f` names; `null` where that does not
 * make all that are declared: a single file or standard input may be one of many, and a manifest that cannot be read may
 * declare anything. A policy that is not among all that are declared is gone, and only then may its blocks be pruned.
 */
export async function declaredBeside({ root, cwd, names }: NamedManifests): Promise<readonly string[] | null> {
	if (names.length === 0) return [];
	if (!names.every((name) => standsForAll(root, path.resolve(cwd, name)))) return null;
	const { files, failures } = await readManifestFiles({ root, cwd, names: [], maxBytes: maxManifestBytes, stdin: process.stdin });
	if (failures.length > 0) return null;
	const kept = keptReadings(root);
	const manifests = files.map(({ file, bytes }) => readManifest(bytes, file, kept));
	if (manifests.some(({ diagnostics }) => diagnostics.some(({ severity }) => severity === 'error'))) return null;
	return manifests.flatMap(({ policies }) => policies.map(({ policy }) => policy.metadata.name));
}

/** A folder, or one of the manifests that are found without `-f`. */
function standsForAll(root: string, absolute: string): boolean {
	if (fs.statSync(absolute, { throwIfNoEntry: false })?.isDirectory() === true) return true;
	return path.dirname(absolute) === root && isDefaultManifest(path.basename(absolute));
}
