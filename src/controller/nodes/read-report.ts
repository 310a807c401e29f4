import type { GpuNodeReportStatus, PolicyVerdict, ReportedDevice } from '../../api/v1alpha1.generated.ts';
import type { ReportContent } from '../../core/nodes/report-facts.ts';
import type { ApiObject } from '../../core/ports/cluster.ts';
import { managedBy, managedByLabel } from '../admission/names.ts';

/** What is kept of a GpuNodeReport. */
export interface StoredReport {
	readonly name: string;
	readonly uid: string;
	/** Of the node that owns it; `null` where somebody took the owner away. */
	readonly nodeUid: string | null;
	/** We made it, so that we may remove it. */
	readonly ours: boolean;
	/** The agent's last heartbeat, as it says; compared, never read as a time. */
	readonly observedAt: string | null;
	readonly content: ReportContent;
}

export function readReport(object: ApiObject): StoredReport {
	const { metadata } = object;
	const status = (object['status'] ?? {}) as GpuNodeReportStatus;
	return {
		name: metadata.name,
		uid: metadata.uid ?? '',
		nodeUid: metadata.ownerReferences?.find(({ kind, name }) => kind === 'Node' && name === metadata.name)?.uid ?? null,
		ours: metadata.labels?.[managedByLabel] === managedBy,
		observedAt: status.observedAt ?? null,
		content: {
			...(status.source ? { source: status.source } : {}),
			...(status.devices ? { devices: status.devices.map(keptDevice) } : {}),
			...(status.policies ? { policies: status.policies.map(kept) } : {}),
		},
	};
}

/** What a verdict can rest on, or shows: memory in use, clocks and counters move all the time. */
function keptDevice(device: ReportedDevice): ReportedDevice {
	const {
		usedMemoryBytes: _,
		throttleReasons: __,
		xids: ___,
		xidCount: ____,
		ecc: _____,
		processCount: ______,
		...kept
	} = device;
	return kept;
}

/** Of a verdict that is in order only that it is: a thousand nodes have the same to say. */
function kept({ name, digest, verdict, reason, message, devices }: PolicyVerdict): PolicyVerdict {
	if (verdict === 'Compliant') return { name, digest, verdict };
	const forbidden = devices?.filter((device) => device.verdict === 'Forbidden');
	return {
		name,
		digest,
		verdict,
		...(reason === undefined ? {} : { reason }),
		...(message === undefined ? {} : { message }),
		...(forbidden ? { devices: forbidden } : {}),
	};
}
