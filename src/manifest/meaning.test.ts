import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseManifest } from './index.ts';

/** Warnings about a policy with this spec, as `code path`. */
function warnings(spec: string): string[] {
	const { policies, diagnostics } = parseManifest(
		`apiVersion: gpupolicy.dev/v1alpha1\nkind: GpuPolicy\nmetadata: { name: a }\nspec: { mode: Enforce, ${spec} }\n`,
		'p',
	);
	assert.equal(policies.length, 1, JSON.stringify(diagnostics));
	for (const { severity, hint } of diagnostics) assert.ok(severity === 'warning' && hint);
	return diagnostics.map(({ code, path }) => `${code} ${path}`);
}

const order = '{ name: CUDA_DEVICE_ORDER, value: PCI_BUS_ID }';
const index = '{ name: CUDA_VISIBLE_DEVICES, value: "1", targets: [Files] }';

describe('what a valid policy probably does not mean', () => {
	it('is an index of CUDA_VISIBLE_DEVICES without an order', () => {
		assert.deepEqual(warnings(`env: [${index}]`), ['GP1104 spec.env[0]']);
		assert.deepEqual(warnings('env: [{ name: CUDA_VISIBLE_DEVICES, valueFrom: { devices: { as: Index } } }]'), [
			'GP1104 spec.env[0]',
		]);
		assert.deepEqual(warnings(`env: [{ name: CUDA_DEVICE_ORDER, value: FASTEST_FIRST }, ${index}]`), [
			'GP1104 spec.env[0].value',
		]);
		assert.deepEqual(warnings(`env: [${order}, ${index}]`), []);
		assert.deepEqual(warnings('env: [{ name: CUDA_VISIBLE_DEVICES, value: GPU-3f }]'), []);
		assert.deepEqual(warnings('env: [{ name: CUDA_VISIBLE_DEVICES, valueFrom: { devices: { as: UUID } } }]'), []);
	});

	it('is an index of this host where pods are selected', () => {
		const everywhere = '{ name: CUDA_VISIBLE_DEVICES, value: "1" }';
		assert.deepEqual(warnings(`workloads: {}, env: [${order}, ${everywhere}]`), ['GP1105 spec.env[1]']);
		assert.deepEqual(warnings(`env: [${order}, ${everywhere}]`), []);
	});

	it('is one of the two names of the allocator variable without the other, or with another value', () => {
		const old = '{ name: PYTORCH_CUDA_ALLOC_CONF, value: "max_split_size_mb:1024" }';
		const renamed = old.replace('CUDA_', '');
		assert.deepEqual(warnings(`env: [${old}]`), ['GP1103 spec.env[0]']);
		assert.deepEqual(warnings(`env: [${renamed}]`), ['GP1103 spec.env[0]']);
		assert.deepEqual(warnings(`env: [${old}, ${renamed}]`), []);
		assert.deepEqual(warnings(`env: [${old}, ${renamed.replace('1024', '512')}]`), ['GP1103 spec.env[1]']);
	});

	it('is a variable that reaches nothing', () => {
		assert.deepEqual(warnings('env: [{ name: T, valueFrom: { file: { path: t } }, targets: [Workloads] }]'), [
			'GP1106 spec.env[0]',
		]);
		assert.deepEqual(warnings('workloads: {}, env: [{ name: A, value: x, targets: [Files] }]'), ['GP1106 spec.env[0]']);
		assert.deepEqual(warnings('files: [{ include: [a] }], env: [{ name: A, value: x, targets: [Files] }]'), []);
	});

	it('is a deviceOrdinal while nothing says how many devices are visible', () => {
		assert.deepEqual(warnings('files: [{ include: [a], deviceOrdinal: 0 }]'), ['GP1107 spec.files[0].deviceOrdinal']);
	});

	it('is an entry of devices that can have no effect; where none is left the policy is refused', () => {
		const devices = (allow: string, deny: string) => `devices: { allow: [${allow}], deny: [${deny}] }`;
		assert.deepEqual(warnings(devices('{ productName: A }, { productName: B }', '{ productName: A }')), [
			'GP1109 spec.devices.allow[0]',
		]);
		const { policies, diagnostics } = parseManifest(
			`apiVersion: gpupolicy.dev/v1alpha1\nkind: GpuPolicy\nmetadata: { name: a }\nspec: { mode: Audit, ${devices('{ productName: A }', '{ productName: A }')} }\n`,
			'p',
		);
		assert.equal(policies.length, 0);
		assert.deepEqual(
			diagnostics.map(({ code, path, severity }) => [code, path, severity]),
			[['GP1016', 'spec.devices.allow[0]', 'error']],
		);
	});

	it('is a namespace on a cluster-scoped object', () => {
		const { diagnostics } = parseManifest(
			'apiVersion: gpupolicy.dev/v1alpha1\nkind: GpuPolicy\nmetadata: { name: a, namespace: b }\nspec: { mode: Audit }\n',
			'p',
		);
		assert.deepEqual(
			diagnostics.map(({ code, path }) => [code, path]),
			[['GP1108', 'metadata.namespace']],
		);
	});
});
