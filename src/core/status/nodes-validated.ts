import type { NodesStatus } from '../../api/v1alpha1.generated.ts';
import { type DeviceVerdict, judgeDevices } from '../desired/device-selection.ts';
import type { Known } from '../observed/fact.ts';
import type { Inventory } from '../observed/inventory.ts';
import type { PolicyObservation } from './observation.ts';
import { type ConditionVerdict, verdict } from './verdict.ts';

/** `GPU-3f2a…`: enough of a UUID to tell devices apart. */
function short(uuid: string): string {
	return uuid.length > 12 ? `${uuid.slice(0, 12)}…` : uuid;
}

/** `2 of 2 devices read through NVML 580.65 at 10:41:02: GPU-3f… allowed, GPU-91… forbidden (deny[0] productName)`. */
function deviceEvidence(fact: Known<Inventory>, verdicts: readonly DeviceVerdict[]): string {
	const read = fact.value.devices.filter((device) => device.lost === null).length;
	const list = verdicts
		.map((verdict) => `${short(verdict.device.uuid)} ${verdict.device.productName} ${verdict.reason}`)
		.join(', ');
	return `${read} of ${fact.value.devices.length} devices read through ${fact.source} at ${fact.at}${list ? `: ${list}` : ''}`;
}

/** Forbidden devices that a process holds: without a kubelet that is what exposed means. */
function exposed(verdicts: readonly DeviceVerdict[]): string[] {
	return verdicts.flatMap((verdict) => {
		if (verdict.verdict !== 'forbidden') return [];
		return (verdict.device.processes ?? []).map(
			(process) =>
				`pid ${process.pid}${process.name ? ` (${process.name})` : ''} holds ${short(verdict.device.uuid)} ${verdict.device.productName}: ${verdict.reason}`,
		);
	});
}

/**
 * Do the devices of this machine obey the policy? `null` where the policy has no `nodes` block and nothing contradicts
 * the recorded inventory.
 */
export function judgeNode({ policy, devices }: PolicyObservation): ConditionVerdict<'NodesValidated'> | null {
	if (devices.mismatches.length > 0) {
		return verdict(
			'NodesValidated',
			'InventoryMismatch',
			`the recorded inventory and the live devices differ: ${devices.mismatches.join('; ')}; nothing was rewritten`,
		);
	}
	if (policy.input.policy.spec.nodes === undefined) return null;
	const live = devices.live;
	if (live === null || live.state === 'unknown') {
		const recorded = devices.basis.state === 'known' ? `; values rest on ${devices.basis.source}` : '';
		return verdict('NodesValidated', 'NVMLUnavailable', `${live?.message ?? 'nobody looked at the devices'}${recorded}`);
	}
	const verdicts = judgeDevices(policy.input.policy.spec.devices, live.value);
	const evidence = deviceEvidence(live, verdicts);
	const held = exposed(verdicts);
	if (held.length > 0) return verdict('NodesValidated', 'ForbiddenDeviceExposed', `${held.join('; ')}; ${evidence}`);
	const open = verdicts.filter(
		(verdict) => verdict.verdict === 'unknown' || (verdict.verdict === 'forbidden' && verdict.device.processes === null),
	);
	if (open.length > 0) {
		return verdict(
			'NodesValidated',
			'NVMLUnavailable',
			`${open.length} of ${verdicts.length} devices could not be judged; ${evidence}`,
		);
	}
	return verdict('NodesValidated', 'AllCompliant', `${evidence}; no forbidden device is in use`);
}

/** `status.nodes` of a machine that is its own and only node. */
export function nodesStatus({ status }: ConditionVerdict<'NodesValidated'>): NodesStatus {
	const compliant = status === 'True' ? 1 : 0;
	const unknown = status === 'Unknown' ? 1 : 0;
	return { summary: `${compliant}/1`, total: 1, compliant, unknown };
}
