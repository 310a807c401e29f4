import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { trips } from './breaker.ts';
import { type Owner, ownerOf, type Parents } from './owner.ts';
import {
	type AnnotationPatch,
	clearedRemediation,
	evictionsPatch,
	haltedAnnotation,
	haltPatch,
	liftPatch,
	readRemediationState,
	resumeAnnotation,
	resumePatch,
} from './remediation-state.ts';
import { parseRestart, restartText } from './restart-annotation.ts';
import { podShape, type RunningPod } from './running-pod.ts';

const at = Date.parse('2026-01-02T03:04:05.678Z');

function patched(annotations: Readonly<Record<string, string>>, ...patches: readonly AnnotationPatch[]): Record<string, string> {
	const all = Object.assign({ ...annotations }, ...patches) as Record<string, string | null>;
	return Object.fromEntries(Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}

describe('what remediation remembers on the policy', () => {
	it('is a halt that only its own token lifts', () => {
		const halted = patched({}, haltPatch('t1', at));
		assert.deepEqual(readRemediationState(halted).halted, { token: 't1', at });
		assert.equal(readRemediationState(halted).resumedBy, null);
		const resumed = patched(halted, resumePatch(halted, ' ann \n of ops') ?? {});
		assert.equal(readRemediationState(resumed).resumedBy, 'ann of ops');
		const lifted = patched(resumed, liftPatch(at + 1));
		assert.deepEqual(readRemediationState(lifted), {
			halted: null,
			resumedBy: null,
			since: at + 1,
			ahead: 0,
			evictions: [],
		});
		const skewed = patched(resumed, liftPatch(at + 1, at + 3_600_000));
		assert.deepEqual([readRemediationState(skewed).since, readRemediationState(skewed).ahead], [at + 1, at + 3_600_000]);
		const again = { ...patched(lifted, haltPatch('t2', at + 2)), [resumeAnnotation]: resumed[resumeAnnotation] ?? '' };
		assert.equal(readRemediationState(again).resumedBy, null, 'a resume that was left behind');
		assert.equal(resumePatch(lifted, 'ann'), null, 'nothing is halted');
	});

	it('names who resumed in one line of bounded length, whatever stands in the annotation', () => {
		const halted = patched({}, haltPatch('t1', at));
		const by = (who: string): string | null => readRemediationState({ ...halted, [resumeAnnotation]: `t1 ${who}` }).resumedBy;
		assert.equal(by('ann\nFAKE LINE\u0007'), 'ann FAKE LINE');
		assert.equal(by('x'.repeat(5_000))?.length, 200);
		assert.equal(by(''), 'somebody');
	});

	it('stays a halt when somebody damages it', () => {
		for (const text of ['', 'x', 'x y z']) {
			const state = readRemediationState({ [haltedAnnotation]: text, [resumeAnnotation]: ' ann' });
			assert.ok(state.halted);
			assert.equal(state.resumedBy, null);
		}
	});

	it('is evictions, which read back as they were written', () => {
		const because = { digest: 'd1', newest: '2026-01-02T03:04:05Z' };
		const remember = [
			{ at, uid: 'u1', owner: 'Deployment ml/train', ...because },
			{ at: at + 1, uid: 'u2', owner: 'StatefulSet ml/store', ...because },
		];
		const annotations = patched({}, evictionsPatch(remember));
		assert.deepEqual(readRemediationState(annotations).evictions, remember);
		assert.deepEqual(readRemediationState({ 'gpupolicy.dev/evicted': 'yesterday u1 d1 today me\nx' }).evictions, []);
		assert.deepEqual(patched(annotations, clearedRemediation), {});
		assert.deepEqual(patched(annotations, evictionsPatch([])), {});
	});
});

describe('the restart annotation', () => {
	it('reads back as it was written, and nothing else does', () => {
		const restart = { policy: 'rtx3090.only', digest: '5f1c', at };
		assert.equal(restartText(restart), '2026-01-02T03:04:05.678Z rtx3090.only@5f1c');
		assert.deepEqual(parseRestart(restartText(restart)), restart);
		for (const text of ['', '2026-01-02T03:04:05Z', 'never a@5f1c', '2026-01-02T03:04:05Z a@'])
			assert.equal(parseRestart(text), null);
	});
});

describe('the circuit breaker', () => {
	it('trips over half of the selected pods, at five at least, and never on the first owner', () => {
		assert.equal(trips(4, 1, 10), false, 'half is not over half');
		assert.equal(trips(5, 1, 10), true);
		assert.equal(trips(3, 1, 4), false, 'fewer than five');
		assert.equal(trips(4, 1, 5), true);
		assert.equal(trips(0, 10, 10), false, 'one owner that holds them all');
	});
});

describe('the owner of a pod', () => {
	const apps = 'apps/v1';
	const pod = (owner: RunningPod['owner']): RunningPod =>
		({ namespace: 'ml', name: 'p', uid: 'pu', owner, shape: podShape({ containers: [] }) }) as RunningPod;
	const parents: Parents = (_, __, { uid }) =>
		new Map<string, ReturnType<Parents>>([
			['rs', { apiVersion: apps, kind: 'Deployment', name: 'd', uid: 'du' }],
			['bare-rs', null],
			['job', { apiVersion: 'batch/v1', kind: 'CronJob', name: 'c', uid: 'cu' }],
		]).get(uid);
	const owner = (apiVersion: string, kind: string, uid: string): Owner | null =>
		ownerOf(pod({ apiVersion, kind, name: 'x', uid }), parents);

	it('is the last of its chain, the pod itself, or not known', () => {
		assert.deepEqual(ownerOf(pod(null), parents), { kind: 'Pod', namespace: 'ml', name: 'p', uid: 'pu' });
		assert.deepEqual(owner(apps, 'ReplicaSet', 'rs'), { kind: 'Deployment', namespace: 'ml', name: 'd', uid: 'du' });
		assert.deepEqual(owner(apps, 'ReplicaSet', 'bare-rs'), { kind: 'ReplicaSet', namespace: 'ml', name: 'x', uid: 'bare-rs' });
		assert.equal(owner('batch/v1', 'Job', 'job')?.kind, 'CronJob');
		assert.equal(owner(apps, 'ReplicaSet', 'unknown'), null);
		assert.equal(owner('example.com/v1', 'ReplicaSet', 'other')?.kind, 'ReplicaSet', 'of another group');
	});
});
