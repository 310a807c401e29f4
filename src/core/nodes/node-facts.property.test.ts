import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { DeviceSelector } from '../desired/device-selection.ts';
import { judgeNode, type NodeVerdict } from './judge-node.ts';
import { type NodeSources, nodeFacts } from './node-facts.ts';
import type { GpuSlice, SliceDevice } from './slice-facts.ts';

const seed = Number(process.env['FC_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const numRuns = Number(process.env['FC_RUNS'] ?? 500);

const products = ['NVIDIA GeForce RTX 3090', 'NVIDIA L4', 'NVIDIA A100-SXM4-40GB'];
const memories = ['24Gi', '40Gi'];
const capabilities = ['8.0.0', '8.6.0', '8.9.0'];
const names = ['gpu-0', 'gpu-1', 'gpu-2'];

/** Of the keys that may be left out each is, or is not. */
function partly<T extends object>(of: fc.Arbitrary<T>, optional: readonly (keyof T)[]): fc.Arbitrary<readonly [T, Partial<T>]> {
	return fc
		.tuple(of, fc.subarray([...optional]))
		.map(([all, left]) => [
			all,
			Object.fromEntries(Object.entries(all).filter(([key]) => !left.includes(key as keyof T))) as Partial<T>,
		]);
}

const criteria = fc.record(
	{
		productName: fc.constantFrom(...products),
		productNamePattern: fc.constantFrom('*RTX*', '*L?', 'NVIDIA*'),
		uuid: fc.constantFrom(...names.map((name) => `GPU-${name}`)),
		computeCapability: fc.constantFrom('8.x', '>=8.6'),
		minMemory: fc.constantFrom('30Gi', '1Gi'),
		maxMemory: fc.constantFrom('30Gi'),
		mig: fc.constantFrom('Enabled' as const, 'Disabled' as const),
	},
	{ requiredKeys: [] },
);
const selector: fc.Arbitrary<DeviceSelector> = fc.record(
	{ allow: fc.array(criteria, { minLength: 1, maxLength: 2 }), deny: fc.array(criteria, { maxLength: 2 }) },
	{ requiredKeys: [] },
);
const gpus = fc.option(
	fc.tuple(fc.nat(4), fc.nat(4)).map(([a, b]) => ({ capacity: Math.max(a, b), allocatable: Math.min(a, b) })),
	{ nil: null },
);

function judge(devices: DeviceSelector, sources: Partial<NodeSources>): NodeVerdict {
	const node = { name: 'n', uid: 'u', resourceVersion: '1', deleting: false, labels: {}, taints: [], marks: null, gpus: null };
	const facts = nodeFacts({ node, report: null, stale: false, slices: [], held: () => false, ...sources });
	return judgeNode('n', { name: 'p', digest: 'd', devices, keepsClaimsFrom: () => false }, facts);
}

/** Knowing less may leave a verdict open. It never turns one round, and never makes one. */
function assertWeaker(less: NodeVerdict, more: NodeVerdict): void {
	if (less.verdict !== 'Unknown') assert.equal(less.verdict, more.verdict, `${less.message} | ${more.message}`);
}

const slices = (devices: readonly SliceDevice[]): GpuSlice[] => [
	{ name: 's', nodeName: 'n', pool: 'n', generation: 1, sliceCount: 1, devices },
];

describe(`facts about nodes (FC_SEED=${seed})`, () => {
	const published = partly(
		fc.record({
			productName: fc.constantFrom(...products),
			memory: fc.constantFrom(...memories),
			computeCapability: fc.constantFrom(...capabilities),
			uuid: fc.constant('GPU'),
		}),
		['productName', 'memory', 'computeCapability'],
	);

	it('that a driver does not publish leave the verdict open, and turn none round', () => {
		fc.assert(
			fc.property(selector, fc.array(published, { minLength: 1, maxLength: 3 }), (devices, pairs) => {
				const all = (pick: 0 | 1): SliceDevice[] =>
					pairs.map((pair, i) => ({ type: 'gpu', tainted: false, ...pair[pick], name: `gpu-${i}`, uuid: `GPU-gpu-${i}` }));
				assertWeaker(judge(devices, { slices: slices(all(1)) }), judge(devices, { slices: slices(all(0)) }));
			}),
			{ seed, numRuns },
		);
	});

	it('that labels do not tell leave the verdict open, and turn none round', () => {
		const labels = partly(
			fc.record({
				'nvidia.com/gpu.product': fc.constantFrom('NVIDIA-GeForce-RTX-3090', 'NVIDIA-L4', 'NVIDIA-A100-SXM4-40GB-SHARED'),
				'nvidia.com/gpu.count': fc.constantFrom('1', '2'),
				'nvidia.com/gpu.memory': fc.constantFrom('24576', '40960'),
				'nvidia.com/gpu.compute.major': fc.constant('8'),
				'nvidia.com/gpu.compute.minor': fc.constantFrom('0', '6'),
				'nvidia.com/mig.capable': fc.constantFrom('true', 'false'),
			}),
			[
				'nvidia.com/gpu.product',
				'nvidia.com/gpu.count',
				'nvidia.com/gpu.memory',
				'nvidia.com/gpu.compute.major',
				'nvidia.com/gpu.compute.minor',
				'nvidia.com/mig.capable',
			],
		);
		fc.assert(
			fc.property(selector, labels, gpus, fc.boolean(), (devices, [all, some], counted, forgotten) => {
				const node = (told: object, own: typeof counted): NodeSources['node'] => ({
					name: 'n',
					uid: 'u',
					resourceVersion: '1',
					deleting: false,
					labels: told as Record<string, string>,
					taints: [],
					marks: null,
					gpus: own,
				});
				const less = judge(devices, { node: node(some, forgotten ? null : counted) });
				assertWeaker(less, judge(devices, { node: node(all, counted) }));
			}),
			{ seed, numRuns },
		);
	});

	it('are the same in whatever order slices and devices are told', () => {
		const device = fc.record({
			name: fc.constantFrom(...names),
			productName: fc.constantFrom(...products),
			memory: fc.constantFrom(...memories),
		});
		const devices = fc.uniqueArray(device, { selector: ({ name }) => name, maxLength: 3 });
		fc.assert(
			fc.property(selector, devices, fc.boolean(), (policy, told, apart) => {
				const full = told.map(
					(one): SliceDevice => ({ type: 'gpu', uuid: `GPU-${one.name}`, computeCapability: '8.6.0', tainted: false, ...one }),
				);
				const lay = (of: readonly SliceDevice[]): GpuSlice[] =>
					apart
						? of.map((one) => ({
								name: one.name,
								nodeName: 'n',
								pool: 'n',
								generation: 1,
								sliceCount: of.length,
								devices: [one],
							}))
						: slices(of);
				assert.deepEqual(judge(policy, { slices: lay(full.toReversed()).toReversed() }), judge(policy, { slices: lay(full) }));
				assert.deepEqual(judge(policy, { slices: lay(full.toReversed()) }), judge(policy, { slices: lay(full) }));
			}),
			{ seed, numRuns },
		);
	});
});
