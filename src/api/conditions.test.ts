import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ConditionType, conditionReasons, conditionTypes, statusOfReason } from './conditions.ts';

describe('conditions', () => {
	it('have reasons for every type, each with a meaning', () => {
		assert.deepEqual(Object.keys(conditionReasons), Object.keys(conditionTypes));
		for (const reasons of Object.values(conditionReasons)) {
			for (const [name, { meaning }] of Object.entries(reasons)) assert.match(meaning, /^[A-Z`].+\.$/, name);
		}
	});

	it('are present only while True where kstatus says so', () => {
		for (const type of ['Reconciling', 'Stalled'] satisfies ConditionType[]) {
			for (const { status } of Object.values(conditionReasons[type])) assert.equal(status, 'True');
		}
	});

	it('give Ready the status that follows from the reason that it repeats', () => {
		assert.equal(statusOfReason('Ready', 'Converged'), 'True');
		assert.equal(statusOfReason('Ready', 'AuditOnly'), 'True');
		assert.equal(statusOfReason('Ready', 'ConflictingPolicies'), 'False');
		assert.equal(statusOfReason('Ready', 'Progressing'), 'Unknown');
		assert.equal(statusOfReason('NodesValidated', 'NoneSelected'), 'True');
		assert.equal(statusOfReason('FilesConverged', 'RepoUnavailable'), 'Unknown');
	});
});
