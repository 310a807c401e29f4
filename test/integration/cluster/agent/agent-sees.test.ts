import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { formatDevicePluginState } from '../../../../src/core/device-answer/index.ts';
import { openStub, type Stub, type StubDevice, twoDevices } from '../../../nvml-stub/index.ts';
import { ok, only3090, slice } from '../nodes/rig.ts';
import { type Allocated, Fleet } from './fleet.ts';

const [card5060, card3090] = twoDevices;
const [forbidden, allowed] = [card5060.uuid, card3090.uuid];
const containerId = 'ab12cd34'.repeat(8);
const free: readonly StubDevice[] = [
	{ ...card5060, processes: [] },
	{ ...card3090, processes: [] },
];

function busy(pid: number): readonly StubDevice[] {
	return [
		{ ...card5060, processes: [{ pid, used: 1e9, kind: 'C', name: 'python' }] },
		{ ...card3090, processes: [] },
	];
}

describe('the agent of a node sees', () => {
	let fleet: Fleet;
	let stubs: Stub[] = [];
	/** What the kubelet of the test says; `null`: nothing. */
	let allocated: Allocated | null;

	before(async () => {
		fleet = await Fleet.start();
		await ok(fleet.server.request('POST', '/api/v1/namespaces', { metadata: { name: 'ml' } }));
	});
	after(() => fleet?.stop());
	afterEach(async () => {
		await fleet.clear();
		for (const stub of stubs) stub.remove();
		stubs = [];
	});

	async function node(
		policy: Readonly<Record<string, unknown>> = {},
	): Promise<{ readonly kubelet: string; machine(devices: readonly StubDevice[]): Stub }> {
		await fleet.node('n1');
		await fleet.rig.policy('p', { devices: only3090, nodes: {}, ...(policy as object) });
		allocated = { containers: [], allocatable: [{ resource: 'nvidia.com/gpu', ids: [allowed] }] };
		const kubelet = await fleet.kubelet(() => allocated);
		return {
			kubelet,
			machine: (devices) => {
				const stub = openStub({ devices });
				stubs.push(stub);
				return stub;
			},
		};
	}
	const start = (stub: Stub, kubelet: string, ...args: string[]) =>
		fleet.agent('n1', stub, { args: ['--kubelet-dir', kubelet, ...args] });

	/** A pod on the node whose container runs. */
	async function pod(namespace: string, name: string): Promise<string> {
		const path = `/api/v1/namespaces/${namespace}/pods`;
		const spec = { nodeName: 'n1', containers: [{ name: 'main', image: 'x', resources: { limits: { 'nvidia.com/gpu': '1' } } }] };
		const { body } = await ok(fleet.server.request('POST', path, { metadata: { name }, spec }));
		const status = {
			containerStatuses: [
				{ name: 'main', containerID: `containerd://${containerId}`, image: 'x', imageID: '', ready: true, restartCount: 0 },
			],
		};
		await ok(
			fleet.server.request('PATCH', `${path}/${name}/status`, { status }, { contentType: 'application/merge-patch+json' }),
		);
		return body.metadata.uid;
	}

	it('a process on a forbidden device with its container and pod, and the policy says so', async () => {
		const { kubelet, machine } = await node({
			env: [{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' }],
			workloads: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ml' } } },
		});
		const podUid = await pod('ml', 'train-0');
		const proc = fleet.proc(777_001, 'PATH=/bin\0TOKEN=very-secret\0CUDA_DEVICE_ORDER=FASTEST_FIRST\0', { podUid, containerId });
		const agent = start(machine(busy(777_001)), kubelet, '--proc', proc);
		const status = await fleet.seen(agent, 'n1', 'the process', ({ processes }) => processes?.[0]?.pod !== undefined);
		const { verdicts, ...seen } = status.processes?.[0] ?? {};
		assert.deepEqual(seen, {
			...{ pid: 777_001, startTime: '4711', deviceUuid: forbidden, name: 'python', usedMemoryBytes: 1e9 },
			...{ namespace: 'ml', pod: 'train-0', container: 'main', podUid, containerId },
		});
		assert.deepEqual(verdicts, [
			{
				policy: 'p',
				verdict: 'Forbidden',
				environment: 'Deviating',
				because: 'CUDA_DEVICE_ORDER is "FASTEST_FIRST", not "PCI_BUS_ID"',
			},
		]);
		assert.equal(status.devices?.[0]?.exposedBy, 'pid 777001 (python) of ml/train-0');
		await fleet.rig.until('the policy says so', () => fleet.rig.says('p') === 'ForbiddenDeviceExposed 0/1');
		assert.match(
			fleet.rig.message('p'),
			/n1: .*RTX 5060 Ti is forbidden \(matches no allow entry\): pid 777001 \(python\) of ml\/train-0/,
		);
		assert.doesNotMatch(JSON.stringify([status, agent.lines]), /very-secret|TOKEN/);
	});

	it('a process that nothing is known of as what it is', async () => {
		const { kubelet, machine } = await node({ env: [{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' }], workloads: {} });
		const agent = start(machine(busy(777_002)), kubelet, '--proc', fleet.proc(1, ''));
		const status = await fleet.seen(agent, 'n1', 'the process', ({ processes }) => processes?.length === 1);
		assert.match(status.processes?.[0]?.unread ?? '', /hidepid/);
		assert.deepEqual(
			status.processes?.[0]?.verdicts?.map(({ verdict, environment }) => [verdict, environment]),
			[['Forbidden', 'Unknown']],
		);
	});

	it('an allocation before any process, by a plugin and by a claim, and what could be allocated', async () => {
		const { kubelet, machine } = await node();
		const agent = start(machine(free), kubelet);
		const verdict = (what: string, fits: RegExp) =>
			fleet.seen(agent, 'n1', what, ({ policies }) => fits.test(`${policies?.[0]?.verdict} ${policies?.[0]?.message}`));
		await verdict('hidden is in order', /^Compliant /);
		const holder = { namespace: 'ml', pod: 'train-1', container: 'main' };
		allocated = { containers: [{ ...holder, devices: [{ resource: 'nvidia.com/gpu', ids: [forbidden] }] }], allocatable: [] };
		await verdict('held by a plugin', /^NonCompliant .*ml\/train-1 \(container main\) holds it as nvidia\.com\/gpu/);
		allocated = { containers: [], allocatable: [{ resource: 'nvidia.com/gpu', ids: [forbidden, allowed] }] };
		await verdict('allocatable', /^NonCompliant .*allocatable as nvidia\.com\/gpu/);

		const claim = { driver: 'gpu.nvidia.com', pool: 'n1', device: 'gpu-0' };
		allocated = { containers: [{ ...holder, claims: [claim] }], allocatable: [] };
		await verdict('a claim of what nobody publishes', /^Unknown .*holds gpu-0 of pool n1 by a claim/);
		await agent.end();
		await slice(fleet.server, 'n1', [{ name: 'gpu-0', uuid: forbidden, productName: card5060.name }]);
		const next = start(machine(free), kubelet);
		await fleet.seen(next, 'n1', 'held by a claim', ({ policies }) =>
			/ml\/train-1 \(container main\) holds it as a claim of gpu\.nvidia\.com/.test(policies?.[0]?.message ?? ''),
		);
	});

	it('that the kubelet is silent, and that is unknown', async () => {
		const { kubelet, machine } = await node();
		allocated = null;
		const agent = start(machine(free), kubelet);
		await fleet.seen(
			agent,
			'n1',
			'slow',
			({ policies, unread }) => policies?.[0]?.verdict === 'Unknown' && /did not answer within 2 s/.test(unread?.[0] ?? ''),
		);
		await agent.end();
		const none = start(machine(free), fleet.folder());
		await fleet.seen(none, 'n1', 'missing', ({ unread }) => /there is no .*kubelet\.sock/.test(unread?.[0] ?? ''));
	});

	it('what the proxy refused, and tells it on the pod', async () => {
		const { kubelet, machine } = await node();
		const uid = await pod('ml', 'train-2');
		allocated = {
			containers: [
				{ namespace: 'ml', pod: 'train-2', container: 'main', devices: [{ resource: 'nvidia.com/gpu', ids: [forbidden] }] },
			],
			allocatable: [],
		};
		const agent = start(machine(free), kubelet);
		await agent.until('it answers', () => agent.answer());
		const refusal = {
			at: new Date().toISOString(),
			resource: 'nvidia.com/gpu',
			id: forbidden,
			policy: 'p',
			reason: 'matches no allow entry',
		};
		const file = join(agent.stateDirectory, 'device-plugin.json');
		writeFileSync(
			`${file}.new`,
			formatDevicePluginState({ version: 1, at: refusal.at, waiting: null, resources: [], refusals: [refusal] }),
		);
		renameSync(`${file}.new`, file);
		interface Told {
			readonly reason: string;
			readonly note: string;
			readonly regarding: { readonly kind: string; readonly uid: string };
		}
		const told = async (): Promise<Told | undefined> =>
			(await ok(fleet.server.request('GET', '/apis/events.k8s.io/v1/namespaces/ml/events'))).body.items.find(
				({ reason }: Told) => reason === 'ForbiddenDevice',
			);
		const event = await agent.until('the event', told);
		assert.deepEqual([event.regarding.kind, event.regarding.uid], ['Pod', uid]);
		assert.equal(
			event.note,
			`container main: device ${forbidden} (nvidia.com/gpu) is refused by GpuPolicy p: matches no allow entry`,
		);
	});

	it('that the proxy waits for it while the devices cannot be read, and tells it on the node', async () => {
		const { kubelet } = await node();
		const agent = fleet.agent('n1', null, { args: ['--kubelet-dir', kubelet] });
		const file = join(agent.stateDirectory, 'device-plugin.json');
		writeFileSync(
			file,
			formatDevicePluginState({ version: 1, at: '', waiting: 'no answer of the agent yet', resources: [], refusals: [] }),
		);
		const event = await agent.until('the event', async () =>
			(await ok(fleet.server.request('GET', '/apis/events.k8s.io/v1/namespaces/default/events'))).body.items.find(
				({ reason }: { reason: string }) => reason === 'DevicePluginWaiting',
			),
		);
		assert.match((event as { note: string }).note, /^no device of this node can be allocated .*NVML cannot be loaded/);
		const status = await fleet.seen(agent, 'n1', 'the report', ({ unread }) => unread?.length === 2);
		assert.match(status.unread?.[1] ?? '', /shows every device as Unhealthy: no answer of the agent yet/);
	});
});

describe('an agent with the rights that the release gives it', () => {
	let fleet: Fleet;
	before(async () => {
		fleet = await Fleet.start();
		await fleet.node('n1');
		await fleet.node('n2');
		await fleet.rig.policy('p', { devices: only3090, nodes: {} });
	});
	after(() => fleet?.stop());

	it("writes the status of its own node's report, and nothing of any other object", async () => {
		const reports = '/apis/gpupolicy.dev/v1alpha1/gpunodereports';
		const { server } = fleet;
		const as = await fleet.token('n1');
		await fleet.rig.until('the reports are made', async () => (await server.request('GET', `${reports}/n2`)).status === 200);
		const contentType = 'application/apply-patch+yaml';
		const apply = (of: string, body: object = {}, subresource = '/status') => {
			const object = {
				apiVersion: 'gpupolicy.dev/v1alpha1',
				kind: 'GpuNodeReport',
				metadata: { name: of },
				status: { summary: '1/1' },
				...body,
			};
			return server.request('PATCH', `${reports}/${of}${subresource}?fieldManager=gpupolicy-agent&force=true`, object, {
				contentType,
				as,
			});
		};
		await fleet.rig.until('the fence stands', async () => (await apply('n2')).status === 403);
		const merge = (path: string, body: unknown) =>
			server.request('PATCH', path, body, { contentType: 'application/merge-patch+json', as });
		assert.equal((await apply('n1')).status, 200);
		const refused: Record<string, Promise<{ readonly status: number }>> = {
			'the report of another node': apply('n2'),
			'a forged name in the body': apply('n2', { metadata: { name: 'n1' } }),
			'a forged node name in the status': merge(`${reports}/n2/status`, {
				metadata: { name: 'n2' },
				status: { observedAt: '2030-01-01T00:00:00Z' },
			}),
			'the object itself': apply('n1', {}, ''),
			'labels of its report': merge(`${reports}/n1`, { metadata: { labels: { a: 'b' } } }),
			'an update': server.request(
				'PUT',
				`${reports}/n1`,
				{ apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuNodeReport', metadata: { name: 'n1' } },
				{ as },
			),
			'an update of the status': server.request(
				'PUT',
				`${reports}/n1/status`,
				{ apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuNodeReport', metadata: { name: 'n1' } },
				{ as },
			),
			'a new report': server.request(
				'POST',
				reports,
				{ apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuNodeReport', metadata: { name: 'n3' } },
				{ as },
			),
			deletion: server.request('DELETE', `${reports}/n1`, undefined, { as }),
			'deletion of all': server.request('DELETE', reports, undefined, { as }),
			'a policy': merge('/apis/gpupolicy.dev/v1alpha1/gpupolicies/p', { spec: { suspend: true } }),
			'the status of a policy': merge('/apis/gpupolicy.dev/v1alpha1/gpupolicies/p/status', { status: {} }),
			'its node': merge('/api/v1/nodes/n1', { metadata: { labels: { a: 'b' } } }),
			'a pod': server.request('DELETE', '/api/v1/namespaces/default/pods/x', undefined, { as }),
			secrets: server.request('GET', '/api/v1/secrets', undefined, { as }),
			namespaces: server.request('GET', '/api/v1/namespaces', undefined, { as }),
		};
		for (const [what, answer] of Object.entries(refused))
			assert.ok([400, 403].includes((await answer).status), `${what}: ${(await answer).status}`);
		const noNode = await server.serviceAccount('gpupolicy-node', 'gpupolicy-agent');
		const unbound = await server.request(
			'PATCH',
			`${reports}/n1/status`,
			{ status: {} },
			{ contentType: 'application/merge-patch+json', as: noNode },
		);
		assert.equal(unbound.status, 403);
	});
});
