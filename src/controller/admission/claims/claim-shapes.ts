import { type Claim, type ClaimRequest, extendedResourceAnnotation } from '../../../core/claims/claim.ts';
import type { ClaimDemand } from '../../../core/claims/claim-demand.ts';
import { probeLabels } from '../compile.ts';
import type { Copy } from '../names.ts';

/** A claim that admission is tried out with. */
export interface ClaimShape {
	/** What is special about it: `two alternatives`. */
	readonly name: string;
	readonly claim: Claim;
	/** False: no mutation of ours touches it, so that the check alone answers. */
	readonly mutated: boolean;
}

const deviceClassName = 'gpu.nvidia.com';
const own = { cel: { expression: 'device.driver == "gpu.nvidia.com"' } };
const other = { cel: { expression: 'device.driver == "nic.example.com" && true' } };
const either = { cel: { expression: 'device.driver == "nic.example.com" || true' } };

/** Every shape for one copy of a policy. */
export function claimShapes(demand: ClaimDemand, copy: Copy): readonly ClaimShape[] {
	const right = { cel: { expression: demand.selector } };
	const requests: Readonly<Record<string, readonly ClaimRequest[]>> = {
		'no request': [],
		'one device': [{ name: 'gpu', exactly: { deviceClassName } }],
		'a selector of its own': [{ name: 'gpu', exactly: { deviceClassName, selectors: [own] } }],
		'the right selector': [{ name: 'gpu', exactly: { deviceClassName, selectors: [right] } }],
		'the right selector among others': [{ name: 'gpu', exactly: { deviceClassName, selectors: [own, right] } }],
		'a selector that keeps to another driver': [{ name: 'nic', exactly: { deviceClassName, selectors: [other] } }],
		'a selector that names another driver': [{ name: 'nic', exactly: { deviceClassName, selectors: [either] } }],
		'all devices': [{ name: 'gpus', exactly: { deviceClassName, allocationMode: 'All' } }],
		'two alternatives': [
			{
				name: 'gpu',
				firstAvailable: [
					{ name: 'large', deviceClassName, selectors: [own] },
					{ name: 'small', deviceClassName, selectors: [right] },
					{ name: 'any', deviceClassName },
				],
			},
		],
		'several requests': [
			{ name: 'a', exactly: { deviceClassName, count: 2, allocationMode: 'ExactCount' } },
			{ name: 'b', firstAvailable: [{ name: 'x', deviceClassName }] },
			{ name: 'c', exactly: { deviceClassName, selectors: [own] } },
		],
	};
	return Object.entries(requests)
		.flatMap(([name, list]) => [shape(demand, copy, name, list, true), shape(demand, copy, name, list, false)])
		.concat(
			shape(demand, copy, 'an extended resource', requests['one device'] ?? [], true, { [extendedResourceAnnotation]: 'true' }),
		);
}

/** The claims whose answers tell that the parts are in force: they differ from those of a server that knows nothing of the policy. */
export function claimSentinels(
	demand: ClaimDemand,
	copy: Copy,
): { readonly mutation: ClaimShape; readonly validation: ClaimShape } {
	const list: readonly ClaimRequest[] = [{ name: 'gpu', exactly: { deviceClassName } }];
	return {
		mutation: shape(demand, copy, 'mutation at work', list, true),
		validation: shape(demand, copy, 'check at work', list, false),
	};
}

function shape(
	{ policy }: ClaimDemand,
	copy: Copy,
	name: string,
	requests: readonly ClaimRequest[],
	mutated: boolean,
	annotations?: Readonly<Record<string, string>>,
): ClaimShape {
	return {
		name: mutated ? name : `${name}, only checked`,
		claim: {
			metadata: { name: 'gpupolicy-probe', labels: probeLabels(policy, copy, mutated), ...(annotations ? { annotations } : {}) },
			spec: { devices: { requests } },
		},
		mutated,
	};
}
