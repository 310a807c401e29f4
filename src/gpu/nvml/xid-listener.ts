import type { Handle, NvmlLibrary } from './bindings.ts';
import { describeCode, nvmlCode } from './codes.ts';
import { readU64, scratch } from './scratch.ts';

/** nvmlEventTypeXidCriticalError. */
const xidEvent = 0x8;
/** A driver in a storm must not hold up a snapshot; the rest comes with the next drain. */
const mostPerDrain = 64;
/** XIDs of one device that are kept, the last ones: a broken card sends them for as long as it is powered. */
const mostKept = 1_000;

/**
 * Collects XID errors per device. nvmlEventSetWait_v2 is only ever called with a wait of zero, so that listening never blocks
 * a snapshot.
 */
export class XidListener {
	readonly #nvml: NvmlLibrary;
	/** By UUID: the last codes, `null` where events are not supported, or why listening failed. Outlives a new nvmlInit. */
	readonly #heard = new Map<string, number[] | null | { readonly failed: string }>();
	readonly #uuids = new Map<Handle, string>();
	#set: Handle | null = null;

	constructor(nvml: NvmlLibrary) {
		this.#nvml = nvml;
	}

	/** Starts to listen to a device. */
	listen(device: Handle, uuid: string): void {
		const failed = this.#register(device);
		if (failed === null) {
			this.#uuids.set(device, uuid);
			if (!Array.isArray(this.#heard.get(uuid))) this.#heard.set(uuid, []);
			return;
		}
		const applies = failed.code !== nvmlCode.notSupported && failed.code !== nvmlCode.functionNotFound;
		this.#heard.set(uuid, applies ? { failed: `${failed.call}: ${describeCode(failed.code)}` } : null);
	}

	of(uuid: string): readonly number[] | null | { readonly failed: string } {
		return this.#heard.get(uuid) ?? null;
	}

	/** Takes the events that wait; gives how many XIDs there were. */
	drain(): number {
		if (this.#set === null) return 0;
		let count = 0;
		for (let i = 0; i < mostPerDrain; i++) {
			const code = this.#nvml.call('nvmlEventSetWait_v2', this.#set, scratch.event, 0);
			if (code !== nvmlCode.success) break;
			const uuid = this.#uuids.get(scratch.event.readBigUInt64LE(0));
			const heard = uuid === undefined ? undefined : this.#heard.get(uuid);
			const xid = readU64(scratch.event, 16);
			if (!Array.isArray(heard) || xid === null || (scratch.event.readUInt32LE(8) & xidEvent) === 0) continue;
			heard.push(xid);
			if (heard.length > mostKept) heard.shift();
			count++;
		}
		return count;
	}

	/** The set and the handles end with nvmlShutdown; what was heard stays. */
	forget(): void {
		if (this.#set !== null) this.#nvml.call('nvmlEventSetFree', this.#set);
		this.#set = null;
		this.#uuids.clear();
	}

	#register(device: Handle): { readonly call: string; readonly code: number } | null {
		let code = this.#nvml.call('nvmlDeviceGetSupportedEventTypes', device, scratch.a);
		if (code !== nvmlCode.success) return { call: 'nvmlDeviceGetSupportedEventTypes', code };
		if ((scratch.a.readUInt32LE(0) & xidEvent) === 0)
			return { call: 'nvmlDeviceGetSupportedEventTypes', code: nvmlCode.notSupported };
		if (this.#set === null) {
			code = this.#nvml.call('nvmlEventSetCreate', scratch.a);
			if (code !== nvmlCode.success) return { call: 'nvmlEventSetCreate', code };
			this.#set = scratch.a.readBigUInt64LE(0);
		}
		code = this.#nvml.call('nvmlDeviceRegisterEvents', device, xidEvent, this.#set);
		return code === nvmlCode.success ? null : { call: 'nvmlDeviceRegisterEvents', code };
	}
}
