import { type ConditionReason, statusOfReason } from '../../api/conditions.ts';
import type { Condition, GpuPolicySpec, GpuPolicyStatus } from '../../api/v1alpha1.generated.ts';
import { cut, outcomesOf, toCondition } from '../../core/status/condition.ts';
import { type AnyVerdict, verdict } from '../../core/status/verdict.ts';
import type { ClusterPolicy, DutyCondition, DutyOutcome } from '../duty.ts';
import type { DutyState } from './board.ts';
import { readyOf, readyWhileStalled } from './cluster-ready.ts';
import { fitStatus } from './fit-status.ts';

export interface StatusInput {
	readonly policy: ClusterPolicy;
	/** Why the spec cannot be carried out. */
	readonly problems: readonly string[];
	/** By name. */
	readonly duties: ReadonlyMap<string, DutyState>;
	/** What keeps us from seeing or writing any policy as it is now. */
	readonly trouble?: { readonly reason: ConditionReason<'Stalled'>; readonly message: string } | null;
	readonly before: GpuPolicyStatus | undefined;
	/** RFC 3339. */
	readonly at: string;
}

type Stalled = { readonly reason: ConditionReason<'Stalled'>; readonly message: string };

/** The condition that a duty answers for, by the duty's name, and whether a policy asks for it. */
const answersFor: Readonly<
	Record<
		string,
		{ readonly type: DutyCondition; readonly part: 'admission' | 'workloads' | 'nodes'; asked(spec: GpuPolicySpec): boolean }
	>
> = {
	admission: { type: 'AdmissionProgrammed', part: 'admission', asked: ({ workloads }) => workloads !== undefined },
	workloads: { type: 'WorkloadsConverged', part: 'workloads', asked: ({ workloads }) => workloads !== undefined },
	nodes: { type: 'NodesValidated', part: 'nodes', asked: ({ nodes }) => nodes !== undefined },
};

/** What the columns of a duty say that the policy does not ask for. Files are never converged from within a cluster. */
const off: Readonly<Record<'admission' | 'workloads' | 'nodes' | 'files', Partial<GpuPolicyStatus>>> = {
	admission: {},
	workloads: { workloads: { summary: '-', selected: 0, compliant: 0, restartRequired: 0, unmanaged: 0 } },
	nodes: { nodes: { summary: '-', total: 0, compliant: 0, unknown: 0 } },
	files: { files: { summary: '-', matched: 0, governed: 0, compliant: 0, changed: 0, refused: 0 } },
};

/**
 * The status of a policy from what its duties found. `null`: leave what is written as it is, because it speaks of this spec and not every
 * duty has looked again since this controller took over.
 */
export function composeStatus(input: StatusInput): GpuPolicyStatus | null {
	const { policy, before, duties, problems } = input;
	const { generation, digest } = policy;
	if (policy.suspended) return { ...before, observedGeneration: generation };
	const stands = before?.observedGeneration === generation && before.digest === digest && !isReconciling(before);
	const states = [...duties.values()];
	const failing = states.some(({ failure }) => failure !== null);
	const unseen = states.some(({ last, failure }) => last === null && failure === null);
	if (stands && unseen && !failing && problems.length === 0 && !input.trouble) return null;

	const found = [...duties].map(([name, state]) => dutyPart(name, state, input, stands));
	const stalled = stalledOf(input, states);
	const reconciling = stalled ? null : reconcilingOf(input, stands);
	const conditions = found.flatMap(({ condition }) => condition ?? []);
	const ready = stalled
		? readyWhileStalled(stalled.reason, stalled.message)
		: reconciling
			? verdict('Ready', reconciling.reason, reconciling.message)
			: readyOf(policy.object.spec, conditions as readonly (Condition & { type: DutyCondition })[]);
	const own: AnyVerdict[] = [
		ready,
		...(reconciling ? [verdict('Reconciling', reconciling.reason, reconciling.message)] : []),
		...(stalled ? [verdict('Stalled', stalled.reason, stalled.message)] : []),
	];
	const outcome = { digest, generation, at: input.at, reason: ready.reason, message: cut(ready.message, 1024) };
	const lastOutcomes = reconciling ? before?.lastOutcomes : outcomesOf(before, outcome);
	return fitStatus({
		observedGeneration: generation,
		digest,
		conditions: [...own.map((one) => toCondition(one, generation, input.at, before)), ...conditions],
		...off.files,
		...Object.assign({}, ...found.map(({ part }) => part)),
		...(lastOutcomes ? { lastOutcomes } : {}),
	});
}

/** What one duty adds to the status. What was said of an earlier spec keeps its own observedGeneration: it is what is in force still. */
function dutyPart(
	name: string,
	{ last }: DutyState,
	{ policy, before, at }: StatusInput,
	stands: boolean,
): { readonly condition: Condition | null; readonly part: Partial<GpuPolicyStatus> } {
	const own = answersFor[name];
	if (!own) return { condition: null, part: {} };
	const { type, part, asked } = own;
	if (last?.generation === policy.generation) {
		const { condition, status = {} } = last.outcome;
		if (!asked(policy.object.spec)) return { condition: null, part: { ...off[part], ...status } };
		return { condition: condition && toCondition(verdictOf(condition), policy.generation, at, before), part: status };
	}
	if (!asked(policy.object.spec)) return { condition: null, part: off[part] };
	const standing = before?.conditions?.find((one) => one.type === type);
	const kept = before?.[part];
	if (standing && (stands || standing.reason !== 'NotYetObserved'))
		return { condition: standing, part: kept ? { [part]: kept } : {} };
	const unseen = verdictOf({ type, reason: 'NotYetObserved', message: `${name} has not looked yet` });
	return { condition: toCondition(unseen, policy.generation, at, before), part: {} };
}

function verdictOf({ type, reason, message }: NonNullable<DutyOutcome['condition']>): AnyVerdict {
	return { type, status: statusOfReason<DutyCondition>(type, reason), reason, message } as AnyVerdict;
}

/** Nothing but a person helps: every reason that there is, under the first. */
function stalledOf({ problems, trouble, policy }: StatusInput, states: readonly DutyState[]): Stalled | null {
	if (problems.length > 0) return { reason: 'InvalidSpec', message: problems.join('; ') };
	const all: Stalled[] = [
		...(trouble ? [trouble] : []),
		...states.flatMap(({ failure, last }): Stalled[] => {
			if (failure?.kind === 'stalled') return [failure];
			return last?.generation === policy.generation && last.outcome.stalled ? [last.outcome.stalled] : [];
		}),
	];
	const first = all[0];
	return first ? { reason: first.reason, message: [...new Set(all.map(({ message }) => message))].join('; ') } : null;
}

function reconcilingOf(
	{ policy, duties }: StatusInput,
	stands: boolean,
): { readonly reason: ConditionReason<'Reconciling'>; readonly message: string } | null {
	const retries: string[] = [];
	const work: string[] = [];
	const waiting: string[] = [];
	for (const [name, { last, failure }] of duties) {
		if (failure) retries.push(`${name}: ${failure.message}`);
		else if (last?.generation === policy.generation) {
			const { progressing } = last.outcome;
			if (progressing) (progressing.reason === 'ProgressingWithRetry' ? retries : work).push(`${name}: ${progressing.message}`);
		} else if (last !== null || !stands) waiting.push(name);
	}
	if (retries.length + work.length + waiting.length === 0) return null;
	const message = [...retries, ...work, ...(waiting.length > 0 ? [`not looked yet: ${waiting.join(', ')}`] : [])].join('; ');
	return { reason: retries.length > 0 ? 'ProgressingWithRetry' : 'Progressing', message };
}

function isReconciling({ conditions = [] }: GpuPolicyStatus): boolean {
	return conditions.some(({ type }) => type === 'Reconciling');
}
