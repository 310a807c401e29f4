import { createHash } from 'node:crypto';
import path from 'node:path';
import process from 'node:process';
import type { GpuPolicy } from '../api/v1alpha1.generated.ts';
import type { GitRecord } from '../engine/git-record.ts';
import { runPass } from '../engine/pass.ts';
import type { EnginePorts } from '../engine/ports.ts';
import { type PassReport, reportPass } from '../engine/report.ts';
import { defaultGpuLibraries } from '../formats/python/gpu-libraries.ts';
import { formats } from '../formats/registry.ts';
import { liveInventory } from '../gpu/index.ts';
import { openWorktree } from '../host/files/open-worktree.ts';
import { openRepository } from '../host/git/open-repository.ts';
import { openJournal } from '../host/journal/open-journal.ts';
import { openPassLock } from '../host/lock/open-pass-lock.ts';
import { readSecret } from '../host/secret-file.ts';
import { durationMs } from '../manifest/duration.ts';
import { CodedError, exitCodes } from '../runtime/errors.ts';
import { type LoadedPolicies, loadPolicies, noUsablePolicy } from './load-policies.ts';
import { recordedInventoryOf } from './recorded-inventory.ts';
import { readStatus, writeStatus } from './status-store.ts';
import { packageVersion } from './version.ts';

export type { PassReport };

/** Counts while a pass works; `end` when it is over. */
export type ProgressListener = (phase: 'listing' | 'reading' | 'writing' | 'end', done: number, total: number) => void;

/** The flags that say where to work and what to rest on. */
export interface LocalFlags {
	readonly directory?: string | undefined;
	readonly filename?: readonly string[] | undefined;
	readonly inventory?: string | undefined;
	readonly timeout?: string | undefined;
}

export interface LocalOptions {
	readonly onProgress?: ProgressListener | undefined;
	/** Told of the manifests each time they are read, with whatever is wrong with them. */
	readonly onLoaded?: ((loaded: LoadedPolicies) => void) | undefined;
	/** Something that the user should know but that does not fail the command. */
	readonly onNotice?: ((message: string) => void) | undefined;
}

/** What a pass may be told besides what `openLocal` knows. */
export interface LocalPassOptions {
	readonly prune?: boolean;
	readonly allowDirty?: boolean;
	readonly release?: boolean;
	readonly keepContent?: boolean;
	readonly git?: GitRecord | null;
}

/** A root with its policies, ready for passes. */
export interface Local {
	readonly root: string;
	readonly manifestsIncomplete: boolean;
	pass(kind: 'plan' | 'check' | 'reconcile', options: LocalPassOptions): Promise<PassReport>;
	/** Reads the manifests again; `false` where none could be used, and the policies stay as they were. */
	reload(): Promise<boolean>;
	readonly loaded: LoadedPolicies;
	close(): Promise<void>;
}

/** Time limits such as `5s` or `500ms`, in milliseconds. */
export function timeLimit(text: string): number {
	const milliseconds = durationMs(text);
	if (!(milliseconds > 0)) {
		throw new CodedError('GP2003', `--timeout: ${JSON.stringify(text)} is not a duration`, {
			hint: 'write 5s, 500ms or 1m',
			exit: exitCodes.usage,
		});
	}
	return milliseconds;
}

function sha256(data: string | Uint8Array): string {
	return createHash('sha256').update(data).digest('hex');
}

/** Opens the root and loads its policies; throws a coded error where no policy can be used. */
export async function openLocal(flags: LocalFlags, options: LocalOptions): Promise<Local> {
	const devicesTimeoutMs = timeLimit(flags.timeout ?? '5s');
	const location = { directory: flags.directory, filenames: flags.filename };
	let loaded = await loadPolicies(location);
	options.onLoaded?.(loaded);
	if (loaded.policies.length === 0) {
		throw noUsablePolicy(loaded);
	}
	const { root } = loaded;
	const worktree = openWorktree(root);
	const lock = openPassLock(root);
	const repository = openRepository(root);
	const live = liveInventory();
	let journal: ReturnType<typeof openJournal> | undefined;
	const ports = (): EnginePorts => ({
		worktree,
		journal: () => (journal ??= openJournal(root)),
		lock,
		repository,
		recorded: recordedInventoryOf(root, loaded.files, flags.inventory),
		live,
		secret: (reference) => readSecret(root, reference, new Date().toISOString()),
		formats,
		defaultGpuLibraries,
		version: packageVersion(),
		now: () => new Date().toISOString(),
		// Node makes `performance` when it is first asked for, which takes 2 ms.
		elapsed: () => Number(process.hrtime.bigint()) / 1e6,
		hash: sha256,
		...(options.onProgress ? { progress: options.onProgress } : {}),
	});
	return {
		root,
		get manifestsIncomplete() {
			return loaded.incomplete;
		},
		get loaded() {
			return loaded;
		},
		async reload() {
			const next = await loadPolicies({ ...location, directory: root });
			options.onLoaded?.(next);
			if (next.policies.length === 0) return false;
			loaded = next;
			return true;
		},
		async pass(kind, pass) {
			if (pass.prune && loaded.declared === null && !loaded.incomplete) {
				options.onNotice?.(
					'nothing is pruned: a manifest beside those of -f cannot be used; gpupolicy validate -f with its folder shows why',
				);
			}
			const previous: readonly GpuPolicy[] = readStatus(root)?.items ?? [];
			try {
				const result = await runPass(ports(), {
					kind,
					policies: loaded.policies,
					declared: loaded.declared,
					prune: pass.prune ?? false,
					allowDirty: pass.allowDirty ?? false,
					release: pass.release ?? false,
					keepContent: pass.keepContent ?? false,
					devicesTimeoutMs,
					previous,
					git: pass.git ?? null,
				});
				const report = reportPass(result);
				if (kind !== 'plan') {
					const problem = writeStatus(root, {
						at: result.at,
						manifests: loaded.files.map((file) => relativeTo(root, file)),
						items: result.objects,
						held: ports()
							.journal()
							.holds()
							.map((hold) => hold.path),
					});
					if (problem !== null && kind === 'reconcile') throw problem;
					if (problem !== null) options.onNotice?.(`the status was not stored: ${problem.message}`);
				}
				return report;
			} finally {
				options.onProgress?.('end', 0, 0);
				if (kind !== 'reconcile') await live.close();
			}
		},
		close: () => live.close(),
	};
}

function relativeTo(root: string, file: string): string {
	const relative = path.relative(root, file);
	return relative.startsWith('..') || path.isAbsolute(relative) ? file : relative.split(path.sep).join('/');
}
