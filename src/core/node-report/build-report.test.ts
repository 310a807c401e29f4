import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { known, unknown } from '../observed/fact.ts';
import { device } from '../observed/inventory.fixture.ts';
import type { Pod } from '../workloads/pod.ts';
import type { PolicyState } from './agent-policy.ts';
import { buildReport } from './build-report.ts';
import { judgedOn, policiesInForce } from './in-force.ts';
import { allowGood, bad, good, observation, on, state } from './node-report.fixture.ts';
import type { Allocations, NodeObservation, ObservedProcess } from './observation.ts';

function report(seen: NodeObservation, ...states: readonly PolicyState[]) {
	const { inventory } = seen;
	const inForce = policiesInForce(states, {}, []).map((one) =>
		inventory.state === 'known' ? judgedOn(one, inventory.value) : one,
	);
	return buildReport(seen, {
		observedAt: '2026-11-21T10:41:02Z',
		agentVersion: '0.1.0',
		inForce,
		conflict: [],
		untold: null,
		before: [],
	});
}

const policy = state('p', { devices: allowGood });
const says = (seen: NodeObservation, ...states: readonly PolicyState[]): string => {
	const [verdict] = report(seen, ...(states.length > 0 ? states : [policy])).policies ?? [];
	return `${verdict?.verdict} ${verdict?.reason}: ${verdict?.message}`;
};
const allocations = (more: Partial<Allocations>): Pick<NodeObservation, 'allocations'> => ({
	allocations: known({ held: [], allocatable: [], unresolved: [], ...more }, 'kubelet', ''),
});

describe('the report of a node', () => {
	it('is compliant where a forbidden device is there and nothing can use it', () => {
		assert.match(
			says(observation([bad, good])),
			/^Compliant AllCompliant: 2 of 2 devices read through NVML 580\.65\.06; GPU-00000000… NVIDIA GeForce RTX 5060 Ti matches no allow entry, not exposed; GPU-1.*allowed: allow\[0\]/,
		);
	});

	it('names the process on a forbidden device, which is exposed by it', () => {
		const held = { ...bad, processes: [on(bad, 4242).process] };
		const pod = {
			namespace: 'ml',
			name: 'train-0',
			uid: 'u',
			container: 'main',
			pod: { spec: { containers: [] } },
			labels: null,
		};
		const processes = [on(good, 7), on(bad, 4242, { pod })];
		assert.match(
			says(observation([held, good], { processes })),
			/^NonCompliant ForbiddenDeviceExposed: GPU-0.* is forbidden \(matches no allow entry\): pid 4242 \(python\) of ml\/train-0; 2 of 2/,
		);
		const { processes: listed, policies } = report(observation([held, good], { processes }), policy);
		assert.deepEqual(
			listed?.map(({ pid, verdicts }) => [pid, verdicts?.[0]?.verdict]),
			[
				[4242, 'Forbidden'],
				[7, 'Allowed'],
			],
		);
		assert.equal(policies?.[0]?.processesOnForbidden, 1);
		assert.equal(listed?.[0]?.pod, 'train-0');
	});

	it('takes what the kubelet gave or can give as exposed, before any process', () => {
		const holder = { namespace: 'ml', pod: 'train-0', container: 'main' };
		const resource = 'nvidia.com/gpu';
		for (const id of [bad.uuid, `${bad.uuid}::1`, bad.pciBusId, '0']) {
			const held = observation([bad, good], allocations({ held: [{ id, resource, holder }] }));
			assert.match(says(held), /^NonCompliant .* ml\/train-0 \(container main\) holds it as nvidia\.com\/gpu/);
			const offered = observation([bad, good], allocations({ allocatable: [{ id, resource }] }));
			assert.match(says(offered), /^NonCompliant .* allocatable as nvidia\.com\/gpu/);
		}
		const network = allocations({ allocatable: [{ id: '0000:81:00.2', resource: 'nvidia.com/hostdev' }] });
		assert.match(says(observation([bad, good], network)), /^Compliant /);
		assert.match(says(observation([{ ...bad, pciBusId: '' }, good], network)), /^Unknown /);
		const other = observation([bad, good], allocations({ allocatable: [{ id: '0', resource: 'rdma/hca' }] }));
		assert.match(says(other), /^Compliant/);
		// Numbers of other things of the same vendor, and of GPUs by their resource, shared ones and MIG devices included.
		const offers = (resource: string, id = '0') =>
			says(observation([bad, good], allocations({ allocatable: [{ id, resource }] })));
		for (const thing of ['nvidia.com/rdma_shared_device_a', 'nvidia.com/hostdev', 'nvidia.com/nic-0'])
			for (const id of ['0', '0::1', '12']) assert.match(offers(thing, id), /^Compliant /, `${thing} ${id}`);
		for (const gpu of ['nvidia.com/gpu', 'nvidia.com/gpu.shared', 'nvidia.com/mig-1g.5gb'])
			assert.match(offers(gpu, '0::1'), /^NonCompliant /, gpu);
		const renamed = { name: 'nvidia.com/rtx', endpoint: 'rtx.sock', registered: true, devices: 2, hidden: [] };
		const plugin = { version: 1, at: '', waiting: null, resources: [renamed], refusals: [] } as const;
		const rtx = allocations({ allocatable: [{ id: '0', resource: 'nvidia.com/rtx' }] });
		assert.match(says(observation([bad, good], { ...rtx, plugin })), /^NonCompliant /, 'a name of its own, behind the proxy');
		assert.match(offers('nvidia.com/rdma_shared_device_a', bad.uuid), /^NonCompliant /, 'a name that only GPUs have');
		const hidden = observation([bad, good], allocations({ allocatable: [{ id: good.uuid, resource }] }));
		assert.match(says(hidden), /^Compliant/);
	});

	it('cannot tell where the kubelet does not answer, names a device by no name of ours, or the driver lists no processes', () => {
		const silent = { allocations: unknown('TimedOut', 'the kubelet did not answer within 2 s') };
		assert.match(
			says(observation([bad, good], silent)),
			/^Unknown NVMLUnavailable: .*whether it is exposed is unknown: the kubelet did not answer/,
		);
		assert.match(says(observation([good], silent)), /^Compliant/, 'no forbidden device is there');
		const strange = allocations({ allocatable: [{ id: 'card-x', resource: 'nvidia.com/gpu' }] });
		assert.match(says(observation([bad, good], strange)), /^Unknown .*card-x/);
		assert.match(says(observation([{ ...bad, processes: null }, good])), /^Unknown .*processes are unknown/);
		const held = allocations({ unresolved: ['ml/x holds gpu-7 of pool n1, which no ResourceSlice names'] });
		assert.match(says(observation([bad, good], held)), /^Unknown .*gpu-7/);
	});

	it('says nothing of devices that could not be read, and why', () => {
		const seen: NodeObservation = { ...observation([]), inventory: unknown('TimedOut', 'NVML did not answer within 10 s') };
		const status = report(seen, policy);
		assert.equal(status.devices, undefined);
		assert.equal(status.summary, undefined);
		assert.deepEqual(status.unread, ['NVML did not answer within 10 s']);
		assert.match(says(seen), /^Unknown NVMLUnavailable: NVML did not answer/);
		assert.equal(status.conditions?.[0]?.status, 'Unknown');
	});

	it('of a node without devices is that there are none', () => {
		assert.match(says(observation([])), /^Compliant AllCompliant: 0 of 0 devices read/);
	});

	it('never calls a lost device allowed, and keeps its name', () => {
		const lost = { ...good, lost: 'nvmlDeviceGetMemoryInfo: GPU_IS_LOST', processes: null };
		assert.match(says(observation([lost])), /^Unknown .*unknown: lost/);
		const [listed] = report(observation([lost]), policy).devices ?? [];
		assert.match(listed?.lost ?? '', /GPU_IS_LOST/);
		assert.match(listed?.health ?? '', /^lost: /);
		const unnamed = device(3, { uuid: '', productName: '', lost: 'GPU_IS_LOST' });
		assert.equal(report(observation([unnamed]), policy).devices?.[0]?.uuid, 'unidentified-3');
	});

	it('tells XIDs, ECC errors, throttling and MIG devices of a device', () => {
		const worn = device(1, {
			xids: Array.from({ length: 40 }, (_, i) => i),
			ecc: { enabled: true, uncorrectedVolatile: 3 },
			throttleReasons: ['SwPowerCap'],
			mig: { enabled: true, children: [{ uuid: 'MIG-1', profile: '1g.10gb', memoryBytes: 1 }] },
		});
		const [listed] = report(observation([worn]), policy).devices ?? [];
		assert.equal(listed?.xidCount, 40);
		assert.deepEqual(
			listed?.xids,
			Array.from({ length: 16 }, (_, i) => 24 + i),
		);
		assert.deepEqual(listed?.ecc, { enabled: true, uncorrected: 3 });
		assert.deepEqual(listed?.throttleReasons, ['SwPowerCap']);
		assert.deepEqual(listed?.migDevices, [{ uuid: 'MIG-1', profile: '1g.10gb', memoryBytes: 1 }]);
		assert.match(listed?.health ?? '', /^XID 39 and 39 before it; 3 uncorrected ECC errors$/);
	});

	it('fits, whatever there is: 64 policies over 80 devices with 2,000 processes are cut, with counts', () => {
		const devices = Array.from({ length: 80 }, (_, index) =>
			device(index, { productName: index === 79 ? 'forbidden' : '“RTX” '.repeat(16) }),
		);
		const processes = Array.from(
			{ length: 2_000 },
			(_, i): ObservedProcess => on(devices[i % 80] as (typeof devices)[0], 2_000 - i),
		);
		const states = Array.from({ length: 80 }, (_, i) =>
			state(`policy-${i}-${'x'.repeat(200)}`, {
				devices: { deny: [{ productName: 'forbidden' }] },
				env: [{ name: 'A', value: 'b' }],
				workloads: {},
			}),
		);
		const status = report(observation(devices, { processes }), ...states);
		assert.ok(Buffer.byteLength(JSON.stringify(status)) <= 512 * 1024, `${Buffer.byteLength(JSON.stringify(status))} bytes`);
		assert.equal(status.devices?.length, 64);
		assert.equal(status.policies?.length, 64);
		const { devices: left, policies, processes: out = 0 } = status.omitted ?? {};
		assert.deepEqual([left, policies, out + (status.processes?.length ?? 0)], [16, 16, 2_000]);
		assert.equal(status.policies?.[0]?.processesOnForbidden, 25, 'counted, also those that are left out');
	});
});

describe('the environment that a process started with', () => {
	const demanding = state('p', { devices: allowGood, env: [{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' }], workloads: {} });
	const started = (value: string | null): Pick<ObservedProcess, 'reading'> => ({
		reading: { container: null, unread: null, environment: { state: 'read', values: new Map([['CUDA_DEVICE_ORDER', value]]) } },
	});
	const inPod = (more: Partial<Pod> = {}): Pick<ObservedProcess, 'pod'> => ({
		pod: {
			namespace: 'ml',
			name: 'train-0',
			uid: 'u',
			container: 'main',
			labels: null,
			pod: {
				spec: { containers: [{ name: 'main', resources: { limits: { 'nvidia.com/gpu': '1' } } }, { name: 'side' }] },
				...more,
			},
		},
	});
	const verdict = (more: Partial<ObservedProcess>, by = demanding): string => {
		const status = report(observation([good], { processes: [on(good, 7, more)] }), by);
		const { environment, because } = status.processes?.[0]?.verdicts?.[0] ?? {};
		return `${environment}: ${because}`;
	};

	it('is wrong only in a container that the policy selects', () => {
		assert.equal(verdict({ ...started('PCI_BUS_ID'), ...inPod() }), 'Right: as the policy demands');
		assert.equal(verdict({ ...started(null), ...inPod() }), 'Deviating: CUDA_DEVICE_ORDER is not set');
		assert.equal(
			verdict({ ...started('FASTEST_FIRST'), ...inPod() }),
			'Deviating: CUDA_DEVICE_ORDER is "FASTEST_FIRST", not "PCI_BUS_ID"',
		);
		const side = inPod();
		assert.match(
			verdict({ ...started(null), pod: { ...side.pod, container: 'side' } as never }),
			/^Unknown: .*may be set inside the process/,
		);
		assert.match(
			verdict({ ...started(null), pod: { ...side.pod, container: null } as never }),
			/^Unknown: .*does not know its container/,
		);
	});

	it('elsewhere may be set by the program itself, so that nothing is known of it', () => {
		assert.match(verdict(started(null)), /^Unknown: CUDA_DEVICE_ORDER is not set; may be set inside the process/);
		assert.equal(verdict(started('PCI_BUS_ID')), 'Right: as the policy demands');
		const choosy = (workloads: object) =>
			state('p', { devices: allowGood, env: [{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' }], workloads });
		assert.match(verdict({ ...started(null), ...inPod() }, choosy({ podSelector: { matchLabels: { a: 'b' } } })), /^Unknown/);
		assert.match(
			verdict({ ...started(null), ...inPod() }, choosy({ namespaceSelector: { matchLabels: { a: 'b' } } })),
			/^Unknown: .*labels of namespace ml could not be read/,
		);
		const exempt = { exemptions: [{ podSelector: { matchLabels: { a: 'b' } }, reason: 'r' }] };
		assert.match(verdict({ ...started(null), ...inPod({ metadata: { labels: { a: 'b' } } }) }, choosy(exempt)), /^Unknown/);
		const mirror = { metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } } };
		assert.match(verdict({ ...started(null), ...inPod(mirror) }), /^Unknown/);
	});

	it('is unknown where it cannot be read, and not asked for where the policy demands none', () => {
		const unread: ObservedProcess['reading'] = { container: null, unread: null, environment: { state: 'unread', why: 'hidden' } };
		assert.equal(verdict({ reading: unread, ...inPod() }), 'Unknown: hidden');
		assert.equal(
			verdict({ ...started(null), ...inPod() }, state('p', { devices: allowGood, workloads: {} })),
			'undefined: undefined',
		);
	});

	it('does not change what the policy says of the node, and is counted', () => {
		const processes = [on(good, 7, { ...started(null), ...inPod() })];
		const [said] = report(observation([good], { processes }), demanding).policies ?? [];
		assert.deepEqual([said?.verdict, said?.environmentsDeviating, said?.processesOnForbidden], ['Compliant', 1, 0]);
	});
});
