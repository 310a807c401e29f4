import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DeviceSelector } from './device-selection.ts';
import { selectorContradictions } from './selector-contradictions.ts';

const found = (selector: DeviceSelector) =>
	selectorContradictions(selector).map(({ path, severity }) => `${severity} ${path.slice(2).join('.')}`);

describe('a selector that contradicts itself', () => {
	const bad: readonly [DeviceSelector, readonly string[]][] = [
		[{ allow: [{ computeCapability: '>9 <8' }] }, ['error allow.0.computeCapability']],
		[{ allow: [{ computeCapability: { min: '9.0', max: '8.10' } }] }, ['error allow.0.computeCapability']],
		[{ allow: [{ productName: 'A', productNamePattern: 'B*' }] }, ['error allow.0.productNamePattern']],
		[{ allow: [{ minMemory: '24Gi', maxMemory: '20Gi' }, { productName: 'A' }] }, ['warning allow.0.minMemory']],
		[{ allow: [{ productName: 'A' }], deny: [{ productName: 'A' }] }, ['error allow.0']],
		[{ allow: [{ productName: 'A', minMemory: '20Gi' }], deny: [{ productNamePattern: 'A*' }] }, ['error allow.0']],
		[{ allow: [{ minMemory: '20Gi' }, { mig: 'Enabled' }], deny: [{ minMemory: '16G' }] }, ['warning allow.0']],
		[{ allow: [{ pciBusId: '0000:01:00.0' }], deny: [{ pciBusId: '1:0.0' }] }, ['error allow.0']],
		[{ allow: [{ computeCapability: '8.6' }], deny: [{ computeCapability: { min: '8.0' } }] }, ['error allow.0']],
		[{ deny: [{ productNamePattern: '*' }] }, ['error deny.0']],
		[{ deny: [{ computeCapability: '>9 <8' }] }, ['warning deny.0.computeCapability']],
	];
	for (const [selector, expected] of bad) {
		it(`is found: ${JSON.stringify(selector)}`, () => assert.deepEqual(found(selector), expected));
	}

	const good: readonly DeviceSelector[] = [
		{},
		{ deny: [{ productName: 'A' }] },
		{ allow: [{ productName: 'A' }], deny: [{ productName: 'A', minMemory: '20Gi' }] },
		{ allow: [{ minMemory: '20Gi' }], deny: [{ minMemory: '24Gi' }] },
		{ allow: [{ computeCapability: '>=8.9 <=8.10' }] },
		{ allow: [{ uuid: 'GPU-aa' }], deny: [{ uuid: 'GPU-a' }] },
	];
	for (const selector of good) {
		it(`is not seen in ${JSON.stringify(selector)}`, () => assert.deepEqual(found(selector), []));
	}
});
