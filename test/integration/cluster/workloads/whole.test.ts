import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { until } from '../../../cluster/index.ts';
import { endAll } from '../../running-command.ts';
import { Command } from '../cli/command.ts';
import { apply, condition, message, read, ready } from '../controller/policies.ts';
import { RunningController } from '../controller/running-controller.ts';
import { env, WorkloadsBench } from './fixture.ts';

const limitMs = 180_000;

describe('remediation by real controllers', () => {
	let bench: WorkloadsBench;
	before(async () => {
		bench = await WorkloadsBench.start();
	});
	after(async () => {
		await endAll();
		await bench?.stop();
	});

	it('halts, stays halted when the leader is killed, goes on at gpupolicy resume, and changes every owner once', async () => {
		const { server } = bench;
		const namespace = await bench.namespace();
		const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
		for (const name of names) await bench.owner(namespace, 'deployments', name);
		await bench.ready(namespace, names.length);
		const generations = async (): Promise<readonly number[]> =>
			Promise.all(
				names.map(async (name) => {
					const { body } = await server.request('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
					return body.metadata.generation;
				}),
			);
		const stalled = async (): Promise<string> => condition(await read(server, 'whole'), 'Stalled');

		const first = new RunningController(server);
		await first.leads(limitMs);
		const second = new RunningController(server);
		await apply(server, 'whole', {
			mode: 'Enforce',
			env,
			workloads: {
				namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
				remediation: { type: 'Restart', maxUnavailable: '50%', pause: '0s' },
			},
		});
		await until('some were restarted', async () => (await generations()).includes(2), limitMs);
		await first.end('SIGKILL');
		await second.leads(limitMs);
		await until('it is halted', async () => (await stalled()) === 'True/RemediationHalted', limitMs);
		assert.match(message(await read(server, 'whole'), 'Stalled'), /gpupolicy resume whole/);
		assert.equal(ready(await read(server, 'whole')), 'False/RemediationHalted');
		const halted = (await generations()).filter((generation) => generation === 2).length;
		// Half of eight; a pod more that comes up while one goes counts too.
		assert.ok(halted === 4 || halted === 5, `${halted}`);

		// What is left may be over half again.
		for (let resumes = 0; (await generations()).includes(1); resumes++) {
			assert.ok(resumes < 3);
			const { code, stdout } = await new Command(server).run(['resume', 'whole']);
			assert.equal(code, 0);
			assert.match(stdout, /^whole: remediation goes on, resumed by /);
			await until(
				'all are done, or it is halted again',
				async () => {
					if (!(await generations()).includes(1)) return true;
					const { body } = await server.request('GET', '/apis/gpupolicy.dev/v1alpha1/gpupolicies/whole');
					const { 'gpupolicy.dev/remediation-halted': halted, 'gpupolicy.dev/resume': answer } = body.metadata.annotations ?? {};
					return halted !== undefined && answer === undefined && (await stalled()) === 'True/RemediationHalted';
				},
				limitMs,
			);
		}
		await until('all is in order', async () => ready(await read(server, 'whole')) === 'True/Converged', limitMs);
		assert.deepEqual(
			await generations(),
			names.map(() => 2),
		);
		assert.deepEqual(await bench.wrong(namespace), []);
		const { body } = await server.request('GET', '/apis/events.k8s.io/v1/events');
		const told = (body.items as { reason: string; note: string }[]).filter(({ reason }) => reason === 'RemediationResumed');
		assert.match(told[0]?.note ?? '', /^admin resumed the remediation of whole/);
		await second.end('SIGTERM');
	});
});
