import { type Unknown, unknown } from '../../core/observed/fact.ts';
import { describeCode, nvmlCode } from './codes.ts';
import type { Failure } from './protocol.ts';

/** What a failed reading means for the fact, with what a person can do about it. */
export function toUnknown(failure: Failure): Unknown {
	if (failure.kind === 'no-library') {
		return unknown(
			'NoSource',
			`NVML cannot be loaded (${failure.errors[0] ?? 'no library to try'}); install the NVIDIA driver, or set GPUPOLICY_NVML_LIBRARY`,
			failure,
		);
	}
	if (failure.kind === 'internal') return unknown('SourceFailed', `NVML could not be read: ${failure.message}`, failure);
	const what = `${failure.call} answered ${describeCode(failure.code)}`;
	switch (failure.code) {
		case nvmlCode.driverNotLoaded:
			return unknown('NoSource', `${what}: the NVIDIA driver is not loaded; load it with modprobe nvidia, or reboot`, failure);
		case nvmlCode.versionMismatch:
			return unknown(
				'SourceFailed',
				`${what}: the loaded kernel module and the NVML library are of different driver versions; reboot, or unload and load the nvidia modules`,
				failure,
			);
		case nvmlCode.noPermission:
			return unknown(
				'Forbidden',
				`${what}: this user may not talk to the driver; look at the permissions of /dev/nvidiactl`,
				failure,
			);
		case nvmlCode.libraryNotFound:
			return unknown('NoSource', `${what}: a part of the driver is missing; install the NVIDIA driver again`, failure);
		default:
			return unknown('SourceFailed', `${what}; nvidia-smi and the kernel log say more`, failure);
	}
}
