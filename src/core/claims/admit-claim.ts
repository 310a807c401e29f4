import { gpuDriver } from '../nodes/slice-facts.ts';
import { matchesLabels } from '../workloads/label-selector.ts';
import { itemsMessage } from '../workloads/messages.ts';
import type { PodNamespace } from '../workloads/pod.ts';
import {
	namespaceNameLabel,
	namespaceRequirements,
	type ReservedNamespaces,
	reservedNamespaces,
} from '../workloads/pod-scope.ts';
import { type Claim, type ClaimRequest, type DeviceRequest, extendedResourceAnnotation } from './claim.ts';
import type { ClaimDemand } from './claim-demand.ts';

/** What the API server must make of a claim under one policy. */
export interface ClaimAnswer {
	/** The claim as it is stored. */
	readonly claim: Claim;
	/** The message of a refusal. */
	readonly denial: string | null;
	/** The warning to whoever creates the claim. */
	readonly warning: string | null;
}

/** What a claim message begins with, after the policy. */
export const claimHeading = 'a device that it forbids may be allocated: ';

/** What a message says of a request that lacks the selector. */
export const lacksSelector = 'has no selector of the policy';

/** What a message says of a claim that the scheduler made. */
export const chosenBefore =
	'the scheduler chose the devices of an extended resource before admission; ask for them by a resource claim';

/**
 * A selector that by its own words keeps to another driver: a conjunction that begins with it. RE2 and JavaScript read the pattern alike.
 */
export const otherDriverPattern = '^device\\.driver == "[a-z0-9.-]+"( && [^|?]*)?$';
export const ownDriverPrefix = `device.driver == "${gpuDriver}"`;

/** Classes of NVIDIA's driver, by their names. */
export const driverClassPattern = '(^|\\.)nvidia\\.com$';

/** The core's own answer: what admission must make of a claim, whatever enforces it. */
export function admitClaim(
	demand: ClaimDemand,
	claim: Claim,
	namespace: PodNamespace,
	{
		mutates = demand.mode === 'Enforce',
		reserved = reservedNamespaces,
	}: { readonly mutates?: boolean; readonly reserved?: ReservedNamespaces } = {},
): ClaimAnswer {
	if (!governs(demand, namespace, reserved)) return { claim, denial: null, warning: null };
	const result = mutates ? withSelector(demand, claim) : claim;
	const requests = result.spec.devices?.requests ?? [];
	const bad = [
		...requests.flatMap((request) =>
			entriesOf(request)
				.filter(({ entry }) => needsSelector(demand, entry))
				.map(({ name }) => `request ${name} ${lacksSelector}`),
		),
		...(demand.refusesExtended && isOfExtendedResource(result) ? [chosenBefore] : []),
	];
	const message = itemsMessage(demand, claimHeading, bad);
	return demand.mode === 'Enforce'
		? { claim: result, denial: message, warning: null }
		: { claim: result, denial: null, warning: message };
}

/** Whether a policy governs the claims of a namespace. */
function governs(
	demand: ClaimDemand,
	{ name, labels }: PodNamespace,
	reserved: ReservedNamespaces = reservedNamespaces,
): boolean {
	if (name === reserved.probe) return true;
	const selector = {
		matchExpressions: namespaceRequirements(demand, reserved).map((one) => ({ ...one, values: [...one.values] })),
	};
	return (
		matchesLabels(selector, { ...labels, [namespaceNameLabel]: name }) &&
		!demand.exemptions.some(({ namespaceSelector }) => matchesLabels(namespaceSelector, labels))
	);
}

interface Entry {
	/** `gpu`, or `gpu/small` of an alternative. */
	readonly name: string;
	readonly entry: DeviceRequest & { readonly adminAccess?: boolean };
}

/** `exactly` and each of `firstAvailable`. */
function entriesOf({ name, exactly, firstAvailable = [] }: ClaimRequest): readonly Entry[] {
	return [
		...(exactly ? [{ name, entry: exactly }] : []),
		...firstAvailable.map((alternative) => ({ name: `${name}/${alternative.name}`, entry: alternative })),
	];
}

function needsSelector({ selector }: ClaimDemand, { selectors = [], adminAccess = false }: Entry['entry']): boolean {
	return (
		!adminAccess &&
		!selectors.some(({ cel }) => cel !== undefined && (cel.expression === selector || keepsToAnother(cel.expression)))
	);
}

const otherDriver = new RegExp(otherDriverPattern);

function keepsToAnother(expression: string): boolean {
	return otherDriver.test(expression) && !expression.startsWith(ownDriverPrefix);
}

function withSelector(demand: ClaimDemand, claim: Claim): Claim {
	const { devices } = claim.spec;
	if (!devices?.requests) return claim;
	const add = <E extends Entry['entry']>(entry: E): E =>
		needsSelector(demand, entry)
			? { ...entry, selectors: [...(entry.selectors ?? []), { cel: { expression: demand.selector } }] }
			: entry;
	const requests = devices.requests.map((request) => ({
		...request,
		...(request.exactly ? { exactly: add(request.exactly) } : {}),
		...(request.firstAvailable ? { firstAvailable: request.firstAvailable.map(add) } : {}),
	}));
	return { ...claim, spec: { ...claim.spec, devices: { ...devices, requests } } };
}

function isOfExtendedResource({ metadata, spec }: Claim): boolean {
	const ofClass = new RegExp(driverClassPattern);
	return (
		metadata?.annotations?.[extendedResourceAnnotation] === 'true' &&
		(spec.devices?.requests ?? []).some((request) => entriesOf(request).some(({ entry }) => ofClass.test(entry.deviceClassName)))
	);
}
