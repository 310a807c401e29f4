import { XMLParser } from 'fast-xml-parser';
import { normalizePciBusId, normalizePciDeviceId } from '../../core/desired/pci-address.ts';
import type { GpuDevice, GpuProcess, Inventory, MigDevice } from '../../core/observed/inventory.ts';
import { throttleReasons } from '../throttle-reasons.ts';

/** What the XML holds; the rest of an inventory comes from the other calls and from the reader. */
export type SmiInventory = Pick<Inventory, 'driverVersion' | 'cudaVersion' | 'devices'>;

/** The text is not what `nvidia-smi -q -x` prints; the message names the element. */
export class SmiFormatError extends Error {}

type Element = Readonly<Record<string, unknown>>;

/**
 * Reads the output of `nvidia-smi -q -x`. Element names changed over the driver versions (clocks_throttle_reasons became
 * clocks_event_reasons; ECC counters were renamed twice), so each is looked for under all names. Compute capability, MIG
 * UUIDs and XIDs are not in it; `startTime` tells when a process began.
 */
export function parseSmiXml(xml: string, startTime: (pid: number) => string | null): SmiInventory {
	// The parser closes what is open, so a text that was cut off would look like fewer devices.
	if (!xml.trimEnd().endsWith('</nvidia_smi_log>')) throw new SmiFormatError('it does not end with </nvidia_smi_log>');
	const parser = new XMLParser({
		parseTagValue: false,
		ignoreAttributes: true,
		isArray: (name) => name === 'gpu' || name === 'process_info' || name === 'mig_device',
	});
	const root = childOf(parser.parse(xml) as Element, 'nvidia_smi_log');
	const driverVersion = root && textOf(root, 'driver_version');
	if (!root || !driverVersion) throw new SmiFormatError('there is no nvidia_smi_log with a driver_version in it');
	const devices = listOf(root, 'gpu').map((gpu, index) => readGpu(gpu, index, startTime));
	const attached = Number(textOf(root, 'attached_gpus') ?? devices.length);
	if (attached !== devices.length) throw new SmiFormatError(`attached_gpus is ${attached}, but ${devices.length} are described`);
	return { driverVersion, cudaVersion: textOf(root, 'cuda_version'), devices };
}

function readGpu(gpu: Element, index: number, startTime: (pid: number) => string | null): GpuDevice {
	const pci = childOf(gpu, 'pci');
	const uuid = demand(gpu, 'uuid', index);
	const productName = demand(gpu, 'product_name', index);
	const pciBusId = normalizePciBusId(demand(pci ?? gpu, 'pci_bus_id', index));
	if (pciBusId === null) throw new SmiFormatError(`pci_bus_id of GPU ${index} is not a PCI address`);
	const memory = childOf(gpu, 'fb_memory_usage');
	const lost = [uuid, productName, ...Object.values(memory ?? {})].find(
		(text) => typeof text === 'string' && /\bis lost\b/i.test(text),
	);
	const processes = childOf(gpu, 'processes');
	return {
		index,
		uuid,
		productName,
		pciBusId,
		pciDeviceId: normalizePciDeviceId((pci && textOf(pci, 'pci_device_id')) ?? '') ?? '',
		memoryBytes: bytesOf(memory, 'total'),
		usedMemoryBytes: bytesOf(memory, 'used'),
		computeCapability: null,
		mig: readMig(gpu),
		ecc: readEcc(gpu),
		xids: null,
		throttleReasons: readThrottleReasons(gpu),
		// An empty element is "none"; a device that lists none says N/A.
		processes: isNotApplicable(gpu['processes'])
			? null
			: listOf(processes ?? {}, 'process_info')
					.flatMap((info) => readProcess(info, startTime))
					.sort((a, b) => a.pid - b.pid),
		lost: typeof lost === 'string' ? lost : null,
	};
}

function readMig(gpu: Element): GpuDevice['mig'] {
	const current = textOf(childOf(gpu, 'mig_mode') ?? {}, 'current_mig');
	if (current !== 'Enabled' && current !== 'Disabled') return { enabled: null, children: [] };
	const children = listOf(childOf(gpu, 'mig_devices') ?? {}, 'mig_device').map(
		(child): MigDevice => ({ uuid: '', profile: '', memoryBytes: bytesOf(childOf(child, 'fb_memory_usage'), 'total') }),
	);
	return { enabled: current === 'Enabled', children: current === 'Enabled' ? children : [] };
}

function readEcc(gpu: Element): GpuDevice['ecc'] {
	const current = textOf(childOf(gpu, 'ecc_mode') ?? {}, 'current_ecc');
	if (current !== 'Enabled' && current !== 'Disabled') return null;
	const volatile = childOf(childOf(gpu, 'ecc_errors') ?? {}, 'volatile') ?? {};
	const old = textOf(childOf(volatile, 'double_bit') ?? {}, 'total');
	const counters = Object.keys(volatile)
		.filter((name) => /^(s|d)ram_uncorrectable/.test(name))
		.flatMap((name) => textOf(volatile, name) ?? []);
	const counted = old === null ? counters : [old];
	const total = counted.reduce((sum, text) => sum + Number(text), 0);
	return { enabled: current === 'Enabled', uncorrectedVolatile: current === 'Enabled' && counted.length > 0 ? total : null };
}

function readThrottleReasons(gpu: Element): readonly string[] | null {
	const reasons = childOf(gpu, 'clocks_event_reasons') ?? childOf(gpu, 'clocks_throttle_reasons');
	if (reasons === null) return null;
	const stateOf = (element: string) =>
		textOf(reasons, `clocks_event_reason_${element}`) ?? textOf(reasons, `clocks_throttle_reason_${element}`);
	const states = throttleReasons.map(([, name, element]) => ({ name, state: stateOf(element) }));
	if (states.every(({ state }) => state === null)) return null;
	return states.filter(({ state }) => state === 'Active').map(({ name }) => name);
}

function readProcess(info: Element, startTime: (pid: number) => string | null): GpuProcess[] {
	const pid = Number(textOf(info, 'pid'));
	if (!Number.isInteger(pid) || pid <= 0) return [];
	return [
		{
			pid,
			startTime: startTime(pid),
			usedMemoryBytes: bytesOf(info, 'used_memory'),
			name: textOf(info, 'process_name'),
			kind: textOf(info, 'type') === 'G' ? 'Graphics' : 'Compute',
		},
	];
}

/** nvidia-smi prints memory in MiB. */
function bytesOf(element: Element | null, name: string): number | null {
	const match = /^(\d+) MiB$/.exec((element && textOf(element, name)) ?? '');
	return match ? Number(match[1]) * 2 ** 20 : null;
}

/** Text of a child element; `null` where there is none or it says that it does not apply. */
function textOf(element: Element, name: string): string | null {
	const value = element[name];
	if (typeof value !== 'string' || value === '' || isNotApplicable(value)) return null;
	return value;
}

function isNotApplicable(value: unknown): boolean {
	return (
		typeof value === 'string' &&
		/^(\[?(N\/A|Not Supported|Not Available|Requested functionality has been deprecated|Unknown Error|None)\]?)$/i.test(
			value.trim(),
		)
	);
}

function childOf(element: Element, name: string): Element | null {
	const value = element[name];
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Element) : null;
}

function listOf(element: Element, name: string): readonly Element[] {
	const value = element[name];
	return Array.isArray(value) ? value.filter((item): item is Element => typeof item === 'object' && item !== null) : [];
}

function demand(element: Element, name: string, index: number): string {
	const text = textOf(element, name);
	if (text === null) throw new SmiFormatError(`GPU ${index} has no ${name}`);
	return text;
}
