import type { NvmlFunction } from '../../src/gpu/nvml/bindings.ts';

/** A process on a device of the stub. */
export interface StubProcess {
	readonly pid: number;
	/** Bytes; `null` is NVML_VALUE_NOT_AVAILABLE. */
	readonly used: number | null;
	readonly kind: 'C' | 'G';
	readonly name: string;
}

/** A device of the stub; what is absent is NOT_SUPPORTED there. */
export interface StubDevice {
	readonly uuid: string;
	readonly name: string;
	readonly bus: readonly [domain: number, bus: number, device: number];
	readonly pciDeviceId: number;
	/** `growth` is added to `used` by each reading. */
	readonly memory: { readonly total: number; readonly used: number; readonly growth?: number } | null;
	readonly capability: readonly [major: number, minor: number];
	readonly ecc?: { readonly enabled: boolean; readonly uncorrected: number };
	readonly throttle?: number;
	readonly mig?: {
		readonly enabled: boolean;
		readonly children: readonly { readonly uuid: string; readonly profile: string; readonly memory: number }[];
	};
	/** `null`: the driver does not list them. */
	readonly processes?: readonly StubProcess[] | null;
	/** Delivered once each, in order; `null`: events are not supported. */
	readonly xids?: readonly number[] | null;
}

/** A fault: which call, when, and how it goes wrong. */
export interface StubFault {
	readonly call: NvmlFunction | '*';
	/** Index of the device; absent: any. */
	readonly device?: number;
	/** Calls of that function that go well before; default 0. */
	readonly after?: number;
	/** How many calls are struck; absent: all. */
	readonly times?: number;
	/** nvmlReturn_t; absent: the call only takes `seconds` longer. */
	readonly code?: number;
	readonly seconds?: number;
}

export interface StubScenario {
	readonly driver?: string;
	/** As NVML gives it: 13000 is 13.0. */
	readonly cuda?: number;
	readonly devices: readonly StubDevice[];
	readonly faults?: readonly StubFault[];
}

/** The scenario in the stub's own words (see nvml_stub.c). */
export function formatScenario({ driver = '580.65.06', cuda = 13000, devices, faults = [] }: StubScenario): string {
	const lines: (readonly (string | number)[])[] = [
		['driver', driver],
		['cuda', cuda],
	];
	for (const device of devices) {
		lines.push(['device', device.uuid], ['name', device.name], ['bus', ...device.bus], ['pciid', device.pciDeviceId]);
		lines.push(device.memory ? ['memory', device.memory.total, device.memory.used, device.memory.growth ?? 0] : ['nomemory']);
		lines.push(['cc', ...device.capability]);
		if (device.ecc) lines.push(['ecc', Number(device.ecc.enabled), device.ecc.uncorrected]);
		if (device.throttle !== undefined) lines.push(['throttle', device.throttle]);
		if (device.mig) lines.push(['mig', Number(device.mig.enabled)]);
		for (const { uuid, profile, memory } of device.mig?.children ?? [])
			lines.push(['child', uuid, `${device.name} MIG ${profile}`, memory]);
		if (device.processes === null) lines.push(['noprocesses']);
		for (const { pid, used, kind, name } of device.processes ?? []) lines.push(['process', pid, used ?? -1, kind, name]);
		if (device.xids === null) lines.push(['noevents']);
		for (const xid of device.xids ?? []) lines.push(['xid', xid]);
	}
	for (const { call, device = -1, after = 0, times = -1, code = 0, seconds = 0 } of faults) {
		lines.push(['fault', call, device, after, times, code, Math.round(seconds * 1e6)]);
	}
	return lines.map((words) => `${words.join('\t')}\n`).join('');
}

const MiB = 2 ** 20;

/** The machine of the example: an RTX 5060 Ti and an RTX 3090. */
export const twoDevices: readonly [StubDevice, StubDevice] = [
	{
		uuid: 'GPU-9151f1a2-0000-4000-8000-000000005060',
		name: 'NVIDIA GeForce RTX 5060 Ti',
		bus: [0, 1, 0],
		pciDeviceId: 0x2d0410de,
		memory: { total: 16311 * MiB, used: 512 * MiB },
		capability: [12, 0],
		throttle: 1,
	},
	{
		uuid: 'GPU-3f0c5a77-0000-4000-8000-000000003090',
		name: 'NVIDIA GeForce RTX 3090',
		bus: [0, 2, 0],
		pciDeviceId: 0x220410de,
		memory: { total: 24576 * MiB, used: 1024 * MiB },
		capability: [8, 6],
		throttle: 4,
		processes: [{ pid: 4242, used: 600 * MiB, kind: 'C', name: 'python' }],
	},
];
