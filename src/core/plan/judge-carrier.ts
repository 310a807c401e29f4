import type { DesiredVariable, FilePolicy } from '../desired/file-policy.ts';
import type { Carrier, EnvEntry, ManagedBlock, Setting, Span } from '../ports/format.ts';
import type { Disposition } from './finding.ts';
import type { RuleId } from './rules.ts';

/** A finding before it has a place and a path. */
export interface Verdict {
	readonly rule: RuleId;
	readonly span: Span | null;
	readonly message: string;
	readonly hint: string;
	readonly field: string;
	readonly disposition: Disposition;
}

/** What one policy asks of one carrier. */
export interface CarrierJudgement {
	readonly verdicts: readonly Verdict[];
	/** Literals to rewrite. */
	readonly values: readonly { readonly setting: Setting; readonly value: string; readonly verdict: Verdict }[];
	/** Variables that must be supplied, with the verdict that demands each. */
	readonly demands: readonly { readonly entry: EnvEntry; readonly verdict: Verdict }[];
	/** True where the policy has anything to say about the carrier. */
	readonly governed: boolean;
}

const visibleDevices = /(^|_)VISIBLE_DEVICES$/;

/** True for a device list that names several devices, such as `0,3`; choosing one of them is a person's decision. */
function namesSeveralDevices(variable: string, text: string): boolean {
	return visibleDevices.test(variable) && text.includes(',');
}

/**
 * True for a device list that shows a program no GPU at all: empty, or with a first entry that can be no device, at which CUDA
 * stops reading. People write that to run on the CPU on purpose (docs/adr/0017).
 */
function hidesEveryDevice(variable: string, text: string): boolean {
	return /^(CUDA|HIP|ROCR)_VISIBLE_DEVICES$/.test(variable) && /^\s*(-\d+|none|nodevfiles)?\s*$/i.test(text);
}

function quote(variable: DesiredVariable, text: string): string {
	return variable.secret ? 'another value' : JSON.stringify(text);
}

function wanted(variable: DesiredVariable, text: string): string {
	return variable.secret ? `the value of its source (${variable.field})` : JSON.stringify(text);
}

/** Which settings still count after the change: literal and unconditional, right already or about to be rewritten. */
function isEffective(setting: Setting, want: string, rewritten: ReadonlySet<Setting>): boolean {
	if (setting.effect !== 'sets' || setting.value.kind !== 'literal') return false;
	return setting.value.text === want || rewritten.has(setting);
}

function inside(span: Span, block: ManagedBlock): boolean {
	return span.start >= block.span.start && span.end <= block.span.end;
}

/** Why a variable that has settings is nevertheless not in effect: the rule that says it best; `null` where it has none. */
function demandVerdict(variable: DesiredVariable, want: string, settings: readonly Setting[], carrier: Carrier): Verdict | null {
	const base = { field: variable.field, disposition: 'fixable' as const };
	const hint =
		carrier.supply === 'block' ? 'the managed block supplies it' : `add ${variable.name}=${variable.secret ? '***' : want}`;
	const late = settings.find((setting) => setting.effect === 'late');
	if (late) {
		return {
			...base,
			rule: 'env/late',
			span: late.span,
			message: `${variable.name} is set after the first GPU import${evidence(carrier)}; whether it has an effect depends on what initialised CUDA first`,
			hint,
		};
	}
	const partial = settings.find((setting) => setting.effect === 'conditional' || setting.effect === 'deferred');
	if (partial) {
		const where = partial.effect === 'conditional' ? 'under a condition' : 'inside a function';
		return { ...base, rule: 'env/conditional', span: partial.span, message: `${variable.name} is set only ${where}`, hint };
	}
	const fallback = settings.find((setting) => setting.effect === 'default');
	if (fallback) {
		return {
			...base,
			rule: 'env/missing',
			span: fallback.span,
			message: `${variable.name} is only a default here; a value from outside wins`,
			hint,
		};
	}
	return null;
}

/** One verdict for all variables that nothing here sets: a file without any says so once, not once a variable. */
function supplyAbsent(
	absent: readonly DesiredVariable[],
	carrier: Carrier,
	verdicts: Verdict[],
): { entry: EnvEntry; verdict: Verdict }[] {
	const [first] = absent;
	if (first === undefined) return [];
	const names = absent.map((variable) => variable.name).join(', ');
	const where = carrier.id === 'module' || carrier.whole ? '' : ` in ${carrier.id}`;
	const byHand = carrier.supply === 'none';
	const verdict: Verdict = {
		rule: 'env/missing',
		span: carrier.gpuSpan ?? null,
		message: `${names} ${absent.length === 1 ? 'is' : 'are'} not set${where}${evidence(carrier)}${carrier.unread ? `; what ${carrier.unread} sets is not proved` : ''}`,
		hint: byHand
			? 'set them by hand'
			: carrier.supply === 'block'
				? 'the managed block supplies them'
				: 'gpupolicy reconcile adds them',
		field: absent.length === 1 ? first.field : 'spec.env',
		disposition: byHand ? 'person' : 'fixable',
	};
	verdicts.push(verdict);
	if (byHand) return [];
	return absent.flatMap(({ name, value }) => (value.state === 'known' ? [{ entry: { name, value: value.text }, verdict }] : []));
}

function evidence(carrier: Carrier): string {
	return carrier.gpuEvidence ? `, ${carrier.gpuEvidence}` : '';
}

function secretTracked(variable: DesiredVariable, span: Span | null): Verdict {
	return {
		rule: 'secret/tracked',
		span,
		message: `${variable.name} is a secret and this file is not ignored by git; it is not written here`,
		hint: 'add the file to .gitignore and remove it from the index: git rm --cached',
		field: variable.field,
		disposition: 'person',
	};
}

/** Judges one setting of a known variable; `null` where it is in order. */
function judgeSetting(
	setting: Setting,
	variable: DesiredVariable,
	want: string,
	secretsWritable: boolean,
): { verdict: Verdict; rewrite: boolean } | null {
	const base = { span: setting.valueSpan ?? setting.span, field: variable.field };
	if (setting.effect === 'unset') {
		return {
			rewrite: false,
			verdict: {
				...base,
				rule: 'env/unset',
				message: `${variable.name} is removed here`,
				hint: 'remove this line, or ignore it with a reason: gpupolicy: ignore[env/unset] reason',
				disposition: 'person',
			},
		};
	}
	if (setting.forbidden !== undefined) {
		return {
			rewrite: false,
			verdict: { ...base, rule: 'device/host-index', message: setting.forbidden, hint: 'remove it here', disposition: 'person' },
		};
	}
	if (setting.value.kind === 'dynamic') {
		return {
			rewrite: false,
			verdict: {
				...base,
				rule: 'env/dynamic',
				message: `${variable.name} comes from ${setting.value.why}; cannot be proved`,
				hint: 'read the device from the policy instead, or ignore it with a reason: gpupolicy: ignore[env/dynamic] reason',
				disposition: 'person',
			},
		};
	}
	const text = setting.value.text;
	if (text === want) return null;
	if (namesSeveralDevices(variable.name, text)) {
		return {
			rewrite: false,
			verdict: {
				...base,
				rule: 'env/multi-gpu',
				message: `${variable.name} names several devices (${JSON.stringify(text)}); the policy wants ${wanted(variable, want)}`,
				hint: 'choose by hand: a list is never rewritten',
				disposition: 'person',
			},
		};
	}
	const cpu = hidesEveryDevice(variable.name, text);
	const message = `${variable.name} is ${quote(variable, text)}${cpu ? ' (no GPU at all)' : ''}, the policy wants ${wanted(variable, want)}`;
	const keep = cpu ? '; if the CPU is meant, keep it with a reason: gpupolicy: ignore[env/value] reason' : '';
	if (setting.valueSpan === undefined || setting.notRewritable !== undefined) {
		return {
			rewrite: false,
			verdict: {
				...base,
				rule: 'env/value',
				message: `${message}; it cannot be rewritten in place${setting.notRewritable ? ` (${setting.notRewritable})` : ''}`,
				hint: `write ${variable.secret ? 'it' : JSON.stringify(want)} by hand${keep}`,
				disposition: 'person',
			},
		};
	}
	if (variable.secret && !secretsWritable) {
		return { rewrite: false, verdict: secretTracked(variable, base.span) };
	}
	return {
		rewrite: true,
		verdict: {
			...base,
			rule: 'env/value',
			message,
			hint: variable.secret
				? 'gpupolicy reconcile writes it'
				: `write ${JSON.stringify(want)} (gpupolicy reconcile does it)${keep}`,
			disposition: 'fixable',
		},
	};
}

/** Judges one carrier against one policy. Pure; settings inside managed blocks are judged with the block. */
export function judgeCarrier(
	carrier: Carrier,
	policy: FilePolicy,
	blocks: readonly ManagedBlock[],
	secretsWritable: boolean,
): CarrierJudgement {
	const verdicts: Verdict[] = [];
	const values: { setting: Setting; value: string; verdict: Verdict }[] = [];
	const demands: { entry: EnvEntry; verdict: Verdict }[] = [];
	const names = new Set(policy.variables.map((variable) => variable.name));
	const mine = carrier.settings.filter((setting) => names.has(setting.variable));
	const sets = mine.some((setting) => setting.forbidden === undefined && setting.effect !== 'unset');
	const demanded =
		carrier.gpu === 'yes' || (carrier.gpu === 'undetermined' && (sets || (policy.declared && carrier.whole === true)));
	const unknowns: DesiredVariable[] = [];
	const absent: DesiredVariable[] = [];

	for (const variable of policy.variables) {
		const settings = mine.filter((setting) => setting.variable === variable.name);
		const never = carrier.neverAdd?.[variable.name] !== undefined;
		if (variable.value.state === 'unknown') {
			if (settings.length > 0 || (demanded && !never)) unknowns.push(variable);
			continue;
		}
		const want = variable.value.text;
		const rewritten = new Set<Setting>();
		for (const setting of settings) {
			if (blocks.some((block) => inside(setting.span, block))) continue;
			const judged = judgeSetting(setting, variable, want, secretsWritable);
			if (judged === null) continue;
			verdicts.push(judged.verdict);
			if (judged.rewrite) {
				rewritten.add(setting);
				values.push({ setting, value: want, verdict: judged.verdict });
			}
		}
		if (!demanded || never || carrier.inherited?.includes(variable.name)) continue;
		if (settings.some((setting) => isEffective(setting, want, rewritten))) continue;
		if (carrier.supply === 'entries' && settings.some((setting) => suppliesInPlace(setting))) continue;
		if (variable.secret && carrier.supply === 'block') continue;
		if (variable.secret && settings.length === 0 && !policy.declared) continue;
		const verdict = demandVerdict(variable, want, settings, carrier);
		if (variable.secret && !secretsWritable) {
			verdicts.push(secretTracked(variable, verdict?.span ?? null));
			continue;
		}
		if (verdict === null) {
			absent.push(variable);
			continue;
		}
		if (carrier.supply === 'none') {
			verdicts.push({ ...verdict, disposition: 'person', hint: 'set it by hand' });
			continue;
		}
		verdicts.push(verdict);
		demands.push({ entry: { name: variable.name, value: want }, verdict });
	}
	if (unknowns.length > 0) {
		const first = unknowns[0] as DesiredVariable;
		verdicts.push({
			rule: 'env/unknown',
			span: carrier.gpuSpan ?? mine[0]?.span ?? null,
			message: `${unknowns.map((variable) => variable.name).join(', ')}: the value is unknown here`,
			hint: first.value.state === 'unknown' ? first.value.message : '',
			field: first.field,
			disposition: 'unknown',
		});
	}
	demands.push(...supplyAbsent(absent, carrier, verdicts));
	return { verdicts, values, demands, governed: demanded || mine.length > 0 };
}

/**
 * In a carrier of entries (dotenv, compose, Dockerfile) a second entry of the same name beside a dynamic or multi-GPU one
 * would contradict it; the finding on the one that is there is enough.
 */
function suppliesInPlace(setting: Setting): boolean {
	return setting.effect === 'sets';
}
