import type { ResolvedPolicy } from '../desired/resolve.ts';
import type { Fact } from '../observed/fact.ts';
import type { Inventory } from '../observed/inventory.ts';
import type { Conflict } from '../plan/conflicts.ts';
import type { Finding } from '../plan/finding.ts';

/**
 * State of a governed file, the worst of its findings first:
 * `refused` could not be read or edited, `person` needs a person, `drifted` is fixable and was not fixed, `unknown` rests on
 * an unknown fact, `compliant` has nothing left.
 */
export type FileState = 'compliant' | 'drifted' | 'person' | 'refused' | 'unknown';

/** The worst that a list of findings says of a file under one policy, or under all where `policy` is absent. */
export function fileState(findings: readonly Finding[], policy?: string): FileState {
	if (findings.length === 0) return 'compliant';
	const mine = findings.filter(
		(finding) =>
			finding.disposition !== 'ignored' && (policy === undefined || finding.policy === null || finding.policy === policy),
	);
	if (mine.some((finding) => finding.rule.startsWith('file/') || finding.rule.startsWith('secret/'))) return 'refused';
	if (mine.some((finding) => finding.disposition === 'person')) return 'person';
	if (mine.some((finding) => finding.disposition === 'fixable' || finding.disposition === 'audit')) return 'drifted';
	if (mine.some((finding) => finding.disposition === 'unknown')) return 'unknown';
	return 'compliant';
}

/** A governed file as far as the status of one policy needs it. */
export interface ObservedFile {
	readonly path: string;
	readonly state: FileState;
	/** Findings of this policy, and of the file as such. */
	readonly findings: readonly Finding[];
	readonly conflicts: readonly Conflict[];
	readonly written: boolean;
}

/** The devices of this machine as a pass saw them. */
export interface ObservedDevices {
	/** The inventory that desired values rest on. */
	readonly basis: Fact<Inventory>;
	/** What the live devices said; `null` where no policy asked. */
	readonly live: Fact<Inventory> | null;
	/** Where the recorded inventory and the live devices differ; empty where they agree or one is missing. */
	readonly mismatches: readonly string[];
}

/** Everything that the status of one policy is built from. */
export interface PolicyObservation {
	readonly policy: ResolvedPolicy;
	/** RFC 3339. */
	readonly at: string;
	readonly root: string;
	/** Files that the policy includes, governed or not. */
	readonly matched: number;
	readonly files: readonly ObservedFile[];
	/** Findings of the policy that belong to no file. */
	readonly general: readonly Finding[];
	/** Folders that could not be listed. */
	readonly unreadable: readonly string[];
	readonly devices: ObservedDevices;
}
