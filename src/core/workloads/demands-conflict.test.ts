import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { demandOf } from './demand.fixture.ts';
import type { PodDemand } from './demand.ts';
import { demandsConflict, reach } from './demands-conflict.ts';

function demand(policy: string, value: string, changes: Partial<PodDemand> = {}): PodDemand {
	return demandOf({ policy, variables: [{ name: 'A', value }], ...changes });
}

const team = (name: string) => ({ matchLabels: { team: name } });

describe('two policies', () => {
	it('conflict where they want different values of pods that both may select', () => {
		assert.deepEqual(demandsConflict(demand('one', '1'), demand('two', '2')), {
			policies: ['one', 'two'],
			variable: 'A',
			wants: ['1', '2'],
		});
		const left = demand('one', '1', { namespaceSelector: team('a') });
		assert.ok(demandsConflict(left, demand('two', '2', { podSelector: team('b') })), 'labels of namespaces and pods are apart');
	});

	it('do not where the values are equal, or one of them only audits', () => {
		assert.equal(demandsConflict(demand('one', '1'), demand('two', '1')), null);
		assert.equal(demandsConflict(demand('one', '1'), demand('two', '2', { mode: 'Audit' })), null);
	});

	it('do not where their selectors or exemptions exclude each other', () => {
		const a = demand('one', '1', { namespaceSelector: team('a') });
		assert.equal(demandsConflict(a, demand('two', '2', { namespaceSelector: team('b') })), null);
		const rest = demand('two', '2', { exemptions: [{ reason: 'r', namespaceSelector: team('a') }] });
		assert.equal(demandsConflict(a, rest), null);
		const half = demand('two', '2', { exemptions: [{ reason: 'r', namespaceSelector: team('a'), podSelector: team('x') }] });
		assert.ok(demandsConflict(a, half), 'only some pods of the namespace are exempt');
	});
});

describe('one policy', () => {
	it('can never select a pod of the probe namespace, nor one of kube-system unless it names it', () => {
		const named = (...values: string[]) =>
			demand('one', '1', {
				namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values }] },
			});
		assert.equal(reach([named('gpupolicy-probe')]).state, 'Contradictory');
		assert.equal(reach([named('kube-system')]).state, 'Satisfiable');
		assert.equal(reach([demand('one', '1', { exemptions: [{ reason: 'all', podSelector: {} }] })]).state, 'Contradictory');
	});
});
