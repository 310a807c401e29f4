import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withDefaults } from '../../api/defaults.ts';
import type { GpuPolicyStatus } from '../../api/v1alpha1.generated.ts';
import type { ClusterPolicy, DutyOutcome } from '../duty.ts';
import type { DutyState } from './board.ts';
import { composeStatus, type StatusInput } from './compose-status.ts';
import { kstatus, statusFaults } from './kstatus.fixture.ts';
import { sameStatus } from './same-status.ts';
import { ownTypes } from './status-writer.ts';

const digest = 'd'.repeat(64);
const early = '2026-01-02T03:04:05Z';
const late = '2026-01-02T04:00:00Z';
const fresh: DutyState = { last: null, failure: null, cleaned: false };

function policy(spec: object, changes: Partial<ClusterPolicy> = {}): ClusterPolicy {
	const object = withDefaults({ apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', metadata: { name: 'one' }, spec });
	return { name: 'one', uid: 'u', generation: 1, digest, object, suspended: false, deleting: false, ...changes };
}

const both = { mode: 'Enforce', workloads: {}, nodes: {} };
const active: DutyOutcome = { condition: { type: 'AdmissionProgrammed', reason: 'PolicyActive', message: 'active' } };
const compliant: DutyOutcome = {
	condition: { type: 'NodesValidated', reason: 'AllCompliant', message: '2 of 2' },
	status: { nodes: { summary: '2/2', total: 2, compliant: 2, unknown: 0 } },
};
const of = (outcome: DutyOutcome, generation = 1): DutyState => ({ ...fresh, last: { generation, outcome } });

function compose(states: Readonly<Record<string, DutyState>>, changes: Partial<StatusInput> = {}): GpuPolicyStatus | null {
	return composeStatus({
		policy: policy(both),
		problems: [],
		duties: new Map(Object.entries(states)),
		before: undefined,
		at: early,
		...changes,
	});
}

function composed(states: Readonly<Record<string, DutyState>>, changes: Partial<StatusInput> = {}): GpuPolicyStatus {
	const status = compose(states, changes);
	assert.ok(status);
	assert.deepEqual(statusFaults(status, changes.before), []);
	return status;
}

function summary({ conditions = [] }: GpuPolicyStatus): string[] {
	return conditions.map(({ type, status, reason }) => `${type}=${status}/${reason}`);
}

describe('the status of a policy in a cluster', () => {
	it('is under way until every duty has looked, and then names what each found', () => {
		const first = composed({ admission: fresh, nodes: fresh });
		assert.deepEqual(summary(first), [
			'Ready=Unknown/Progressing',
			'Reconciling=True/Progressing',
			'AdmissionProgrammed=Unknown/NotYetObserved',
			'NodesValidated=Unknown/NotYetObserved',
		]);
		const second = composed({ admission: of(active), nodes: fresh }, { before: first, at: late });
		assert.equal(kstatus({ metadata: { generation: 1 }, status: second }), 'InProgress');
		assert.equal(second.lastOutcomes, undefined);
		const third = composed({ admission: of(active), nodes: of(compliant) }, { before: second, at: late });
		assert.deepEqual(summary(third), [
			'Ready=True/Converged',
			'AdmissionProgrammed=True/PolicyActive',
			'NodesValidated=True/AllCompliant',
		]);
		assert.equal(third.nodes?.summary, '2/2');
		assert.equal(third.files?.summary, '-');
		assert.equal(kstatus({ metadata: { generation: 1 }, status: third }), 'Current');
		assert.equal(third.lastOutcomes?.length, 1);
	});

	it('keeps what is in force of an earlier spec, with the generation that it was seen at', () => {
		const before = composed({ admission: of(active), nodes: of(compliant) });
		const edited = policy(both, { generation: 2, digest: 'e'.repeat(64) });
		const status = composed({ admission: of(active, 1), nodes: of(compliant, 1) }, { policy: edited, before, at: late });
		assert.equal(status.observedGeneration, 2);
		assert.deepEqual(
			status.conditions?.map(({ type, observedGeneration }) => `${type} ${observedGeneration}`),
			['Ready 2', 'Reconciling 2', 'AdmissionProgrammed 1', 'NodesValidated 1'],
		);
		assert.equal(kstatus({ metadata: { generation: 2 }, status }), 'InProgress');
	});

	it('is left as it stands by a controller that takes over, until every duty has looked', () => {
		const before = composed({ admission: of(active), nodes: of(compliant) });
		assert.equal(compose({ admission: fresh, nodes: fresh }, { before }), null);
		assert.equal(compose({ admission: of(active), nodes: fresh }, { before }), null);
		const again = composed({ admission: of(active), nodes: of(compliant) }, { before, at: late });
		assert.ok(sameStatus(before, again, ownTypes));
	});

	it('is Stalled for what only a person helps with, and never Reconciling beside it', () => {
		const stalled: DutyOutcome = {
			condition: { type: 'AdmissionProgrammed', reason: 'NotYetObserved', message: 'm' },
			stalled: { reason: 'ConflictingPolicies', message: 'one and two want different values' },
		};
		const status = composed({ admission: of(stalled), nodes: { ...fresh, failure: { kind: 'retry', message: 'no answer' } } });
		assert.deepEqual(summary(status).slice(0, 2), ['Ready=False/ConflictingPolicies', 'Stalled=True/ConflictingPolicies']);
		assert.equal(kstatus({ metadata: { generation: 1 }, status }), 'Failed');
		const invalid = composed({ admission: fresh, nodes: fresh }, { problems: ['spec.devices.allow[0]: no'] });
		assert.deepEqual(summary(invalid).slice(0, 2), ['Ready=False/InvalidSpec', 'Stalled=True/InvalidSpec']);
		const forbidden = { kind: 'stalled', reason: 'Forbidden', message: 'our account may not patch pods' } as const;
		assert.match(composed({ admission: { ...fresh, failure: forbidden } }).conditions?.[1]?.message ?? '', /may not patch pods/);
	});

	it('says that a failure is tried again', () => {
		const before = composed({ admission: of(active), nodes: of(compliant) });
		const failed: DutyState = { ...of(active), failure: { kind: 'retry', message: 'no answer; tried again in 3 s' } };
		const status = composed({ admission: failed, nodes: of(compliant) }, { before, at: late });
		assert.deepEqual(summary(status).slice(0, 2), [
			'Ready=Unknown/ProgressingWithRetry',
			'Reconciling=True/ProgressingWithRetry',
		]);
		assert.deepEqual(summary(status).slice(2), ['AdmissionProgrammed=True/PolicyActive', 'NodesValidated=True/AllCompliant']);
		const later: DutyState = { ...of(active), failure: { kind: 'retry', message: 'no answer; tried again in 12 s' } };
		assert.ok(sameStatus(status, composed({ admission: later, nodes: of(compliant) }, { before: status, at: late }), ownTypes));
	});

	it('keeps everything but observedGeneration while the policy is suspended', () => {
		const before = composed({ admission: of(active), nodes: of(compliant) });
		const suspended = policy({ ...both, suspend: true }, { generation: 2, digest: 'e'.repeat(64), suspended: true });
		const status = compose({ admission: fresh, nodes: fresh }, { policy: suspended, before, at: late });
		assert.deepEqual(status, { ...before, observedGeneration: 2 });
	});

	it('leaves out the condition of a duty that the policy does not ask for, and says what is not for a cluster', () => {
		const env = [{ name: 'HF_TOKEN', valueFrom: { file: { path: 'secret.env' } } }];
		const local = policy({ mode: 'Audit', env, files: [{ include: ['**/*.py'] }] });
		const none: DutyOutcome = { condition: null };
		const status = composed({ admission: of(none), workloads: of(none), nodes: of(none) }, { policy: local });
		assert.deepEqual(summary(status), ['Ready=True/AuditOnly']);
		assert.match(
			status.conditions?.[0]?.message ?? '',
			/files are converged by gpupolicy reconcile.*ignored in a cluster: HF_TOKEN/,
		);
		assert.deepEqual([status.files?.summary, status.workloads?.summary, status.nodes?.summary], ['-', '-', '-']);
	});

	it('stays far under 64 KiB with as many violations as long as they may be', () => {
		const violations = Array.from({ length: 20 }, (_, i) => ({
			place: 'p'.repeat(1200),
			rule: 'node/forbidden',
			message: `${i}${'ü'.repeat(1000)}`,
		}));
		const wide: DutyOutcome = {
			condition: { type: 'NodesValidated', reason: 'ForbiddenDeviceExposed', message: 'ü'.repeat(30_000) },
			status: { nodes: { summary: '1/5000', total: 5000, compliant: 1, unknown: 0, violations } },
		};
		let before: GpuPolicyStatus | undefined;
		for (let generation = 1; generation < 8; generation++) {
			const one = policy(both, { generation, digest: `${generation}`.padEnd(64, '0') });
			before = composed({ admission: of(active, generation), nodes: of(wide, generation) }, { policy: one, before, at: late });
		}
		assert.ok(before);
		assert.ok(Buffer.byteLength(JSON.stringify(before)) < 44 * 1024);
		assert.equal(before.lastOutcomes?.length, 5);
		assert.equal(before.nodes?.violations?.length, 20);
	});
});

describe('two statuses', () => {
	const one = composed({ admission: of(active), nodes: of(compliant) });

	it('say the same where only times and durations differ, or somebody else adds a condition', () => {
		const later = { ...one, admission: { mode: 'AdmissionPolicy', lastProbeTime: late } as const };
		const earlier = { ...one, admission: { mode: 'AdmissionPolicy', lastProbeTime: early } as const };
		assert.ok(sameStatus(earlier, later, ownTypes));
		const foreign = { type: 'Scanned', status: 'True', reason: 'Yes', message: 'm', lastTransitionTime: late } as const;
		assert.ok(sameStatus({ ...one, conditions: [...(one.conditions ?? []), foreign] }, one, ownTypes));
	});

	it('differ where a word, a count or a condition does', () => {
		const [ready, ...rest] = one.conditions ?? [];
		assert.ok(ready);
		assert.ok(!sameStatus({ ...one, conditions: rest }, one, ownTypes));
		assert.ok(!sameStatus({ ...one, conditions: [{ ...ready, message: '3 of 4' }, ...rest] }, one, ownTypes));
		assert.ok(!sameStatus({ ...one, observedGeneration: 9 }, one, ownTypes));
		assert.ok(!sameStatus(undefined, one, ownTypes));
	});
});
