import fc from 'fast-check';
import type { JsonSchema } from '../../../../src/api/json-schema.ts';

/** A change of one place of a manifest, to one that may be wrong. */
export interface Mutation {
	/** Which place, as a share of all places in order. */
	readonly place: number;
	readonly change: Change;
}

type Change =
	| { readonly do: 'set'; readonly value: unknown }
	| { readonly do: 'remove' }
	/** A field that the schema knows there (as a share of them), or none knows. */
	| { readonly do: 'add'; readonly field: number | string; readonly value: unknown }
	| { readonly do: 'repeat' }
	/** A text of the longest length that the schema allows, and so many characters more. */
	| { readonly do: 'fill'; readonly letter: string; readonly more: 0 | 1 };

const texts = [
	'',
	' ',
	'x',
	'a b',
	'a\nb',
	'A=B',
	'-1',
	'010',
	'1.0',
	'20Gi',
	'20GB',
	'10m',
	'29s',
	'1h30m',
	'0',
	'100%',
	'101%',
	'*',
	'../x',
	'/x',
	'x/',
	'a//b',
	'!x',
	'ä',
	'🎮',
	'Enforce',
	'Audit',
	'enforce',
	'In',
	'NoSchedule',
	'gpupolicy.dev/x',
	'a/b/c',
	'GPU-1',
	'CUDA_VISIBLE_DEVICES',
	'NVIDIA_VISIBLE_DEVICES',
	'Files',
	'Index',
	'http://x',
	'true',
	'null',
];
/** Even over its range, which fast-check's own numbers are not. */
const share = fc.noBias(fc.integer({ min: 0, max: 9_999 })).map((number) => number / 10_000);

const value: fc.Arbitrary<unknown> = fc.oneof(
	{ weight: 5, arbitrary: fc.constantFrom(...texts) },
	{
		weight: 2,
		arbitrary: fc.constantFrom(
			true,
			false,
			0,
			1,
			-1,
			1.5,
			42,
			2_147_483_647,
			2_147_483_648,
			4_294_967_296,
			Number.MAX_SAFE_INTEGER,
			1e21,
		),
	},
	{
		weight: 2,
		arbitrary: fc.constantFrom(
			[],
			{},
			['x'],
			['x', 'x'],
			[{}],
			[[]],
			{ x: 'y' },
			{ min: '9.0', max: '8.0' },
			{ matchLabels: {} },
		),
	},
);

export const mutation: fc.Arbitrary<Mutation> = fc.record({
	place: share,
	change: fc.oneof(
		{ weight: 4, arbitrary: value.map((each) => ({ do: 'set' as const, value: each })) },
		{ weight: 2, arbitrary: fc.constant({ do: 'remove' as const }) },
		{
			weight: 3,
			arbitrary: fc.record({
				do: fc.constant('add' as const),
				field: fc.oneof(share, fc.constantFrom('colour', 'Mode', 'x-y')),
				value,
			}),
		},
		{ weight: 1, arbitrary: fc.constant({ do: 'repeat' as const }) },
		{
			weight: 2,
			arbitrary: fc.record({
				do: fc.constant('fill' as const),
				letter: fc.constantFrom('a', '1', 'ä', '🎮'),
				more: fc.constantFrom(0 as const, 1 as const),
			}),
		},
	),
});

interface Place {
	readonly parent: Record<string, unknown> | unknown[];
	readonly key: string | number;
	readonly schema: JsonSchema | undefined;
}

/** A copy of the object, changed at one place of its spec, its name, labels or annotations; the rest of the metadata is the server's own. */
export function mutate(object: object, schema: JsonSchema, { place, change }: Mutation): object {
	const copy = structuredClone(object);
	const metadata = (copy as { readonly metadata?: object }).metadata ?? {};
	const places = [
		...placesIn(copy, schema, ['spec']),
		...placesIn(metadata, schema.properties?.['metadata'], ['name', 'labels', 'annotations']),
	];
	if (places.length === 0) return copy;
	const { parent, key, schema: own } = places[Math.floor(place * places.length)] as Place;
	const holder = parent as Record<string | number, unknown>;
	const here = holder[key];
	if (change.do === 'set') holder[key] = structuredClone(change.value);
	else if (change.do === 'fill') holder[key] = change.letter.repeat((own?.maxLength ?? 64) + change.more);
	else if (change.do === 'remove') {
		if (Array.isArray(parent)) parent.splice(key as number, 1);
		else delete (parent as Record<string, unknown>)[key];
	} else if (change.do === 'repeat') {
		if (Array.isArray(parent)) parent.splice(key as number, 0, structuredClone(here));
	} else if (typeof here === 'object' && here !== null && !Array.isArray(here)) {
		const known = Object.keys(own?.properties ?? {});
		const field = typeof change.field === 'string' ? change.field : known[Math.floor(change.field * known.length)];
		(here as Record<string, unknown>)[field ?? 'colour'] = structuredClone(change.value);
	}
	return copy;
}

function placesIn(parent: object, schema: JsonSchema | undefined, only?: readonly string[]): Place[] {
	const keys = Array.isArray(parent) ? [...parent.keys()] : Object.keys(parent).filter((key) => only?.includes(key) ?? true);
	return keys.flatMap((key) => {
		const own = typeof key === 'number' ? schema?.items : (schema?.properties?.[key] ?? schema?.additionalProperties);
		const here = (parent as Record<string | number, unknown>)[key];
		const place = { parent: parent as Place['parent'], key, schema: own };
		return typeof here === 'object' && here !== null ? [place, ...placesIn(here, own)] : [place];
	});
}
