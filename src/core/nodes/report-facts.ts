import type { GpuNodeReportStatus, PolicyVerdict, ReportedDevice } from '../../api/v1alpha1.generated.ts';
import type { GpuDevice } from '../observed/inventory.ts';
import { type NodeFacts, type ObservedDevice, observe, partialDevice } from './facts.ts';

/** What of a GpuNodeReport a verdict rests on: all but the time of its last heartbeat. */
export type ReportContent = Pick<GpuNodeReportStatus, 'source' | 'devices' | 'policies'>;

/** Facts of the node's own agent. `null` where it never wrote a report: the object is made empty. */
export function reportFacts(report: ReportContent): NodeFacts | null {
	const { source, policies } = report;
	// Where an agent takes its list back, since it cannot read the devices any more, the server leaves an empty one: that is not none.
	const devices = source === undefined && report.devices?.length === 0 ? undefined : report.devices;
	if (source === undefined && devices === undefined && policies === undefined) return null;
	const verdicts = new Map((policies ?? []).map((verdict) => [verdict.name, verdict]));
	if (devices === undefined && verdicts.size === 0) {
		return { state: 'missing', why: 'Unreadable', source: 'AgentReport', message: 'the agent could not read the devices' };
	}
	const by = [source?.kind, source?.driverVersion].filter((part) => part !== undefined).join(' ');
	return {
		state: 'known',
		source: 'AgentReport',
		through: by === '' ? 'agent report' : `agent report (${by})`,
		devices: (devices ?? []).map(observed).sort((a, b) => a.device.index - b.device.index),
		verdicts,
		namesAsLabels: false,
		// Devices that could not be read at all are told by the agent's own verdicts only.
		others: devices === undefined ? 'the report lists no devices' : null,
		denyUnknown: null,
	};
}

function observed(reported: ReportedDevice): ObservedDevice {
	return observe(deviceOf(reported), reported.exposure ?? 'Unknown', [], reported.exposedBy);
}

function deviceOf({ mig, migDevices, health = '', lost, ...reported }: ReportedDevice): GpuDevice {
	const unread: Record<string, string> = {};
	if (mig === undefined) unread['mig'] = 'not in the report';
	if (migDevices === undefined && mig !== 'Disabled' && mig !== 'NotSupported') unread['migDevices'] = 'not in the report';
	const children = (migDevices ?? []).map(({ uuid, profile = '', memoryBytes = null }) => ({ uuid, profile, memoryBytes }));
	return partialDevice(reported.index, {
		uuid: reported.uuid,
		productName: reported.productName,
		pciBusId: reported.pciBusId ?? '',
		pciDeviceId: reported.pciDeviceId ?? '',
		memoryBytes: reported.memoryBytes ?? null,
		computeCapability: reported.computeCapability ?? null,
		mig: { enabled: mig === 'Enabled' ? true : mig === 'Disabled' ? false : null, children },
		unread,
		lost: lost ?? (/\blost\b/i.test(health) ? health : null),
	});
}

/** The agent's verdict on a policy as it stands now; one by an older spec does not count. */
export function currentVerdict(
	verdicts: ReadonlyMap<string, PolicyVerdict>,
	policy: { readonly name: string; readonly digest: string },
): PolicyVerdict | null {
	const verdict = verdicts.get(policy.name);
	return verdict?.digest === policy.digest ? verdict : null;
}
