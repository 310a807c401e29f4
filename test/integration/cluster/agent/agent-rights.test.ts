import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { formatDevicePluginState, type Refusal } from '../../../../src/core/device-answer/index.ts';
import { openStub, type Stub, twoDevices } from '../../../nvml-stub/index.ts';
import { render } from '../install/chart.ts';
import { refusal, rightName, rightsOf, uses } from '../install/rights.ts';
import { ok, only3090, slice } from '../nodes/rig.ts';
import { Fleet } from './fleet.ts';
import type { RunningAgent } from './running-agent.ts';

const user = 'system:serviceaccount:gpupolicy-node:gpupolicy-agent';
const [card5060] = twoDevices;
const containerId = 'cd34ab12'.repeat(8);

describe('the rights that the release gives an agent', () => {
	let fleet: Fleet;
	let stub: Stub;

	before(async () => {
		// Lists page by page, as servers from before the watch-list do.
		fleet = await Fleet.start({ args: { 'kube-apiserver': ['--feature-gates=WatchList=false'] } });
		stub = openStub({ devices: [{ ...card5060, processes: [{ pid: 777_003, used: 1e9, kind: 'C', name: 'python' }] }] });
	});
	after(async () => {
		await fleet?.clear();
		await fleet?.stop();
		stub?.remove();
	});

	async function pod(): Promise<string> {
		const { server } = fleet;
		await ok(server.request('POST', '/api/v1/namespaces', { metadata: { name: 'ml', labels: { team: 'a' } } }));
		const path = '/api/v1/namespaces/ml/pods';
		const spec = { nodeName: 'n1', containers: [{ name: 'main', image: 'x', resources: { limits: { 'nvidia.com/gpu': '1' } } }] };
		const { body } = await ok(server.request('POST', path, { metadata: { name: 'train' }, spec }));
		const [status] = [
			{ name: 'main', containerID: `containerd://${containerId}`, image: 'x', imageID: '', ready: true, restartCount: 0 },
		];
		await ok(server.request('PATCH', `${path}/train/status`, { status: { containerStatuses: [status] } }));
		return body.metadata.uid;
	}
	/** As the proxy would. */
	function refuse(agent: RunningAgent, ...times: readonly string[]): void {
		const refusals: Refusal[] = times.map((at) => ({
			at,
			resource: 'nvidia.com/gpu',
			id: card5060.uuid,
			policy: 'p',
			reason: 'it is denied',
		}));
		const file = join(agent.stateDirectory, 'device-plugin.json');
		writeFileSync(
			`${file}.new`,
			formatDevicePluginState({ version: 1, at: times.at(-1) ?? '', waiting: null, resources: [], refusals }),
		);
		renameSync(`${file}.new`, file);
	}

	it('suffice for all that it does, and it uses each one', async () => {
		const { server } = fleet;
		const mark = server.audit.mark();
		await fleet.node('n1');
		const workloads = { namespaceSelector: { matchLabels: { team: 'a' } } };
		const demand: object = { env: [{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' }], workloads };
		await fleet.rig.policy('p', { devices: only3090, nodes: {}, ...demand });
		const podUid = await pod();
		const proc = fleet.proc(777_003, 'CUDA_DEVICE_ORDER=FASTEST_FIRST\0', { podUid, containerId });
		await slice(server, 'n1', [{ name: 'gpu-0', uuid: card5060.uuid, productName: card5060.name }]);
		const claims = [{ driver: 'gpu.nvidia.com', pool: 'n1', device: 'gpu-0' }];
		const kubelet = await fleet.kubelet(() => ({
			containers: [{ namespace: 'ml', pod: 'train', container: 'main', claims }],
			allocatable: [],
		}));
		const agent = fleet.agent('n1', stub, { args: ['--kubelet-dir', kubelet, '--proc', proc] });
		await fleet.seen(
			agent,
			'n1',
			'the process in its pod',
			({ processes }) => processes?.[0]?.verdicts?.[0]?.environment === 'Deviating',
		);
		const events = async () => (await ok(server.request('GET', '/apis/events.k8s.io/v1/events'))).body.items;
		const now = Date.now();
		const [first, second] = [now, now + 1_000].map((time) => new Date(time).toISOString()) as [string, string];
		refuse(agent, first);
		await agent.until('the event', async () =>
			(await events()).some(({ reason }: { reason: string }) => reason === 'ForbiddenDevice'),
		);
		refuse(agent, first, second);
		await agent.until('the event again', async () =>
			(await events()).some(({ series }: { series?: object }) => series !== undefined),
		);
		assert.equal(await agent.end(), 0);

		const entries = (await server.audit.since(mark)).filter((entry) => entry.user.username === user);
		assert.deepEqual([...new Set(entries.flatMap((entry) => refusal(entry) ?? []))], [], 'refused');
		const rights = rightsOf(await render(), 'gpupolicy-agent');
		assert.ok(rights.length > 8, `${rights.length} rights`);
		assert.deepEqual(rights.filter((right) => !entries.some((entry) => uses(entry, right))).map(rightName), [], 'not used');
	});
});
