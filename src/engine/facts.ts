import { type DesiredFacts, needsInventory, noInventory, type PolicyInput } from '../core/desired/resolve.ts';
import { compareInventories } from '../core/observed/inventory-match.ts';
import type { ObservedDevices } from '../core/status/observation.ts';
import type { EnginePorts } from './ports.ts';

/**
 * Reads the devices of this machine where a policy asks for them. Values rest on the recorded inventory where there is one,
 * on every machine alike; the live devices verify it.
 */
export async function observeDevices(
	policies: readonly PolicyInput[],
	ports: EnginePorts,
	timeoutMs: number,
): Promise<ObservedDevices> {
	const asked = policies.filter(({ policy }) => needsInventory(policy) || policy.spec.nodes !== undefined);
	if (asked.length === 0) return { basis: noInventory, live: null, mismatches: [] };
	const { recorded } = ports;
	const live = await ports.live.observe({ timeoutMs });
	const basis = recorded ?? live;
	const mismatches = recorded?.state === 'known' && live.state === 'known' ? compareInventories(recorded.value, live.value) : [];
	return { basis, live, mismatches };
}

export function desiredFacts(devices: ObservedDevices, ports: EnginePorts): DesiredFacts {
	return { inventory: devices.basis, secret: (reference) => ports.secret(reference) };
}
