import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { celString } from '../../core/cel/literals.ts';
import type { PodDemand } from '../../core/workloads/demand.ts';
import { overBudget } from './budget.ts';
import { celSelector } from './cel.ts';
import { type CompileOptions, compileAdmission, objectsOf } from './compile.ts';
import { bindingName, policyLabelValue, policyObjectName } from './names.ts';

const base: PodDemand = {
	policy: 'one',
	digest: 'a'.repeat(64),
	mode: 'Enforce',
	namespaceSelector: {},
	podSelector: { matchLabels: { app: 'x' } },
	containers: 'RequestingGpu',
	bypass: 'Warn',
	exemptions: [{ reason: 'r', namespaceSelector: { matchLabels: { team: 'a' } } }],
	variables: [{ name: 'A', value: '1' }],
	withheld: [],
};
const options: CompileOptions = { copy: 'Bound', mutating: 'v1', uid: 'u' };

function every(): readonly PodDemand[] {
	return (['Enforce', 'Audit'] as const).flatMap((mode) =>
		(['RequestingGpu', 'All'] as const).flatMap((containers) =>
			(['Warn', 'Deny', 'Allow'] as const).flatMap((bypass) =>
				[base.variables, []].map((variables) => ({ ...base, mode, containers, bypass, variables })),
			),
		),
	);
}

describe('the compiled admission of a policy', () => {
	it('never holds a list of typed objects, which panics API servers, nor keeps a mutation off a pod by a condition', () => {
		for (const demand of every()) {
			for (const { kind, spec = {} } of objectsOf(compileAdmission(demand, options))) {
				assert.doesNotMatch(JSON.stringify(spec), /\bObject\s*[{.]/);
				if (kind !== 'MutatingAdmissionPolicy') continue;
				assert.equal(spec.matchConditions, undefined);
				assert.deepEqual([spec.failurePolicy, spec.reinvocationPolicy], ['Ignore', 'IfNeeded']);
			}
		}
	});

	it('changes pods only to enforce, refuses only to enforce, and fails closed only where it refuses', () => {
		for (const demand of every()) {
			const { mutation, validation, bypass } = compileAdmission(demand, options);
			const enforce = demand.mode === 'Enforce';
			assert.equal(mutation !== null, enforce && demand.variables.length > 0);
			assert.equal(validation !== null, demand.variables.length > 0);
			assert.equal(bypass !== null, demand.bypass !== 'Allow');
			for (const [part, refuses] of [
				[validation, enforce],
				[bypass, enforce && demand.bypass === 'Deny'],
			] as const) {
				if (!part) continue;
				assert.deepEqual(part.scope?.spec?.validationActions, refuses ? ['Deny'] : ['Warn', 'Audit']);
				assert.equal(part.policy.spec?.failurePolicy, refuses ? 'Fail' : 'Ignore');
			}
		}
	});

	it('is the same for the same demand, and another for another', () => {
		const { digest } = compileAdmission(base, options);
		assert.equal(compileAdmission(structuredClone(base), options).digest, digest);
		assert.equal(compileAdmission(base, { ...options, copy: 'Canary' }).digest, digest);
		assert.notEqual(compileAdmission({ ...base, digest: 'b'.repeat(64) }, options).digest, digest);
		assert.notEqual(compileAdmission({ ...base, variables: [{ name: 'A', value: '2' }] }, options).digest, digest);
	});

	it('binds scopes that no pod is in twice, and canaries to probes alone', () => {
		const { mutation } = compileAdmission(base, options);
		const text = JSON.stringify(mutation?.scope?.spec);
		assert.match(text, /"operator":"NotIn","values":\["kube-system","gpupolicy-system","gpupolicy-node","gpupolicy-probe"\]/);
		assert.match(JSON.stringify(mutation?.probe?.spec), /"operator":"In","values":\["gpupolicy-probe"\]/);
		for (const object of objectsOf(compileAdmission(base, { ...options, copy: 'Canary' }))) {
			if (object.kind.endsWith('Binding'))
				assert.match(JSON.stringify(object.spec), /"operator":"In","values":\["gpupolicy-probe"\]/);
		}
	});

	it('is owned by the policy', () => {
		for (const { metadata } of objectsOf(compileAdmission(base, options))) {
			assert.deepEqual(metadata.ownerReferences, [
				{ apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', name: 'one', uid: 'u' },
			]);
		}
	});

	it('says with the figure where it does not fit', () => {
		const variables = Array.from({ length: 64 }, (_, index) => ({ name: `V${index}`, value: 'x'.repeat(1000) }));
		assert.equal(overBudget(compileAdmission({ ...base, variables }, options)), null);
		const long = variables.map(({ name }) => ({ name, value: 'x'.repeat(4096) }));
		assert.match(overBudget(compileAdmission({ ...base, variables: long }, options)) ?? '', /26\d,\d{3} characters of 100,000/);
	});
});

describe('names of admission objects', () => {
	it('are never shared by two policies, and are valid names and labels', () => {
		const policies = [
			'a',
			'a-bypass',
			'a.bypass',
			'env',
			'canary-a',
			'b'.repeat(62),
			'b'.repeat(63),
			'b'.repeat(64),
			'c'.repeat(252),
			'c'.repeat(253),
		];
		policies.push(`${'d'.repeat(180)}.${'e-'.repeat(30)}f`);
		const names = policies.flatMap((policy) =>
			(['env', 'bypass'] as const).flatMap((part) =>
				(['Bound', 'Canary'] as const).flatMap((copy) => [
					policyObjectName(policy, part, copy),
					bindingName(policy, part, copy, 'Probe'),
				]),
			),
		);
		assert.equal(new Set(names).size, names.length);
		for (const name of names)
			assert.match(name, /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
		const labels = policies.map(policyLabelValue);
		assert.equal(new Set(labels).size, labels.length);
		for (const label of labels) assert.match(label, /^(?=.{1,63}$)[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/);
	});
});

describe('CEL texts', () => {
	it('quote as JSON does, without surrogate escapes', () => {
		assert.equal(celString('é😀 "\\\n'), '"é😀 \\"\\\\\\n"');
		assert.equal(celString('\ud800'), '"\ufffd"');
	});

	it('match labels as Kubernetes does', () => {
		const matchExpressions = [
			{ key: 'a', operator: 'NotIn' as const, values: ['x'] },
			{ key: 'b', operator: 'DoesNotExist' as const },
		];
		assert.equal(celSelector({ matchExpressions }, 'l'), '!("a" in l && l["a"] in ["x"]) && !("b" in l)');
		assert.equal(celSelector({}, 'l'), 'true');
	});
});
