import { type ConditionReason, statusOfReason } from '../../api/conditions.ts';
import type {
	Condition,
	GpuNodeReportStatus,
	PolicyVerdict,
	ReportedDevice,
	ReportedProcess,
} from '../../api/v1alpha1.generated.ts';
import type { GpuDevice, Inventory } from '../observed/inventory.ts';
import { type DeviceExposure, exposures } from './exposure.ts';
import type { PolicyInForce } from './in-force.ts';
import { jointRuling } from './joint-ruling.ts';
import { type JudgedProcess, judgeProcess, worstFirst } from './judge-process.ts';
import type { NodeObservation } from './observation.ts';
import { policyVerdict } from './policy-verdict.ts';
import { fitReport, fitText, roomFor } from './report-limits.ts';

/** What a report says besides what was observed. */
export interface ReportContext {
	/** When the devices were read, RFC 3339. */
	readonly observedAt: string;
	readonly agentVersion: string;
	readonly inForce: readonly PolicyInForce[];
	/** Policies that together leave no device usable. */
	readonly conflict: readonly string[];
	/** Why the device-plugin proxy goes by an older answer; `null` where it does not. */
	readonly untold: string | null;
	/** Conditions of the report before: a time moves only where a status flips. */
	readonly before: readonly Condition[];
}

/** The report of a node: what was seen, and what each policy says of it. Fits into what a server takes, with counts of what is left out. */
export function buildReport(observation: NodeObservation, context: ReportContext): GpuNodeReportStatus {
	const { inventory, processes } = observation;
	const { inForce } = context;
	const exposed = exposures(observation);
	const judged = worstFirst(processes.map((one) => judgeProcess(one, inForce)));
	const policies = inForce.map((one) => policyVerdict(one, inventory, exposed, judged));
	const devices = inventory.state === 'known' ? reportedDevices(inventory.value, exposed) : undefined;
	const unread = unreadOf(observation, context);
	const omitted = {
		...left('devices', devices?.length ?? 0),
		...left('processes', judged.length),
		...left('policies', policies.length),
	};
	const condition = conditionOf(policies, context);
	return fitReport({
		observedAt: context.observedAt,
		agentVersion: context.agentVersion,
		...(inventory.state === 'known' ? { summary: summaryOf(inventory.value, inForce), source: sourceOf(inventory.value) } : {}),
		...(devices ? { devices: devices.slice(0, roomFor.devices) } : {}),
		processes: judged.slice(0, roomFor.processes).map(reportedProcess),
		policies: policies
			.slice(0, roomFor.policies)
			.map((one) => ({ ...one, ...(one.devices ? { devices: one.devices.slice(0, roomFor.devices) } : {}) })),
		...(Object.keys(omitted).length > 0 ? { omitted } : {}),
		...(unread.length > 0 ? { unread } : {}),
		...(condition ? { conditions: [condition] } : {}),
	});
}

function left(what: 'devices' | 'processes' | 'policies', count: number): Partial<Record<typeof what, number>> {
	return count > roomFor[what] ? { [what]: count - roomFor[what] } : {};
}

function sourceOf({ source, driverVersion, cudaVersion }: Inventory): NonNullable<GpuNodeReportStatus['source']> {
	return {
		kind: source,
		...(driverVersion === '' ? {} : { driverVersion: fitText(driverVersion, 32) }),
		...(cudaVersion === null ? {} : { cudaVersion: fitText(cudaVersion, 16) }),
	};
}

/** Devices that every policy allows, of all. */
function summaryOf({ devices }: Inventory, inForce: readonly PolicyInForce[]): string {
	const all = inForce.map((one) => ({ ...one, policy: { ...one.policy, mode: 'Enforce' as const } }));
	return `${devices.filter(({ uuid }) => jointRuling(all, uuid).verdict === 'Allowed').length}/${devices.length}`;
}

function reportedDevices({ devices }: Inventory, exposed: ReadonlyMap<string, DeviceExposure>): readonly ReportedDevice[] {
	const seen = new Set<string>();
	return devices.flatMap((device) => {
		// One that fell off before anybody asked who it is has no name; a list by UUID needs one.
		const uuid = fitText(device.uuid || `unidentified-${device.index}`, 96);
		if (seen.has(uuid)) return [];
		seen.add(uuid);
		return [reportedDevice(device, uuid, exposed.get(device.uuid))];
	});
}

function reportedDevice(device: GpuDevice, uuid: string, exposed: DeviceExposure | undefined): ReportedDevice {
	const { index, productName, pciBusId, pciDeviceId, memoryBytes, usedMemoryBytes, computeCapability } = device;
	const { mig, ecc, xids, throttleReasons, processes, lost, unread = {} } = device;
	const known = <K extends string, V>(key: K, value: V | null): { readonly [P in K]?: V } =>
		(value === null ? {} : { [key]: value }) as { readonly [P in K]?: V };
	return {
		uuid,
		index,
		productName: fitText(productName, 96),
		...(pciBusId === '' ? {} : { pciBusId: pciBusId.slice(0, 16) }),
		...(pciDeviceId === '' ? {} : { pciDeviceId: pciDeviceId.slice(0, 10) }),
		...known('memoryBytes', memoryBytes),
		...known('usedMemoryBytes', usedMemoryBytes),
		...known('computeCapability', computeCapability?.slice(0, 8) ?? null),
		...(lost !== null || unread['mig'] !== undefined ? {} : { mig: migMode(mig.enabled) }),
		...(mig.enabled === true ? { migDevices: mig.children.slice(0, roomFor.migDevices).map(migDevice) } : {}),
		...known('ecc', ecc && { enabled: ecc.enabled, ...known('uncorrected', ecc.uncorrectedVolatile) }),
		...known('xids', xids?.slice(-roomFor.xids) ?? null),
		...known('xidCount', xids?.length ?? null),
		...known('throttleReasons', throttleReasons?.slice(0, 16).map((one) => fitText(one, 32)) ?? null),
		...known('lost', lost && fitText(lost, 256)),
		...known('processCount', processes?.length ?? null),
		exposure: exposed?.exposure ?? 'Unknown',
		...(exposed && exposed.by !== '' ? { exposedBy: fitText(exposed.by, 256) } : {}),
		health: fitText(healthOf(device), 256),
	};
}

function migMode(enabled: boolean | null): NonNullable<ReportedDevice['mig']> {
	return enabled === null ? 'NotSupported' : enabled ? 'Enabled' : 'Disabled';
}

function migDevice({
	uuid,
	profile,
	memoryBytes,
}: GpuDevice['mig']['children'][number]): NonNullable<ReportedDevice['migDevices']>[number] {
	return {
		uuid: fitText(uuid, 96),
		...(profile === '' ? {} : { profile: fitText(profile, 32) }),
		...(memoryBytes === null ? {} : { memoryBytes }),
	};
}

/** What is wrong with a device; empty where nothing is. */
function healthOf({ lost, xids, ecc, unread = {} }: GpuDevice): string {
	const last = xids?.at(-1);
	const uncorrected = ecc?.uncorrectedVolatile ?? 0;
	return [
		...(lost === null ? [] : [`lost: ${lost}`]),
		...(last === undefined ? [] : [`XID ${last}${xids && xids.length > 1 ? ` and ${xids.length - 1} before it` : ''}`]),
		...(uncorrected > 0 ? [`${uncorrected} uncorrected ECC errors`] : []),
		...Object.entries(unread).map(([field, why]) => `${field} not read: ${why}`),
	].join('; ');
}

function reportedProcess({ device, process, reading, pod, rulings }: JudgedProcess): ReportedProcess {
	const { environment } = reading;
	const unread = reading.unread ?? (environment.state === 'unread' ? environment.why : null);
	return {
		pid: process.pid,
		...(process.startTime === null ? {} : { startTime: process.startTime.slice(0, 24) }),
		deviceUuid: fitText(device.uuid || `unidentified-${device.index}`, 96),
		...(process.name === null ? {} : { name: fitText(process.name, 256) }),
		...(process.usedMemoryBytes === null ? {} : { usedMemoryBytes: process.usedMemoryBytes }),
		...(pod ? { namespace: pod.namespace, pod: pod.name, ...(pod.container === null ? {} : { container: pod.container }) } : {}),
		...(reading.container?.podUid ? { podUid: reading.container.podUid } : {}),
		...(reading.container ? { containerId: reading.container.containerId } : {}),
		...(unread === null ? {} : { unread: fitText(unread, 256) }),
		verdicts: rulings.slice(0, roomFor.processVerdicts).map(({ policy, device: ruling, environment: verdict }) => ({
			policy,
			verdict: ruling.verdict,
			...(verdict === null ? {} : { environment: verdict.verdict, because: fitText(verdict.because, 256) }),
		})),
	};
}

/** What could not be read of the node as a whole, and what the proxy waits for. */
function unreadOf({ inventory, allocations, plugin }: NodeObservation, { conflict, untold }: ReportContext): string[] {
	return [
		...(inventory.state === 'unknown' ? [inventory.message] : []),
		...(allocations?.state === 'unknown' ? [allocations.message] : []),
		...(allocations?.state === 'known' ? allocations.value.unresolved : []),
		...(plugin?.waiting ? [`the device-plugin proxy shows every device as Unhealthy: ${plugin.waiting}`] : []),
		...(untold === null ? [] : [`the device-plugin proxy cannot be told what is in force: ${untold}`]),
		...(conflict.length > 0 ? [`${conflict.join(' and ')} together leave no device usable; what was said before stays`] : []),
	]
		.slice(0, roomFor.unread)
		.map((text) => fitText(text, 256));
}

/** The worst first. */
const severity: readonly ConditionReason<'NodesValidated'>[] = [
	'ForbiddenDeviceExposed',
	'InventoryMismatch',
	'NVMLUnavailable',
	'AllCompliant',
];

/** The condition of the node over all policies: what the worst of them says. */
function conditionOf(policies: readonly PolicyVerdict[], { before, observedAt }: ReportContext): Condition | null {
	const reason = severity.find((one) => policies.some((policy) => policy.reason === one));
	if (reason === undefined) return null;
	const worst = policies.filter((policy) => policy.reason === reason);
	const status = statusOfReason('NodesValidated', reason);
	const was = before.find(({ type }) => type === 'NodesValidated');
	return {
		type: 'NodesValidated',
		status,
		lastTransitionTime: was?.status === status ? was.lastTransitionTime : observedAt,
		reason,
		message: fitText(worst.map(({ name, message = '' }) => `${name}: ${message}`).join(' | '), 4_096),
	};
}
