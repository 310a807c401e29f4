import { concernsDriver, describeCode, meansFellOff } from './codes.ts';

/** The driver as a whole did not answer: there is no inventory. */
export class DriverFailure extends Error {
	readonly call: string;
	readonly code: number;

	constructor(call: string, code: number) {
		super(`${call}: ${describeCode(code)}`);
		this.call = call;
		this.code = code;
	}
}

/** One device did not answer; the others may. */
export class DeviceFailure extends Error {
	/** The device is gone: what it answered before in the same snapshot counts no more. */
	readonly fellOff: boolean;

	constructor(call: string, code: number) {
		super(`${call}: ${describeCode(code)}`);
		this.fellOff = meansFellOff(code);
	}
}

/** Turns the failure of a call on one device into the right error. */
export function failedOnDevice(call: string, code: number): DriverFailure | DeviceFailure {
	return concernsDriver(code) ? new DriverFailure(call, code) : new DeviceFailure(call, code);
}
