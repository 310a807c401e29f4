import { celString, celStrings } from '../cel/literals.ts';
import { parseCapabilityRange } from '../desired/capability-range.ts';
import type { Criterion, DeviceCriteria } from '../desired/device-criteria.ts';
import { normalizePciBusId } from '../desired/pci-address.ts';
import { parseQuantity } from '../desired/quantity.ts';
import { gpuDriver } from '../nodes/slice-facts.ts';

/**
 * One criterion in CEL over `d`, the driver's own attributes of a device, `part`, whether the device is a MIG device, and `whole`, whether it is known to be all
 * of a GPU. Both sides are needed, since what is not published makes neither true: an allow entry counts where its criteria are met, a deny entry is out of the way only where
 * one of its criteria is known not to be.
 */
export interface CriterionExpression {
	readonly met: string;
	readonly unmet: string;
}

/** Of no device can it be told. */
const untold: CriterionExpression = { met: 'false', unmet: 'false' };

/** Attributes that have to be text where they are there: a comparison with another type would be an error. */
export const textAttributes: Readonly<Partial<Record<Criterion, readonly string[]>>> = {
	productName: ['productName'],
	productNamePattern: ['productName'],
	uuid: ['uuid', 'parentUUID'],
	pciBusId: ['pcieBusID', 'pciBusID'],
};

const memory = `device.capacity[${celString(gpuDriver)}].memory`;
const standardAttributes = 'device.attributes["resource.kubernetes.io"]';
const notEmpty = (attribute: string): string => `d.?${attribute}.orValue("") != ""`;

/** Each criterion as the core judges it, over what NVIDIA's driver publishes. */
export const criterionExpressions: Readonly<Record<Criterion, (entry: DeviceCriteria) => CriterionExpression>> = {
	productName: ({ productName = '' }) => productNames([productName]),
	productNamePattern: ({ productNamePattern = '' }) => {
		const known = notEmpty('productName');
		const pattern = productNamePattern.replaceAll(/\*+/g, '*');
		if (pattern === '*') return { met: known, unmet: 'false' };
		const matches = patternExpression('d.productName', pattern);
		return { met: `${known} && ${matches}`, unmet: `${known} && !${matches}` };
	},
	uuid: ({ uuid = '' }) => uuids([uuid]),
	pciBusId: ({ pciBusId = '' }) => {
		const address = pciAddressPattern(pciBusId);
		if (address === null) return untold;
		const met = atPciAddress(address);
		return { met, unmet: `${atPciAddress(anyPciAddress)} && !(${met})` };
	},
	pciDeviceId: () => untold,
	computeCapability: ({ computeCapability = '' }) => {
		const range = parseCapabilityRange(computeCapability);
		if (range === null) return untold;
		const within = range.map(({ from, to }) => `(${from} <= v && v < ${to})`).join(' || ') || 'false';
		const known = 'has(d.cudaComputeCapability)';
		const over = (expression: string): string =>
			`${known} && cel.bind(v, d.cudaComputeCapability.major() * 1000 + d.cudaComputeCapability.minor(), ${expression})`;
		return { met: over(within), unmet: over(`!(${within})`) };
	},
	minMemory: ({ minMemory = 0 }) => compareMemory(minMemory, '>='),
	maxMemory: ({ maxMemory = 0 }) => compareMemory(maxMemory, '<='),
	mig: ({ mig }) => {
		const sides = { met: 'part', unmet: 'whole' };
		return mig === 'Enabled' ? sides : { met: sides.unmet, unmet: sides.met };
	},
};

/** `productName` of several entries at once. */
export function productNames(names: readonly string[]): CriterionExpression {
	return {
		met: `${notEmpty('productName')} && d.productName in ${celStrings(names)}`,
		unmet: `${notEmpty('productName')} && !(d.productName in ${celStrings(names)})`,
	};
}

/** `uuid` of several entries at once: of GPUs, or all of MIG devices. */
export function uuids(prefixes: readonly string[]): CriterionExpression {
	const lower = celStrings(prefixes.map((prefix) => prefix.toLowerCase()));
	const begins = (attribute: string): string => `${lower}.exists(p, d.${attribute}.lowerAscii().startsWith(p))`;
	const ofWhole = notEmpty('uuid');
	const ofPart = notEmpty('parentUUID');
	if (prefixes.every(namesMigDevice)) {
		return {
			met: `has(d.uuid) && (!part || ${ofPart}) && ${begins('uuid')}`,
			// Which other MIG devices its GPU holds, no entry says.
			unmet: `whole && ${ofWhole} && !${begins('uuid')}`,
		};
	}
	return {
		met: `(part ? has(d.parentUUID) && ${begins('parentUUID')} : has(d.uuid) && ${begins('uuid')})`,
		unmet: `(part ? ${ofPart} && !${begins('parentUUID')} : ${ofWhole} && !${begins('uuid')})`,
	};
}

/** Whether a UUID, or a prefix of one, is that of a MIG device. */
export function namesMigDevice(uuid: string): boolean {
	return /^mig-/i.test(uuid);
}

/** A glob over an attribute that is known to be text. */
function patternExpression(attribute: string, pattern: string): string {
	const [, opening = '', text = '', closing = ''] = /^(\*?)([^*?]*)(\*?)$/.exec(pattern) ?? [];
	if (text !== '') {
		const literal = celString(text);
		if (opening && closing) return `${attribute}.contains(${literal})`;
		if (opening) return `${attribute}.endsWith(${literal})`;
		if (closing) return `${attribute}.startsWith(${literal})`;
		return `(${attribute} == ${literal})`;
	}
	const expression = [...pattern].map((one) => (one === '*' ? '.*' : one === '?' ? '.' : quoted(one))).join('');
	return `${attribute}.matches(${celString(`^(?s:${expression})$`)})`;
}

function quoted(character: string): string {
	return /[\\^$.|+()[\]{}]/.test(character) ? `\\${character}` : character;
}

const anyPciAddress = '^([0-9a-fA-F]{1,8}:)?[0-9a-fA-F]{1,2}:[01]?[0-9a-fA-F](\\.[0-7])?$';

/** All spellings of a PCI address, whose domain and function may be left out where they are 0; `null` where it is none. */
function pciAddressPattern(written: string): string | null {
	const [, domain = '', bus = '', device = '', fn = ''] = /^(.{8}):(..):(..)\.(.)$/.exec(normalizePciBusId(written) ?? '') ?? [];
	if (fn === '') return null;
	const digits = domain.replace(/^0+(?=.)/, '');
	const zeros = 8 - digits.length;
	const prefix = digits === '0' ? '(0{1,8}:)?' : `0{0,${zeros}}${digits}:`;
	const number = (two: string): string => (two.startsWith('0') ? `0?${two.slice(1)}` : two);
	return `^(?i:${prefix}${number(bus)}:${number(device)}${fn === '0' ? '(\\.0)?' : `\\.${fn}`})$`;
}

/** Whether the address, under the first of the names that drivers gave it, matches. */
function atPciAddress(pattern: string): string {
	const literal = celString(pattern);
	return (
		`(has(${standardAttributes}.pciBusID) ? ${standardAttributes}.pciBusID.matches(${literal}) : ` +
		`has(d.pcieBusID) ? d.pcieBusID.matches(${literal}) : has(d.pciBusID) && d.pciBusID.matches(${literal}))`
	);
}

/** Only of a whole GPU the driver publishes the memory of the GPU. */
function compareMemory(written: string | number, operator: '>=' | '<='): CriterionExpression {
	const bytes = parseQuantity(written);
	if (bytes === null) return untold;
	const known = `has(${memory}) && whole`;
	const holds = `${memory}.compareTo(quantity("${bytes}")) ${operator} 0`;
	return { met: `${known} && ${holds}`, unmet: `${known} && !(${holds})` };
}
