import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ClusterNode, Taint } from './node.ts';
import { complianceLabel, compliantLabel, decideMarks, type MarkChange, type MarkWish, taintedAt, taints } from './node-marks.ts';

const seed = Number(process.env['FC_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const numRuns = Number(process.env['FC_RUNS'] ?? 300);
const verdicts = ['Compliant', 'NonCompliant', 'Unknown'] as const;

function node(changes: Partial<ClusterNode> = {}): ClusterNode {
	return {
		name: 'n',
		uid: 'u',
		resourceVersion: '1',
		deleting: false,
		labels: {},
		taints: [],
		marks: null,
		gpus: null,
		...changes,
	};
}

/** The node as the server has it after the change. */
function after(before: ClusterNode, change: MarkChange | null): ClusterNode {
	if (!change) return before;
	const { [compliantLabel]: standing, ...labels } = before.labels;
	const label = 'label' in change ? change.label : standing;
	return {
		...before,
		labels: label === null || label === undefined ? labels : { ...labels, [compliantLabel]: label },
		taints: change.taints ?? before.taints,
		marks: change.marks === undefined ? before.marks : change.marks,
	};
}

describe('the label of a node', () => {
	const table: readonly [readonly (typeof verdicts)[number][], 'true' | 'false' | null][] = [
		[[], null],
		[['Compliant'], 'true'],
		[['NonCompliant'], 'false'],
		[['Unknown'], null],
		[['Compliant', 'Compliant'], 'true'],
		[['Compliant', 'NonCompliant'], 'false'],
		[['Compliant', 'Unknown'], null],
		[['NonCompliant', 'Unknown'], 'false'],
		[['NonCompliant', 'Compliant', 'Unknown'], 'false'],
	];
	for (const [given, expected] of table) {
		it(`is ${expected ?? 'absent'} where the policies say ${given.join(', ') || 'nothing'}`, () => {
			assert.equal(complianceLabel(given), expected);
			assert.equal(complianceLabel([...given].reverse()), expected);
		});
	}

	it('that somebody else set on a node without a policy stays', () => {
		assert.equal(decideMarks(node({ labels: { [compliantLabel]: 'true' } }), []), null);
	});
});

const keys = ['a/x', 'a/y'];
const effects = ['NoSchedule', 'PreferNoSchedule'];
const anyTaint = fc.record({
	key: fc.constantFrom(...keys),
	effect: fc.constantFrom(...effects),
	value: fc.constantFrom('', 'v', 'w'),
});
const anyWish: fc.Arbitrary<MarkWish> = fc.record({
	policy: fc.constantFrom('p', 'q', 'r'),
	verdict: fc.constantFrom(...verdicts),
	taint: fc.option(anyTaint, { nil: null }),
	hold: fc.constantFrom('Nothing', 'Additions', 'Everything'),
});
const anyWishes = fc.uniqueArray(anyWish, { selector: ({ policy }) => policy, maxLength: 3 });
const id = ({ key, effect }: Taint): string => `${key}:${effect}`;
const foreignTaints = fc.uniqueArray(
	fc.oneof(anyTaint, fc.record({ key: fc.constant('other'), effect: fc.constant('NoExecute'), value: fc.constant('z') })),
	{ selector: id, maxLength: 4 },
);

describe('marks on a node', () => {
	it(`settle at once, whatever came before (seed ${seed})`, () => {
		fc.assert(
			fc.property(foreignTaints, fc.array(anyWishes, { minLength: 1, maxLength: 4 }), (foreign, history) => {
				let now = node({ taints: foreign });
				for (const [at, wishes] of history.entries()) {
					now = after(now, decideMarks(now, wishes, at));
					assert.equal(decideMarks(now, wishes, at + 1), null);
					assert.equal(decideMarks(now, [...wishes].reverse(), at + 1), null, 'in any order');
				}
			}),
			{ seed, numRuns },
		);
	});

	it(`never touch what was there before us, and are gone when nobody wishes them (seed ${seed})`, () => {
		fc.assert(
			fc.property(foreignTaints, fc.array(anyWishes, { maxLength: 4 }), (foreign, history) => {
				const before = node({ taints: foreign, labels: { team: 'x' } });
				let now = before;
				for (const wishes of history) {
					now = after(now, decideMarks(now, wishes));
					for (const taint of foreign) assert.ok(now.taints.includes(taint), id(taint));
					assert.equal(now.labels['team'], 'x');
				}
				assert.deepEqual(after(now, decideMarks(now, [])), before);
			}),
			{ seed, numRuns },
		);
	});

	it(`begin on a sure fact only (seed ${seed})`, () => {
		fc.assert(
			fc.property(foreignTaints, anyWishes, fc.constantFrom('Additions', 'Everything'), (foreign, wishes, hold) => {
				const unsure = wishes.map((wish) => (wish.verdict === 'NonCompliant' ? { ...wish, hold } : wish));
				const change = decideMarks(node({ taints: foreign }), unsure);
				assert.equal(change?.taints, undefined);
				assert.deepEqual(change?.tainting ?? [], []);
			}),
			{ seed, numRuns },
		);
	});

	it(`are not added while the breaker holds, and still go where they are not needed (seed ${seed})`, () => {
		fc.assert(
			fc.property(foreignTaints, anyWishes, anyWishes, (foreign, first, second) => {
				const tainted = after(node({ taints: foreign }), decideMarks(node({ taints: foreign }), first));
				const held = second.map((wish) => ({ ...wish, hold: 'Additions' as const }));
				const now = after(tainted, decideMarks(tainted, held));
				for (const taint of now.taints)
					assert.ok(
						tainted.taints.some((one) => id(one) === id(taint)),
						id(taint),
					);
				for (const { policy, verdict, taint } of second) {
					if (verdict === 'Compliant' || !taint) assert.equal(taints(now, policy), false, policy);
				}
			}),
			{ seed, numRuns },
		);
	});

	it('tell when they were set, until they go', () => {
		const wish = (policy: string, verdict: MarkWish['verdict'] = 'NonCompliant'): MarkWish => ({
			policy,
			verdict,
			taint: { key: 'a/x', effect: 'NoSchedule' },
			hold: 'Nothing',
		});
		const first = after(node(), decideMarks(node(), [wish('p')], 1_000));
		assert.equal(taintedAt(first, 'p'), 1_000);
		const joined = after(first, decideMarks(first, [wish('p'), wish('q')], 2_000));
		assert.equal(taintedAt(joined, 'q'), 1_000, 'it stood already');
		const left = after(joined, decideMarks(joined, [wish('p'), wish('q', 'Compliant')], 3_000));
		assert.deepEqual([taintedAt(left, 'p'), taintedAt(left, 'q')], [1_000, null]);
		assert.equal(taintedAt(node({ marks: '{"taints":[{"key":"a/x","effect":"NoSchedule","policies":["p"]}]}' }), 'p'), null);
	});

	it('keep one taint for as long as one policy needs it, and know which do', () => {
		const taint = { key: 'a/x', effect: 'NoSchedule', value: 'v' };
		const wish = (policy: string, verdict: MarkWish['verdict'], value = 'v'): MarkWish => ({
			policy,
			verdict,
			taint: { ...taint, value },
			hold: 'Nothing',
		});
		const both = after(node(), decideMarks(node(), [wish('q', 'NonCompliant', 'w'), wish('p', 'NonCompliant')]));
		assert.deepEqual(both.taints, [taint], 'the value of the first by name');
		assert.ok(taints(both, 'p') && taints(both, 'q') && !taints(both, 'r'));
		const one = after(both, decideMarks(both, [wish('q', 'NonCompliant', 'w'), wish('p', 'Compliant')]));
		assert.deepEqual(one.taints, [{ ...taint, value: 'w' }]);
		const open = after(one, decideMarks(one, [wish('q', 'Unknown', 'w')]));
		assert.deepEqual(open.taints, one.taints);
		assert.deepEqual(after(open, decideMarks(open, [wish('q', 'Compliant', 'w')])).taints, []);
	});

	it('that were tampered with are nobody’s', () => {
		const taint = { key: 'a/x', effect: 'NoSchedule' };
		for (const marks of ['', '{', 'null', '[]', '{"taints":3}', '{"taints":[null,3,{"key":1}]}', '{"taints":[{"key":"a/x"}]}']) {
			const change = decideMarks(node({ taints: [taint], marks }), []);
			assert.equal(change?.taints, undefined, marks);
			assert.equal(change?.marks, null, marks);
		}
	});
});
