import { normalizePciBusId, normalizePciDeviceId } from '../../core/desired/pci-address.ts';
import { parseQuantity } from '../../core/desired/quantity.ts';
import { type Fact, known, unknown } from '../../core/observed/fact.ts';
import type { GpuDevice, GpuProcess, Inventory } from '../../core/observed/inventory.ts';
import { type Problem, YamlValue } from './yaml-reader.ts';

export type RecordedReading =
	| { readonly ok: true; readonly inventory: Inventory }
	| { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads a recorded inventory (YAML or JSON); every problem carries its place. Pure and total. */
export function parseInventory(text: string): RecordedReading {
	const problems: Problem[] = [];
	const root = YamlValue.parse(text, problems);
	const inventory = root ? readManifest(root) : null;
	return inventory && problems.length === 0
		? { ok: true, inventory }
		: { ok: false, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
}

/** The recorded inventory as a fact that says which file it rests on; `name` is the file as people know it. */
export function recordedInventory(text: string, name: string): Fact<Inventory> {
	const reading = parseInventory(text);
	if (reading.ok) return known(reading.inventory, `recorded ${name}`, reading.inventory.observedAt);
	const shown = reading.problems
		.slice(0, 3)
		.map(({ line, column, path, message }) => `${name}:${line}:${column}: ${path && `${path}: `}${message}`);
	const more = reading.problems.length - shown.length;
	return unknown('SourceFailed', `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`);
}

function readManifest(root: YamlValue): Inventory | null {
	const top = root.fields(['apiVersion', 'kind', 'metadata?', 'spec']);
	top?.apiVersion?.oneOf(['gpupolicy.dev/v1alpha1']);
	top?.kind?.oneOf(['GpuInventory']);
	top?.metadata?.fields(['name?'])?.name?.string();
	const spec = top?.spec?.fields(['recordedFrom', 'observedAt', 'driverVersion', 'cudaVersion?', 'devices']);
	spec?.recordedFrom?.oneOf(['NVML', 'nvidia-smi', 'recorded']);
	const observedAt = spec?.observedAt?.string((text) =>
		/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text))
			? null
			: `${JSON.stringify(text)} is not a time such as 2026-01-02T03:04:05Z`,
	);
	const driverVersion = spec?.driverVersion?.string();
	const cudaVersion = spec?.cudaVersion?.string() ?? null;
	const items = spec?.devices?.items();
	const devices = items?.map(readDevice).filter((device) => device !== null);
	if (!observedAt || !driverVersion || !items || !devices || devices.length < items.length) return null;
	for (const field of ['index', 'uuid'] as const) refuseTwice(devices, items, field);
	devices.sort((a, b) => a.index - b.index);
	return { source: 'recorded', driverVersion, cudaVersion, observedAt, devices };
}

function readDevice(value: YamlValue): GpuDevice | null {
	const fields = value.fields([
		'index',
		'uuid',
		'productName',
		'pciBusId',
		'pciDeviceId?',
		'memory',
		'computeCapability?',
		'mig?',
		'readings?',
	]);
	const index = fields?.index?.integer() ?? null;
	const readings = fields?.readings ? readReadings(fields.readings) : noReadings;
	// A device that was lost before it was ever identified has empty strings for its identity.
	const text = (field: YamlValue | undefined) =>
		readings?.lost && field?.textOrNumber() === '' ? '' : (field?.string() ?? null);
	const uuid = text(fields?.uuid);
	const productName = text(fields?.productName);
	const pciBusId = text(fields?.pciBusId);
	const address =
		pciBusId &&
		(normalizePciBusId(pciBusId) ??
			fields?.pciBusId?.fail(`${JSON.stringify(pciBusId)} is not a PCI address such as 00000000:01:00.0`));
	const pciDeviceId = fields?.pciDeviceId?.string((id) =>
		normalizePciDeviceId(id) ? null : `${JSON.stringify(id)} is not a PCI device id such as 0x220410DE`,
	);
	const memoryBytes = readMemory(fields?.memory);
	const computeCapability =
		fields?.computeCapability?.string((version) =>
			/^\d{1,3}\.\d{1,3}$/.test(version) ? null : `${JSON.stringify(version)} is not a version such as 8.6`,
		) ?? null;
	const mig = fields?.mig ? readMig(fields.mig) : { enabled: null, children: [] };
	if (index === null || uuid === null || productName === null || typeof address !== 'string' || !mig || !readings) return null;
	return {
		index,
		uuid,
		productName,
		pciBusId: address,
		pciDeviceId: (pciDeviceId && normalizePciDeviceId(pciDeviceId)) || '',
		memoryBytes,
		computeCapability,
		mig,
		...readings,
	};
}

function readMemory(value: YamlValue | undefined): number | null {
	if (!value || value.isNull) return null;
	const written = value.textOrNumber();
	if (written === null) return null;
	const bytes = parseQuantity(written);
	if (bytes !== null && bytes >= 0n && bytes <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(bytes);
	return value.fail(`${JSON.stringify(written)} is not a quantity; write 24576Mi or a number of bytes`);
}

function readMig(value: YamlValue): GpuDevice['mig'] | null {
	const fields = value.fields(['enabled', 'children?']);
	const enabled = fields?.enabled?.boolean() ?? null;
	const children = fields?.children?.items()?.map((child) => {
		const of = child.fields(['uuid', 'profile', 'memory']);
		return { uuid: of?.uuid?.string() ?? '', profile: of?.profile?.string() ?? '', memoryBytes: readMemory(of?.memory) };
	});
	return enabled === null ? null : { enabled, children: children ?? [] };
}

type Readings = Pick<GpuDevice, 'usedMemoryBytes' | 'ecc' | 'xids' | 'throttleReasons' | 'processes' | 'unread' | 'lost'>;

const noReadings: Readings = { usedMemoryBytes: null, ecc: null, xids: null, throttleReasons: null, processes: null, lost: null };

function readReadings(value: YamlValue): Readings | null {
	const fields = value.fields(['usedMemoryBytes?', 'ecc?', 'xids?', 'throttleReasons?', 'processes?', 'unread?', 'lost?']);
	if (!fields) return null;
	const ecc = present(fields.ecc)?.fields(['enabled', 'uncorrectedVolatile']);
	const unread = fields.unread?.entries()?.map(([name, why]) => [name, why.string() ?? ''] as const);
	return {
		usedMemoryBytes: present(fields.usedMemoryBytes)?.integer() ?? null,
		ecc: ecc
			? { enabled: ecc.enabled?.boolean() ?? false, uncorrectedVolatile: present(ecc.uncorrectedVolatile)?.integer() ?? null }
			: null,
		xids:
			present(fields.xids)
				?.items()
				?.map((xid) => xid.integer() ?? 0) ?? null,
		throttleReasons:
			present(fields.throttleReasons)
				?.items()
				?.map((reason) => reason.string() ?? '') ?? null,
		processes: present(fields.processes)?.items()?.map(readProcess) ?? null,
		...(unread ? { unread: Object.fromEntries(unread) } : {}),
		lost: present(fields.lost)?.string() ?? null,
	};
}

function readProcess(value: YamlValue): GpuProcess {
	const fields = value.fields(['pid', 'startTime', 'usedMemoryBytes', 'name', 'kind']);
	return {
		pid: fields?.pid?.integer() ?? 0,
		startTime: present(fields?.startTime)?.string() ?? null,
		usedMemoryBytes: present(fields?.usedMemoryBytes)?.integer() ?? null,
		name: present(fields?.name)?.string() ?? null,
		kind: fields?.kind?.oneOf(['Compute', 'Graphics']) ?? 'Compute',
	};
}

function present(value: YamlValue | undefined): YamlValue | undefined {
	return value?.isNull ? undefined : value;
}

function refuseTwice(devices: readonly GpuDevice[], items: readonly YamlValue[], field: 'index' | 'uuid'): void {
	const seen = new Map<string | number, number>();
	for (const [i, device] of devices.entries()) {
		const first = seen.get(device[field]);
		if (first !== undefined && device[field] !== '') items[i]?.fail(`${field} ${device[field]} is taken by devices[${first}]`);
		else seen.set(device[field], i);
	}
}
