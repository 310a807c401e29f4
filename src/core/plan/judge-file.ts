import type { FilePolicy } from '../desired/file-policy.ts';
import type { Change, EnvEntry, ManagedBlock, Scan } from '../ports/format.ts';
import { conflictsAmong } from './conflicts.ts';
import { judgeCarrier, type Verdict } from './judge-carrier.ts';

/** What else the judgement of a file rests on. */
export interface FileContext {
	/** Names of every policy that was loaded, or `null` when a manifest failed to load: then no block is an orphan. */
	readonly policyNames: ReadonlySet<string> | null;
	/** Those of them whose includes were applied in this pass: a block of such a policy in a file that it does not select is left over. */
	readonly selecting?: ReadonlySet<string>;
	/** Remove blocks of policies that are gone. */
	readonly prune: boolean;
	/** The file's owner may write it; a file that is read-only on purpose is left so, although a rename could replace it. */
	readonly writable: boolean;
	/** Secrets may be written into this file (git ignores it). */
	readonly secretsWritable: boolean;
}

export interface PolicyVerdict extends Verdict {
	readonly policy: string | null;
}

export interface FileJudgement {
	readonly verdicts: readonly PolicyVerdict[];
	readonly changes: readonly {
		readonly change: Change;
		readonly policy: string | null;
		readonly verdicts: readonly PolicyVerdict[];
	}[];
	/** Policies that contradict each other here. */
	readonly conflicts: ReturnType<typeof conflictsAmong>;
	/** True where some policy has something to say about the file. */
	readonly governed: boolean;
	/** Literal texts of secret variables found or wanted here; never to be shown. */
	readonly secrets: readonly string[];
}

/** Entries that the block of a policy must have: what is known; what is unknown stays as it stands in the block. */
function blockEntries(policy: FilePolicy, block: ManagedBlock | undefined): EnvEntry[] {
	const entries: EnvEntry[] = [];
	for (const variable of policy.variables) {
		if (variable.secret) continue;
		if (variable.value.state === 'known') {
			entries.push({ name: variable.name, value: variable.value.text });
			continue;
		}
		const standing = block?.entries.find((entry) => entry.name === variable.name)?.value;
		if (standing?.kind === 'literal') entries.push({ name: variable.name, value: standing.text });
	}
	return entries;
}

function blockSays(block: ManagedBlock, entries: readonly EnvEntry[]): boolean {
	if (block.entries.length !== entries.length) return false;
	return entries.every((entry) => {
		const same = block.entries.filter((standing) => standing.name === entry.name);
		const value = same[0]?.value;
		return same.length === 1 && value?.kind === 'literal' && value.text === entry.value;
	});
}

/** Judges one scanned file against the policies that select it: verdicts, and the changes that would mend what can be mended. */
export function judgeFile(scan: Scan, all: readonly FilePolicy[], context: FileContext): FileJudgement {
	const verdicts: PolicyVerdict[] = [];
	const changes: { change: Change; policy: string | null; verdicts: PolicyVerdict[] }[] = [];
	const concerned =
		scan.carriers.some((carrier) => carrier.gpu === 'yes' || carrier.settings.length > 0) || scan.devices.length > 0;
	const declared = all.some((policy) => policy.declared);
	const conflicts = concerned || declared ? conflictsAmong(all) : [];
	const quarrelling = new Set(conflicts.flatMap((conflict) => conflict.policies));
	for (const conflict of conflicts) {
		const [left, right] = conflict.policies;
		for (const policy of conflict.policies) {
			verdicts.push({
				policy,
				rule: 'env/conflict',
				span: null,
				message: `policies ${left} and ${right} want different values of ${conflict.subject} (${conflict.wants[0]}, ${conflict.wants[1]}); neither is applied here`,
				hint: 'narrow spec.files of one of them, or agree on one value',
				field: 'spec.env',
				disposition: 'person',
			});
		}
	}
	const secrets = new Set<string>();
	let governed = conflicts.length > 0;
	for (const policy of all) {
		collectSecrets(scan, policy, secrets);
		if (quarrelling.has(policy.name)) continue;
		governed = judgeForPolicy(scan, policy, context, verdicts, changes) || governed;
	}
	judgeOrphans(scan, all, context, verdicts, changes);
	for (const diagnostic of scan.diagnostics) {
		verdicts.push({
			policy: null,
			rule: diagnostic.rule,
			span: diagnostic.span,
			message: diagnostic.message,
			hint: diagnostic.refuses ? 'the file is left as it is' : '',
			field: '',
			disposition: 'person',
		});
		governed = true;
	}
	if (scan.blocks.length > 0) governed = true;
	return {
		verdicts: withoutRepetition(verdicts),
		changes: scan.diagnostics.some((diagnostic) => diagnostic.refuses) ? [] : changes,
		conflicts,
		governed,
		secrets: [...secrets],
	};
}

function collectSecrets(scan: Scan, policy: FilePolicy, into: Set<string>): void {
	for (const variable of policy.variables) {
		if (!variable.secret) continue;
		if (variable.value.state === 'known') into.add(variable.value.text);
		for (const setting of scan.carriers.flatMap((carrier) => carrier.settings)) {
			if (setting.variable === variable.name && setting.value.kind === 'literal') into.add(setting.value.text);
		}
	}
	into.delete('');
}

function judgeForPolicy(
	scan: Scan,
	policy: FilePolicy,
	context: FileContext,
	verdicts: PolicyVerdict[],
	changes: { change: Change; policy: string | null; verdicts: PolicyVerdict[] }[],
): boolean {
	const named = (verdict: Verdict): PolicyVerdict => ({ ...verdict, policy: policy.name });
	const block = scan.blocks.find((candidate) => candidate.policy === policy.name);
	const blockDemands: PolicyVerdict[] = [];
	let governed = false;
	for (const carrier of scan.carriers) {
		const judged = judgeCarrier(carrier, policy, scan.blocks, context.secretsWritable);
		const byVerdict = new Map(judged.verdicts.map((verdict) => [verdict, named(verdict)]));
		verdicts.push(...byVerdict.values());
		governed ||= judged.governed;
		for (const { setting, value, verdict } of judged.values) {
			changes.push({
				change: { kind: 'set-value', setting, value },
				policy: policy.name,
				verdicts: [byVerdict.get(verdict) as PolicyVerdict],
			});
		}
		const demanded = judged.demands.map(({ verdict }) => byVerdict.get(verdict) as PolicyVerdict);
		if (demanded.length === 0) continue;
		if (carrier.supply === 'block') blockDemands.push(...demanded);
		else {
			for (const [index, { entry }] of judged.demands.entries()) {
				changes.push({
					change: { kind: 'add-entries', carrier, entries: [entry] },
					policy: policy.name,
					verdicts: [demanded[index] as PolicyVerdict],
				});
			}
		}
	}
	const entries = blockEntries(policy, block);
	if (block && entries.length > 0 && !blockSays(block, entries)) {
		const verdict = named({
			rule: 'env/block',
			span: { start: block.span.start, end: block.span.start },
			message: 'the managed block does not say what the policy says',
			hint: 'gpupolicy reconcile rewrites it',
			field: 'spec.env',
			disposition: 'fixable',
		});
		verdicts.push(verdict);
		changes.push({
			change: { kind: 'put-block', policy: policy.name, entries },
			policy: policy.name,
			verdicts: [verdict, ...blockDemands],
		});
	} else if (blockDemands.length > 0) {
		// No block yet, or one that says the right thing in a place where it has no effect: it is moved.
		changes.push({ change: { kind: 'put-block', policy: policy.name, entries }, policy: policy.name, verdicts: blockDemands });
	}
	return judgeOrdinals(scan, policy, named, verdicts, changes) || governed;
}

function judgeOrdinals(
	scan: Scan,
	policy: FilePolicy,
	named: (verdict: Verdict) => PolicyVerdict,
	verdicts: PolicyVerdict[],
	changes: { change: Change; policy: string | null; verdicts: PolicyVerdict[] }[],
): boolean {
	if (policy.ordinal === null && policy.visibleCount === null) return false;
	for (const device of scan.devices) {
		if (policy.ordinal === null) {
			if (policy.visibleCount === null || device.ordinal < policy.visibleCount) continue;
			verdicts.push(
				named({
					rule: 'device/ordinal',
					span: device.span,
					message: `${device.text} is no device: ${policy.visibleCount} visible, ordinals 0 to ${policy.visibleCount - 1}`,
					hint: 'choose by hand, or set spec.files[].deviceOrdinal where one device is visible',
					field: policy.field,
					disposition: 'person',
				}),
			);
			continue;
		}
		if (device.ordinal === policy.ordinal) continue;
		const field = `${policy.field}.deviceOrdinal`;
		if (policy.visibleCount === null) {
			verdicts.push(
				named({
					rule: 'env/unknown',
					span: device.span,
					message: `${device.text}: how many devices are visible is unknown here`,
					hint: 'gpupolicy inventory shows what can be read',
					field,
					disposition: 'unknown',
				}),
			);
			continue;
		}
		if (device.notRewritable !== undefined) {
			verdicts.push(
				named({
					rule: 'device/map',
					span: device.span,
					message: `${device.text} is not ordinal ${policy.ordinal}; not rewritten: ${device.notRewritable}`,
					hint: 'choose by hand',
					field,
					disposition: 'person',
				}),
			);
			continue;
		}
		const verdict = named({
			rule: 'device/ordinal',
			span: device.span,
			message: `${device.text} is not ordinal ${policy.ordinal}`,
			hint: `write ordinal ${policy.ordinal} (gpupolicy reconcile does it)`,
			field,
			disposition: 'fixable',
		});
		verdicts.push(verdict);
		changes.push({ change: { kind: 'set-ordinal', device, ordinal: policy.ordinal }, policy: policy.name, verdicts: [verdict] });
	}
	return scan.devices.length > 0;
}

function judgeOrphans(
	scan: Scan,
	all: readonly FilePolicy[],
	context: FileContext,
	verdicts: PolicyVerdict[],
	changes: { change: Change; policy: string | null; verdicts: PolicyVerdict[] }[],
): void {
	if (context.policyNames === null) return;
	for (const block of scan.blocks) {
		const declared = context.policyNames.has(block.policy);
		if (declared && (all.some(({ name }) => name === block.policy) || context.selecting?.has(block.policy) !== true)) continue;
		const verdict: PolicyVerdict = {
			policy: null,
			rule: 'env/orphaned',
			span: { start: block.span.start, end: block.span.start },
			message: `the managed block of policy ${block.policy} is left over: ${declared ? 'it does not select this file' : 'no such policy'}`,
			hint: 'gpupolicy reconcile --prune removes it',
			field: '',
			disposition: context.prune ? 'fixable' : 'person',
		};
		verdicts.push(verdict);
		if (context.prune) changes.push({ change: { kind: 'remove-block', block }, policy: null, verdicts: [verdict] });
	}
}

/** A setting that several carriers share (a YAML anchor) is judged for each of them and said once. */
function withoutRepetition(verdicts: readonly PolicyVerdict[]): PolicyVerdict[] {
	const seen = new Set<string>();
	return verdicts.filter(({ rule, policy, span, message, disposition }) => {
		if (span === null) return true;
		const key = [rule, policy, span.start, span.end, disposition, message].join('\0');
		if (seen.has(key)) return false;
		seen.add(key);
		return true;
	});
}
