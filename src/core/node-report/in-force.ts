import type { DeviceSelector } from '../desired/device-selection.ts';
import { judgeDevices } from '../desired/device-selection.ts';
import type { Inventory } from '../observed/inventory.ts';
import type { Labels } from '../workloads/label-selector.ts';
import { type AgentPolicy, type PolicyState, selectsNode } from './agent-policy.ts';

/** What a policy says of one device. `Unknown` is not allowed and not the opposite. */
export interface Ruling {
	readonly verdict: 'Allowed' | 'Forbidden' | 'Unknown';
	/** `denied: productName matches deny[0]`. */
	readonly reason: string;
}

/** Rulings by UUID of the device. */
export type Rulings = Readonly<Record<string, Ruling>>;

/** A policy that is in force on the node, and what it said last of each device that it could tell of. */
export interface PolicyInForce {
	readonly policy: AgentPolicy;
	readonly rulings: Rulings;
}

/**
 * The policies in force on a node, by name. One that is held is what it was, also where it would no longer select the node; one that is held
 * and was never seen in force counts as it stands, so that a reboot during a suspension frees no device.
 */
export function policiesInForce(
	states: readonly PolicyState[],
	labels: Labels,
	before: readonly PolicyInForce[],
): readonly PolicyInForce[] {
	const standing = new Map(before.map((one) => [one.policy.name, one]));
	return states
		.flatMap(({ name, held, policy }): PolicyInForce[] => {
			const was = standing.get(name);
			// One of the same name that was deleted and made again is another.
			const known = was && (policy === null || was.policy.uid === policy.uid) ? was : undefined;
			if (held && known) return [known];
			if (policy === null || !selectsNode(policy, labels)) return [];
			return [{ policy, rulings: known?.policy.digest === policy.digest ? known.rulings : {} }];
		})
		.sort((a, b) => (a.policy.name < b.policy.name ? -1 : 1));
}

/**
 * Judges the devices of a reading. Where a fact is missing, what the same policy said of that device before stays; a device that is lost and
 * was allowed becomes unknown. What the reading does not list is still known from before.
 */
export function judgedOn({ policy, rulings }: PolicyInForce, inventory: Inventory): PolicyInForce {
	const now = rulingsOn(policy.devices, inventory);
	const merged: Record<string, Ruling> = { ...rulings };
	for (const { uuid, lost } of inventory.devices) {
		const ruling = now[uuid];
		const before = rulings[uuid];
		if (!ruling) continue;
		const stays = ruling.verdict === 'Unknown' && before && (lost === null || before.verdict === 'Forbidden');
		merged[uuid] = stays ? before : ruling;
	}
	return { policy, rulings: merged };
}

/** What a selector says of the devices of one reading, and nothing that was said before. */
export function rulingsOn(selector: DeviceSelector, inventory: Inventory): Rulings {
	const verdicts = { allowed: 'Allowed', forbidden: 'Forbidden', unknown: 'Unknown' } as const;
	return Object.fromEntries(
		judgeDevices(selector, inventory).flatMap(({ device, verdict, reason }) =>
			device.uuid === '' ? [] : [[device.uuid, { verdict: verdicts[verdict], reason }]],
		),
	);
}
