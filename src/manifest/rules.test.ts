import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonSchema } from '../api/json-schema.ts';
import { gpuPolicySchema } from '../api/schema.generated.ts';
import { durationMs } from './duration.ts';
import { ruleTwins } from './rules.ts';

function ruleMessages(schema: JsonSchema): string[] {
	return [
		...(schema['x-kubernetes-validations'] ?? []).map(({ message }) => message),
		...Object.values(schema.properties ?? {}).flatMap(ruleMessages),
		...(schema.items ? ruleMessages(schema.items) : []),
		...(schema.additionalProperties ? ruleMessages(schema.additionalProperties) : []),
	];
}

describe('the CEL rules of the schema', () => {
	it('have a local twin each, and no twin is left over', () => {
		assert.deepEqual([...new Set(ruleMessages(gpuPolicySchema))].sort(), Object.keys(ruleTwins).sort());
	});
});

describe('durationMs', () => {
	it('reads what Go reads, within the pattern of the schema', () => {
		assert.deepEqual(['90s', '1h30m', '0.5m', '1m0.5s', '250ms'].map(durationMs), [90_000, 5_400_000, 30_000, 60_500, 250]);
		assert.ok(['', '10', 'm', '1d', '-1s', '1 s'].map(durationMs).every(Number.isNaN));
	});
});
