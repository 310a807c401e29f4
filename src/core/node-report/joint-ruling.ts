import { conflictAmong } from '../nodes/usable-devices.ts';
import type { PolicyInForce, Ruling } from './in-force.ts';

/** What all policies together say of a device, and which of them decided. */
export interface JointRuling extends Ruling {
	/** `null` where no single policy decided. */
	readonly policy: string | null;
}

/** A device is usable where every Enforce policy allows it. One that forbids it decides, else one that cannot tell. */
export function jointRuling(inForce: readonly PolicyInForce[], uuid: string): JointRuling {
	const enforced = inForce.filter(({ policy }) => policy.mode === 'Enforce');
	if (enforced.length === 0) return { verdict: 'Allowed', reason: 'no policy enforces anything here', policy: null };
	let open: JointRuling | null = null;
	let allowed: JointRuling | null = null;
	for (const { policy, rulings } of enforced) {
		const ruling = rulings[uuid] ?? { verdict: 'Unknown', reason: 'unknown: the device was not read yet' };
		const joint = { ...ruling, policy: policy.name };
		if (ruling.verdict === 'Forbidden') return joint;
		if (ruling.verdict === 'Unknown') open ??= joint;
		else allowed ??= joint;
	}
	return open ?? (allowed as JointRuling);
}

/** Enforce policies that together leave none of these devices usable although each of them leaves some, by name. */
export function conflictOver(inForce: readonly PolicyInForce[], uuids: readonly string[]): readonly string[] {
	const enforced = inForce.filter(({ policy }) => policy.mode === 'Enforce');
	return conflictAmong(
		enforced.map(({ policy, rulings }) => ({
			name: policy.name,
			left: uuids.map((uuid) => rulings[uuid]?.verdict !== 'Forbidden'),
		})),
		uuids.length,
	);
}
