import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { describe, it } from 'node:test';
import type { Fact } from '../../../src/core/observed/fact.ts';
import type { GpuDevice, Inventory } from '../../../src/core/observed/inventory.ts';
import { type NvmlFunction, nvmlFunctions } from '../../../src/gpu/nvml/bindings.ts';
import { type NvmlSource, nvmlSource } from '../../../src/gpu/nvml/source.ts';
import { buildStub, openStub, type Stub, type StubScenario, twoDevices } from '../../nvml-stub/index.ts';
import { eventually, isRunning } from './processes.ts';

/** Both cards with everything switched on, so that every function is called. */
const busy: StubScenario['devices'] = twoDevices.map((device) => ({
	...device,
	ecc: { enabled: true, uncorrected: 0 },
	mig: { enabled: true, children: [{ uuid: `MIG-${device.uuid}`, profile: '1g.5gb', memory: 2 ** 30 }] },
	processes: [{ pid: 4242, used: 1, kind: 'C', name: 'python' }],
}));

/** Called only where a newer entry point is missing. */
const superseded: readonly NvmlFunction[] = [
	'nvmlDeviceGetMemoryInfo_v2',
	'nvmlDeviceGetCurrentClocksEventReasons',
	'nvmlDeviceGetComputeRunningProcesses_v3',
	'nvmlDeviceGetComputeRunningProcesses_v2',
	'nvmlDeviceGetGraphicsRunningProcesses_v3',
	'nvmlDeviceGetGraphicsRunningProcesses_v2',
];
/** Called only while a session is given up: after a device was lost. */
const atTheEnd: readonly NvmlFunction[] = ['nvmlShutdown', 'nvmlEventSetFree'];

/** Entry points that must be missing for `call` to be used. */
function missingFor(call: NvmlFunction): readonly NvmlFunction[] {
	if (call === 'nvmlDeviceGetMemoryInfo') return ['nvmlDeviceGetMemoryInfo_v2'];
	if (call === 'nvmlDeviceGetCurrentClocksThrottleReasons') return ['nvmlDeviceGetCurrentClocksEventReasons'];
	const [, base, version] = /^(nvmlDeviceGet(?:Compute|Graphics)RunningProcesses)(_v2)?$/.exec(call) ?? [];
	if (base === undefined) return [];
	return superseded.filter((name) => name.startsWith(base) && (version === undefined || name.endsWith('_v3')));
}

interface Run {
	readonly stub: Stub;
	readonly source: NvmlSource;
	observe(timeoutMs?: number): Promise<Fact<Inventory>>;
	devices(): Promise<readonly GpuDevice[]>;
}

async function withStub(
	scenario: StubScenario,
	run: (run: Run) => Promise<void>,
	omit: readonly NvmlFunction[] = [],
	procRoot = '/proc',
): Promise<void> {
	const stub = openStub(scenario, omit);
	const source = nvmlSource({ environment: stub.environment, procRoot });
	const observe = (timeoutMs = 20_000) => source.observe({ timeoutMs });
	const devices = async () => {
		const fact = await observe();
		assert.equal(fact.state, 'known', fact.state === 'unknown' ? fact.message : '');
		return fact.value.devices;
	};
	try {
		await run({ stub, source, observe, devices });
	} finally {
		await source.close();
		stub.remove();
	}
}

/** Runs `check` for every item, a few at a time: each waits for a time limit and hardly works. */
async function each<T>(items: readonly T[], check: (item: T) => Promise<void>): Promise<void> {
	const rest = [...items];
	const worker = async () => {
		for (let item = rest.shift(); item !== undefined; item = rest.shift()) await check(item);
	};
	await Promise.all(Array.from({ length: 6 }, worker));
}

describe('a driver that misbehaves', () => {
	it('hanging in any call is a time-out within the limit, and leaves no process', async () => {
		const lostSecond = { call: 'nvmlDeviceGetName', device: 1, code: 15 } as const;
		// Built beforehand: a build holds up this process, and with it the clock of the readings.
		for (const call of nvmlFunctions) buildStub(missingFor(call));
		await each(nvmlFunctions, (call) =>
			withStub(
				{ devices: busy, faults: [{ call, seconds: 60 }, ...(atTheEnd.includes(call) ? [lostSecond] : [])] },
				async ({ stub, source, observe }) => {
					let limit = 3_000;
					for (;;) {
						const started = performance.now();
						const asked = observe(limit);
						const pid = source.childPid();
						const fact = await asked;
						const took = performance.now() - started;
						assert.equal(fact.state === 'unknown' && fact.reason, 'TimedOut', call);
						assert.ok(took <= limit + 10_000, `${call}: ${took} ms`);
						assert.ok(pid !== null, call);
						await eventually(`${call}: process ${pid} is gone`, 60_000, () => !isRunning(pid));
						if (stub.struck().includes(call)) break;
						// A busy machine may not even start the process within the limit.
						limit *= 3;
						assert.ok(limit < 60_000, `${call} was never reached`);
					}
				},
				missingFor(call),
			),
		);
	});

	it('failing in any call with any code is unknown, a lost device or an unread field, never a device less', async () => {
		const cases = nvmlFunctions.flatMap((call) => [1, 2, 4, 6, 9, 15, 18, 25, 999].map((code) => ({ call, code })));
		const byCall = Map.groupBy(cases, ({ call }) => call);
		await each([...byCall], ([call, group]) =>
			withStub(
				{ devices: busy },
				async ({ stub, observe }) => {
					for (const { code } of group) {
						stub.play({
							devices: busy,
							faults: [
								{
									call,
									code,
									device: call.startsWith('nvmlDevice') && call !== 'nvmlDeviceGetCount_v2' ? 1 : -1,
								},
							],
						});
						const what = `${call} answering ${code}`;
						const fact = await observe();
						if (fact.state === 'unknown') {
							assert.match(fact.message, new RegExp(`${call} answered .*\\(${code}\\)`), what);
							continue;
						}
						assert.equal(fact.value.devices.length, 2, what);
						assert.equal(fact.value.devices[0]?.lost, null, what);
						const device = fact.value.devices[1];
						const said = `${device?.lost} ${Object.values(device?.unread ?? {})}`;
						const silent = said === 'null ' && !quiet.includes(call) && code !== 6 && code !== 25;
						assert.equal(silent, false, `${what} shows nowhere`);
					}
				},
				missingFor(call),
			),
		);
	});

	it('is said to be missing, of two versions, or forbidden, with what to do', async () => {
		await withStub({ devices: twoDevices }, async ({ stub, observe }) => {
			for (const [code, reason, advice] of [
				[9, 'NoSource', /modprobe nvidia/],
				[18, 'SourceFailed', /reboot/],
				[4, 'Forbidden', /\/dev\/nvidiactl/],
			] as const) {
				stub.play({ devices: twoDevices, faults: [{ call: 'nvmlInit_v2', code }] });
				const fact = await observe();
				assert.equal(fact.state === 'unknown' && fact.reason, reason);
				assert.match(fact.state === 'unknown' ? fact.message : '', advice);
			}
			stub.play({ devices: twoDevices });
			assert.equal((await observe()).state, 'known');
		});
	});

	it('that crashes is unknown, and is asked anew', async () => {
		await withStub({ devices: twoDevices }, async ({ source, observe }) => {
			await observe();
			process.kill(source.childPid() ?? 0, 'SIGSEGV');
			await eventually('the child is gone', 60_000, () => source.childPid() === null);
			assert.equal((await observe()).state, 'known');
		});
	});

	it('ends with the command even where a call hangs and the command is killed', async () => {
		const stub = openStub({ devices: twoDevices, faults: [{ call: 'nvmlDeviceGetUUID', seconds: 60 }] });
		const script = `import { nvmlSource } from ${JSON.stringify(new URL('../../../src/gpu/nvml/source.ts', import.meta.url).href)};
			const source = nvmlSource();
			source.observe({ timeoutMs: 60000 });
			console.log(source.childPid());`;
		const command = spawn(process.execPath, ['--input-type=module', '-e', script], {
			env: stub.environment,
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		const pid = Number(await new Promise<string>((resolve) => command.stdout.once('data', (data) => resolve(String(data)))));
		try {
			await eventually('the call hangs', 60_000, () => stub.struck().length > 0);
			assert.ok(isRunning(pid));
			command.kill('SIGKILL');
			await eventually(`process ${pid} ends`, 60_000, () => !isRunning(pid));
		} finally {
			stub.remove();
		}
	});
});

/** Calls whose failure costs nothing that an inventory tells: names of processes, and leaving. */
const quiet: readonly NvmlFunction[] = ['nvmlSystemGetProcessName', 'nvmlShutdown', 'nvmlEventSetFree', 'nvmlEventSetWait_v2'];

describe('a device', () => {
	const [first, second] = twoDevices;

	it('that falls off the bus is listed as lost under its name, and comes back', async () => {
		await withStub({ devices: twoDevices }, async ({ stub, devices, observe }) => {
			assert.equal((await devices())[1]?.lost, null);
			stub.play({ devices: twoDevices, faults: [{ call: '*', device: 1, code: 15 }] });
			const lost = (await devices())[1];
			assert.match(lost?.lost ?? '', /GPU_IS_LOST \(15\)/);
			assert.equal(lost?.uuid, second.uuid);
			assert.equal(lost?.processes, null);
			const fact = await observe();
			assert.equal(fact.state === 'known' && fact.value.driverVersion, '580.65.06', 'the driver is still there');
			stub.play({ devices: twoDevices });
			assert.equal((await devices())[1]?.lost, null);
		});
	});

	it('that is lost in the middle of its reading is lost as a whole', async () => {
		await withStub(
			{ devices: twoDevices, faults: [{ call: 'nvmlDeviceGetComputeRunningProcesses_v3', device: 1, code: 15 }] },
			async ({ devices }) => {
				const [healthy, lost] = await devices();
				assert.equal(healthy?.lost, null);
				assert.match(lost?.lost ?? '', /nvmlDeviceGetComputeRunningProcesses_v3: GPU_IS_LOST/);
				assert.equal(lost?.usedMemoryBytes, null);
			},
		);
	});

	it('that vanishes from the list stays visible as lost, beside what took its index', async () => {
		await withStub({ devices: twoDevices }, async ({ stub, devices }) => {
			await devices();
			stub.play({ devices: [second] });
			const seen = (await devices()).map(({ index, uuid, lost }) => [index, uuid, lost !== null]);
			assert.deepEqual(seen, [
				[0, second.uuid, false],
				[1, first.uuid, true],
			]);
		});
	});

	it('that is replaced by another is noticed', async () => {
		await withStub({ devices: twoDevices }, async ({ stub, devices }) => {
			await devices();
			const replacement = { ...second, uuid: 'GPU-new', name: 'NVIDIA H200', capability: [9, 0] as const };
			stub.play({ devices: [first, replacement] });
			const seen = await devices();
			assert.equal(seen[1]?.productName, 'NVIDIA H200');
			assert.equal(seen[1]?.computeCapability, '9.0');
			assert.equal(seen[2]?.uuid, second.uuid);
			assert.match(seen[2]?.lost ?? '', /no longer lists it; it was device 1/);
		});
	});

	it('shows memory that grows, XIDs as they come, and NOT_SUPPORTED as null', async () => {
		const growing = { ...second, memory: { total: 1000, used: 10, growth: 5 }, xids: [79] };
		await withStub({ devices: [growing, { ...first, xids: null, processes: null }] }, async ({ stub, devices }) => {
			const [before, plain] = await devices();
			assert.deepEqual(before?.xids, [79]);
			assert.deepEqual([plain?.ecc, plain?.xids, plain?.processes, plain?.mig.enabled], [null, null, null, null]);
			stub.play({ devices: [{ ...growing, xids: [79, 31] }, first] });
			const [after] = await devices();
			assert.deepEqual(after?.xids, [79, 31]);
			assert.ok((after?.usedMemoryBytes ?? 0) > (before?.usedMemoryBytes ?? 0));
		});
	});

	it('keeps the last thousand XIDs of a card that does not stop sending them', async () => {
		const xids = Array.from({ length: 1_300 }, (_, i) => i + 1);
		await withStub({ devices: [{ ...first, xids }] }, async ({ devices }) => {
			for (const limit = performance.now() + 60_000; ; ) {
				const [device] = await devices();
				const kept = device?.xids ?? [];
				assert.ok(kept.length > 0 && kept.length <= 1_000, `${kept.length} are kept`);
				if (kept.at(-1) === 1_300) {
					assert.deepEqual(kept, xids.slice(-1_000));
					return;
				}
				assert.ok(performance.now() < limit, `${kept.at(-1)} is the last`);
			}
		});
	});

	it('tells a watcher of an XID without being asked', async () => {
		await withStub({ devices: twoDevices }, async ({ stub, source, devices }) => {
			let told = 0;
			const unsubscribe = source.subscribe(() => told++);
			await devices();
			assert.equal(told, 0);
			stub.play({ devices: [first, { ...second, xids: [48] }] });
			await eventually('the XID is heard', 60_000, () => told > 0);
			assert.deepEqual((await devices())[1]?.xids, [48]);
			unsubscribe();
		});
	});

	it('tells processes apart when a pid is used again', async () => {
		const procRoot = mkdtempSync(join(tmpdir(), 'proc-'));
		mkdirSync(join(procRoot, '4242'), { recursive: true });
		const start = (ticks: number) =>
			writeFileSync(join(procRoot, '4242', 'stat'), `4242 (py (x) y) S 1${' 0'.repeat(17)} ${ticks} 0 0\n`);
		start(111);
		const named = (name: string): StubScenario => ({
			devices: [{ ...second, processes: [{ pid: 4242, used: 1, kind: 'C', name }] }],
		});
		await withStub(
			named('train'),
			async ({ stub, devices }) => {
				assert.deepEqual(
					(await devices())[0]?.processes?.map(({ name, startTime }) => [name, startTime]),
					[['train', '111']],
				);
				stub.play(named('serve'));
				start(222);
				assert.deepEqual(
					(await devices())[0]?.processes?.map(({ name, startTime }) => [name, startTime]),
					[['serve', '222']],
				);
			},
			[],
			procRoot,
		);
		rmSync(procRoot, { recursive: true });
	});
});

it('an old driver without the newer symbols tells the same', async () => {
	const old: readonly NvmlFunction[] = [
		...superseded,
		'nvmlDeviceGetMigMode',
		'nvmlSystemGetCudaDriverVersion_v2',
		'nvmlEventSetWait_v2',
	];
	await withStub({ devices: twoDevices }, async ({ devices }) => {
		const modern = await devices();
		await withStub(
			{ devices: twoDevices },
			async (run) => {
				const fact = await run.observe();
				assert.equal(fact.state, 'known');
				assert.equal(fact.value.cudaVersion, null);
				assert.deepEqual(fact.value.devices, modern);
			},
			old,
		);
	});
});
