import type { GpuPolicy } from '../api/v1alpha1.generated.ts';
import type { DeviceVerdict } from '../core/desired/device-selection.ts';
import type { ResolvedPolicy } from '../core/desired/resolve.ts';
import type { Fact } from '../core/observed/fact.ts';
import type { Finding } from '../core/plan/finding.ts';
import { holdsOtherValues, maskOtherValues } from '../core/plan/mask.ts';
import { redactor } from '../core/plan/plan-file.ts';
import { unifiedDiff } from '../core/plan/unified-diff.ts';
import type { Recovery } from '../core/ports/journal.ts';
import type { SkippedEntry } from '../core/ports/worktree.ts';
import { type FileState, fileState } from '../core/status/observation.ts';
import type { ExitCode } from '../runtime/errors.ts';
import { exitOf } from './exit.ts';
import type { FileChange, FileOutcome, PassFigures, PassResult } from './result.ts';

/** A device and what the policy says of it. */
export interface ReportedDevice {
	readonly index: number;
	readonly uuid: string;
	readonly productName: string;
	readonly memoryBytes: number | null;
	readonly pciBusId: string;
	readonly verdict: DeviceVerdict['verdict'];
	readonly reason: string;
}

/** Files of one policy, or of all, by state; `governed` is the sum of the other four. */
export interface FileCounts {
	readonly matched: number;
	readonly governed: number;
	readonly compliant: number;
	readonly fixable: number;
	readonly person: number;
	readonly unknown: number;
}

export interface ReportedPolicy {
	readonly name: string;
	readonly mode: GpuPolicy['spec']['mode'];
	readonly suspended: boolean;
	/** `gpupolicy.yaml:1`. */
	readonly origin: string;
	readonly digest: string;
	/** Source and time of the device facts, or why they are unknown; `null` where the policy selects no devices. */
	readonly devices:
		| { readonly state: 'known'; readonly source: string; readonly at: string; readonly list: readonly ReportedDevice[] }
		| { readonly state: 'unknown'; readonly message: string }
		| null;
	readonly problems: readonly string[];
	readonly counts: FileCounts;
	readonly conditions: NonNullable<NonNullable<GpuPolicy['status']>['conditions']>;
}

export interface ReportedFile {
	readonly path: string;
	readonly state: FileState;
	readonly policies: readonly string[];
	readonly findings: readonly Finding[];
	readonly change?: {
		readonly summary: string;
		/** Names of the policies that ask for it; others that govern the file (in Audit, say) change nothing. */
		readonly policies: readonly string[];
		readonly written: boolean;
		readonly added: number;
		readonly removed: number;
		/** Unified diff with secrets masked; only where it was asked for. */
		readonly diff?: string;
	};
}

/** The typed result of `plan`, `check` and `reconcile`: every output format is rendered from it, and `-o json` prints it. */
export interface PassReport {
	readonly root: string;
	readonly at: string;
	readonly exitCode: ExitCode;
	readonly policies: readonly ReportedPolicy[];
	readonly counts: FileCounts;
	/** Governed files that are not compliant, or that were or would be changed. */
	readonly files: readonly ReportedFile[];
	readonly general: readonly Finding[];
	readonly skipped: readonly SkippedEntry[];
	readonly revision: number | null;
	readonly recovery: Recovery | null;
	/** Where the recorded inventory and the live devices differ. */
	readonly inventoryMismatches: readonly string[];
	readonly figures: PassFigures;
}

function countFiles(files: readonly FileOutcome[], matched: number, policy?: string): FileCounts {
	const of: Record<FileState, number> = { compliant: 0, drifted: 0, person: 0, refused: 0, unknown: 0 };
	for (const file of files) of[fileState(file.findings, policy)]++;
	return {
		matched,
		governed: files.length,
		compliant: of.compliant,
		fixable: of.drifted,
		person: of.person + of.refused,
		unknown: of.unknown,
	};
}

function reportDevices(fact: Fact<readonly DeviceVerdict[]> | null): ReportedPolicy['devices'] {
	if (fact === null) return null;
	if (fact.state === 'unknown') return { state: 'unknown', message: fact.message };
	const list = fact.value.map(({ device, verdict, reason }) => ({
		index: device.index,
		uuid: device.uuid,
		productName: device.productName,
		memoryBytes: device.memoryBytes,
		pciBusId: device.pciBusId,
		verdict,
		reason,
	}));
	return { state: 'known', source: fact.source, at: fact.at, list };
}

function diffOf(path: string, change: FileChange, variables: ReadonlySet<string>): string | undefined {
	if (!change.content) return undefined;
	const decoder = new TextDecoder('utf-8');
	const hide = redactor(change.secrets);
	const private_ = holdsOtherValues(change.format);
	return unifiedDiff(path, decoder.decode(change.content.before), decoder.decode(change.content.after), {
		context: private_ ? 0 : 3,
		redact: (line) => (private_ ? maskOtherValues(hide(line), variables) : hide(line)),
	});
}

/** Lines that a change adds and removes; an edit inside a line counts one of each. */
function lineCounts(change: FileChange): { added: number; removed: number } {
	let added = 0;
	let removed = 0;
	const newlines = (text: Uint8Array) => text.reduce((count, byte) => count + (byte === 10 ? 1 : 0), 0);
	for (const { span, text } of change.edits) {
		const inserted = newlines(text);
		const pureInsert = span.start === span.end;
		added += inserted > 0 ? inserted : 1;
		removed += pureInsert && inserted > 0 ? 0 : 1;
	}
	return { added, removed };
}

function reportFile(file: FileOutcome, variables: ReadonlySet<string>): ReportedFile {
	const base = { path: file.path, state: fileState(file.findings), policies: file.policies, findings: file.findings };
	if (!file.change) return base;
	const diff = diffOf(file.path, file.change, variables);
	return {
		...base,
		change: {
			summary: file.change.summary,
			policies: file.change.policies,
			written: file.change.written,
			...lineCounts(file.change),
			...(diff === undefined ? {} : { diff }),
		},
	};
}

function reportPolicy(policy: ResolvedPolicy, result: PassResult): ReportedPolicy {
	const files = result.files.filter((file) => file.policies.includes(policy.name));
	const object = result.objects.find((candidate) => candidate.metadata.name === policy.name);
	return {
		name: policy.name,
		mode: policy.input.policy.spec.mode,
		suspended: policy.suspended,
		origin: policy.origin,
		digest: policy.digest,
		devices: reportDevices(policy.devices),
		problems: policy.problems.map(({ message }) => message),
		counts: countFiles(files, result.matched.get(policy.name) ?? 0, policy.name),
		conditions: object?.status?.conditions ?? [],
	};
}

/** The report of a pass: everything that any output format shows, and nothing secret. */
export function reportPass(result: PassResult): PassReport {
	// What a policy declares in the clear may be shown wherever it stands: `value: PCI_BUS_ID` below its name.
	const variables = new Set(
		result.policies.flatMap((policy) =>
			policy.variables.flatMap(({ name, value, secret }) => (value.state === 'known' && !secret ? [name, value.text] : [name])),
		),
	);
	return {
		root: result.root,
		at: result.at,
		exitCode: exitOf(result),
		policies: result.policies.map((policy) => reportPolicy(policy, result)),
		counts: countFiles(result.files, result.figures.matched),
		files: result.files.filter((file) => file.change || file.findings.length > 0).map((file) => reportFile(file, variables)),
		general: result.general,
		skipped: result.skipped,
		revision: result.revision,
		recovery: result.recovery,
		inventoryMismatches: result.devices.mismatches,
		figures: result.figures,
	};
}
