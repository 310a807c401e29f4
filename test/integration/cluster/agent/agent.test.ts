import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { GpuNodeReportStatus } from '../../../../src/api/v1alpha1.generated.ts';
import { startCluster, type TestCluster } from '../../../cluster/index.ts';
import { openStub, type Stub, twoDevices } from '../../../nvml-stub/index.ts';
import { createNode, NodesRig, ok, only3090, rtx3090 } from '../nodes/rig.ts';
import { endAllAgents, RunningAgent, reportOf } from './running-agent.ts';

const [card5060, card3090] = twoDevices;
const [forbidden, allowed] = [card5060.uuid, card3090.uuid];

describe('the agent of a node', () => {
	let server: TestCluster;
	let rig: NodesRig;
	let stub: Stub;

	before(async () => {
		server = await startCluster();
		rig = new NodesRig(server);
	});
	after(async () => {
		await endAllAgents();
		await rig?.stop();
		await server?.stop();
	});
	afterEach(async () => {
		await endAllAgents();
		stub?.remove();
		await rig.removeAll();
		await ok(server.request('DELETE', '/api/v1/nodes'));
		await ok(server.request('DELETE', '/apis/gpupolicy.dev/v1alpha1/gpunodereports'));
	});

	const start = (node: string, more: Partial<ConstructorParameters<typeof RunningAgent>[0]> = {}): RunningAgent =>
		new RunningAgent({ node, stub, kubeconfig: server.kubeconfig, ...more });
	const seen = (agent: RunningAgent, node: string, what: string, fits: (status: GpuNodeReportStatus) => boolean) =>
		agent.until(what, async () => {
			const status = await reportOf(server, node);
			return status !== null && fits(status) && status;
		});

	it('tells the proxy and the cluster what each policy says of each device', async () => {
		stub = openStub({ devices: twoDevices });
		await createNode(server, 'n1');
		await rig.policy('p', { devices: only3090, nodes: {} });
		const agent = start('n1');
		const answer = await agent.until('it answers', () => agent.answer());
		assert.equal(answer.node, 'n1');
		assert.deepEqual(
			answer.policies.map(({ name, mode }) => [name, mode]),
			[['p', 'Enforce']],
		);
		assert.deepEqual(
			answer.devices.map(({ uuid, verdict, policy, reason }) => ({ uuid, verdict, policy, reason })),
			[
				{ uuid: forbidden, verdict: 'Forbidden', policy: 'p', reason: 'matches no allow entry' },
				{ uuid: allowed, verdict: 'Allowed', policy: 'p', reason: 'allowed: allow[0] productName' },
			],
		);
		const status = await seen(agent, 'n1', 'the report is written', ({ devices }) => devices?.length === 2);
		assert.equal(status.source?.driverVersion, '580.65.06');
		assert.equal(status.summary, '1/2');
		assert.equal(status.devices?.[1]?.productName, rtx3090);
		const { status: code, body } = await agent.get('/metrics');
		assert.equal(code, 200);
		assert.match(body, /gpupolicy_agent_devices\{verdict="Forbidden"\} 1/);
		assert.equal((await agent.get('/readyz')).status, 200);
		assert.deepEqual(agent.strays, []);
		assert.equal(await agent.end(), 0);
	});
});
