import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { GpuPolicy } from '../api/v1alpha1.generated.ts';
import { writeStateFile } from '../host/state-file.ts';
import { ensureStateFolder, stateUnreadable } from '../host/state-folder.ts';
import { errorCode } from '../runtime/errors.ts';

/** Size and time of a manifest when the status was made, so that `get` can say that it changed since. */
export interface ManifestStamp {
	/** Relative to the root where it lies below it, else absolute. */
	readonly path: string;
	readonly size: number;
	readonly mtimeMs: number;
}

/** What `.gpupolicy/status.json` holds: the policies as `get` shows them. */
export interface StoredStatus {
	readonly apiVersion: 'gpupolicy.dev/v1alpha1';
	readonly kind: 'GpuPolicyList';
	/** When the pass that wrote it ended, RFC 3339. */
	readonly at: string;
	readonly manifests: readonly ManifestStamp[];
	readonly items: readonly GpuPolicy[];
	/** Paths that a rollback put back and that are left alone. */
	readonly held: readonly string[];
}

function statusFile(root: string): string {
	return path.join(root, '.gpupolicy', 'status.json');
}

/** The stored status; `null` where there is none or it cannot be understood (it is rebuilt by the next pass). */
export function readStatus(root: string): StoredStatus | null {
	let text: string;
	try {
		text = readFileSync(statusFile(root), 'utf8');
	} catch (error) {
		if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null;
		throw stateUnreadable(statusFile(root), error);
	}
	try {
		const stored = JSON.parse(text) as StoredStatus;
		return stored.kind === 'GpuPolicyList' && Array.isArray(stored.items) ? stored : null;
	} catch {
		return null;
	}
}

/** What a pass has to say; `manifests` are root-relative or absolute paths. */
export interface StatusUpdate {
	readonly at: string;
	readonly manifests: readonly string[];
	readonly items: readonly GpuPolicy[];
	readonly held: readonly string[];
}

/** The parts of a status that a reader would see change; times are left out. */
function essence(stored: Pick<StoredStatus, 'items' | 'held' | 'manifests'>): string {
	return JSON.stringify([stored.items, stored.held, stored.manifests], (key, value) =>
		key === 'message' && typeof value === 'string' ? value.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '') : value,
	);
}

/** Stores the status at once, and not at all where it says nothing new. Returns why it could not, or `null`. */
export function writeStatus(root: string, update: StatusUpdate): Error | null {
	try {
		const manifests = update.manifests.map((name) => {
			const stat = statSync(path.resolve(root, name), { throwIfNoEntry: false });
			return { path: name, size: stat?.size ?? -1, mtimeMs: stat?.mtimeMs ?? -1 };
		});
		const stored: StoredStatus = { apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicyList', ...update, manifests };
		const before = readStatus(root);
		if (before && essence(before) === essence(stored)) return null;
		ensureStateFolder(root);
		writeStateFile(statusFile(root), `${JSON.stringify(stored)}\n`, { durable: false });
		return null;
	} catch (error) {
		return error instanceof Error ? error : new Error(String(error));
	}
}
