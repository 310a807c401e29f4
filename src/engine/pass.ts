import type { GpuPolicy } from '../api/v1alpha1.generated.ts';
import { type PolicyInput, type ResolvedPolicy, resolvePolicy } from '../core/desired/resolve.ts';
import type { Finding } from '../core/plan/finding.ts';
import type { ApplyResult, Journal, Recovery } from '../core/ports/journal.ts';
import { withStatus } from '../core/status/build-status.ts';
import { fileState, type ObservedDevices, type ObservedFile } from '../core/status/observation.ts';
import { applyPlan, guardByGit } from './apply-plan.ts';
import { desiredFacts, observeDevices } from './facts.ts';
import { generalFindings } from './general-findings.ts';
import { commitByPolicy, commitLeft, type GitRecord, openRecord } from './git-record.ts';
import { lockHeld } from './lock-held.ts';
import { planTree, type TreePlan } from './plan-tree.ts';
import type { EnginePorts } from './ports.ts';
import type { FileOutcome, PassResult } from './result.ts';

/** `plan` reads only and stores nothing; `check` reads and stores status; `reconcile` writes. */
export type PassKind = 'plan' | 'check' | 'reconcile';

export interface PassOptions {
	readonly kind: PassKind;
	readonly policies: readonly PolicyInput[];
	/** Names of every policy that is declared; `null` where that cannot be told: then no block is an orphan, and nothing is pruned. */
	readonly declared: ReadonlySet<string> | null;
	readonly prune: boolean;
	/** Write tracked files with uncommitted changes. */
	readonly allowDirty: boolean;
	/** End the holds that rollbacks left. */
	readonly release: boolean;
	/** Keep both contents of changed files, for diffs. */
	readonly keepContent: boolean;
	/** Time limit for reading the devices, milliseconds. */
	readonly devicesTimeoutMs: number;
	/** The policies with the status of the last pass. */
	readonly previous: readonly GpuPolicy[];
	readonly git: GitRecord | null;
}

/** One level-triggered pass: observe, resolve, plan, apply, judge again, build the status. */
export async function runPass(ports: EnginePorts, options: PassOptions): Promise<PassResult> {
	const started = ports.elapsed();
	const devices = await observeDevices(options.policies, ports, options.devicesTimeoutMs);
	if (options.kind !== 'reconcile') return observeAndPlan(ports, options, devices, started);
	const lock = ports.lock.acquire('gpupolicy reconcile');
	if (!lock.ok) throw lockHeld(lock.holder);
	try {
		return await reconcile(ports, options, devices, started);
	} finally {
		lock.release();
	}
}

function planWith(
	ports: EnginePorts,
	options: PassOptions,
	devices: ObservedDevices,
): { policies: ResolvedPolicy[]; tree: TreePlan; journal: Journal } {
	const policies = options.policies.map((input) => resolvePolicy(input, desiredFacts(devices, ports)));
	const journal = ports.journal();
	const active = policies.filter((policy) => policy.problems.length === 0 && !(options.kind === 'reconcile' && policy.suspended));
	const tree = planTree(active, ports, {
		needChanges: options.kind !== 'check',
		prune: options.prune && options.declared !== null,
		policyNames: options.declared,
		holds: options.release ? [] : journal.holds(),
		journaled: journal.writtenPaths(),
		remember: options.kind !== 'plan',
		keepContent: options.keepContent,
	});
	return { policies, tree, journal };
}

async function observeAndPlan(
	ports: EnginePorts,
	options: PassOptions,
	devices: ObservedDevices,
	started: number,
): Promise<PassResult> {
	const { policies, tree, journal } = planWith(ports, options, devices);
	// A plan promises only what reconcile will do; `check` judges files, and uncommitted changes are no finding.
	const guarded = await guardByGit(tree.files, tree, journal, ports, options.allowDirty || options.kind === 'check');
	const files = guarded.map((file): FileOutcome => (file.change ? { ...file.outcome, change: file.change } : file.outcome));
	tree.remember(files);
	return resultOf(ports, options, { policies, tree, devices, files, applied: null, recovery: null, started });
}

async function reconcile(
	ports: EnginePorts,
	options: PassOptions,
	devices: ObservedDevices,
	started: number,
): Promise<PassResult> {
	const recovery = ports.journal().recover();
	if (options.release) ports.journal().release();
	const { policies, tree, journal } = planWith(ports, options, devices);
	const guarded = await guardByGit(tree.files, tree, journal, ports, options.allowDirty);
	if (options.git) await commitLeft(options.git, tree, journal, ports);
	const writes = guarded.some((file) => file.change);
	if (writes && options.git) await openRecord(options.git, ports);
	const digests = Object.fromEntries(policies.map((policy) => [policy.name, policy.digest]));
	const { files, result } = applyPlan(guarded, tree, journal, ports, options.prune ? 'prune' : 'reconcile', digests);
	const written = files.flatMap(({ path, change }) => (change?.written ? { path, ...change } : []));
	if (options.git && result?.revision) await commitByPolicy(written, result.revision, ports);
	tree.remember(files);
	return resultOf(ports, options, {
		policies,
		tree,
		devices,
		files,
		applied: result,
		recovery: recovery.revision === null ? null : recovery,
		started,
	});
}

interface Ended {
	readonly policies: readonly ResolvedPolicy[];
	readonly tree: TreePlan;
	readonly devices: ObservedDevices;
	readonly files: readonly FileOutcome[];
	readonly applied: ApplyResult | null;
	readonly recovery: Recovery | null;
	readonly started: number;
}

function resultOf(ports: EnginePorts, options: PassOptions, ended: Ended): PassResult {
	const { policies, tree, devices, files, applied } = ended;
	const at = ports.now();
	const active = policies.filter(
		(policy) =>
			tree.matched.has(policy.name) || (policy.problems.length === 0 && !(options.kind === 'reconcile' && policy.suspended)),
	);
	const general = generalFindings(tree.survey, active, ports.formats);
	const objects = policies.map((policy) =>
		withStatus(
			{
				policy,
				at,
				root: ports.worktree.root,
				matched: tree.matched.get(policy.name) ?? 0,
				files: files.filter((file) => file.policies.includes(policy.name)).map((file) => observedFile(file, policy.name)),
				general: general.filter((finding) => finding.policy === policy.name),
				unreadable: tree.survey.unreadable.map(({ path }) => path),
				devices,
			},
			options.previous.find((object) => object.metadata.name === policy.name),
		),
	);
	return {
		root: ports.worktree.root,
		at,
		policies,
		objects,
		devices,
		files,
		matched: tree.matched,
		skipped: tree.survey.skipped,
		general,
		revision: applied?.revision ?? null,
		recovery: ended.recovery,
		figures: {
			seen: tree.survey.seen,
			matched: tree.survey.files.length,
			read: tree.read,
			bytesRead: tree.bytesRead,
			bytesWritten: applied?.bytesWritten ?? 0,
			fsyncs: applied?.fsyncs ?? 0,
			durationMs: ports.elapsed() - ended.started,
		},
	};
}

/** A file as one of its policies sees it. */
function observedFile({ path, findings, conflicts, change }: FileOutcome, policy: string): ObservedFile {
	return {
		path,
		state: fileState(findings, policy),
		// Most files have none, and a pass has thousands of files.
		findings: findings.length === 0 ? findings : findings.filter((one) => one.policy === null || one.policy === policy),
		conflicts,
		written: change?.written === true && change.policies.includes(policy),
	};
}

/** All findings of a pass that are not ignored, files first. */
export function openFindings(result: PassResult): Finding[] {
	return [...result.files.flatMap((file) => file.findings), ...result.general].filter(
		(finding) => finding.disposition !== 'ignored',
	);
}
