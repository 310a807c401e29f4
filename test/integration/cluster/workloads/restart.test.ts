import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { haltedAnnotation, resumedAnnotation, resumePatch } from '../../../../src/core/workloads/remediation-state.ts';
import { parseRestart, restartedAnnotation } from '../../../../src/core/workloads/restart-annotation.ts';
import { until } from '../../../cluster/index.ts';
import { generator } from '../faults/random.ts';
import { type Driver, WorkloadsBench } from './fixture.ts';

const quick = { type: 'Restart', maxUnavailable: 1, pause: '100ms' };
/** Of the moments at which controllers are killed. */
const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 2 ** 31);

describe('owners of pods that predate a policy', { concurrency: 3 }, () => {
	let bench: WorkloadsBench;
	before(async () => {
		bench = await WorkloadsBench.start();
	});
	after(() => bench.stop());

	/** The restart annotation of an owner. */
	async function restarted(namespace: string, kind: string, name: string): Promise<string | undefined> {
		const { body } = await bench.server.request('GET', `/apis/apps/v1/namespaces/${namespace}/${kind}/${name}`);
		return body.spec.template.metadata.annotations?.[restartedAnnotation];
	}

	it('are restarted one after the other, whatever their kind, and bare pods are left alone', async () => {
		const namespace = await bench.namespace();
		await bench.ballast(namespace, 12);
		await bench.owner(namespace, 'deployments', 'a', { replicas: 2 });
		await bench.owner(namespace, 'statefulsets', 'b', { replicas: 2 });
		await bench.owner(namespace, 'daemonsets', 'c');
		await bench.owner(namespace, 'statefulsets', 'held', { updateStrategy: { type: 'OnDelete' } });
		await bench.pod(namespace, 'bare');
		await bench.ready(namespace, 19);
		const mark = bench.server.audit.mark();
		const policy = await bench.policy('each', namespace, quick);
		const driver = bench.drive(policy);
		await driver.until('two are left', ({ outcome }) => outcome?.status?.workloads?.summary === '17/19');
		await driver.until('and nothing is under way', ({ outcome }) => outcome?.progressing === undefined);
		assert.equal(driver.reason, 'RestartRequired');
		assert.match(driver.message, /1 pods are only reported/);
		assert.match(driver.message, /StatefulSet .*\/held is left alone: its update strategy is OnDelete/);
		await driver.stop();
		assert.deepEqual(
			(await bench.writes(mark, policy.name)).toSorted(),
			['patch daemonsets c 200', 'patch deployments a 200', 'patch statefulsets b 200'],
			'one write for each owner, and none elsewhere',
		);
		assert.deepEqual(
			driver.events.map(({ reason, note }) => `${reason} ${note.split(' ').slice(0, 3).join(' ')}`),
			[
				`OwnerRestarted restarted DaemonSet ${namespace}/c:`,
				`OwnerRestarted restarted Deployment ${namespace}/a:`,
				`OwnerRestarted restarted StatefulSet ${namespace}/b:`,
			],
		);
		assert.deepEqual(await bench.wrong(namespace), ['bare', 'held-0']);
		// Each was back before the next began.
		const times = await Promise.all(
			[
				['daemonsets', 'c'],
				['deployments', 'a'],
				['statefulsets', 'b'],
			].map(async ([kind = '', name = '']) => {
				const text = await restarted(namespace, kind, name);
				const restart = parseRestart(text ?? '');
				assert.equal(`${restart?.policy}@${restart?.digest}`, `each@${policy.digest}`);
				return restart?.at ?? 0;
			}),
		);
		assert.deepEqual(
			times,
			times.toSorted((a, b) => a - b),
		);

		const again = bench.drive(policy);
		await again.until('judged', ({ reason }) => reason === 'RestartRequired');
		await pause(500);
		await again.stop();
		assert.equal((await bench.writes(mark, policy.name)).length, 3, 'a new controller finds nothing to do');
	});

	it(`are restarted once each, however often the controller is killed meanwhile (KILL_SEED=${seed})`, async () => {
		const random = generator(seed);
		const namespace = await bench.namespace();
		await bench.ballast(namespace, 8);
		const names = ['a', 'b', 'c', 'd', 'e', 'f'];
		for (const name of names) await bench.owner(namespace, 'deployments', name);
		await bench.ready(namespace, 14);
		const mark = bench.server.audit.mark();
		const policy = await bench.policy('killed', namespace, quick);
		let rounds = 0;
		for (; (await bench.wrong(namespace)).length > 0 && rounds < 60; rounds++) {
			const driver = bench.drive(policy);
			await pause(150 + random() * 1_200);
			await driver.kill();
			assert.deepEqual(driver.errors, []);
		}
		const driver = bench.drive(policy);
		await driver.until('converged', ({ reason, outcome }) => reason === 'InSync' && outcome?.progressing === undefined);
		await driver.stop();
		// The audit log does not tell of a request that was cut off whether it was carried out; the owners do.
		for (const name of names) {
			const { body } = await bench.server.request('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
			assert.equal(body.metadata.generation, 2, `${name} was changed once`);
		}
		const others = (await bench.writes(mark, policy.name)).filter((write) => !write.startsWith('patch deployments '));
		assert.deepEqual(others, []);
		assert.ok(rounds > 1, `killed ${rounds} times`);
	});

	it('are restarted again for a spec that returns, where their pods came up under another one meanwhile', async () => {
		const namespace = await bench.namespace();
		await bench.owner(namespace, 'deployments', 'a');
		await bench.ready(namespace, 1);
		const mark = bench.server.audit.mark();
		const converge = async (changes: object = {}): Promise<void> => {
			const driver = bench.drive(await bench.policy('returns', namespace, quick, changes));
			await driver.until('converged', ({ reason, outcome }) => reason === 'InSync' && outcome?.progressing === undefined);
			await driver.stop();
		};
		await converge();
		// Another spec, under which somebody else replaces the pods.
		const other = { env: [{ name: 'CUDA_DEVICE_ORDER', value: 'FASTEST_FIRST' }] };
		await bench.policy('returns', namespace, { type: 'Report' }, other);
		await bench.server.request('DELETE', `/api/v1/namespaces/${namespace}/pods`);
		await until('a pod of the other spec', async () => (await bench.wrong(namespace)).length === 1, 60_000);
		await bench.ready(namespace, 1);
		await converge();
		assert.deepEqual(await bench.wrong(namespace), []);
		assert.deepEqual(await bench.writes(mark, 'returns'), ['patch deployments a 200', 'patch deployments a 200']);
	});

	it('wait until admission applies the policy, and are never restarted by an audit or a suspended policy', async () => {
		const namespace = await bench.namespace();
		await bench.owner(namespace, 'deployments', 'a');
		await bench.ready(namespace, 1);
		const mark = bench.server.audit.mark();
		const policy = await bench.policy('waits', namespace, quick);
		await bench.programmed(policy, { type: 'AdmissionProgrammed', reason: 'CanaryFailed', message: 'no' });
		const waiting = bench.drive(policy);
		await waiting.until('waits', ({ outcome }) => outcome?.progressing?.message.includes('until admission applies') === true);
		await waiting.stop();
		await bench.programmed(policy, { type: 'AdmissionProgrammed', reason: 'ValidationOnly', message: 'no' });
		const idle = bench.drive(policy);
		await idle.until('says so', ({ message }) => /remediation does nothing while admission does not change pods/.test(message));
		assert.equal(idle.outcome?.progressing, undefined, 'nothing is under way');
		await idle.stop();
		const audit = bench.drive({ ...policy, object: { ...policy.object, spec: { ...policy.object.spec, mode: 'Audit' } } });
		const suspended = bench.drive({ ...policy, suspended: true });
		for (const driver of [audit, suspended]) {
			await driver.until('reports', ({ reason }) => reason === 'RestartRequired');
			await pause(300);
			await driver.stop();
		}
		assert.deepEqual(await bench.writes(mark, policy.name), []);
		await bench.programmed(policy, { type: 'AdmissionProgrammed', reason: 'PolicyActive', message: 'yes' });
		const driver = bench.drive(policy);
		await driver.until('converged', ({ reason }) => reason === 'InSync');
		await driver.stop();
		assert.deepEqual(await bench.writes(mark, policy.name), ['patch deployments a 200']);
	});

	it('stop the remediation where one does not become available again, until it does', async () => {
		const namespace = await bench.namespace();
		await bench.allLoose(namespace, 'a', 'b');
		const mark = bench.server.audit.mark();
		const policy = await bench.policy('broken', namespace, quick);
		const limitMs = 4_000;
		let driver: Driver = bench.drive(policy, { limitMs });
		// Its own controller may take longer than that to replace the pod.
		const failure = new RegExp(
			`Deployment ${namespace}/a did not become available within 4 s after its restart: 1 of 1 pods replaced`,
		);
		await driver.until('failed', ({ reason, message }) => reason === 'RemediationFailed' && failure.test(message));
		assert.equal(driver.events.at(-1)?.reason, 'RemediationFailed');
		await driver.stop();
		driver = bench.drive(policy, { limitMs });
		await driver.until('failed for a new controller too', ({ reason }) => reason === 'RemediationFailed');
		await pause(500);
		assert.deepEqual(await bench.writes(mark, policy.name), ['patch deployments a 200']);
		await bench.makeReady(namespace, 'a', 2);
		await driver.until('goes on', ({ outcome }) => /waiting for Deployment .*\/b /.test(outcome?.progressing?.message ?? ''));
		await bench.makeReady(namespace, 'b', 2);
		await driver.until('in order', ({ reason, outcome }) => reason === 'InSync' && outcome?.progressing === undefined);
		await driver.stop();
		assert.deepEqual(await bench.writes(mark, policy.name), ['patch deployments a 200', 'patch deployments b 200']);
	});

	it('are left alone by the circuit breaker once over half were touched, until somebody resumes', async () => {
		const namespace = await bench.namespace();
		const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
		for (const name of names) await bench.owner(namespace, 'deployments', name);
		await bench.ready(namespace, 8);
		const mark = bench.server.audit.mark();
		const policy = await bench.policy('breaker', namespace, { ...quick, maxUnavailable: '50%' });
		const touched = async (): Promise<number> =>
			(await bench.writes(mark, policy.name)).filter((write) => write.includes('deployments')).length;
		let driver = bench.drive(policy);
		await driver.until('halted', ({ outcome }) => outcome?.stalled?.reason === 'RemediationHalted');
		assert.match(
			driver.outcome?.stalled?.message ?? '',
			/[45] of \d+ selected pods were replaced within five minutes.*gpupolicy resume breaker/,
		);
		assert.equal(driver.events.at(-1)?.reason, 'RemediationHalted');
		// Half of eight; a pod more that comes up while one goes counts too.
		const halted = await touched();
		assert.ok(halted === 4 || halted === 5, `${halted}`);
		await driver.kill();

		driver = bench.drive(policy);
		await driver.until('still halted', ({ outcome }) => outcome?.stalled?.reason === 'RemediationHalted');
		await bench.annotate(policy.name, { 'gpupolicy.dev/resume': 'of-another-halt ann' });
		await pause(1_000);
		assert.equal(await touched(), halted);
		await driver.stop();

		for (let halts = 0; ; halts++) {
			assert.ok(halts < 3);
			const annotations = await bench.annotations(policy.name);
			assert.ok(haltedAnnotation in annotations);
			await bench.annotate(policy.name, resumePatch(annotations, 'ann') ?? {});
			driver = bench.drive(policy);
			await driver.until('goes on', ({ reason, outcome }) => reason === 'InSync' || outcome?.stalled !== undefined);
			assert.equal(driver.events.at(0)?.note, 'ann resumed the remediation of breaker');
			if (driver.reason === 'InSync') break;
			await driver.stop();
		}
		await driver.stop();
		assert.equal(await touched(), 8);
		await until('nothing is halted', async () => {
			const annotations = await bench.annotations(policy.name);
			return !(haltedAnnotation in annotations) && resumedAnnotation in annotations;
		});
	});
});
