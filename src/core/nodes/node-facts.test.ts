import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GpuNodeReportStatus } from '../../api/v1alpha1.generated.ts';
import type { DeviceSelector } from '../desired/device-selection.ts';
import type { PublishedDevice } from './facts.ts';
import { deviceVerdicts, gradeNode, judgeNode } from './judge-node.ts';
import { productAsLabel } from './label-facts.ts';
import type { ClusterNode } from './node.ts';
import { type NodeSources, nodeFacts } from './node-facts.ts';
import type { GpuSlice, SliceDevice } from './slice-facts.ts';
import { leaveNothing } from './usable-devices.ts';

const digest = 'd'.repeat(64);
const name3090 = 'NVIDIA GeForce RTX 3090';
const name5060 = 'NVIDIA GeForce RTX 5060 Ti';
const a100 = 'NVIDIA A100-SXM4-40GB';

function node(labels: Record<string, string> = {}, gpus: ClusterNode['gpus'] = null): ClusterNode {
	const marked = Object.fromEntries(Object.entries(labels).map(([key, value]) => [`nvidia.com/${key}`, value]));
	return { name: 'n', uid: 'u', resourceVersion: '1', deleting: false, labels: marked, taints: [], marks: null, gpus };
}

/** `Compliant`, or `NonCompliant: why`, as a policy with this selector says. */
function says(selector: DeviceSelector, sources: Partial<NodeSources>, keeps = false): string {
	const facts = nodeFacts({ node: node(), report: null, stale: false, slices: [], held: () => false, ...sources });
	const policy = { name: 'p', digest, devices: selector, keepsClaimsFrom: () => keeps };
	const { verdict, reason, source, message } = judgeNode('n', policy, facts);
	assert.deepEqual(gradeNode(policy, facts), { verdict, reason, source });
	return message === '' ? verdict : `${verdict}: ${message}`;
}

const allow = (...names: string[]): DeviceSelector => ({ allow: names.map((productName) => ({ productName })) });
const deny = (...names: string[]): DeviceSelector => ({ deny: names.map((productName) => ({ productName })) });

describe('labels of GPU feature discovery', () => {
	const one = {
		'gpu.product': 'NVIDIA-GeForce-RTX-3090',
		'gpu.count': '1',
		'gpu.memory': '24576',
		'gpu.compute.major': '8',
		'gpu.compute.minor': '6',
		'mig.capable': 'false',
	};
	const full = (n: number) => ({ capacity: n, allocatable: n });
	const cases: readonly [string, DeviceSelector, Record<string, string>, ClusterNode['gpus'], RegExp][] = [
		['the name with blanks as dashes', allow(name3090), one, full(1), /^Compliant$/],
		[
			'another name',
			allow(name5060),
			one,
			full(1),
			/^NonCompliant: NVIDIA-GeForce-RTX-3090 is forbidden \(matches no allow entry\)/,
		],
		['a name in other letters', allow('nvidia geforce rtx 3090'), one, full(1), /^NonCompliant/],
		['a pattern', { allow: [{ productNamePattern: '*RTX 30?0' }] }, one, full(1), /^Compliant$/],
		['memory in MiB', { allow: [{ minMemory: '24Gi' }] }, one, full(1), /^Compliant$/],
		['too little memory', { allow: [{ minMemory: '25Gi' }] }, one, full(1), /^NonCompliant/],
		['compute capability', { allow: [{ computeCapability: '8.x' }] }, one, full(1), /^Compliant$/],
		['no MIG', { allow: [{ mig: 'Disabled' }] }, one, full(1), /^Compliant$/],
		[
			'a card that could have MIG',
			{ allow: [{ mig: 'Disabled' }] },
			{ ...one, 'mig.capable': 'true' },
			full(1),
			/^Unknown: .*mig could not be read/,
		],
		['a uuid', { allow: [{ uuid: 'GPU-123' }] }, one, full(1), /^Unknown: .*uuid/],
		['a pci address', { allow: [{ pciBusId: '01:00.0' }] }, one, full(1), /^Unknown: .*pciBusId/],
		['deny on one card', deny(name3090), one, full(1), /^NonCompliant: .*deny\[0\]/],
		['deny of another card', deny(name5060), one, full(1), /^Compliant$/],
		['deny on two cards', deny(name5060), { ...one, 'gpu.count': '2' }, full(2), /^Unknown: .*2 devices share one product label/],
		['deny on two cards of that name', deny(name3090), { ...one, 'gpu.count': '2' }, full(2), /^Unknown/],
		[
			'deny on two cards that allow does not have',
			{ ...allow(name5060), ...deny('x') },
			{ ...one, 'gpu.count': '2' },
			full(2),
			/^NonCompliant/,
		],
		['two cards, counted by the kubelet', allow(name3090), { ...one, 'gpu.count': '2' }, full(2), /^Compliant$/],
		[
			'two cards, counted by nobody',
			allow(name3090),
			{ ...one, 'gpu.count': '2' },
			null,
			/^Unknown: .*other cards may stand beside/,
		],
		['one card, counted by nobody', allow(name3090), one, null, /^Unknown: .*other cards may stand beside/],
		['a card of another kind beside', allow(name3090), one, full(3), /^Unknown: the labels tell of 1 of the 3 GPUs/],
		[
			'MIG devices of a card that the labels do not tell of',
			allow(name3090),
			one,
			{ ...full(1), others: ['nvidia.com/mig-1g.5gb'] },
			/^Unknown: .*counts nvidia.com\/mig-1g.5gb too/,
		],
		[
			'MIG devices of the same product, named by the second label',
			allow(a100),
			{ 'gpu.product': 'NVIDIA-A100-SXM4-40GB', 'gpu.count': '1', 'mig-1g.5gb.product': 'NVIDIA-A100-SXM4-40GB-MIG-1g.5gb' },
			{ ...full(1), others: ['nvidia.com/mig-1g.5gb'] },
			/^Compliant$/,
		],
		[
			'a forbidden card beside resources of others',
			allow(name5060),
			one,
			{ ...full(1), others: ['nvidia.com/gpu-of-old'] },
			/^NonCompliant/,
		],
		[
			'shared ones',
			allow(name3090),
			{ ...one, 'gpu.product': 'NVIDIA-GeForce-RTX-3090-SHARED', 'gpu.replicas': '4' },
			full(4),
			/^Compliant$/,
		],
		[
			'a forbidden one that the kubelet does not offer',
			allow(name5060),
			one,
			{ capacity: 1, allocatable: 0 },
			/^Unknown: .*whether it is exposed/,
		],
		[
			'two forbidden ones of which the kubelet offers one',
			allow(name5060),
			{ ...one, 'gpu.count': '2' },
			{ capacity: 2, allocatable: 1 },
			/^NonCompliant/,
		],
		[
			'a forbidden one beside another kind, of which the kubelet offers one',
			allow(name5060),
			one,
			{ capacity: 2, allocatable: 1 },
			/^Unknown/,
		],
		[
			'an empty policy on a node that nobody counts',
			{},
			{ ...one, 'gpu.count': 'x' },
			full(1),
			/^Unknown: GPU feature discovery tells no number/,
		],
		[
			'MIG devices of one profile',
			{ allow: [{ productName: a100, mig: 'Enabled' }] },
			{ 'gpu.product': 'NVIDIA-A100-SXM4-40GB-MIG-1g.5gb', 'gpu.count': '1', 'gpu.memory': '4864' },
			full(1),
			/^Compliant$/,
		],
		[
			'the memory of a MIG device',
			{ allow: [{ minMemory: '1Gi' }] },
			{ 'gpu.product': 'NVIDIA-A100-SXM4-40GB-MIG-1g.5gb', 'gpu.count': '1', 'gpu.memory': '4864' },
			full(1),
			/^Unknown: .*memory/,
		],
		[
			'an invalid MIG set-up',
			{},
			{ 'gpu.product': 'NVIDIA-A100-SXM4-40GB-MIG-INVALID', 'gpu.count': '0' },
			full(1),
			/^Unknown: .*invalid/,
		],
	];
	for (const [what, selector, labels, gpus, expected] of cases) {
		it(`judge ${what}`, () => assert.match(says(selector, { node: node(labels, gpus) }), expected));
	}

	it('write names without what a label cannot hold', () => {
		assert.equal(productAsLabel('NVIDIA A100-SXM4-40GB'), 'NVIDIA-A100-SXM4-40GB');
		assert.equal(productAsLabel(' NVIDIA  RTX (A6000)'), 'NVIDIA-RTX-A6000');
		assert.equal(productAsLabel('NVIDIA-A100-SXM4-40GB-MIG-1g.5gb-SHARED'), 'NVIDIA-A100-SXM4-40GB');
		assert.equal(productAsLabel('NVIDIA-A100-SXM4-40GB-MIG-1g.5gb+me'), 'NVIDIA-A100-SXM4-40GB');
	});
});

describe('ResourceSlices', () => {
	const device = (name: string, changes: Partial<SliceDevice> = {}): SliceDevice => ({
		name,
		type: 'gpu',
		uuid: `GPU-${name}`,
		productName: name3090,
		pciBusId: '0000:01:00.0',
		computeCapability: '8.6.0',
		memory: '24Gi',
		tainted: false,
		...changes,
	});
	const slice = (devices: readonly SliceDevice[], changes: Partial<GpuSlice> = {}): GpuSlice => ({
		name: 's',
		nodeName: 'n',
		pool: 'n',
		generation: 1,
		sliceCount: 1,
		devices,
		...changes,
	});

	it('tell every criterion but the PCI device id', () => {
		const slices = [slice([device('gpu-0')])];
		const met: DeviceSelector = {
			allow: [
				{
					productName: name3090,
					uuid: 'GPU-gpu-0',
					pciBusId: '01:00.0',
					computeCapability: '>=8.6 <9',
					minMemory: '24Gi',
					maxMemory: '24Gi',
					mig: 'Disabled',
				},
			],
		};
		assert.equal(says(met, { slices }), 'Compliant');
		assert.match(says({ allow: [{ pciDeviceId: '0x220410DE' }] }, { slices }), /^Unknown: .*pciDeviceId/);
	});

	it('expose what claims can be given or were given', () => {
		const slices = [slice([device('gpu-0'), device('gpu-1', { productName: name5060 })])];
		assert.match(
			says(allow(name3090), { slices }),
			/^NonCompliant: GPU-gpu-1 NVIDIA GeForce RTX 5060 Ti is forbidden .*claims can be given it/,
		);
		assert.equal(says(allow(name3090), { slices }, true), 'Compliant', 'kept from claims');
		const held = ({ device: name }: PublishedDevice): boolean => name === 'gpu-1';
		assert.match(says(allow(name3090), { slices, held }, true), /^NonCompliant: .*in use/);
		const broken = [slice([device('gpu-1', { productName: name5060, tainted: true })])];
		assert.equal(says(allow(name3090), { slices: broken }), 'Compliant', 'the driver keeps it away');
	});

	it('are not all where the kubelet offers GPUs of a device plugin too', () => {
		const gpus = { capacity: 1, allocatable: 1 };
		const one = [slice([device('gpu-1', { productName: name5060, tainted: true })])];
		assert.equal(says(allow(name3090), { slices: one }, true), 'Compliant', 'kept from claims');
		assert.match(says(allow(name3090), { slices: one, node: node({}, gpus) }, true), /^NonCompliant: .*in use or allocatable/);
		const two = [slice([device('gpu-0'), device('gpu-1', { productName: name5060 })])];
		assert.match(
			says(allow(name3090), { slices: two, node: node({}, gpus) }, true),
			/^Unknown: .*whether it is exposed is unknown/,
		);
		const none = { capacity: 1, allocatable: 0 };
		assert.equal(says(allow(name3090), { slices: two, node: node({}, none) }, true), 'Compliant');
		const parts = { ...none, others: ['nvidia.com/mig-1g.5gb'] };
		assert.match(says(allow(name3090), { slices: two, node: node({}, parts) }, true), /^Unknown: .*whether it is exposed/);
	});

	it('that could not be read leave no room for another source but the agent', () => {
		const labelled = node({ 'gpu.product': 'NVIDIA-GeForce-RTX-5060-Ti', 'gpu.count': '1' }, { capacity: 1, allocatable: 1 });
		const unread = 'list resourceslices: forbidden';
		assert.match(says(allow(name3090), { node: labelled }), /^NonCompliant/);
		assert.equal(says(allow(name3090), { node: labelled, unread }), `Unknown: ${unread}`);
		assert.equal(
			says(allow(name3090), { node: labelled, unread, report: { source: { kind: 'NVML' }, devices: [] } }),
			'Compliant',
		);
	});

	it('count a card once, by its UUID, whatever stands for it', () => {
		const part = (name: string): SliceDevice =>
			device(name, {
				type: 'mig',
				uuid: `MIG-${name}`,
				parentUuid: 'GPU-a',
				profile: '1g.5gb',
				memory: '4864Mi',
				productName: a100,
			});
		const parts = nodeFacts({
			node: node(),
			report: null,
			stale: false,
			slices: [slice([part('m0'), part('m1')])],
			held: () => false,
		});
		assert.equal(parts.state === 'known' && parts.devices.length, 1);
		assert.equal(parts.state === 'known' && parts.devices[0]?.published.length, 2);
		assert.equal(says({ allow: [{ mig: 'Enabled' }] }, { slices: [slice([part('m0')])] }), 'Compliant');
		assert.equal(says({ allow: [{ uuid: 'MIG-m1' }] }, { slices: [slice([part('m0'), part('m1')])] }), 'Compliant');
		assert.match(says({ allow: [{ minMemory: '1Gi' }] }, { slices: [slice([part('m0')])] }), /^Unknown: .*memory/);
		const beside = [slice([device('gpu-0', { uuid: 'GPU-a', productName: a100 }), part('m0')])];
		assert.match(says({ allow: [{ mig: 'Disabled' }] }, { slices: beside }), /^Unknown: .*mig/);
	});

	it('of an older generation do not count, nor does an incomplete pool', () => {
		const old = slice([device('gpu-1', { productName: name5060 })], { name: 'old' });
		const now = slice([device('gpu-0')], { name: 'new', generation: 2 });
		assert.equal(says(allow(name3090), { slices: [old, now] }), 'Compliant');
		assert.match(says(allow(name3090), { slices: [{ ...now, sliceCount: 2 }] }), /^Unknown: .*1 of 2 of pool n/);
	});

	it('that name a node with each device tell of that node only', () => {
		const shared = slice([device('gpu-0', { nodeName: 'n' }), device('gpu-1', { nodeName: 'm', productName: name5060 })], {
			nodeName: '',
			pool: 'rack',
		});
		assert.equal(says(allow(name3090), { slices: [shared] }), 'Compliant');
	});
});

describe('reports of agents', () => {
	const report: GpuNodeReportStatus = {
		devices: [
			{ uuid: 'GPU-1', index: 1, productName: name5060, exposure: 'NotExposed', mig: 'NotSupported' },
			{ uuid: 'GPU-0', index: 0, productName: name3090, exposure: 'Exposed', mig: 'Enabled' },
		],
	};

	it('stand over every other source, and are unknown when silent', () => {
		const labels = { 'gpu.product': 'NVIDIA-GeForce-RTX-5060-Ti', 'gpu.count': '1' };
		const sources = { node: node(labels, { capacity: 1, allocatable: 1 }), report };
		assert.equal(says(allow(name3090), sources), 'Compliant', 'present, not exposed');
		assert.match(says(allow(name3090), { ...sources, stale: true }), /^Unknown: its agent missed three heartbeats/);
		assert.match(says(allow(name3090), { ...sources, report: {}, stale: true }), /^NonCompliant/, 'an empty one is none');
	});

	it('leave open what they do not tell', () => {
		assert.match(says({ deny: [{ uuid: 'MIG-77' }] }, { report }), /^Unknown: .*MIG devices could not be read/);
		assert.match(says({ allow: [{ minMemory: '1Gi' }] }, { report }), /^Unknown: .*memory/);
		assert.match(says({}, { report: { source: { kind: 'NVML' } } }), /^Unknown: the agent could not read the devices/);
		assert.equal(says({}, { report: { source: { kind: 'sysfs' }, devices: [] } }), 'Compliant', 'a node without a device');
		const emptied = { devices: [], policies: [] };
		assert.match(says({}, { report: emptied }), /^Unknown: the agent could not read the devices/, 'a list that was taken back');
		assert.match(
			says(
				{},
				{ report: { devices: [{ uuid: 'GPU-0', index: 0, productName: name3090, health: 'GPU is lost', exposure: 'Exposed' }] } },
			),
			/^Unknown: .*lost/,
		);
	});

	it('tell MIG devices, and what exposes a device', () => {
		const partitioned = { mig: 'Enabled' as const, migDevices: [{ uuid: 'MIG-77' }] };
		const told = {
			devices: [
				{
					...partitioned,
					uuid: 'GPU-0',
					index: 0,
					productName: name3090,
					exposure: 'Exposed' as const,
					exposedBy: 'pid 7 (python) of a/b',
				},
			],
		};
		assert.match(
			says({ deny: [{ uuid: 'MIG-77' }] }, { report: told }),
			/^NonCompliant: .* is forbidden \(.*\): pid 7 \(python\) of a\/b/,
		);
	});

	it('cannot tell what the DRA driver publishes: a device that the agent does not see exposed can be claimed', () => {
		const told = {
			devices: [
				{ uuid: 'GPU-9', index: 0, productName: name5060, exposure: 'NotExposed' as const, mig: 'NotSupported' as const },
			],
			policies: [{ name: 'p', digest, verdict: 'Compliant' as const }],
		};
		const published = { name: 'gpu-0', uuid: 'GPU-9', type: 'gpu', productName: name5060, tainted: false };
		const slices = [{ name: 's', nodeName: 'n', pool: 'n', generation: 1, sliceCount: 1, devices: [published] }];
		const facts = nodeFacts({ node: node(), report: told, stale: false, slices, held: () => false });
		const judge = (kept: boolean) =>
			judgeNode('n', { name: 'p', digest, devices: allow(name3090), keepsClaimsFrom: () => kept }, facts);
		assert.match(`${judge(false).verdict} ${judge(false).message}`, /^NonCompliant .* and claims can be given it/);
		assert.equal(judge(true).verdict, 'Compliant');
	});

	it('name every exposed device that the agent forbids', () => {
		const devices = [
			{ uuid: 'GPU-0', verdict: 'Forbidden' as const, because: 'deny[0] productName' },
			{ uuid: 'GPU-1', verdict: 'Forbidden' as const },
		];
		const facts = nodeFacts({
			node: node(),
			report: { ...report, policies: [{ name: 'p', digest, verdict: 'NonCompliant', devices }] },
			stale: false,
			slices: [],
			held: () => false,
		});
		const { violations, reason } = judgeNode('n', { name: 'p', digest, devices: {}, keepsClaimsFrom: () => false }, facts);
		assert.equal(reason, 'ForbiddenDeviceExposed');
		assert.deepEqual(
			violations.map(({ place }) => place),
			['n/GPU-0'],
		);
	});
});

describe('nothing left usable', () => {
	const devices = [name3090, name5060, a100].map((productName, index) => ({ uuid: `GPU-${index}`, index, productName }));
	const facts = nodeFacts({ node: node(), report: { devices }, stale: false, slices: [], held: () => false });
	const policy = (name: string, selector: DeviceSelector, on = facts) => ({
		name,
		verdicts: on.state === 'known' ? deviceVerdicts({ name, digest, devices: selector }, on) : [],
	});
	const conflict = (...selectors: DeviceSelector[]) =>
		leaveNothing(
			selectors.map((one, i) => policy(`p${i}`, one)),
			facts,
		);

	it('takes two policies that each leave something', () => {
		assert.deepEqual(conflict(allow(name3090), allow(name5060)), ['p0', 'p1']);
		assert.deepEqual(conflict(allow(name3090), deny(name5060)), []);
		assert.deepEqual(conflict(allow('another card'), allow(name3090)), [], 'one that forbids all of them means it');
		assert.deepEqual(conflict(allow(name3090)), []);
		assert.deepEqual(conflict(deny(name3090), deny(name5060), deny(a100)), ['p0', 'p1', 'p2'], 'only all three together');
		assert.deepEqual(conflict(allow(name3090), allow(name5060), {}), ['p0', 'p1'], 'the pair is enough');
		assert.deepEqual(
			conflict(allow(name3090), { deny: [{ productName: name3090, minMemory: '1Gi' }] }),
			[],
			'what is unknown may be usable',
		);
	});

	it('is never said of a node without devices or without facts', () => {
		const none = nodeFacts({
			node: node(),
			report: { source: { kind: 'NVML' }, devices: [] },
			stale: false,
			slices: [],
			held: () => false,
		});
		assert.deepEqual(leaveNothing([policy('p', allow('a'), none), policy('q', allow('b'), none)], none), []);
		const missing = nodeFacts({ node: node(), report: null, stale: false, slices: [], held: () => false });
		assert.deepEqual(leaveNothing([policy('p', allow('a'), missing), policy('q', allow('b'), missing)], missing), []);
	});
});
