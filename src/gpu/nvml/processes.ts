import type { GpuProcess } from '../../core/observed/inventory.ts';
import { processStartTime } from '../../runtime/process-start-time.ts';
import type { Handle, NvmlFunction, NvmlLibrary } from './bindings.ts';
import { nvmlCode } from './codes.ts';
import { failedOnDevice } from './errors.ts';
import { readText, readU64, scratch } from './scratch.ts';

/**
 * Entry points, newest first, with the size of the struct that each fills: from v2 on nvmlProcessInfo_t is pid, used memory,
 * GPU instance, compute instance (24 bytes); before it was pid and used memory (16).
 */
const entryPoints = {
	Compute: [
		['nvmlDeviceGetComputeRunningProcesses_v3', 24],
		['nvmlDeviceGetComputeRunningProcesses_v2', 24],
		['nvmlDeviceGetComputeRunningProcesses', 16],
	],
	Graphics: [
		['nvmlDeviceGetGraphicsRunningProcesses_v3', 24],
		['nvmlDeviceGetGraphicsRunningProcesses_v2', 24],
		['nvmlDeviceGetGraphicsRunningProcesses', 16],
	],
} as const satisfies Readonly<Record<GpuProcess['kind'], readonly (readonly [NvmlFunction, number])[]>>;

const count = Buffer.alloc(4);
let infos = Buffer.alloc(64 * 24);

/** Names by pid and start time, so that a pid that was reused is asked for again. */
export type ProcessNames = Map<string, string | null>;

/**
 * Lists the processes on a device, by pid; one that holds both kinds of context counts as Compute. `null` where the device or
 * the driver does not list them.
 */
export function listProcesses(
	nvml: NvmlLibrary,
	device: Handle,
	procRoot: string,
	names: ProcessNames,
): readonly GpuProcess[] | null {
	const found = new Map<number, GpuProcess>();
	let supported = false;
	for (const kind of ['Compute', 'Graphics'] as const) {
		const [call, size] = entryPoints[kind].find(([name]) => nvml.has(name)) ?? entryPoints[kind][2];
		const code = fill(nvml, call, size, device);
		if (code === nvmlCode.notSupported || code === nvmlCode.functionNotFound) continue;
		if (code !== nvmlCode.success) throw failedOnDevice(call, code);
		supported = true;
		const length = count.readUInt32LE(0);
		for (let i = 0; i < length; i++) {
			const pid = infos.readUInt32LE(i * size);
			if (found.has(pid)) continue;
			const startTime = processStartTime(procRoot, pid);
			found.set(pid, {
				pid,
				startTime,
				usedMemoryBytes: readU64(infos, i * size + 8),
				name: processName(nvml, pid, startTime, names),
				kind,
			});
		}
	}
	return supported ? [...found.values()].sort((a, b) => a.pid - b.pid) : null;
}

/** Fills `infos` and `count`; processes may start between two calls, so the size is asked for until it fits. */
function fill(nvml: NvmlLibrary, call: NvmlFunction, size: number, device: Handle): number {
	for (let attempt = 0; attempt < 8; attempt++) {
		count.writeUInt32LE(Math.floor(infos.length / size), 0);
		const code = nvml.call(call, device, count, infos);
		if (code !== nvmlCode.insufficientSize) return code;
		infos = Buffer.alloc(Math.max(2 * infos.length, (count.readUInt32LE(0) + 16) * size));
	}
	return nvmlCode.insufficientSize;
}

function processName(nvml: NvmlLibrary, pid: number, startTime: string | null, names: ProcessNames): string | null {
	const key = `${pid} ${startTime}`;
	const cached = startTime === null ? undefined : names.get(key);
	if (cached !== undefined) return cached;
	if (names.size > 4096) names.clear();
	const code = nvml.call('nvmlSystemGetProcessName', pid, scratch.text, scratch.text.length);
	const name = code === nvmlCode.success ? readText(scratch.text) || null : null;
	names.set(key, name);
	return name;
}
