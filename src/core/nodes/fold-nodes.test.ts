import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { foldNodes as fold } from './fold-nodes.ts';
import type { NodeVerdict } from './judge-node.ts';

const seed = Number(process.env['FC_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const numRuns = Number(process.env['FC_RUNS'] ?? 200);

function foldNodes(verdicts: readonly (readonly [string, NodeVerdict])[]): ReturnType<typeof fold> {
	const byName = new Map(verdicts);
	return fold(verdicts, (node) => byName.get(node) ?? compliant);
}

const compliant: NodeVerdict = {
	verdict: 'Compliant',
	reason: 'AllCompliant',
	message: '',
	source: 'AgentReport',
	evidence: '2 devices read through agent report (NVML 580)',
	violations: [],
};
const stale: NodeVerdict = {
	verdict: 'Unknown',
	reason: 'ReportStale',
	message: 'silent',
	source: 'AgentReport',
	evidence: '',
	violations: [],
};
const unseen: NodeVerdict = {
	verdict: 'Unknown',
	reason: 'NotYetObserved',
	message: 'no source',
	source: null,
	evidence: '',
	violations: [],
};
function exposed(node: string, message = 'GPU-1 is forbidden'): NodeVerdict {
	const violations = [{ place: `${node}/GPU-1`, rule: 'device/forbidden', message }];
	return {
		verdict: 'NonCompliant',
		reason: 'ForbiddenDeviceExposed',
		message,
		source: 'ResourceSlice',
		evidence: '1 device read through ResourceSlice',
		violations,
	};
}

describe('folding nodes', () => {
	it('counts, names the worst and the sources', () => {
		const { condition, status } = foldNodes([
			['n3', stale],
			['n1', compliant],
			['n4', unseen],
			['n2', exposed('n2')],
		]);
		assert.deepEqual(status, { summary: '1/4', total: 4, compliant: 1, unknown: 2, violations: exposed('n2').violations });
		assert.equal(condition.reason, 'ForbiddenDeviceExposed');
		assert.equal(
			condition.message,
			'1 of 4 nodes compliant, 1 not, 2 unknown; facts from 2 agent reports, 1 ResourceSlice of the DRA driver, no facts of 1 node; n2: GPU-1 is forbidden; 1 device read through ResourceSlice; n3: silent; n4: no source; n1: 2 devices read through agent report (NVML 580)',
		);
	});

	it('gives one reason each', () => {
		const reason = (...verdicts: NodeVerdict[]): string => {
			const { condition } = foldNodes(verdicts.map((one, i) => [`n${i}`, one]));
			return `${condition.status}/${condition.reason}`;
		};
		assert.equal(reason(), 'True/NoneSelected');
		assert.equal(reason(compliant, compliant), 'True/AllCompliant');
		assert.equal(reason(compliant, unseen), 'Unknown/NotYetObserved');
		assert.equal(reason(unseen, stale, compliant), 'Unknown/ReportStale');
		assert.equal(reason(stale, exposed('n1')), 'False/ForbiddenDeviceExposed');
	});

	it('stays below 64 KiB over 5,000 nodes with as many long violations', () => {
		const nodes = Array.from({ length: 5_000 }, (_, i): [string, NodeVerdict] => {
			const name = `node-${i}.${'x'.repeat(240)}`;
			return [
				name,
				i % 3 === 0 ? compliant : i % 3 === 1 ? exposed(name, 'ü'.repeat(5_000)) : { ...stale, message: 'y'.repeat(1_024) },
			];
		});
		const { condition, status } = foldNodes(nodes);
		assert.equal(status.violations?.length, 20);
		assert.equal(status.summary, '1667/5000');
		assert.ok(Buffer.byteLength(JSON.stringify({ condition, status })) < 48 * 1024);
	});

	it(`says the same in any order (seed ${seed})`, () => {
		const anyVerdict = fc.constantFrom(compliant, stale, unseen, 'exposed' as const);
		fc.assert(
			fc.property(fc.array(anyVerdict, { maxLength: 60 }), fc.infiniteStream(fc.nat()), (verdicts, order) => {
				const nodes = verdicts.map((one, i): [string, NodeVerdict] => [`n${i}`, one === 'exposed' ? exposed(`n${i}`) : one]);
				const shuffled = nodes.map((one) => ({ one, at: order.next().value ?? 0 })).sort((a, b) => a.at - b.at);
				assert.deepEqual(foldNodes(shuffled.map(({ one }) => one)), foldNodes(nodes));
			}),
			{ seed, numRuns },
		);
	});
});
