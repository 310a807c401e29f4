import fc from 'fast-check';
import type { DeviceSelection } from '../../../../src/api/v1alpha1.generated.ts';
import { readSlice } from '../../../../src/controller/nodes/read-slice.ts';
import type { SliceDevice } from '../../../../src/core/nodes/slice-facts.ts';

type Attribute =
	| { readonly string: string }
	| { readonly version: string }
	| { readonly int: number }
	| { readonly bool: boolean };

/** A device of a ResourceSlice in `resource.k8s.io/v1`. */
export interface PublishedEntry {
	readonly name: string;
	readonly attributes: Readonly<Record<string, Attribute>>;
	readonly capacity: Readonly<Record<string, { readonly value: string }>>;
}

const products = [
	'NVIDIA GeForce RTX 3090',
	'NVIDIA GeForce RTX 5060 Ti',
	'NVIDIA A100-SXM4-80GB',
	'NVIDIA H100 80GB HBM3',
	'Grafik é"\\n\'x',
];
const gpus = Array.from({ length: 6 }, (_, i) => `GPU-${`${i}abcdef${i}`}-1111-2222-3333-44444444444${i}`);
const parts = Array.from({ length: 4 }, (_, i) => `MIG-${`${i}fedcba${i}`}-1111-2222-3333-44444444444${i}`);
const addresses = ['0000:01:00.0', '0000:0a:00.0', '0000:81:00.0', '0001:01:00.0', '00000000:0A:00.0'];
const profiles = ['1g.10gb', '3g.40gb'];
const capabilities = ['7.5.0', '8.0.0', '8.6.0', '8.10.0', '9.0.0', '12.0.0'];
const memories = ['16Gi', '24576Mi', '25757220864', '80Gi', '0'];

const text = (values: readonly string[]) => fc.constantFrom(...values).map((string) => ({ string }));
const version = fc.constantFrom(...capabilities).map((value) => ({ version: value }));
const quantity = (values: readonly string[]) => fc.constantFrom(...values).map((value) => ({ value }));
const mixedCase = (value: string) => fc.constantFrom(value, value.toUpperCase(), value.toLowerCase());
const uuidOf = (values: readonly string[]) =>
	fc
		.constantFrom(...values)
		.chain(mixedCase)
		.map((string) => ({ string }));

/** Names under which versions of the driver publish the address. */
const addressName = fc.constantFrom('resource.kubernetes.io/pciBusID', 'pcieBusID', 'pciBusID');

const common = {
	productName: text(products),
	brand: text(['GeForce', 'Nvidia']),
	architecture: text(['Ampere', 'Hopper']),
	cudaComputeCapability: version,
	driverVersion: fc.constant({ version: '580.65.6' }),
	cudaDriverVersion: fc.constant({ version: '13.0.0' }),
};

interface Shape {
	readonly attributes: Readonly<Record<string, Attribute>>;
	readonly capacity: Readonly<Record<string, { readonly value: string }>>;
}

const whole: fc.Arbitrary<Shape> = fc.record({
	attributes: fc.record({ type: fc.constant({ string: 'gpu' }), uuid: uuidOf(gpus), ...common }),
	capacity: fc.record({ memory: quantity(memories) }),
});

const part: fc.Arbitrary<Shape> = fc.record({
	attributes: fc.record(
		{ type: fc.constant({ string: 'mig' }), uuid: uuidOf(parts), parentUUID: uuidOf(gpus), profile: text(profiles), ...common },
		// Of one that is yet to be made the driver knows no UUID.
		{ requiredKeys: ['type', 'parentUUID', 'profile', ...(Object.keys(common) as (keyof typeof common)[])] },
	) as fc.Arbitrary<Shape['attributes']>,
	capacity: fc.record({ memory: quantity(['9856Mi', '40Gi']), multiprocessors: quantity(['14', '42']) }),
});

const passedThrough: fc.Arbitrary<Shape> = fc.record({
	attributes: fc.record({
		type: fc.constant({ string: 'vfio' }),
		uuid: uuidOf(gpus),
		deviceID: text(['0x2204']),
		vendorID: text(['0x10de']),
		productName: text(products),
	}),
	capacity: fc.record({ addressableMemory: quantity(['256Mi']) }),
});

const address = fc
	.tuple(addressName, fc.constantFrom(...addresses, '1:0.0', 'not an address').chain(mixedCase))
	.map(([name, string]) => ({ [name]: { string } }));

/** A device as some version of the driver publishes it; now and then something is missing. */
export function publishedEntry(name: string): fc.Arbitrary<PublishedEntry> {
	return fc
		.record({
			shape: fc.oneof({ weight: 5, arbitrary: whole }, { weight: 3, arbitrary: part }, { weight: 1, arbitrary: passedThrough }),
			address: fc.option(address, { nil: {} }),
			without: fc.oneof(
				{ weight: 3, arbitrary: fc.constant<string[]>([]) },
				{ weight: 1, arbitrary: fc.subarray(['type', 'uuid', 'parentUUID', 'productName', 'cudaComputeCapability', 'memory']) },
			),
			qualified: fc.boolean(),
			empty: fc.oneof(
				{ weight: 9, arbitrary: fc.constant('') },
				{ weight: 1, arbitrary: fc.constantFrom('uuid', 'productName', 'parentUUID') },
			),
		})
		.map(({ shape, address: at, without, qualified, empty }) => {
			const attributes = Object.entries({ ...shape.attributes, ...at })
				.filter(([key]) => !without.includes(key))
				.map(([key, value]) => [
					qualified && !key.includes('/') ? `gpu.nvidia.com/${key}` : key,
					key === empty ? { string: '' } : value,
				]);
			const capacity = Object.entries(shape.capacity).filter(([key]) => !without.includes(key));
			return { name, attributes: Object.fromEntries(attributes), capacity: Object.fromEntries(capacity) };
		});
}

/** The same with an attribute of a type that the driver never gives it. */
export function oddEntry(name: string): fc.Arbitrary<PublishedEntry> {
	const odd = fc.constantFrom<Attribute>({ int: 5 }, { bool: true }, { version: '8.6.0' }, { string: 'x' });
	const keys = [
		'type',
		'uuid',
		'parentUUID',
		'productName',
		'cudaComputeCapability',
		'resource.kubernetes.io/pciBusID',
		'pcieBusID',
	];
	return fc
		.tuple(publishedEntry(name), fc.dictionary(fc.constantFrom(...keys), odd, { minKeys: 1, maxKeys: 2 }))
		.map(([entry, extra]) => {
			const attributes = Object.entries(entry.attributes).map(([key, value]) => [key.replace('gpu.nvidia.com/', ''), value]);
			return { ...entry, attributes: { ...Object.fromEntries(attributes), ...extra } };
		});
}

const criteria = fc
	.record(
		{
			productName: fc.constantFrom(...products, 'in "quotes" \\ and {{braces}}'),
			productNamePattern: fc.constantFrom(
				'*',
				'*RTX*',
				'NVIDIA*',
				'*Ti',
				'NVIDIA ?100*',
				'*3090',
				'NVIDIA GeForce RTX 3090',
				'*[3]0.90*',
				'***',
				'?*',
				'*"*',
			),
			uuid: fc.oneof(
				fc.constantFrom(...gpus, ...parts),
				fc.constantFrom(...gpus).map((uuid) => uuid.slice(0, 12)),
				fc.constantFrom('GPU-0a', 'MIG-0f', 'GPU-0ABCDEF0'),
			),
			pciBusId: fc.constantFrom(...addresses, '01:00.0', '00000001:01:00.0', '0A:00.0'),
			pciDeviceId: fc.constantFrom('0x220410DE'),
			computeCapability: fc.constantFrom({ min: '8.0' }, { max: '8.6' }, { min: '8.6', max: '8.10' }, { min: '9.0' }),
			minMemory: fc.constantFrom('20Gi', 0, '24576Mi', '25757220864', 25757220865),
			maxMemory: fc.constantFrom('24Gi', '80Gi', 0),
			mig: fc.constantFrom('Enabled' as const, 'Disabled' as const),
		},
		{ requiredKeys: [] },
	)
	.map((all) => {
		const { pciDeviceId, ...others } = all;
		return Object.keys(others).length > 0 && Object.keys(all).length > 3 ? others : all;
	})
	.chain((all) => {
		const keys = Object.keys(all) as (keyof typeof all)[];
		// Mostly one or two criteria, so that both answers are common.
		return fc
			.subarray(keys, { minLength: Math.min(1, keys.length), maxLength: Math.min(3, keys.length) })
			.map((kept) => Object.fromEntries(kept.map((key) => [key, all[key]])));
	})
	.filter((entry) => Object.keys(entry).length > 0);

/** A policy's devices. */
export const deviceSelections: fc.Arbitrary<DeviceSelection> = fc
	.record(
		{
			allow: fc.array(criteria, { minLength: 1, maxLength: 4 }),
			deny: fc.array(criteria, { minLength: 1, maxLength: 2 }),
		},
		{ requiredKeys: [] },
	)
	.filter(({ allow, deny }) => allow !== undefined || deny !== undefined) as fc.Arbitrary<DeviceSelection>;

/** As the controller reads it. */
export function asRead(entry: PublishedEntry): SliceDevice {
	const spec = { driver: 'gpu.nvidia.com', pool: { name: 'p' }, devices: [entry] };
	const slice = readSlice({ apiVersion: 'resource.k8s.io/v1', kind: 'ResourceSlice', metadata: { name: 's' }, spec });
	const [device] = slice?.devices ?? [];
	if (!device) throw new Error('a slice of one device has one');
	return device;
}
