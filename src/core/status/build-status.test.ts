import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
	type ConditionReason,
	type ConditionType,
	conditionReasons,
	stalledReasons,
	statusOfReason,
} from '../../api/conditions.ts';
import type { Condition, GpuPolicy } from '../../api/v1alpha1.generated.ts';
import { noInventory, resolvePolicy } from '../desired/resolve.ts';
import { type Fact, known, unknown } from '../observed/fact.ts';
import { device, inventory, rtx5060 } from '../observed/inventory.fixture.ts';
import type { Inventory } from '../observed/inventory.ts';
import type { Finding } from '../plan/finding.ts';
import { withStatus } from './build-status.ts';
import { fileState, type ObservedDevices, type ObservedFile, type PolicyObservation } from './observation.ts';

const at = '2026-01-02T03:04:05Z';

function finding(changes: Partial<Finding>): Finding {
	return {
		rule: 'env/missing',
		policy: 'one',
		path: 'a.py',
		place: null,
		message: 'm',
		hint: '',
		field: null,
		disposition: 'fixable',
		...changes,
	};
}

function file(findings: readonly Finding[], conflicts: ObservedFile['conflicts'] = []): ObservedFile {
	return { path: 'a.py', state: fileState(findings), findings, conflicts, written: false };
}

const live = (of: Inventory): Fact<Inventory> => known(of, 'NVML 580.65.06', at);
const gone = unknown('NoSource', 'no driver');
const held = rtx5060(0, { processes: [{ pid: 7, startTime: null, usedMemoryBytes: null, name: 'python', kind: 'Compute' }] });
const conflict = { policies: ['one', 'two'], subject: 'X', wants: ['1', '2'] } as const;

const fileCases: Readonly<Record<string, Partial<PolicyObservation>>> = {
	'in order': { files: [file([])] },
	nothing: { files: [] },
	drifted: { files: [file([finding({})]), file([finding({ disposition: 'person' })])] },
	'for a person': { files: [file([finding({ disposition: 'person' })])] },
	refused: { files: [file([finding({ rule: 'file/syntax', disposition: 'person' })])] },
	'not written': { files: [file([finding({ rule: 'file/write-failed', disposition: 'person' })])] },
	unknown: { files: [file([finding({ disposition: 'unknown' })])] },
	'an include without a match': { files: [], general: [finding({ rule: 'include/no-match', disposition: 'person' })] },
	'a folder that cannot be listed': { files: [], unreadable: ['secret'] },
	'a conflict': { files: [file([], [conflict])] },
};

const deviceCases: Readonly<Record<string, ObservedDevices>> = {
	'nobody looked': { basis: noInventory, live: null, mismatches: [] },
	'no driver': { basis: gone, live: gone, mismatches: [] },
	'recorded only': { basis: live(inventory(rtx5060(0), device(1))), live: gone, mismatches: [] },
	compliant: { basis: live(inventory(rtx5060(0), device(1))), live: live(inventory(rtx5060(0), device(1))), mismatches: [] },
	'a process on a forbidden device': { basis: live(inventory(held)), live: live(inventory(held, device(1))), mismatches: [] },
	'processes not listed': { basis: gone, live: live(inventory(rtx5060(0, { processes: null }), device(1))), mismatches: [] },
	mismatch: { basis: live(inventory(device(0))), live: live(inventory(device(0))), mismatches: ['one moved'] },
	'none allowed': { basis: live(inventory(rtx5060(0))), live: live(inventory(rtx5060(0))), mismatches: [] },
};

function policy(mode: 'Enforce' | 'Audit', duties: Partial<GpuPolicy['spec']>): GpuPolicy {
	return {
		apiVersion: 'gpupolicy.dev/v1alpha1',
		kind: 'GpuPolicy',
		metadata: { name: 'one' },
		spec: { mode, devices: { allow: [{ productName: 'NVIDIA GeForce RTX 3090' }] }, ...duties } as GpuPolicy['spec'],
	};
}

/** Every combination of mode, duties, files and devices. */
function* observations(): Generator<[name: string, PolicyObservation]> {
	for (const mode of ['Enforce', 'Audit'] as const) {
		for (const duties of [
			{},
			{ nodes: {} },
			{ files: [{ include: ['**/*.py'] }] },
			{ nodes: {}, files: [{ include: ['**/*.py'] }] },
		]) {
			for (const [fileCase, files] of Object.entries(fileCases)) {
				for (const [deviceCase, devices] of Object.entries(deviceCases)) {
					const input = {
						policy: policy(mode, duties as Partial<GpuPolicy['spec']>),
						digest: 'd',
						file: 'gpupolicy.yaml',
						line: 1,
					};
					const resolved = resolvePolicy(input, { inventory: devices.basis, secret: () => gone });
					const base = { policy: resolved, at, root: '/r', matched: 3, files: [], general: [], unreadable: [], devices };
					yield [`${mode} ${Object.keys(duties).join('+')}: ${fileCase}, ${deviceCase}`, { ...base, ...files }];
				}
			}
		}
	}
}

const all = [...observations()].map(([name, observation]): [string, readonly Condition[]] => [
	name,
	withStatus(observation, undefined).status?.conditions ?? [],
]);

describe('the status of a policy', () => {
	it('has only documented reasons, each with its one status', () => {
		for (const [name, conditions] of all) {
			for (const { type, status, reason } of conditions) {
				const known = type as ConditionType;
				const documented = [...Object.keys(conditionReasons[known]), ...(type === 'Ready' ? Object.keys(stalledReasons) : [])];
				assert.ok(documented.includes(reason), `${name}: ${type}/${reason}`);
				assert.equal(status, statusOfReason(known, reason as ConditionReason), `${name}: ${type}/${reason}`);
			}
		}
	});

	it('reaches every reason that a local pass can give', () => {
		const seen = new Set(all.flatMap(([, conditions]) => conditions.map(({ type, reason }) => `${type}/${reason}`)));
		for (const reason of [
			'Ready/Converged',
			'Ready/AuditOnly',
			'Ready/DriftDetected',
			'Ready/NodesNonCompliant',
			'Ready/FactsUnknown',
			'Ready/ConflictingPolicies',
			'Stalled/ConflictingPolicies',
			'Stalled/SelectorCannotMatch',
			'FilesConverged/InSync',
			'FilesConverged/Drifted',
			'FilesConverged/WriteFailed',
			'FilesConverged/Refused',
			'FilesConverged/RepoUnavailable',
			'NodesValidated/AllCompliant',
			'NodesValidated/ForbiddenDeviceExposed',
			'NodesValidated/InventoryMismatch',
			'NodesValidated/NVMLUnavailable',
		])
			assert.ok(seen.has(reason), reason);
	});

	it('has Ready always, Stalled only while True, and Ready repeats its reason', () => {
		for (const [name, conditions] of all) {
			const ready = conditions.find(({ type }) => type === 'Ready');
			const stalled = conditions.find(({ type }) => type === 'Stalled');
			assert.ok(ready, name);
			if (!stalled) continue;
			assert.deepEqual([stalled.status, ready.status, ready.reason], ['True', 'False', stalled.reason], name);
		}
	});

	it('never calls a policy converged on a fact that is unknown', () => {
		for (const [name, conditions] of all) {
			if (!conditions.some(({ status }) => status === 'Unknown')) continue;
			assert.notEqual(conditions.find(({ type }) => type === 'Ready')?.status, 'True', name);
		}
	});
});
