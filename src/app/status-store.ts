import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { GpuPolicy } from '../api/v1alpha1.generated.ts';
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

export function statusFile(root: string): string {
	return path.join(root, '.gpupolicy', 'status.json');
}

/** The stored status; `null` where there is none or it cannot be understood (it is rebuilt by the next pass). */
export function readStatus(root: string): StoredStatus | null {
	let text: string;
	try {
		text = readFileSync(statusFile(root), 'utf8');
	} catch (error) {
		if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null;
		throw error;
	}
	try {
		const stored = JSON.parse(text) as StoredStatus;
		return stored.kind === 'GpuPolicyList' && Array.isArray(stored.items) ? stored : null;
	} catch {
		return null;
	}
}
