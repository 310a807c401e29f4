import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DeviceAnswer } from '../device-answer/index.ts';
import { device, inventory } from '../observed/inventory.fixture.ts';
import type { Inventory } from '../observed/inventory.ts';
import type { PolicyState } from './agent-policy.ts';
import { decideAnswer, type Settled } from './answer-devices.ts';
import { judgedOn, type PolicyInForce, policiesInForce } from './in-force.ts';
import { allowGood, bad, good, state } from './node-report.fixture.ts';

type Answer = Omit<DeviceAnswer, 'at'>;

/** An agent that judges again and again, as the real one does; through JSON, as what outlives it goes. */
class Judge {
	inForce: readonly PolicyInForce[] = [];
	answer: Answer | null = null;
	conflict: readonly string[] = [];
	settled: Settled | null = null;
	labels: Record<string, string> = {};

	judge(read: Inventory | null, ...states: readonly PolicyState[]): this {
		this.inForce = policiesInForce(states, this.labels, this.inForce).map((one) => (read ? judgedOn(one, read) : one));
		const { answer, conflict, settled } = decideAnswer('n1', this.inForce, read, this.answer, this.settled);
		this.conflict = conflict;
		this.settled = settled;
		this.answer = answer ?? this.answer;
		return this;
	}

	/** Another agent that reads what this one left. */
	restarted(): Judge {
		const next = new Judge();
		Object.assign(next, JSON.parse(JSON.stringify({ inForce: this.inForce, answer: this.answer, settled: this.settled })));
		return next;
	}

	/** `Forbidden by p`, by index of the device. */
	says(): readonly string[] {
		return (this.answer?.devices ?? []).map(({ verdict, policy }) => `${verdict}${policy === null ? '' : ` by ${policy}`}`);
	}
}

const both = inventory(bad, good);
const denyGood = { devices: { deny: [{ productName: good.productName }] } };

describe('what the agent answers the device-plugin proxy', () => {
	it('is the verdict of every Enforce policy together, and what an Audit policy says changes nothing', () => {
		const judge = new Judge().judge(both, state('a', { devices: allowGood }), state('b', { mode: 'Audit', ...denyGood }));
		assert.deepEqual(judge.says(), ['Forbidden by a', 'Allowed by a']);
		assert.deepEqual(
			judge.answer?.policies.map(({ name, mode }) => `${name} ${mode}`),
			['a Enforce', 'b Audit'],
		);
		judge.judge(both, state('b', { mode: 'Audit', ...denyGood }));
		assert.deepEqual(judge.says(), ['Allowed', 'Allowed']);
	});

	it('says that no policy selects the node, and a policy without a nodes block does not', () => {
		const judge = new Judge().judge(
			both,
			state('a', { devices: allowGood, nodes: { selector: { matchLabels: { gpu: 'yes' } } } }),
			state('b', { devices: allowGood, nodes: undefined }),
		);
		assert.deepEqual(judge.answer?.policies, []);
		judge.labels = { gpu: 'yes' };
		judge.judge(both, state('a', { devices: allowGood, nodes: { selector: { matchLabels: { gpu: 'yes' } } } }));
		assert.deepEqual(judge.says(), ['Forbidden by a', 'Allowed by a']);
	});

	it('stays while its policy is suspended, deleted or invalid, whatever becomes of its spec, its labels and the agent', () => {
		for (const held of [
			state('a', { ...denyGood, suspend: true }),
			state('a', { ...denyGood, suspend: true, nodes: undefined }),
			state('a', { ...denyGood, nodes: { selector: { matchLabels: { other: 'x' } } }, suspend: true }),
			state('a', { devices: allowGood }, { deleting: true }),
			state('a', { devices: allowGood }, { problems: ['spec.devices: wrong'] }),
		]) {
			const judge = new Judge().judge(both, state('a', { devices: allowGood }));
			const before = judge.says();
			assert.deepEqual(judge.judge(both, held).says(), before);
			assert.deepEqual(judge.restarted().judge(null, held).says(), before);
			assert.deepEqual(judge.restarted().judge(both, held).says(), before);
		}
		const judge = new Judge().judge(both, state('a', { devices: allowGood }));
		assert.deepEqual(judge.judge(both, state('a', denyGood)).says(), ['Allowed by a', 'Forbidden by a'], 'no longer held');
		assert.deepEqual(judge.judge(both).says(), ['Allowed', 'Allowed'], 'gone');
	});

	it('of a suspended policy that was never seen in force is what it says as it stands', () => {
		const judge = new Judge().judge(both, state('a', { devices: allowGood, suspend: true }));
		assert.deepEqual(judge.says(), ['Forbidden by a', 'Allowed by a']);
	});

	it('is not kept for another policy of the same name', () => {
		const judge = new Judge().judge(both, state('a', { devices: allowGood }, { uid: '1' }));
		judge.judge(both, state('a', { ...denyGood, suspend: true }, { uid: '2' }));
		assert.deepEqual(judge.says(), ['Allowed by a', 'Forbidden by a']);
	});

	it('stays where policies together leave no device usable, and names them', () => {
		const judge = new Judge().judge(both, state('a', { devices: allowGood }));
		judge.judge(both, state('a', { devices: allowGood }), state('b', denyGood));
		assert.deepEqual(judge.conflict, ['a', 'b']);
		assert.deepEqual(judge.says(), ['Forbidden by a', 'Allowed by a']);
		const next = judge.restarted().judge(both, state('a', { devices: allowGood }), state('b', denyGood));
		assert.deepEqual(next.says(), ['Forbidden by a', 'Allowed by a']);
		assert.deepEqual(next.judge(both, state('b', denyGood)).says(), ['Allowed by b', 'Forbidden by b']);
		assert.deepEqual(next.conflict, []);
	});

	it('stays what it was before the devices were away where policies that came meanwhile leave none usable', () => {
		const [a, b] = [state('a', { devices: allowGood }), state('b', denyGood)];
		const judge = new Judge().judge(both, a).judge(null, a, b);
		assert.deepEqual(
			judge.says(),
			['Forbidden by a', 'Unknown by b'],
			'nothing is handed out by a policy that was not carried out yet',
		);
		for (const one of [judge, judge.restarted(), judge.restarted().judge(null, a, b)]) {
			one.judge(both, a, b);
			assert.deepEqual(
				[one.conflict, one.says()],
				[
					['a', 'b'],
					['Forbidden by a', 'Allowed by a'],
				],
			);
		}
		judge.judge(null, a, b).judge(both, a, b);
		assert.deepEqual(judge.says(), ['Forbidden by a', 'Allowed by a'], 'through another absence');
	});

	it('stays in a conflict as an agent of before wrote it, that kept no verdicts', () => {
		const [a, b] = [state('a', { devices: allowGood }), state('b', denyGood)];
		const next = new Judge().judge(both, a).restarted();
		next.settled = null;
		assert.deepEqual(next.judge(both, a, b).says(), ['Forbidden by a', 'Allowed by a']);
	});

	it('stays in a conflict over the devices that are there, whatever one that was taken out would leave', () => {
		const judge = new Judge().judge(inventory(bad, good, device(2)), state('a', { devices: allowGood }));
		const edited = state('a', { devices: { allow: [{ uuid: good.uuid }] } });
		judge.judge(both, edited);
		assert.deepEqual(judge.says(), ['Forbidden by a', 'Allowed by a', 'Unknown by a']);
		judge.judge(both, edited, state('b', denyGood));
		assert.deepEqual(judge.conflict, ['a', 'b']);
		assert.deepEqual(judge.says(), ['Forbidden by a', 'Allowed by a', 'Unknown by a']);
	});

	it('of a policy that by itself forbids every device is that, and no conflict', () => {
		const judge = new Judge().judge(
			both,
			state('a', { devices: allowGood }),
			state('b', { devices: { deny: [{ productNamePattern: '*' }] } }),
		);
		assert.deepEqual(judge.says(), ['Forbidden by a', 'Forbidden by b']);
		assert.deepEqual(judge.conflict, []);
	});

	it('stays while the devices cannot be read, also for the next agent', () => {
		const judge = new Judge().judge(both, state('a', { devices: allowGood }));
		assert.deepEqual(judge.judge(null, state('a', { devices: allowGood })).says(), ['Forbidden by a', 'Allowed by a']);
		assert.deepEqual(
			judge
				.restarted()
				.judge(null, state('a', { devices: allowGood }))
				.says(),
			['Forbidden by a', 'Allowed by a'],
		);
	});

	it('is that nothing is known where a policy changes while the devices cannot be read', () => {
		const judge = new Judge().judge(both, state('a', { devices: allowGood }));
		assert.deepEqual(judge.judge(null, state('a', denyGood)).says(), ['Unknown by a', 'Unknown by a']);
		const free = new Judge().judge(both);
		assert.deepEqual(
			free
				.restarted()
				.judge(null, state('a', { devices: allowGood }))
				.says(),
			['Unknown by a', 'Unknown by a'],
		);
	});

	it('is none where the devices were never read; that no policy enforces is an answer without them', () => {
		assert.equal(new Judge().judge(null, state('a', { devices: allowGood })).answer, null);
		assert.deepEqual(new Judge().judge(null, state('a', { devices: allowGood, mode: 'Audit' })).answer?.devices, []);
		assert.deepEqual(new Judge().judge(null).answer?.policies, []);
	});

	it('keeps a device that vanishes: forbidden it stays forbidden, allowed it is unknown while it is lost', () => {
		const judge = new Judge().judge(both, state('a', { devices: allowGood }));
		const lost = inventory({ ...bad, lost: 'GPU_IS_LOST' }, { ...good, lost: 'GPU_IS_LOST' });
		assert.deepEqual(judge.judge(lost, state('a', { devices: allowGood })).says(), ['Forbidden by a', 'Unknown by a']);
		const unnamed = inventory(device(0, { uuid: '', productName: '', pciBusId: '', lost: 'GPU_IS_LOST' }));
		assert.deepEqual(judge.judge(unnamed, state('a', { devices: allowGood })).says(), ['Forbidden by a', 'Unknown by a']);
		assert.deepEqual(judge.judge(both, state('a', { devices: allowGood })).says(), ['Forbidden by a', 'Allowed by a']);
	});

	it('of a device with one missing fact is what the same policy said before', () => {
		const policy = state('a', { devices: { allow: [{ minMemory: '20Gi' }] } });
		const judge = new Judge().judge(inventory(good), policy);
		const blurred = inventory({ ...good, memoryBytes: null, unread: { memoryBytes: 'nvmlDeviceGetMemoryInfo: UNKNOWN' } });
		assert.deepEqual(judge.judge(blurred, policy).says(), ['Allowed by a']);
		assert.deepEqual(judge.judge(blurred, state('a', { devices: { allow: [{ minMemory: '21Gi' }] } })).says(), ['Unknown by a']);
	});

	it('names MIG devices with the verdict of their GPU, and forgets those that are gone', () => {
		const children = [
			{ uuid: 'MIG-1', profile: '1g.10gb', memoryBytes: null },
			{ uuid: 'MIG-2', profile: '1g.10gb', memoryBytes: null },
		];
		const split = inventory({ ...good, mig: { enabled: true, children } }, { ...bad, index: 2 });
		const judge = new Judge().judge(split, state('a', { devices: allowGood }));
		assert.deepEqual(
			judge.answer?.devices.map(({ uuid, parent, verdict }) => [uuid, parent, verdict]),
			[
				[good.uuid, null, 'Allowed'],
				['MIG-1', good.uuid, 'Allowed'],
				['MIG-2', good.uuid, 'Allowed'],
				[bad.uuid, null, 'Forbidden'],
			],
		);
		judge.judge(
			inventory({ ...good, mig: { enabled: true, children: children.slice(1) } }, bad),
			state('a', { devices: allowGood }),
		);
		assert.deepEqual(
			judge.answer?.devices.map(({ uuid }) => uuid),
			[good.uuid, 'MIG-2', bad.uuid],
		);
	});

	it('adds the literal variables of Enforce policies that demand them of every pod, and none that depends on the machine', () => {
		const env = [
			{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' },
			{ name: 'COST', value: '$(A) $$' },
			{ name: 'CUDA_VISIBLE_DEVICES', value: '1' },
			{ name: 'FILES_ONLY', value: 'x', targets: ['Files'] },
			{ name: 'FROM', valueFrom: { file: { path: '.env', key: 'FROM' } } },
		];
		const names = (...states: PolicyState[]) =>
			new Judge().judge(both, ...states).answer?.env.map(({ name, value }) => `${name}=${value}`);
		assert.deepEqual(names(state('a', { env, workloads: {} })), ['CUDA_DEVICE_ORDER=PCI_BUS_ID', 'COST=$(A) $$']);
		assert.deepEqual(names(state('a', { env })), []);
		assert.deepEqual(names(state('a', { env, workloads: {}, mode: 'Audit' })), []);
		assert.deepEqual(names(state('a', { env, workloads: { podSelector: { matchLabels: { a: 'b' } } } })), []);
		assert.deepEqual(
			names(state('a', { env, workloads: { exemptions: [{ podSelector: { matchLabels: { a: 'b' } }, reason: 'r' }] } })),
			[],
		);
		const other = state('b', { env: [{ name: 'COST', value: 'other' }], workloads: {} });
		assert.deepEqual(
			names(state('a', { env, workloads: {} }), other),
			['CUDA_DEVICE_ORDER=PCI_BUS_ID'],
			'a contradiction is left out',
		);
	});
});
