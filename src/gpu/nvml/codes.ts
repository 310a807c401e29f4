/** nvmlReturn_t by number (nvml.h). */
const names: Readonly<Record<number, string>> = {
	0: 'SUCCESS',
	1: 'UNINITIALIZED',
	2: 'INVALID_ARGUMENT',
	3: 'NOT_SUPPORTED',
	4: 'NO_PERMISSION',
	5: 'ALREADY_INITIALIZED',
	6: 'NOT_FOUND',
	7: 'INSUFFICIENT_SIZE',
	8: 'INSUFFICIENT_POWER',
	9: 'DRIVER_NOT_LOADED',
	10: 'TIMEOUT',
	11: 'IRQ_ISSUE',
	12: 'LIBRARY_NOT_FOUND',
	13: 'FUNCTION_NOT_FOUND',
	14: 'CORRUPTED_INFOROM',
	15: 'GPU_IS_LOST',
	16: 'RESET_REQUIRED',
	17: 'OPERATING_SYSTEM',
	18: 'LIB_RM_VERSION_MISMATCH',
	19: 'IN_USE',
	20: 'MEMORY',
	21: 'NO_DATA',
	22: 'VGPU_ECC_NOT_SUPPORTED',
	23: 'INSUFFICIENT_RESOURCES',
	24: 'FREQ_NOT_SUPPORTED',
	25: 'ARGUMENT_VERSION_MISMATCH',
	26: 'DEPRECATED',
	27: 'NOT_READY',
	28: 'GPU_NOT_FOUND',
	29: 'INVALID_STATE',
	999: 'UNKNOWN',
};

/** The return codes that this adapter treats in a way of their own. */
export const nvmlCode = {
	success: 0,
	uninitialized: 1,
	notSupported: 3,
	noPermission: 4,
	notFound: 6,
	insufficientSize: 7,
	driverNotLoaded: 9,
	timeout: 10,
	libraryNotFound: 12,
	functionNotFound: 13,
	versionMismatch: 18,
	argumentVersionMismatch: 25,
} as const;

/** `GPU_IS_LOST (15)`. */
export function describeCode(code: number): string {
	return `${names[code] ?? 'unlisted code'} (${code})`;
}

/** The driver as a whole is gone, so no device can be read any more. */
export function concernsDriver(code: number): boolean {
	return code === nvmlCode.uninitialized || code === nvmlCode.driverNotLoaded || code === nvmlCode.versionMismatch;
}

/** The device fell off the bus, needs a reset, or was removed: GPU_IS_LOST, RESET_REQUIRED, GPU_NOT_FOUND. */
export function meansFellOff(code: number): boolean {
	return code === 15 || code === 16 || code === 28;
}
