import type { AnsweredDevice, AnsweredVariable, DeviceAnswer } from '../device-answer/index.ts';
import type { GpuDevice, Inventory } from '../observed/inventory.ts';
import { allocatedEnvironment } from './agent-policy.ts';
import type { PolicyInForce } from './in-force.ts';
import { conflictOver, type JointRuling, jointRuling } from './joint-ruling.ts';

/** What the agent tells the device-plugin proxy, and what kept it from telling what the policies say. */
export interface AnswerDecision {
	/** `null`: there is nothing to say yet, and an answer that stands is left alone. */
	readonly answer: Omit<DeviceAnswer, 'at'> | null;
	/** Policies that together leave no device usable: what was said of the devices before stays in force. */
	readonly conflict: readonly string[];
	/** To be given with the next decision. */
	readonly settled: Settled | null;
}

/** What was said of each device when the devices were read last, by UUID: in a conflict that stays, and not what had to be left open meanwhile. */
export type Settled = Readonly<Record<string, JointRuling>>;

/**
 * What may be handed out on a node.
 *
 * @param inventory what was read now; `null` where it could not be: then what is known of the devices from before stays
 * @param before the answer that stands, of this agent or of the one before it
 * @param settled of the decision before; `null`: what `before` says
 */
export function decideAnswer(
	node: string,
	inForce: readonly PolicyInForce[],
	inventory: Inventory | null,
	before: Omit<DeviceAnswer, 'at'> | null,
	settled: Settled | null,
): AnswerDecision {
	const enforced = inForce.some(({ policy }) => policy.mode === 'Enforce');
	// Without devices to speak of, the proxy says by itself that it waits; an answer that lets everything pass must not stand, though.
	if (inventory === null && enforced && before === null) return { answer: null, conflict: [], settled };
	const listed = inventory ? answeredDevices(inventory) : [];
	const devices = [...listed, ...remembered(before?.devices ?? [], inventory, listed)];
	// What a card that is gone would leave to use counts for nothing; one that fell off before it was named may be any of them.
	const named = inventory?.devices.every(({ uuid }) => uuid !== '') ?? false;
	const conflict = conflictOver(
		inForce,
		(named ? listed : devices).filter(({ parent }) => parent === null).map(({ uuid }) => uuid),
	);
	const standing = settled ?? rulingsOf(before?.devices ?? []);
	const said = devices.map((device): AnsweredDevice => {
		const kept = conflict.length > 0 ? standing[device.uuid] : undefined;
		const { verdict, policy, reason } = kept ?? jointRuling(inForce, device.parent ?? device.uuid);
		return { ...device, verdict, policy, reason };
	});
	return {
		answer: {
			version: 1,
			node,
			policies: inForce.map(({ policy: { name, digest, mode } }) => ({ name, digest, mode })),
			devices: said,
			env: answeredVariables(inForce),
		},
		conflict,
		settled: inventory ? rulingsOf(said) : standing,
	};
}

function rulingsOf(devices: readonly AnsweredDevice[]): Settled {
	return Object.fromEntries(devices.map(({ uuid, verdict, policy, reason }) => [uuid, { verdict, policy, reason }]));
}

type DeviceIdentity = Pick<AnsweredDevice, 'uuid' | 'index' | 'pciBusId' | 'parent'>;

/** Devices with their MIG devices; one that was never identified has no name to be asked for by. */
function answeredDevices({ devices }: Inventory): readonly DeviceIdentity[] {
	const seen = new Set<string>();
	return devices
		.flatMap(({ uuid, index, pciBusId, mig }): DeviceIdentity[] => [
			{ uuid, index, pciBusId, parent: null },
			...mig.children.map((child, at) => ({ uuid: child.uuid, index: at, pciBusId, parent: uuid })),
		])
		.filter(({ uuid }) => uuid !== '' && !seen.has(uuid) && seen.add(uuid));
}

/** Devices that the answer before named and that cannot be seen now. A MIG device is forgotten where its GPU was read without it. */
function remembered(
	before: readonly AnsweredDevice[],
	inventory: Inventory | null,
	listed: readonly DeviceIdentity[],
): readonly DeviceIdentity[] {
	const named = new Set(listed.map(({ uuid }) => uuid));
	const read = new Map(inventory?.devices.map((device) => [device.uuid, device]));
	const partitioned = ({ lost, unread }: GpuDevice): boolean => lost === null && unread?.['mig'] === undefined;
	return before
		.filter(({ uuid, parent }) => {
			const gpu = parent === null ? undefined : read.get(parent);
			return !named.has(uuid) && !(gpu && partitioned(gpu));
		})
		.map(({ uuid, index, pciBusId, parent }) => ({ uuid, index, pciBusId, parent }));
}

/** A variable for which two policies demand different values is left out: admission finds that conflict and says so. */
function answeredVariables(inForce: readonly PolicyInForce[]): readonly AnsweredVariable[] {
	const all = inForce.flatMap(({ policy }) =>
		allocatedEnvironment(policy).map(({ name, value }) => ({ name, value, policy: policy.name })),
	);
	return all.filter(
		({ name, value }, i) =>
			all.findIndex((one) => one.name === name) === i && all.every((one) => one.name !== name || one.value === value),
	);
}
