import path from 'node:path';
import process from 'node:process';
import type { PassReport } from '../engine/report.ts';
import { toolFolders, vendoredFolders } from '../host/files/default-excludes.ts';
import { ownOutputs } from '../host/watch/own-outputs.ts';
import { type ChangeBatch, watchTree } from '../host/watch/watch-tree.ts';
import { durationMs } from '../manifest/duration.ts';
import type { LoadedPolicy } from '../manifest/index.ts';
import type { Terminal } from '../render/terminal.ts';
import { renderBatch, renderWatchError, renderWatchStart } from '../render/watch.ts';
import { CodedError, type ExitCode, exitCodes } from '../runtime/errors.ts';
import { WorkQueue } from '../runtime/work-queue.ts';
import type { Local, LocalPassOptions } from './local.ts';
import { asCoded } from './output.ts';

export interface WatchOutput {
	readonly terminal: Terminal;
	/** One JSON object a pass instead of lines for people. */
	readonly json: boolean;
}

/** Something that goes on as long as a watch does, over the policies that it read. */
export interface Companion {
	/** The policies as they were just read; told again with every pass. */
	policies(loaded: readonly LoadedPolicy[]): void;
	/** Resolves when it has ended after the signal. */
	run(stop: AbortSignal): Promise<void>;
}

function messageOf(error: unknown): string {
	const coded = asCoded(error);
	if (coded) return `${coded.message} [${coded.code}]`;
	return error instanceof Error ? error.message : String(error);
}

const KEY = 'repo';
const DEFAULT_INTERVAL_MS = 600_000;

/** Shortest `spec.interval` of all policies, milliseconds. */
function intervalMs(local: Local): number {
	const intervals = local.loaded.policies
		.map(({ policy }) => durationMs(policy.spec.interval ?? '10m'))
		.filter((value) => value > 0);
	return intervals.length === 0 ? DEFAULT_INTERVAL_MS : Math.min(...intervals);
}

/** Folders that no policy can select: never `vendor` where some policy takes vendored folders in. */
function ignoredFolders(local: Local): ReadonlySet<string> {
	const vendoredToo = local.loaded.policies.some(({ policy }) =>
		policy.spec.files?.some(
			(set) =>
				set.defaultExcludes === false || set.include.some((glob) => glob.split('/').some((part) => vendoredFolders.has(part))),
		),
	);
	return new Set(['.git', '.gpupolicy', ...(vendoredToo ? [] : [...toolFolders, ...vendoredFolders])]);
}

/**
 * Converges whenever something changes, until a signal comes: a pass at the start, after each batch of events, and at the
 * policies' interval. Resolves with the exit code when it has drained.
 */
export async function watchLocal(
	local: Local,
	options: LocalPassOptions,
	output: WatchOutput,
	companion?: Companion,
): Promise<ExitCode> {
	if (local.loaded.files.includes('stdin')) {
		throw new CodedError('GP2005', '--watch cannot follow a manifest from standard input', {
			hint: 'name a file with -f',
			exit: exitCodes.usage,
		});
	}
	const write = (text: string): void => void process.stdout.write(text);
	let pending: ChangeBatch | null = null;
	let first = true;
	let rootGone = false;
	let wasUsable = true;
	const complain = (text: string): void => (output.json ? void process.stderr.write(text) : write(text));

	const show = (report: PassReport, batch: ChangeBatch | null): void => {
		if (output.json) write(`${JSON.stringify(report)}\n`);
		else if (first) write(renderWatchStart(report, output.terminal));
		else write(renderBatch(report, batch, output.terminal));
	};
	const queue = new WorkQueue({
		handle: async () => {
			if (rootGone) return {};
			const batch = pending;
			pending = null;
			const usable = first || (await local.reload());
			if (!usable && wasUsable)
				complain(renderWatchError('no manifest can be used; the policies stay as they were', null, output.terminal));
			wasUsable = usable;
			companion?.policies(local.loaded.policies);
			const report = await local.pass(
				'reconcile',
				first ? options : { ...options, release: false, git: options.git ? { ...options.git, tag: null } : null },
			);
			show(report, batch);
			first = false;
			return { requeueAfterMs: intervalMs(local) };
		},
		onError: (_, error, retryInMs) => process.stderr.write(renderWatchError(messageOf(error), retryInMs, output.terminal)),
		minBackoffMs: 250,
		maxBackoffMs: 30_000,
	});
	const watch = watchTree({
		root: local.root,
		extraFiles: local.loaded.files
			.map((file) => path.resolve(local.root, file))
			.filter((file) => path.relative(local.root, file).startsWith('..')),
		ignoredFolders: ignoredFolders(local),
		ownOutputs: ownOutputs(),
		onBatch: (batch) => {
			pending = pending
				? { ...batch, events: pending.events + batch.events, paths: [...pending.paths, ...batch.paths], firstAt: pending.firstAt }
				: batch;
			rootGone = false;
			queue.add(KEY);
		},
		onRootGone: () => {
			rootGone = true;
			process.stderr.write(renderWatchError(`${local.root} is gone; waiting for it to come back`, null, output.terminal));
		},
		onError: (error) =>
			process.stderr.write(
				renderWatchError(`watching failed: ${String(error)}; the interval still holds`, null, output.terminal),
			),
	});
	const stopped = new Promise<ExitCode>((resolve) => {
		process.once('SIGINT', () => resolve(exitCodes.interrupted));
		process.once('SIGTERM', () => resolve(exitCodes.ok));
	});
	await watch.ready;
	queue.add(KEY);
	const ending = new AbortController();
	const beside = companion?.run(ending.signal);
	const exit = await Promise.race([stopped, ...(beside ? [beside.then(() => stopped)] : [])]);
	ending.abort();
	await watch.close();
	await beside;
	await queue.drain();
	await local.close();
	return exit;
}
