import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { describe, it } from 'node:test';
import { dump } from 'js-yaml';
import type { Inventory } from '../../src/core/observed/inventory.ts';
import type { InventorySource } from '../../src/core/ports/inventory-source.ts';
import { firstKnown } from '../../src/gpu/first-known.ts';
import { nvidiaSmiSource } from '../../src/gpu/nvidia-smi/source.ts';
import { nvmlSource } from '../../src/gpu/nvml/source.ts';
import { toInventoryManifest } from '../../src/gpu/recorded/manifest.ts';
import { recordedSource } from '../../src/gpu/recorded/source.ts';
import { timeLimited } from '../../src/gpu/time-limit.ts';
import { fakeNvidiaSmi, smiAnswers } from '../nvidia-smi-fake/index.ts';
import { openStub, type StubDevice, twoDevices } from '../nvml-stub/index.ts';

/** A way for a source to go wrong, in the terms of each. */
type Trouble = 'none' | 'fails' | 'hangs' | 'absent';

interface Opened {
	readonly source: InventorySource;
	remove(): void;
}

interface Kind {
	readonly name: string;
	/** What this kind of source cannot tell. */
	readonly untold: Partial<Inventory['devices'][number]>;
	/** A file cannot hang. */
	readonly hangs: boolean;
	open(devices: readonly StubDevice[], trouble: Trouble): Promise<Opened>;
}

function openNvml(devices: readonly StubDevice[], trouble: Trouble): Opened {
	const faults =
		trouble === 'fails'
			? [{ call: 'nvmlInit_v2', code: 18 } as const]
			: trouble === 'hangs'
				? [{ call: 'nvmlDeviceGetName', seconds: 60 } as const]
				: [];
	const stub = openStub({ devices, faults });
	const environment =
		trouble === 'absent' ? { ...process.env, GPUPOLICY_NVML_LIBRARY: join(stub.folder, 'none.so') } : stub.environment;
	return { source: nvmlSource({ environment }), remove: stub.remove };
}

function openSmi(devices: readonly StubDevice[], trouble: Trouble): Opened {
	const answers =
		trouble === 'fails'
			? { '-q': { stderr: 'Failed to initialize NVML: Driver/library version mismatch', exitCode: 18 } }
			: smiAnswers(devices);
	const fake = fakeNvidiaSmi(trouble === 'hangs' ? { ...answers, '-q': { ...answers['-q'], seconds: 60 } } : answers);
	return {
		source: nvidiaSmiSource({ environment: trouble === 'absent' ? { PATH: '/nonexistent' } : fake.environment }),
		remove: fake.remove,
	};
}

async function openRecorded(devices: readonly StubDevice[], trouble: Trouble): Promise<Opened> {
	const folder = mkdtempSync(join(tmpdir(), 'recorded-'));
	const file = join(folder, 'gpupolicy.inventory.yaml');
	if (trouble === 'none') {
		const { source, remove } = openNvml(devices, 'none');
		const fact = await source.observe({ timeoutMs: 20_000 });
		await source.close();
		remove();
		assert.equal(fact.state, 'known');
		writeFileSync(file, dump(toInventoryManifest(fact.value, { readings: true })));
	} else if (trouble === 'fails') writeFileSync(file, 'kind: [');
	return { source: recordedSource(file), remove: () => rmSync(folder, { recursive: true }) };
}

const kinds: readonly Kind[] = [
	{ name: 'NVML', untold: {}, hangs: true, open: async (devices, trouble) => openNvml(devices, trouble) },
	{ name: 'nvidia-smi', untold: { xids: null }, hangs: true, open: async (devices, trouble) => openSmi(devices, trouble) },
	{ name: 'recorded', untold: {}, hangs: false, open: openRecorded },
	{
		name: 'NVML, then nvidia-smi',
		untold: {},
		hangs: true,
		open: async (devices, trouble) => {
			const nvml = openNvml(devices, trouble);
			const smi = openSmi(devices, trouble);
			return {
				source: timeLimited(firstKnown([nvml.source, smi.source])),
				remove: () => {
					nvml.remove();
					smi.remove();
				},
			};
		},
	},
];

const MiB = 2 ** 20;
const [rtx5060, rtx3090] = twoDevices;
const machines: Readonly<Record<string, readonly StubDevice[]>> = {
	'two GeForce cards': twoDevices,
	'a card in MIG mode with ECC errors and many processes': [
		{
			...rtx3090,
			name: 'NVIDIA A100-SXM4-40GB',
			capability: [8, 0],
			ecc: { enabled: true, uncorrected: 3 },
			mig: {
				enabled: true,
				children: [
					{ uuid: 'MIG-aaaaaaaa-0000-5000-8000-000000000001', profile: '1g.5gb', memory: 4864 * MiB },
					{ uuid: 'MIG-bbbbbbbb-0000-5000-8000-000000000002', profile: '3g.20gb', memory: 19968 * MiB },
				],
			},
			processes: Array.from(
				{ length: 300 },
				(_, i) => ({ pid: 100_000 + i, used: i % 7 === 0 ? null : i * MiB, kind: i % 2 ? 'C' : 'G', name: `p${i}` }) as const,
			),
		},
		{ ...rtx5060, ecc: { enabled: false, uncorrected: 0 }, mig: { enabled: false, children: [] } },
	],
	'a card with unified memory': [{ ...rtx5060, memory: null, processes: [] }],
	'no card': [],
};

async function readBy(kind: Kind, devices: readonly StubDevice[]): Promise<Inventory> {
	const { source, remove } = await kind.open(devices, 'none');
	try {
		const fact = await source.observe({ timeoutMs: 20_000 });
		assert.equal(fact.state, 'known', fact.state === 'unknown' ? fact.message : '');
		assert.match(fact.source, /580\.65\.06|gpupolicy\.inventory\.yaml/);
		assert.equal(fact.at, fact.value.observedAt);
		return fact.value;
	} finally {
		await source.close();
		remove();
	}
}

for (const [machine, devices] of Object.entries(machines)) {
	it(`every source tells the same of ${machine}`, async () => {
		const reference = await readBy(kinds[0] as Kind, devices);
		assert.equal(reference.devices.length, devices.length);
		for (const kind of kinds) {
			const { source, observedAt, ...told } = await readBy(kind, devices);
			const expected = reference.devices.map((device) => ({ ...device, ...kind.untold }));
			const { driverVersion, cudaVersion } = reference;
			assert.deepEqual(told, { driverVersion, cudaVersion, devices: expected }, kind.name);
			assert.ok(observedAt && source);
		}
	});
}

for (const kind of kinds) {
	describe(`${kind.name} as a source of GPU facts`, () => {
		it('is unknown with a reason, and never rejects, where it fails or is absent', async () => {
			for (const [trouble, reason] of [
				['fails', 'SourceFailed'],
				['absent', 'NoSource'],
			] as const) {
				const { source, remove } = await kind.open(twoDevices, trouble);
				const fact = await source.observe({ timeoutMs: 20_000 });
				await source.close();
				remove();
				assert.equal(fact.state, 'unknown');
				assert.equal(fact.reason, reason, fact.message);
				assert.ok(fact.message.length > 20, fact.message);
			}
		});

		it('can be closed twice, and before it was ever asked', async () => {
			const { source, remove } = await kind.open(twoDevices, 'none');
			await source.close();
			await source.observe({ timeoutMs: 20_000 });
			await source.close();
			await source.close();
			remove();
		});

		it('answers everyone who asks at the same time', async () => {
			const { source, remove } = await kind.open(twoDevices, 'none');
			const facts = await Promise.all([1, 2, 3].map(() => source.observe({ timeoutMs: 20_000 })));
			await source.close();
			remove();
			assert.deepEqual(
				facts.map((fact) => fact.state === 'known' && fact.value.devices.length),
				[2, 2, 2],
			);
		});

		if (kind.hangs) {
			it('keeps its time limit while the driver hangs', async () => {
				const { source, remove } = await kind.open(twoDevices, 'hangs');
				const started = performance.now();
				const fact = await source.observe({ timeoutMs: 1500 });
				const took = performance.now() - started;
				await source.close();
				remove();
				assert.equal(fact.state === 'unknown' && fact.reason, 'TimedOut');
				assert.ok(took < 20_000, `${took} ms`);
			});
		}
	});
}
