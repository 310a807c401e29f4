import { celString } from '../cel/literals.ts';
import { type Criterion, type DeviceCriteria, presentCriteria } from '../desired/device-criteria.ts';
import type { DeviceSelector } from '../desired/device-selection.ts';
import { gpuDriver } from '../nodes/slice-facts.ts';
import {
	type CriterionExpression,
	criterionExpressions,
	namesMigDevice,
	productNames,
	textAttributes,
	uuids,
} from './criterion-expressions.ts';
import { tellsOneDevice } from './untold-criteria.ts';

/** Bytes of a CEL selector that the API server takes (resource.k8s.io, CELSelectorExpressionMaxLength). */
export const longestSelector = 10 * 1024;

/** Whether a policy says anything of devices. */
export function judgesDevices({ allow, deny = [] }: DeviceSelector): boolean {
	return allow !== undefined || deny.length > 0;
}

/**
 * The devices that a policy allows, as the CEL selector of a claim's request: true of every device of another driver, and of those of NVIDIA's that are known
 * to be allowed. What a device does not publish is not known of it. An attribute of a type that the driver never gives it makes the
 * selector false, not an error.
 */
export function deviceSelector({ allow, deny = [] }: DeviceSelector): string {
	const used = new Set([...(allow ?? []), ...deny].flatMap(presentCriteria));
	const clauses = [
		...guards(used),
		...merged(deny).map((group) => anyOf(group.map(({ unmet }) => unmet))),
		...(allow === undefined ? [] : [anyOf(merged(allow.filter(canAllow)).map((group) => allOf(group.map(({ met }) => met))))]),
	];
	const all = allOf(clauses);
	const parts = used.has('uuid') || used.has('mig');
	const wholes = parts || used.has('minMemory') || used.has('maxMemory');
	const bound = all === 'false' ? [] : [...(parts ? [part] : []), ...(wholes ? [whole] : [])];
	const verdict = bound.reduceRight((inner, [name, value]) => `cel.bind(${name}, ${value}, ${inner})`, all);
	const driver = celString(gpuDriver);
	return `device.driver != ${driver} || cel.bind(d, device.attributes[${driver}], ${verdict})`;
}

/** Bytes of a selector. */
export function selectorLength(expression: string): number {
	return new TextEncoder().encode(expression).length;
}

const typeIs = 'has(d.type) && type(d.type) in [string] &&';
const part = ['part', `${typeIs} d.type == "mig"`] as const;
const whole = ['whole', `${typeIs} (d.type == "gpu" || d.type == "vfio")`] as const;

/** A prefix that others may have too allows nothing. */
function canAllow({ uuid }: DeviceCriteria): boolean {
	return uuid === undefined || tellsOneDevice(uuid);
}

/** The entries, each as its criteria; those of one product name or one UUID as one. Their order never counts. */
function merged(entries: readonly DeviceCriteria[]): (readonly CriterionExpression[])[] {
	const names: string[] = [];
	const gpus: string[] = [];
	const parts: string[] = [];
	const others: (readonly CriterionExpression[])[] = [];
	for (const entry of entries) {
		const { productName, uuid } = entry;
		const present = presentCriteria(entry);
		const alone = present.length === 1;
		if (alone && productName !== undefined) names.push(productName);
		else if (alone && uuid !== undefined) (namesMigDevice(uuid) ? parts : gpus).push(uuid);
		else others.push(present.map((criterion) => criterionExpressions[criterion](entry)));
	}
	return [
		...(names.length > 0 ? [[productNames(names)]] : []),
		...(gpus.length > 0 ? [[uuids(gpus)]] : []),
		...(parts.length > 0 ? [[uuids(parts)]] : []),
		...others,
	];
}

function allOf(expressions: readonly string[]): string {
	if (expressions.includes('false')) return 'false';
	return expressions.length === 1 ? (expressions[0] as string) : expressions.map(bracketed).join(' && ');
}

function anyOf(expressions: readonly string[]): string {
	const possible = expressions.filter((expression) => expression !== 'false');
	if (possible.length === 0) return 'false';
	return possible.length === 1 ? (possible[0] as string) : possible.map(bracketed).join(' || ');
}

function bracketed(expression: string): string {
	return /^[a-z]+$/.test(expression) ? expression : `(${expression})`;
}

/** What has to hold of the types of the attributes that are compared. */
function guards(used: ReadonlySet<Criterion>): string[] {
	const ofType = (attribute: string, type: string): string => `!has(${attribute}) || type(${attribute}) in [${type}]`;
	const texts = new Set([...used].flatMap((criterion) => textAttributes[criterion] ?? []));
	return [
		...[...texts].map((name) => ofType(`d.${name}`, 'string')),
		...(used.has('pciBusId') ? [ofType('device.attributes["resource.kubernetes.io"].pciBusID', 'string')] : []),
		...(used.has('computeCapability') ? [ofType('d.cudaComputeCapability', 'type(semver("0.0.0"))')] : []),
	];
}
