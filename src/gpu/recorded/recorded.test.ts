import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { dump } from 'js-yaml';
import { parse } from 'yaml';
import { device, inventory, rtx5060 } from '../../core/observed/inventory.fixture.ts';
import type { GpuDevice } from '../../core/observed/inventory.ts';
import { toInventoryManifest } from './manifest.ts';
import { parseInventory, recordedInventory } from './parse.ts';
import { recordedSource } from './source.ts';

const good = `apiVersion: gpupolicy.dev/v1alpha1
kind: GpuInventory
spec:
  recordedFrom: NVML
  observedAt: 2026-01-02T03:04:05Z
  driverVersion: 580.65.06
  cudaVersion: "13.0"
  devices:
    - index: 0
      uuid: GPU-aa
      productName: NVIDIA GeForce RTX 3090
      pciBusId: "1:00.0"
      memory: 24Gi
      computeCapability: "8.6"
`;
const schema = JSON.parse(readFileSync(new URL('../../../schemas/gpuinventory.v1alpha1.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema);

const everything: readonly GpuDevice[] = [
	rtx5060(0, {
		usedMemoryBytes: 5,
		throttleReasons: ['SwPowerCap'],
		xids: [79],
		ecc: { enabled: true, uncorrectedVolatile: null },
	}),
	device(1, {
		memoryBytes: 12345,
		mig: { enabled: true, children: [{ uuid: 'MIG-1', profile: '1g.10gb', memoryBytes: null }] },
		processes: [{ pid: 7, startTime: '123', usedMemoryBytes: null, name: 'python', kind: 'Compute' }],
		unread: { ecc: 'UNKNOWN (999)' },
	}),
	device(2, {
		lost: 'GPU_IS_LOST (15)',
		uuid: '',
		productName: '',
		pciBusId: '',
		pciDeviceId: '',
		memoryBytes: null,
		computeCapability: null,
	}),
	device(3, { mig: { enabled: false, children: [] }, processes: null, xids: null, throttleReasons: null }),
];

describe('a recorded inventory', () => {
	it('reads back what was written, in YAML and in JSON', () => {
		const written = inventory(...everything);
		const manifest = toInventoryManifest(written, { readings: true });
		for (const text of [dump(manifest), JSON.stringify(manifest)]) {
			assert.deepEqual(parseInventory(text), { ok: true, inventory: { ...written, source: 'recorded' } });
		}
		assert.ok(validate(manifest), JSON.stringify(validate.errors));
	});

	it('leaves out readings for a file that is committed', () => {
		const text = dump(toInventoryManifest(inventory(device(0, { usedMemoryBytes: 5 })), { readings: false }));
		assert.doesNotMatch(text, /readings|usedMemory|processes/);
		assert.equal(parseInventory(text).ok, true);
	});

	it('normalises addresses and quantities and sorts by index', () => {
		const fact = recordedInventory(good, 'gpupolicy.inventory.yaml');
		assert.equal(fact.state, 'known');
		assert.equal(fact.source, 'recorded gpupolicy.inventory.yaml');
		assert.equal(fact.at, '2026-01-02T03:04:05Z');
		assert.equal(fact.value.devices[0]?.pciBusId, '00000000:01:00.0');
		assert.equal(fact.value.devices[0]?.memoryBytes, 24 * 2 ** 30);
		assert.equal(fact.value.devices[0]?.processes, null);
	});

	const bad: readonly [what: string, from: string, to: string, expected: RegExp][] = [
		['an unknown field', 'memory:', 'memoryy:', /f:13:7: spec\.devices\[0\]\.memoryy: unknown field; known here: index/],
		[
			'a number that must be text',
			'"8.6"',
			'8.6',
			/^f:14:26: spec\.devices\[0\]\.computeCapability: 8\.6 is a number here; quote it: "8\.6"/,
		],
		['no quantity', '24Gi', '20 gigs', /^f:13:15: .*"20 gigs" is not a quantity; write 24576Mi/],
		['no address', '"1:00.0"', 'first', /^f:12:17: .*"first" is not a PCI address/],
		['another kind', 'GpuInventory', 'GpuPolicy', /^f:2:7: kind: GpuPolicy is not one of GpuInventory/],
		['a missing field', '      uuid: GPU-aa\n', '', /^f:9:7: spec\.devices\[0\]: uuid is missing/],
		['a negative index', 'index: 0', 'index: -1', /^f:9:14: .*-1 is not a whole number/],
		['a time that is none', '2026-01-02T03:04:05Z', 'yesterday', /^f:5:15: .*"yesterday" is not a time/],
		['no list', '  devices:\n', '  devices: none\n  x:\n', /^f:8:12: spec\.devices: is not a list/],
		['a duplicate key', 'kind: GpuInventory', 'kind: GpuInventory\nkind: GpuInventory', /^f:3:1: Map keys must be unique/],
		['an alias', 'spec:', 'metadata: *a\nspec:', /^f:3:1[01]: /],
		['a tab', '  recordedFrom', '\trecordedFrom', /^f:4:1: .*[Tt]ab/],
		['two documents', 'apiVersion', 'a: 1\n---\napiVersion', /is one document/],
	];
	for (const [what, from, to, expected] of bad) {
		it(`names the place of ${what}`, () => {
			const text = good.replace(from, to);
			assert.notEqual(text, good);
			const fact = recordedInventory(text, 'f');
			assert.equal(fact.state, 'unknown');
			assert.equal(fact.reason, 'SourceFailed');
			assert.match(fact.message, expected);
		});
	}

	it('is read by the same rules as its schema', () => {
		const skipped = /duplicate|alias|tab|documents|time that is none/;
		assert.ok(validate(parse(good)), JSON.stringify(validate.errors));
		for (const [what, from, to] of bad)
			if (!skipped.test(what)) assert.equal(validate(parse(good.replace(from, to))), false, what);
	});

	it('refuses two devices of one index or uuid', () => {
		const fact = recordedInventory(dump(toInventoryManifest(inventory(device(0), device(0)), { readings: false })), 'f');
		assert.match(fact.state === 'unknown' ? fact.message : '', /index 0 is taken by devices\[0\].*uuid GPU-0.* is taken/);
	});

	it('is unknown for files that are empty, missing, no file, or not text', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'recorded-'));
		try {
			for (const [bytes, reason] of [
				['', 'SourceFailed'],
				['null', 'SourceFailed'],
				['[]', 'SourceFailed'],
				[Buffer.from([0xff, 0xfe]), 'SourceFailed'],
				[null, 'NoSource'],
			] as const) {
				const path = join(folder, 'inventory.yaml');
				if (bytes === null) rmSync(path);
				else writeFileSync(path, bytes);
				const fact = await recordedSource(path, 'inventory.yaml').observe({ timeoutMs: 1000 });
				assert.equal(fact.state === 'unknown' ? fact.reason : fact.state, reason, String(bytes));
			}
			const fact = await recordedSource(folder, 'folder').observe({ timeoutMs: 1000 });
			assert.match(fact.state === 'unknown' ? fact.message : '', /not a regular file/);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});
