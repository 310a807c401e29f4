import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { holds, type LabelRequirement, type Labels } from './label-selector.ts';
import { type ScopeRequirements, satisfiable } from './satisfiable.ts';

const requirement: fc.Arbitrary<LabelRequirement> = fc
	.record({
		key: fc.constantFrom('a', 'b'),
		operator: fc.constantFrom('In' as const, 'NotIn' as const, 'Exists' as const, 'DoesNotExist' as const),
		values: fc.subarray(['x', 'y']),
	})
	.map(({ key, operator, values }) => ({ key, operator, values: operator === 'In' || operator === 'NotIn' ? values : [] }));
const scope = fc.record({ namespace: fc.array(requirement, { maxLength: 3 }), pod: fc.array(requirement, { maxLength: 3 }) });

const worlds: readonly Labels[] = [undefined, 'x', 'y', 'other'].flatMap((a) =>
	[undefined, 'x', 'y', 'other'].map((b) => ({ ...(a === undefined ? {} : { a }), ...(b === undefined ? {} : { b }) })),
);

function meets({ namespace, pod }: ScopeRequirements, ofNamespace: Labels, ofPod: Labels): boolean {
	return namespace.every((one) => holds(one, ofNamespace)) && pod.every((one) => holds(one, ofPod));
}

describe('whether some pod can be selected', () => {
	it('is what trying all labels says, and the witness is one of them', () => {
		fc.assert(
			fc.property(scope, fc.array(scope, { maxLength: 3 }), (required, excluded) => {
				const possible = worlds.some((namespace) =>
					worlds.some((pod) => meets(required, namespace, pod) && !excluded.some((one) => meets(one, namespace, pod))),
				);
				const answer = satisfiable(required, excluded);
				assert.equal(answer.state, possible ? 'Satisfiable' : 'Contradictory');
				if (answer.state !== 'Satisfiable') return;
				const { namespace, pod } = answer.witness;
				assert.ok(meets(required, namespace, pod) && !excluded.some((one) => meets(one, namespace, pod)));
			}),
			{ numRuns: 500 },
		);
	});

	it('is undecided rather than slow where exemptions combine in too many ways', () => {
		const one = (key: string): LabelRequirement => ({ key, operator: 'Exists', values: [] });
		const keys = Array.from({ length: 40 }, (_, index) => `k${index}`);
		const excluded = keys.flatMap((key) => keys.map((other) => ({ namespace: [], pod: [one(key), one(`${other}x`)] })));
		const required = { namespace: [], pod: keys.flatMap((key) => [one(key), one(`${key}x`)]) };
		const began = performance.now();
		assert.notEqual(satisfiable(required, excluded).state, 'Satisfiable');
		assert.ok(performance.now() - began < 5000);
	});
});
