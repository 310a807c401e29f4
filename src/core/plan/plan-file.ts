import type { FilePolicy } from '../desired/file-policy.ts';
import type { Change, EnvEntry, Format, Interest, Scan, Source, TextEdit } from '../ports/format.ts';
import { applyEdits } from './apply-edits.ts';
import type { Conflict } from './conflicts.ts';
import type { Finding } from './finding.ts';
import { type FileContext, type FileJudgement, judgeFile, type PolicyVerdict } from './judge-file.ts';
import { holdsOtherValues, maskAround } from './mask.ts';
import { Lines } from './place.ts';
import type { RuleId } from './rules.ts';

/** What is to be done to one file, and what is wrong with it. Data only: nothing was written. */
export interface FilePlan {
	readonly path: string;
	readonly format: string;
	/** False where no policy has anything to say about the file. */
	readonly governed: boolean;
	readonly findings: readonly Finding[];
	readonly conflicts: readonly Conflict[];
	/** What to change, and the content that results; absent where nothing is to be changed. */
	readonly edit?: {
		readonly edits: readonly TextEdit[];
		readonly after: Uint8Array;
		/** What is left to say of the new content. */
		readonly findings: readonly Finding[];
	};
	/** One line for people: what each change does. */
	readonly summary: string;
	/** Policies that cause the changes, sorted. */
	readonly policies: readonly string[];
	/** Some change writes a secret: git must ignore the file. */
	readonly writesSecret: boolean;
	/** Texts that must never be shown. */
	readonly secrets: readonly string[];
}

export function redactor(secrets: readonly string[]): (text: string) => string {
	if (secrets.length === 0) return (text) => text;
	const ordered = [...secrets].sort((a, b) => b.length - a.length);
	return (text) => ordered.reduce((masked, secret) => masked.split(secret).join('***'), text);
}

function covered(scan: Scan, verdict: PolicyVerdict): boolean {
	const at = verdict.span?.start;
	return scan.ignores.some(
		(ignore) =>
			ignore.reason.trim() !== '' &&
			ignore.rules.includes(verdict.rule) &&
			(at === undefined
				? ignore.covers.start === 0
				: at >= ignore.covers.start && at < Math.max(ignore.covers.end, ignore.covers.start + 1)),
	);
}

/** Joins changes that several policies ask for alike: one rewrite of a literal, one addition of an entry. */
function merge(changes: readonly Change[]): Change[] {
	const merged: Change[] = [];
	const entries = new Map<Change & { kind: 'add-entries' }, EnvEntry[]>();
	for (const change of changes) {
		if (change.kind === 'set-value' && merged.some((other) => other.kind === 'set-value' && other.setting === change.setting))
			continue;
		if (change.kind === 'set-ordinal' && merged.some((other) => other.kind === 'set-ordinal' && other.device === change.device))
			continue;
		if (change.kind !== 'add-entries') {
			merged.push(change);
			continue;
		}
		const standing = [...entries.keys()].find((other) => other.carrier === change.carrier);
		if (!standing) {
			merged.push(change);
			entries.set(change, [...change.entries]);
			continue;
		}
		const list = entries.get(standing) as EnvEntry[];
		list.push(...change.entries.filter((entry) => !list.some((other) => other.name === entry.name)));
	}
	return merged.map((change) =>
		change.kind === 'add-entries' ? { ...change, entries: entries.get(change) as EnvEntry[] } : change,
	);
}

function describe(change: Change, lines: Lines, redact: (text: string) => string): string {
	switch (change.kind) {
		case 'set-value': {
			const from = change.setting.value.kind === 'literal' ? change.setting.value.text : '?';
			return `line ${lines.lineAt(change.setting.span.start)} ${change.setting.variable} ${redact(JSON.stringify(from))} -> ${redact(JSON.stringify(change.value))}`;
		}
		case 'set-ordinal':
			return `line ${lines.lineAt(change.device.span.start)} ${change.device.text} -> ordinal ${change.ordinal}`;
		case 'add-entries':
			return `${change.carrier.id === 'file' ? 'add' : `${change.carrier.id}: add`} ${change.entries.map((entry) => entry.name).join(', ')}`;
		case 'put-block':
			return `managed block of ${change.policy}`;
		case 'remove-block':
			return `line ${lines.lineAt(change.block.span.start)} block of ${change.block.policy} removed`;
	}
}

/** What becomes of a fixable finding under a policy that may not change the file. */
function withheld(verdict: PolicyVerdict, policies: readonly FilePolicy[]): Pick<Finding, 'disposition' | 'hint'> | null {
	if (verdict.disposition !== 'fixable') return null;
	const application = policies.find((policy) => policy.name === verdict.policy)?.application;
	if (application?.kind === 'audit') return { disposition: 'audit', hint: 'mode: Audit changes nothing' };
	if (application?.kind !== 'held') return null;
	return {
		disposition: 'person',
		hint: `on hold since revision ${application.revision} rolled it back; gpupolicy reconcile --release ends the hold`,
	};
}

/** What of a line a finding of a rule shows. */
type Excerpt = (rule: RuleId, line: string, mark: { readonly from: number; readonly to: number }) => string;

const asItStands: Excerpt = (_, line) => line;

/** A finding about the file itself (a quote that is never closed) may stand at anybody's value: its line is not shown at all. */
function withoutOtherValues(variables: ReadonlySet<string>): Excerpt {
	return (rule, line, mark) => (rule.startsWith('file/') ? '' : maskAround(line, mark, variables));
}

function toFinding(
	path: string,
	lines: Lines,
	verdict: PolicyVerdict,
	policies: readonly FilePolicy[],
	ignored: boolean,
	redact: (text: string) => string,
	show: Excerpt,
): Finding {
	const finding: Finding = {
		rule: verdict.rule,
		policy: verdict.policy,
		path,
		place: verdict.span ? lines.placeOf(verdict.span, (line, mark) => redact(show(verdict.rule, line, mark))) : null,
		message: redact(verdict.message),
		hint: redact(verdict.hint),
		field: verdict.field === '' ? null : verdict.field,
		disposition: ignored ? 'ignored' : verdict.disposition,
	};
	return ignored ? finding : { ...finding, ...withheld(verdict, policies) };
}

function refusal(source: Source, rule: RuleId, message: string, hint: string): Finding {
	return { rule, policy: null, path: source.path, place: null, message, hint, field: null, disposition: 'person' };
}

/** By line and column; what concerns the file as a whole comes last. The sort keeps the order of findings at one place. */
function byPlace({ place: a }: Finding, { place: b }: Finding): number {
	if (a === null || b === null) return Number(a === null) - Number(b === null);
	return a.line - b.line || a.column - b.column;
}

/** Findings that could not be mended after all become a person's. */
function handToPerson(findings: readonly Finding[]): Finding[] {
	return findings.map((finding) =>
		finding.disposition === 'fixable' ? { ...finding, disposition: 'person', hint: 'the file is left as it is' } : finding,
	);
}

/** One scan judged: what is wrong, and the changes that may be made about it. */
interface Assessment {
	readonly scan: Scan;
	readonly judged: FileJudgement;
	readonly lines: Lines;
	readonly redact: (text: string) => string;
	readonly findings: readonly Finding[];
	readonly planned: FileJudgement['changes'];
}

function assess(
	format: Format,
	source: Source,
	interest: Interest,
	policies: readonly FilePolicy[],
	context: FileContext,
): Assessment {
	const scan = format.scan(source, interest);
	const judged = judgeFile(scan, policies, context);
	const redact = redactor(judged.secrets);
	const lines = new Lines(source.bytes);
	const show = holdsOtherValues(format.id) ? withoutOtherValues(interest.variables) : asItStands;
	const stated = judged.verdicts
		.map((verdict) => toFinding(source.path, lines, verdict, policies, covered(scan, verdict), redact, show))
		.sort(byPlace);
	const refused = scan.diagnostics.some((diagnostic) => diagnostic.refuses);
	const findings = refused ? handToPerson(stated) : stated;
	return { scan, judged, lines, redact, findings, planned: wantedChanges(scan, judged, policies) };
}

/**
 * Plans one file: scan, judge, edit, and prove the edit by scanning the result again. A result that would still need
 * a change is refused, so that a second run never changes what the first one wrote.
 *
 * With `proof: false` the edit is made, so that its refusal is known, but neither proved nor returned: for `check`.
 */
export function planFile(
	format: Format,
	source: Source,
	interest: Interest,
	policies: readonly FilePolicy[],
	context: FileContext,
	options: { readonly proof: boolean } = { proof: true },
): FilePlan {
	const { scan, judged, lines, redact, findings, planned } = assess(format, source, interest, policies, context);
	const base = {
		path: source.path,
		format: format.id,
		governed: judged.governed,
		conflicts: judged.conflicts,
		secrets: judged.secrets,
	};
	const idle = { ...base, findings, summary: '', policies: [], writesSecret: false };
	if (planned.length === 0) return idle;
	const refuse = (rule: RuleId, message: string, hint: string): FilePlan => ({
		...idle,
		findings: [...handToPerson(findings), refusal(source, rule, redact(message), hint)],
	});

	if (!context.writable) return refuse('file/read-only', 'the file is read-only', 'make it writable (chmod u+w), or exclude it');
	const changes = merge(planned.map(({ change }) => change));
	const result = format.edit(source, scan, changes);
	if (!result.ok) return refuse(result.refusal.rule, result.refusal.message, 'the file is left as it is');
	const secretNames = new Set(
		policies.flatMap((policy) => policy.variables.filter((variable) => variable.secret).map((variable) => variable.name)),
	);
	const secret = changes.some((change) => writesSecret(change, secretNames));
	if (!options.proof) return { ...idle, writesSecret: secret };
	const after = applyEdits(source.bytes, result.edits);
	const proof = assess(format, { path: source.path, bytes: after }, interest, policies, context);
	const left = unmended(proof);
	if (left !== null) {
		return refuse(
			'file/syntax',
			`the planned edit would leave: ${left}; refused rather than guessed`,
			'the file is left as it is; please report it',
		);
	}
	return {
		...base,
		findings,
		edit: { edits: result.edits, after, findings: proof.findings },
		summary: changes.map((change) => describe(change, lines, redact)).join('; '),
		policies: [
			...new Set(planned.flatMap(({ policy, change }) => policy ?? (change.kind === 'remove-block' ? change.block.policy : []))),
		].sort(),
		writesSecret: secret,
	};
}

/** Changes that may be made: not ignored by a comment, and of a policy that may change the file. */
function wantedChanges(scan: Scan, judged: FileJudgement, policies: readonly FilePolicy[]): FileJudgement['changes'] {
	const enforcing = new Set(policies.filter((policy) => policy.application.kind === 'enforce').map((policy) => policy.name));
	return judged.changes.filter(
		({ policy, verdicts }) =>
			(policy === null || enforcing.has(policy)) &&
			(verdicts.length === 0 || verdicts.some((verdict) => !covered(scan, verdict))),
	);
}

function writesSecret(change: Change, names: ReadonlySet<string>): boolean {
	if (change.kind === 'set-value') return names.has(change.setting.variable);
	return change.kind === 'add-entries' && change.entries.some((entry) => names.has(entry.name));
}

/** What a second run would still change, or `null`. */
function unmended({ scan, planned }: Assessment): string | null {
	const broken = scan.diagnostics.find((diagnostic) => diagnostic.refuses);
	if (broken) return broken.message;
	const [still] = planned;
	return still ? (still.verdicts[0]?.message ?? still.change.kind) : null;
}
