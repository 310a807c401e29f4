import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bareProgram, policy, Sandbox } from './sandbox.ts';

describe('the status after a rollback', () => {
	it('claims nothing of the files until somebody looked at them again', (t) => {
		const box = new Sandbox(t, { 'gpupolicy.yaml': policy(), 'a.py': bareProgram });
		assert.equal(box.run(['reconcile']).code, 0);
		assert.match(box.run(['get']).stdout, /one +True +Enforce +1\/1 .* Converged/);
		assert.equal(box.run(['rollback']).code, 0);
		assert.match(box.run(['get']).stdout, /one +Unknown +Enforce +- .* NotYetObserved/);
		const described = box.run(['describe']).stdout;
		assert.match(described, /FilesConverged +Unknown +NotYetObserved .*a rollback put 1 file back/);
		assert.match(described, /a\.py/, 'what is on hold is named');
		assert.equal(box.run(['check']).code, 2);
		assert.match(box.run(['get']).stdout, /one +False +Enforce +0\/1 /);
		assert.equal(box.run(['reconcile', '--release']).code, 0);
		assert.match(box.run(['get']).stdout, /one +True +Enforce +1\/1 /);
	});
});
