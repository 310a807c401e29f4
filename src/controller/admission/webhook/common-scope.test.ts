import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { PodDemand } from '../../../core/workloads/demand.ts';
import { holds, type LabelRequirement, type Labels, matchesLabels } from '../../../core/workloads/label-selector.ts';
import { namespaceNameLabel, namespaceRequirements, reservedNamespaces } from '../../../core/workloads/pod-scope.ts';
import { commonScope } from './common-scope.ts';

const keys = ['a', 'b', namespaceNameLabel];
const values = ['x', 'y', 'kube-system'];
const selectors = fc.record(
	{
		matchLabels: fc.dictionary(fc.constantFrom(...keys), fc.constantFrom(...values), { maxKeys: 2 }),
		matchExpressions: fc.array(
			fc
				.record({
					key: fc.constantFrom(...keys),
					operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
					values: fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 }),
				})
				.map((one) => (one.operator.endsWith('In') ? one : { ...one, values: [] })),
			{ maxLength: 3 },
		),
	},
	{ requiredKeys: [] },
);
const demands = fc.record({
	namespaceSelector: selectors,
	podSelector: selectors,
}) as fc.Arbitrary<unknown> as fc.Arbitrary<PodDemand>;
const labelSets: fc.Arbitrary<Labels> = fc.dictionary(fc.constantFrom(...keys), fc.constantFrom(...values));

const matches = (requirements: readonly LabelRequirement[], labels: Labels): boolean =>
	requirements.every((one) => holds(one, labels));

describe('what several policies have in common', () => {
	it('never leaves out a pod or a namespace that one of them selects', () => {
		fc.assert(
			fc.property(fc.array(demands, { minLength: 1, maxLength: 4 }), labelSets, labelSets, (all, namespace, pod) => {
				const scope = commonScope(all, reservedNamespaces);
				for (const demand of all) {
					if (matches(namespaceRequirements(demand), namespace)) assert.ok(matches(scope.namespace, namespace));
					if (matchesLabels(demand.podSelector, pod)) assert.ok(matches(scope.pod, pod));
				}
			}),
		);
	});

	it('is the selector of one that is alone, but for requirements that contradict each other', () => {
		const demand = {
			namespaceSelector: { matchLabels: { team: 'a' } },
			podSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] },
		} as unknown as PodDemand;
		const { namespace, pod } = commonScope([demand], reservedNamespaces);
		assert.deepEqual(pod, [{ key: 'app', operator: 'Exists', values: [] }]);
		assert.deepEqual(namespace[0], { key: 'team', operator: 'In', values: ['a'] });
		assert.ok(!matches(namespace, { team: 'a', [namespaceNameLabel]: 'kube-system' }), 'never the system, unless it is named');
	});

	it('keeps the webhook out of reserved namespaces as long as nobody names them', () => {
		const open = { namespaceSelector: {}, podSelector: {} } as unknown as PodDemand;
		const named = {
			namespaceSelector: { matchExpressions: [{ key: namespaceNameLabel, operator: 'In', values: ['kube-system'] }] },
			podSelector: { matchLabels: { app: 'x' } },
		} as unknown as PodDemand;
		for (const name of [...reservedNamespaces.unlessNamed, reservedNamespaces.probe])
			assert.ok(!matches(commonScope([open, open], reservedNamespaces).namespace, { [namespaceNameLabel]: name }), name);
		const both = commonScope([open, named], reservedNamespaces);
		assert.ok(matches(both.namespace, { [namespaceNameLabel]: 'kube-system' }));
		assert.ok(!matches(both.namespace, { [namespaceNameLabel]: 'gpupolicy-system' }));
	});
});
