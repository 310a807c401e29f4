import { readFileSync } from 'node:fs';
import { nvmlSource } from '../../src/gpu/nvml/source.ts';
import { openStub, twoDevices } from '../nvml-stub/index.ts';
import type { Bench, Row } from './bench.ts';

const warmUp = 200;
const snapshots = 500;

/**
 * What a snapshot of two devices costs in the NVML child once warm. The driver is the stub, which answers at once: this is
 * our own cost, to which a real driver adds its own.
 */
const nvmlSnapshot: Bench = {
	name: 'nvml-snapshot',
	async run(): Promise<Row[]> {
		const stub = openStub({ devices: twoDevices });
		const source = nvmlSource({ environment: stub.environment });
		const inChild: number[] = [];
		const asked: number[] = [];
		try {
			for (let i = 0; i < warmUp + snapshots; i++) {
				const started = performance.now();
				const fact = await source.observe({ timeoutMs: 20_000 });
				if (fact.state === 'unknown') throw new Error(fact.message);
				if (i < warmUp) continue;
				asked.push(performance.now() - started);
				inChild.push((source.lastMicros() ?? Number.NaN) / 1000);
			}
			const memory = residentMiB(source.childPid());
			const figure = percentile(inChild, 50);
			return [
				{
					what: 'NVML snapshot, 2 devices, in the child',
					ours: `${figure.toFixed(3)} ms`,
					peer: `p99 ${percentile(inChild, 99).toFixed(3)} ms`,
					figure,
					goal: { kind: 'at most', limit: 1, unit: 'ms' },
					note: `asked and answered in ${percentile(asked, 50).toFixed(2)} ms; the child holds ${memory === null ? 'unknown' : memory.toFixed(0)} MiB`,
				},
			];
		} finally {
			await source.close();
			stub.remove();
		}
	},
};

function percentile(values: readonly number[], percent: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}

/** Resident memory of a process; `null` where /proc does not show it. */
function residentMiB(pid: number | null): number | null {
	try {
		const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
		return kilobytes === undefined ? null : Number(kilobytes) / 1024;
	} catch {
		return null;
	}
}

export default nvmlSnapshot;
