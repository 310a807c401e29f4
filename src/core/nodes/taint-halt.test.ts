import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
	clearedTaintHalt,
	haltTaintsPatch,
	liftTaintsPatch,
	readTaintHalt,
	resumeTaintsAnnotation,
	resumeTaintsPatch,
	taintsHaltedAnnotation,
} from './taint-halt.ts';

const at = Date.parse('2026-01-02T03:04:05.678Z');
type Patch = Readonly<Record<string, string | null>> | null;

function patched(annotations: Record<string, string>, patch: Patch): Record<string, string> {
	return Object.fromEntries(Object.entries({ ...annotations, ...patch }).filter(([, value]) => value !== null)) as Record<
		string,
		string
	>;
}

describe('a halt of taints', () => {
	it('is lifted by its own token only', () => {
		const halted = patched({}, haltTaintsPatch('t1', at));
		assert.deepEqual(readTaintHalt(halted), { token: 't1', resumedBy: null, resumedAt: null });
		const resumed = patched(halted, resumeTaintsPatch(halted, ' ann \n of ops'));
		assert.equal(readTaintHalt(resumed).resumedBy, 'ann of ops');
		const lifted = patched(resumed, liftTaintsPatch(at + 1));
		assert.deepEqual(readTaintHalt(lifted), { token: null, resumedBy: null, resumedAt: at + 1 });
		assert.equal(resumeTaintsPatch(lifted, 'ann'), null);
		const left = { ...patched(lifted, haltTaintsPatch('t2', at)), [resumeTaintsAnnotation]: 't1 ann' };
		assert.equal(readTaintHalt(left).resumedBy, null, 'an answer to an earlier halt');
		assert.deepEqual(patched(left, clearedTaintHalt), {});
	});

	it('stands when somebody damages it', () => {
		for (const text of ['', 'x', ' ']) {
			const halt = readTaintHalt({ [taintsHaltedAnnotation]: text, [resumeTaintsAnnotation]: `${text} ann` });
			assert.notEqual(halt.token, null, text);
			assert.equal(halt.resumedBy, null, text);
		}
	});
});
