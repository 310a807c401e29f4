import fc from 'fast-check';
import type { Claim, ClaimRequest, DeviceRequest } from '../../../../src/core/claims/claim.ts';
import type { PublishedEntry } from './random-devices.ts';

/** A published device with the driver that publishes it. */
export interface Candidate {
	readonly driver: string;
	readonly device: PublishedEntry;
}

interface OwnSelector {
	readonly expression: string;
	/** The same, said of a device here. */
	readonly holds: (candidate: Candidate) => boolean;
}

const attribute = ({ device }: Candidate, name: string): string | undefined => {
	const found = device.attributes[name] ?? device.attributes[`gpu.nvidia.com/${name}`];
	return found !== undefined && 'string' in found ? found.string : undefined;
};
const text = (name: string): string => `device.attributes["gpu.nvidia.com"].?${name}.orValue("")`;

/** What users write themselves. */
const ownSelectors: readonly OwnSelector[] = [
	{ expression: 'device.driver == "gpu.nvidia.com"', holds: ({ driver }) => driver === 'gpu.nvidia.com' },
	{ expression: 'device.driver == "nic.example.com"', holds: ({ driver }) => driver === 'nic.example.com' },
	{
		expression: 'device.driver == "nic.example.com" || true',
		holds: () => true,
	},
	{ expression: `${text('type')} == "gpu"`, holds: (one) => attribute(one, 'type') === 'gpu' },
	{ expression: `${text('profile')} == "1g.10gb"`, holds: (one) => attribute(one, 'profile') === '1g.10gb' },
	{
		expression: `${text('productName')} != "NVIDIA H100 80GB HBM3"`,
		holds: (one) => attribute(one, 'productName') !== 'NVIDIA H100 80GB HBM3',
	},
];

/** Device classes as a cluster has them: NVIDIA's, another vendor's, and one of all devices. */
export const deviceClasses: Readonly<Record<string, OwnSelector | null>> = {
	'gpu.nvidia.com': {
		expression: `device.driver == "gpu.nvidia.com" && ${text('type')} == "gpu"`,
		holds: (one) => one.driver === 'gpu.nvidia.com' && attribute(one, 'type') === 'gpu',
	},
	'mig.nvidia.com': {
		expression: `device.driver == "gpu.nvidia.com" && ${text('type')} == "mig"`,
		holds: (one) => one.driver === 'gpu.nvidia.com' && attribute(one, 'type') === 'mig',
	},
	'nic.example.com': { expression: 'device.driver == "nic.example.com"', holds: ({ driver }) => driver === 'nic.example.com' },
	any: null,
};

const request: fc.Arbitrary<DeviceRequest> = fc
	.record({
		deviceClassName: fc.oneof(
			{ weight: 4, arbitrary: fc.constant('gpu.nvidia.com') },
			{ weight: 2, arbitrary: fc.constant('mig.nvidia.com') },
			{ weight: 2, arbitrary: fc.constant('any') },
			{ weight: 1, arbitrary: fc.constant('nic.example.com') },
		),
		own: fc.oneof(
			{ weight: 2, arbitrary: fc.constant<OwnSelector[]>([]) },
			{ weight: 1, arbitrary: fc.subarray([...ownSelectors], { maxLength: 2 }) },
		),
		amount: fc.oneof(
			{ weight: 6, arbitrary: fc.constant({}) },
			{ weight: 2, arbitrary: fc.integer({ min: 1, max: 2 }).map((count) => ({ allocationMode: 'ExactCount', count })) },
			{ weight: 1, arbitrary: fc.constant({ allocationMode: 'All' }) },
		),
	})
	.map(({ deviceClassName, own, amount }) => ({
		deviceClassName,
		...amount,
		...(own.length > 0 ? { selectors: own.map(({ expression }) => ({ cel: { expression } })) } : {}),
	}));

const named = (name: string): fc.Arbitrary<ClaimRequest> =>
	fc.oneof(
		{ weight: 3, arbitrary: request.map((exactly) => ({ name, exactly })) },
		{
			weight: 1,
			arbitrary: fc
				.array(request, { minLength: 1, maxLength: 3 })
				.map((list) => ({ name, firstAvailable: list.map((one, i) => ({ ...one, name: `alternative-${i}` })) })),
		},
	);

/** A claim as a user writes it. */
export const claims: fc.Arbitrary<Claim> = fc
	.oneof({ weight: 4, arbitrary: fc.tuple(named('a')) }, { weight: 1, arbitrary: fc.tuple(named('a'), named('b')) })
	.map((requests) => ({ spec: { devices: { requests } } }));

/** Whether a device meets a request, the policy aside. */
export function meets({ deviceClassName, selectors = [] }: DeviceRequest, candidate: Candidate): boolean {
	return (
		(deviceClasses[deviceClassName]?.holds(candidate) ?? true) &&
		selectors.every(({ cel }) => ownSelectors.find(({ expression }) => expression === cel?.expression)?.holds(candidate) ?? true)
	);
}

/**
 * Whether a claim can be met by what a node has left: by brute force, as small as the nodes here are. `All` wants every device that meets it, at least one,
 * and each of them free.
 */
export function canBeMet(
	{ spec }: Claim,
	onNode: readonly Candidate[],
	free: (candidate: Candidate) => boolean,
	allowed: (candidate: Candidate) => boolean,
): boolean {
	const requests = spec.devices?.requests ?? [];
	const search = (index: number, used: ReadonlySet<Candidate>): boolean => {
		const next = requests[index];
		if (next === undefined) return true;
		return (next.exactly ? [next.exactly] : (next.firstAvailable ?? [])).some((alternative) => {
			const fitting = onNode.filter((one) => meets(alternative, one) && allowed(one));
			const available = fitting.filter((one) => free(one) && !used.has(one));
			if (alternative.allocationMode === 'All') {
				return fitting.length > 0 && available.length === fitting.length && search(index + 1, new Set([...used, ...fitting]));
			}
			return choose(available, alternative.count ?? 1).some((chosen) => search(index + 1, new Set([...used, ...chosen])));
		});
	};
	return search(0, new Set());
}

function choose<T>(items: readonly T[], count: number): readonly (readonly T[])[] {
	if (count === 0) return [[]];
	return items.flatMap((item, i) => choose(items.slice(i + 1), count - 1).map((rest) => [item, ...rest]));
}
