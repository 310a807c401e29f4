import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deviceClass, deviceClassName, taintRule } from './dra-objects.ts';

describe('objects of dynamic resource allocation', () => {
	const at = { driver: 'gpu.nvidia.com', pool: 'n', device: 'gpu-0' };
	const taint = { key: 'a/b', effect: 'NoSchedule' } as const;

	it('never have an empty selector', () => {
		assert.equal(deviceClass('p', []), null);
		for (const field of ['driver', 'pool', 'device'] as const) {
			assert.throws(() => taintRule('p', 'GPU-1', { ...at, [field]: '' }, taint), RangeError);
		}
	});

	it('hold as many devices as a selector has room for, and say where it has not', () => {
		const uuids = (n: number) =>
			Array.from({ length: n }, (_, i) => `GPU-${String(i).padStart(8, '0')}-1111-2222-3333-444444444444`);
		assert.notEqual(deviceClass('p', uuids(200)), 'TooLong');
		assert.equal(deviceClass('p', uuids(300)), 'TooLong');
	});

	it('do not depend on the order of devices, and differ for each policy and device', () => {
		assert.deepEqual(deviceClass('p', ['GPU-2', 'GPU-1']), deviceClass('p', ['GPU-1', 'GPU-2']));
		const names = [
			taintRule('p', 'GPU-1', at, taint),
			taintRule('q', 'GPU-1', at, taint),
			taintRule('p', 'GPU-2', at, taint),
			taintRule('p', 'GPU-1', { ...at, device: 'gpu-0-mig-1' }, taint),
		].map(({ name }) => name);
		assert.equal(new Set(names).size, 4);
		assert.notEqual(taintRule('p', 'GPU-1', { ...at, pool: 'm' }, taint).name, names[0], 'two nodes that claim one UUID');
		assert.ok(deviceClassName('x'.repeat(253)).length <= 253);
	});

	it('cannot be made to say more by a name', () => {
		const found = deviceClass('p', ['GPU-"] || true || "x" in ["']);
		assert.ok(found !== null && found !== 'TooLong' && 'selectors' in found.spec);
		assert.match(found.spec.selectors[0]?.cel.expression ?? '', / in \["GPU-\\"\] \|\| true \|\| \\"x\\" in \[\\""\]$/);
	});
});
