import type { GpuDevice, Inventory } from '../observed/inventory.ts';
import type { DeviceCriteria } from './device-criteria.ts';
import type { DeviceSelector } from './device-selection.ts';
import { matchesNamePattern } from './name-pattern.ts';
import { formatQuantity } from './quantity.ts';

/** Product names as a person gave them; `*` and `?` make one a pattern. */
export interface WantedNames {
	readonly allow: readonly string[];
	readonly deny: readonly string[];
}

/** The devices that a new policy allows, and why. */
export interface InitialSelection {
	readonly devices: DeviceSelector | undefined;
	/** Said to the person and written into the policy, where the choice was ours; else `null`. */
	readonly choice: string | null;
	/** Names that no device has, with every name that one has. */
	readonly unmatched: readonly { readonly flag: 'allow' | 'deny'; readonly name: string; readonly known: readonly string[] }[];
}

/**
 * Chooses for a new policy: what the person named; else, of devices that differ, the one with the most memory, as a
 * proposal. Where the devices are not known (`null`) and nobody named any, it selects none.
 */
export function initialSelection(wanted: WantedNames, inventory: Inventory | null): InitialSelection {
	const known = [...new Set((inventory?.devices ?? []).map(({ productName }) => productName).filter((name) => name !== ''))];
	const unmatched = (['allow', 'deny'] as const).flatMap((flag) =>
		inventory === null
			? []
			: wanted[flag].filter((name) => !known.some((product) => hasName(name, product))).map((name) => ({ flag, name, known })),
	);
	if (wanted.allow.length > 0 || wanted.deny.length > 0) {
		const entries = (names: readonly string[]) => [...new Set(names)].map(criteriaOf);
		return {
			devices: {
				...(wanted.allow.length > 0 ? { allow: entries(wanted.allow) } : {}),
				...(wanted.deny.length > 0 ? { deny: entries(wanted.deny) } : {}),
			},
			choice: null,
			unmatched,
		};
	}
	return { ...propose(inventory?.devices ?? []), unmatched };
}

function isPattern(name: string): boolean {
	return /[*?]/.test(name);
}

function hasName(wanted: string, product: string): boolean {
	return isPattern(wanted) ? matchesNamePattern(wanted, product) : wanted === product;
}

function criteriaOf(name: string): DeviceCriteria {
	return isPattern(name) ? { productNamePattern: name } : { productName: name };
}

/** The strongest of the devices, by memory, then by compute capability, then the first. */
function propose(all: readonly GpuDevice[]): Pick<InitialSelection, 'devices' | 'choice'> {
	const devices = all.filter(({ productName, lost }) => productName !== '' && lost === null);
	const [best] = [...devices].sort((a, b) => memoryOf(b) - memoryOf(a) || capabilityOf(b) - capabilityOf(a) || a.index - b.index);
	if (best === undefined) return { devices: undefined, choice: null };
	const smaller = devices.some((device) => device.productName === best.productName && memoryOf(device) < memoryOf(best));
	const entry: DeviceCriteria = {
		productName: best.productName,
		...(smaller && best.memoryBytes !== null ? { minMemory: formatQuantity(best.memoryBytes) } : {}),
	};
	const differ = devices.some((device) => device.productName !== best.productName || memoryOf(device) !== memoryOf(best));
	return {
		devices: { allow: [entry] },
		choice: differ ? `${best.productName} is allowed because it has the most memory; --allow NAME chooses another` : null,
	};
}

function memoryOf({ memoryBytes }: GpuDevice): number {
	return memoryBytes ?? 0;
}

function capabilityOf({ computeCapability }: GpuDevice): number {
	const [major = 0, minor = 0] = (computeCapability ?? '').split('.').map(Number);
	return major * 100 + minor;
}
