import { nvmlCode } from './codes.ts';
import { ffi } from './koffi.ts';

const pointer = 'void *';
const uint = 'uint32_t';

/**
 * The NVML functions in use with their parameters; each returns nvmlReturn_t. Structs and handles are passed as plain
 * buffers and addresses: decoding a struct through koffi costs more than the call itself.
 */
const signatures = {
	nvmlInit_v2: [],
	nvmlShutdown: [],
	nvmlSystemGetDriverVersion: [pointer, uint],
	nvmlSystemGetCudaDriverVersion_v2: [pointer],
	nvmlSystemGetProcessName: [uint, pointer, uint],
	nvmlDeviceGetCount_v2: [pointer],
	nvmlDeviceGetHandleByIndex_v2: [uint, pointer],
	nvmlDeviceGetUUID: [pointer, pointer, uint],
	nvmlDeviceGetName: [pointer, pointer, uint],
	nvmlDeviceGetPciInfo_v3: [pointer, pointer],
	nvmlDeviceGetCudaComputeCapability: [pointer, pointer, pointer],
	nvmlDeviceGetMemoryInfo_v2: [pointer, pointer],
	nvmlDeviceGetMemoryInfo: [pointer, pointer],
	nvmlDeviceGetMigMode: [pointer, pointer, pointer],
	nvmlDeviceGetMaxMigDeviceCount: [pointer, pointer],
	nvmlDeviceGetMigDeviceHandleByIndex: [pointer, uint, pointer],
	nvmlDeviceGetEccMode: [pointer, pointer, pointer],
	nvmlDeviceGetTotalEccErrors: [pointer, 'int', 'int', pointer],
	nvmlDeviceGetCurrentClocksEventReasons: [pointer, pointer],
	nvmlDeviceGetCurrentClocksThrottleReasons: [pointer, pointer],
	nvmlDeviceGetComputeRunningProcesses_v3: [pointer, pointer, pointer],
	nvmlDeviceGetComputeRunningProcesses_v2: [pointer, pointer, pointer],
	nvmlDeviceGetComputeRunningProcesses: [pointer, pointer, pointer],
	nvmlDeviceGetGraphicsRunningProcesses_v3: [pointer, pointer, pointer],
	nvmlDeviceGetGraphicsRunningProcesses_v2: [pointer, pointer, pointer],
	nvmlDeviceGetGraphicsRunningProcesses: [pointer, pointer, pointer],
	nvmlDeviceGetSupportedEventTypes: [pointer, pointer],
	nvmlEventSetCreate: [pointer],
	nvmlDeviceRegisterEvents: [pointer, 'uint64_t', pointer],
	nvmlEventSetWait_v2: [pointer, pointer, uint],
	nvmlEventSetFree: [pointer],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type NvmlFunction = keyof typeof signatures;

export const nvmlFunctions = Object.keys(signatures) as readonly NvmlFunction[];

/** An address as the library gave it; only valid until nvmlShutdown. */
export type Handle = bigint;

type Argument = Handle | number | Uint8Array;

/** A loaded NVML. Symbols are bound at first use; one that this driver does not have answers FUNCTION_NOT_FOUND (13). */
export class NvmlLibrary {
	readonly path: string;
	readonly #library: ReturnType<typeof ffi.load>;
	readonly #bound = new Map<NvmlFunction, ((...values: Argument[]) => number) | null>();

	private constructor(path: string, library: ReturnType<typeof ffi.load>) {
		this.path = path;
		this.#library = library;
	}

	/** The first library that loads, or what the loader said of each. */
	static open(paths: readonly string[]): NvmlLibrary | { readonly errors: readonly string[] } {
		const errors: string[] = [];
		for (const path of paths) {
			try {
				return new NvmlLibrary(path, ffi.load(path));
			} catch (error) {
				errors.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
			}
		}
		return { errors };
	}

	has(name: NvmlFunction): boolean {
		return this.#bind(name) !== null;
	}

	/** Calls the function and gives its nvmlReturn_t. */
	call(name: NvmlFunction, ...values: Argument[]): number {
		const bound = this.#bind(name);
		return bound === null ? nvmlCode.functionNotFound : bound(...values);
	}

	#bind(name: NvmlFunction): ((...values: Argument[]) => number) | null {
		let bound = this.#bound.get(name);
		if (bound === undefined) {
			try {
				bound = this.#library.func(name, 'int', [...signatures[name]]) as (...values: Argument[]) => number;
			} catch {
				bound = null;
			}
			this.#bound.set(name, bound);
		}
		return bound;
	}
}
