import { coversRange, parseCapabilityRange } from './capability-range.ts';
import { type Criterion, type DeviceCriteria, presentCriteria } from './device-criteria.ts';
import type { DeviceSelector } from './device-selection.ts';
import { matchesNamePattern } from './name-pattern.ts';
import { normalizePciBusId, normalizePciDeviceId } from './pci-address.ts';
import { parseQuantity } from './quantity.ts';

/** Something in `spec.devices` that no machine can make true. */
export interface Contradiction {
	/** From the root of the manifest: `['spec', 'devices', 'allow', 0, 'computeCapability']`. */
	readonly path: readonly (string | number)[];
	readonly message: string;
	/**
	 * `error` where the whole selector can never allow any device, which is Stalled/SelectorCannotMatch; `warning` where only
	 * one entry has no effect.
	 */
	readonly severity: 'error' | 'warning';
}

/** A named part of a policy that can never match: entries that exclude themselves, and allow entries that deny takes back. */
export function selectorContradictions(selector: DeviceSelector | undefined): readonly Contradiction[] {
	const allow = selector?.allow;
	const deny = selector?.deny ?? [];
	const dead: Omit<Contradiction, 'severity'>[] = [];
	for (const [index, entry] of deny.entries()) {
		const own = contradictsItself(entry);
		if (own) dead.push({ path: ['spec', 'devices', 'deny', index, own.at], message: own.message });
	}
	const deadDeny = dead.length;
	for (const [index, entry] of (allow ?? []).entries()) {
		const path = ['spec', 'devices', 'allow', index];
		const own = contradictsItself(entry);
		const by = deny.findIndex((denied) => !contradictsItself(denied) && covers(denied, entry));
		if (own) dead.push({ path: [...path, own.at], message: own.message });
		else if (by >= 0) dead.push({ path, message: `everything that it allows is denied by deny[${by}]` });
	}
	const nothingLeft = allow !== undefined && allow.length > 0 && dead.length - deadDeny === allow.length;
	const all = allow === undefined ? deny.findIndex((entry) => covers(entry, {})) : -1;
	if (all >= 0) dead.push({ path: ['spec', 'devices', 'deny', all], message: 'it denies every device' });
	return dead.map((one, i) => ({
		...one,
		severity: (nothingLeft && i >= deadDeny) || (all >= 0 && i === dead.length - 1) ? 'error' : 'warning',
	}));
}

/** Criteria of one entry that exclude each other. Values that cannot be read are left to validation. */
function contradictsItself(entry: DeviceCriteria): { readonly at: Criterion; readonly message: string } | null {
	const { productName, productNamePattern, computeCapability, minMemory, maxMemory } = entry;
	if (computeCapability !== undefined && parseCapabilityRange(computeCapability)?.length === 0) {
		return { at: 'computeCapability', message: 'no compute capability lies in this range' };
	}
	if (productName !== undefined && productNamePattern !== undefined && !matchesNamePattern(productNamePattern, productName)) {
		return {
			at: 'productNamePattern',
			message: `it does not match productName ${JSON.stringify(productName)}, and both must hold`,
		};
	}
	const least = minMemory === undefined ? null : parseQuantity(minMemory);
	const most = maxMemory === undefined ? null : parseQuantity(maxMemory);
	if (least !== null && most !== null && least > most) {
		return { at: 'minMemory', message: `it is more than maxMemory ${JSON.stringify(maxMemory)}` };
	}
	return null;
}

/** Does `outer` match every device that `inner` matches? False where that cannot be told from the text. */
function covers(outer: DeviceCriteria, inner: DeviceCriteria): boolean {
	return presentCriteria(outer).every((name) => implied[name](outer, inner));
}

const implied: Readonly<Record<Criterion, (outer: DeviceCriteria, inner: DeviceCriteria) => boolean>> = {
	productName: (outer, inner) => outer.productName === inner.productName,
	productNamePattern: ({ productNamePattern = '' }, inner) =>
		/^\*+$/.test(productNamePattern) ||
		productNamePattern === inner.productNamePattern ||
		(inner.productName !== undefined && matchesNamePattern(productNamePattern, inner.productName)),
	uuid: ({ uuid = '' }, inner) => inner.uuid?.toLowerCase() === uuid.toLowerCase(),
	pciBusId: (outer, inner) => same(outer.pciBusId, inner.pciBusId, normalizePciBusId),
	pciDeviceId: (outer, inner) => same(outer.pciDeviceId, inner.pciDeviceId, normalizePciDeviceId),
	computeCapability: ({ computeCapability = '' }, inner) => {
		const wide = parseCapabilityRange(computeCapability);
		const narrow = parseCapabilityRange(inner.computeCapability ?? {});
		return wide !== null && narrow !== null && coversRange(wide, narrow);
	},
	minMemory: ({ minMemory = 0 }, inner) => {
		const [wide, narrow] = [parseQuantity(minMemory), parseQuantity(inner.minMemory ?? 0)];
		return wide !== null && narrow !== null && narrow >= wide;
	},
	maxMemory: ({ maxMemory = 0 }, inner) => {
		const [wide, narrow] = [parseQuantity(maxMemory), inner.maxMemory === undefined ? null : parseQuantity(inner.maxMemory)];
		return wide !== null && narrow !== null && narrow <= wide;
	},
	mig: (outer, inner) => outer.mig === inner.mig,
};

function same(a: string | undefined, b: string | undefined, normalize: (text: string) => string | null): boolean {
	if (a === undefined || b === undefined) return false;
	const value = normalize(a);
	return value !== null && value === normalize(b);
}
