import type { GpuDevice, Inventory } from '../../core/observed/inventory.ts';
import type { Handle, NvmlLibrary } from './bindings.ts';
import { nvmlCode } from './codes.ts';
import { type Identity, readEcc, readIdentity, readMemory, readMig, readThrottleReasons, readUuid } from './device.ts';
import { DeviceFailure, DriverFailure, failedOnDevice } from './errors.ts';
import { listProcesses, type ProcessNames } from './processes.ts';
import { readText, scratch } from './scratch.ts';
import { XidListener } from './xid-listener.ts';

/** What one snapshot answers; the source and the time are added by the reader. */
export type Snapshot = Pick<Inventory, 'driverVersion' | 'cudaVersion' | 'devices'>;

/**
 * One nvmlInit and what was learnt under it. Identities are kept per index and read again when the UUID there is another; a
 * device that was seen once is listed as lost when it is gone, until the driver lists it again.
 */
export class NvmlSession {
	readonly #nvml: NvmlLibrary;
	readonly #procRoot: string;
	readonly #names: ProcessNames = new Map();
	readonly #xids: XidListener;
	/** By UUID, with the index where the device stood last; outlives a new nvmlInit. */
	readonly #seen = new Map<string, Identity & { readonly index: number }>();
	readonly #atIndex: (Identity | undefined)[] = [];
	#versions: { readonly driverVersion: string; readonly cudaVersion: string | null } | null = null;

	constructor(nvml: NvmlLibrary, procRoot: string) {
		this.#nvml = nvml;
		this.#procRoot = procRoot;
		this.#xids = new XidListener(nvml);
	}

	/** Reads all devices; throws DriverFailure where the driver as a whole does not answer. */
	snapshot(): Snapshot {
		try {
			this.#versions ??= this.#initialize();
			const versions = this.#versions;
			const devices = this.#readDevices();
			// A lost device comes back, if at all, under a new nvmlInit.
			if (devices.some(({ lost }) => lost !== null)) this.#shutdown();
			return { ...versions, devices };
		} catch (error) {
			this.#shutdown();
			throw error;
		}
	}

	/** XIDs that came since the last call, for a watcher. Never throws: a failing driver shows in the next snapshot. */
	drainXids(): number {
		return this.#versions === null ? 0 : this.#xids.drain();
	}

	#initialize(): { readonly driverVersion: string; readonly cudaVersion: string | null } {
		const nvml = this.#nvml;
		const code = nvml.call('nvmlInit_v2');
		if (code !== nvmlCode.success) throw new DriverFailure('nvmlInit_v2', code);
		this.#demand('nvmlSystemGetDriverVersion', nvml.call('nvmlSystemGetDriverVersion', scratch.text, scratch.text.length));
		const driverVersion = readText(scratch.text);
		const cuda = nvml.call('nvmlSystemGetCudaDriverVersion_v2', scratch.a);
		if (cuda !== nvmlCode.notSupported && cuda !== nvmlCode.functionNotFound)
			this.#demand('nvmlSystemGetCudaDriverVersion_v2', cuda);
		const version = scratch.a.readInt32LE(0);
		return {
			driverVersion,
			cudaVersion: cuda === nvmlCode.success ? `${Math.floor(version / 1000)}.${Math.floor((version % 1000) / 10)}` : null,
		};
	}

	#shutdown(): void {
		this.#xids.forget();
		this.#atIndex.length = 0;
		this.#versions = null;
		this.#nvml.call('nvmlShutdown');
	}

	#readDevices(): readonly GpuDevice[] {
		this.#demand('nvmlDeviceGetCount_v2', this.#nvml.call('nvmlDeviceGetCount_v2', scratch.a));
		const count = scratch.a.readUInt32LE(0);
		const devices: GpuDevice[] = [];
		for (let index = 0; index < count; index++) devices.push(this.#readDevice(index));
		this.#addVanished(devices);
		for (const { index, uuid, productName, pciBusId, pciDeviceId, computeCapability } of devices) {
			if (uuid !== '') this.#seen.set(uuid, { index, uuid, productName, pciBusId, pciDeviceId, computeCapability });
		}
		return devices;
	}

	#readDevice(index: number): GpuDevice {
		try {
			const code = this.#nvml.call('nvmlDeviceGetHandleByIndex_v2', index, scratch.a);
			if (code !== nvmlCode.success) throw failedOnDevice('nvmlDeviceGetHandleByIndex_v2', code);
			const handle = scratch.a.readBigUInt64LE(0);
			const identity = this.#identify(index, handle);
			return this.#readState(index, handle, identity);
		} catch (error) {
			if (!(error instanceof DeviceFailure)) throw error;
			// What stood here last is what fell off: the driver keeps the indexes of one nvmlInit.
			const last = this.#atIndex[index] ?? [...this.#seen.values()].find((identity) => identity.index === index);
			return lostDevice(index, last, error.message);
		}
	}

	#identify(index: number, handle: Handle): Identity {
		const uuid = readUuid(this.#nvml, handle);
		const cached = this.#atIndex[index];
		if (cached?.uuid === uuid) return cached;
		const identity = readIdentity(this.#nvml, handle, uuid);
		this.#atIndex[index] = identity;
		this.#xids.listen(handle, uuid);
		return identity;
	}

	#readState(index: number, handle: Handle, identity: Identity): GpuDevice {
		const nvml = this.#nvml;
		const unread: Record<string, string> = {};
		const attempt = <T>(field: string, read: () => T, otherwise: T): T => {
			try {
				return read();
			} catch (error) {
				if (!(error instanceof DeviceFailure) || error.fellOff) throw error;
				unread[field] = error.message;
				return otherwise;
			}
		};
		const memory = attempt('memoryBytes', () => readMemory(nvml, handle), { total: null, used: null });
		const mig = attempt('mig', () => readMig(nvml, handle), { enabled: null, children: [] });
		const ecc = attempt('ecc', () => readEcc(nvml, handle), null);
		const throttleReasons = attempt('throttleReasons', () => readThrottleReasons(nvml, handle), null);
		const processes = attempt('processes', () => listProcesses(nvml, handle, this.#procRoot, this.#names), null);
		this.#xids.drain();
		const heard = this.#xids.of(identity.uuid);
		if (heard !== null && 'failed' in heard) unread.xids = heard.failed;
		return {
			index,
			...identity,
			memoryBytes: memory.total,
			usedMemoryBytes: memory.used,
			mig,
			ecc,
			xids: heard === null || 'failed' in heard ? null : [...heard],
			throttleReasons,
			processes,
			...(Object.keys(unread).length > 0 ? { unread } : {}),
			lost: null,
		};
	}

	/** Devices that were there once and that the driver no longer lists stay visible, as lost. */
	#addVanished(devices: GpuDevice[]): void {
		for (const gone of this.#seen.values()) {
			if (devices.some(({ uuid }) => uuid === gone.uuid)) continue;
			const unidentified = devices.findIndex(({ index, uuid }) => index === gone.index && uuid === '');
			if (unidentified >= 0) continue;
			const taken = devices.some(({ index }) => index === gone.index);
			const index = taken ? Math.max(...devices.map((device) => device.index)) + 1 : gone.index;
			devices.push(lostDevice(index, gone, `the driver no longer lists it; it was device ${gone.index}`));
		}
		devices.sort((a, b) => a.index - b.index);
	}

	#demand(call: string, code: number): void {
		if (code !== nvmlCode.success) throw new DriverFailure(call, code);
	}
}

function lostDevice(index: number, identity: Identity | undefined, why: string): GpuDevice {
	return {
		uuid: identity?.uuid ?? '',
		productName: identity?.productName ?? '',
		pciBusId: identity?.pciBusId ?? '',
		pciDeviceId: identity?.pciDeviceId ?? '',
		computeCapability: identity?.computeCapability ?? null,
		index,
		memoryBytes: null,
		usedMemoryBytes: null,
		mig: { enabled: null, children: [] },
		ecc: null,
		xids: null,
		throttleReasons: null,
		processes: null,
		lost: why,
	};
}
