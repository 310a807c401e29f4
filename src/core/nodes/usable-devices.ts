import type { DeviceVerdict } from '../desired/device-selection.ts';
import type { NodeFacts } from './facts.ts';

/** What an Enforce policy that selects the node says of each of its devices. */
export interface JudgedDevices {
	readonly name: string;
	readonly verdicts: readonly DeviceVerdict[];
}

/**
 * Policies that together leave no device of a node usable although each of them leaves some, by name; empty where some device is usable, or
 * may be. A policy that forbids every device of the node by itself means it, and is no part of a conflict. Where two suffice, only they
 * are named.
 */
export function leaveNothing(policies: readonly JudgedDevices[], facts: NodeFacts): readonly string[] {
	if (facts.state === 'missing' || facts.others !== null || policies.length < 2) return [];
	const rows = policies.map(({ name, verdicts }) => ({ name, left: verdicts.map(({ verdict }) => verdict !== 'forbidden') }));
	return conflictAmong(rows, facts.devices.length);
}

/** The same for policies of which is known what each leaves usable, or may leave, of so many devices. */
export function conflictAmong(
	policies: readonly { readonly name: string; readonly left: readonly boolean[] }[],
	devices: number,
): readonly string[] {
	if (devices === 0 || policies.length < 2) return [];
	const rows = policies
		.filter(({ left }) => left.includes(true) && left.includes(false))
		.sort((a, b) => (a.name < b.name ? -1 : 1));
	const all = Array.from({ length: devices }, (_, i) => i);
	const empty = (some: typeof rows): boolean => all.every((i) => some.some(({ left }) => left[i] === false));
	if (rows.length < 2 || !empty(rows)) return [];
	// Many policies leave the same few combinations.
	const alike = new Map<string, typeof rows>();
	for (const row of rows) alike.set(row.left.join(), [...(alike.get(row.left.join()) ?? []), row]);
	const groups = [...alike.values()];
	const paired = new Set<string>();
	for (const [i, a] of groups.entries()) {
		for (const b of groups.slice(i + 1)) {
			if (empty([...a.slice(0, 1), ...b.slice(0, 1)])) for (const { name } of [...a, ...b]) paired.add(name);
		}
	}
	return paired.size > 0 ? [...paired].sort() : rows.map(({ name }) => name);
}
