import fc from 'fast-check';

/** A change of a whole file that an editor, a checkout or a careless hand makes. */
export type Mutation = (text: string, random: readonly number[]) => string;

const lines = (text: string): string[] => text.split(/(?<=\n)/);
const pick = (random: readonly number[], index: number, below: number): number => (random[index] ?? 0) % Math.max(1, below);

/** Texts are latin-1 views of bytes, so that a mutation may cut a character in two. */
const MUTATIONS: Readonly<Record<string, Mutation>> = {
	crlf: (text) => text.replace(/\r?\n/g, '\r\n'),
	lf: (text) => text.replace(/\r\n/g, '\n'),
	'mixed line endings': (text, random) =>
		lines(text)
			.map((line, index) => (pick(random, index % 8, 2) ? line.replace(/\r?\n/, '\r\n') : line))
			.join(''),
	'byte order mark': (text) => (text.startsWith('\xef\xbb\xbf') ? text.slice(3) : `\xef\xbb\xbf${text}`),
	'no final newline': (text) => text.replace(/(\r?\n)+$/, ''),
	'tabs for spaces': (text) => text.replace(/^ +/gm, (spaces) => '\t'.repeat(Math.ceil(spaces.length / 4))),
	'mixed indentation': (text, random) =>
		lines(text)
			.map((line, index) => (pick(random, index % 8, 4) === 0 ? line.replace(/^ {2}/, '\t') : line))
			.join(''),
	'a line twice': (text, random) => {
		const all = lines(text);
		const at = pick(random, 0, all.length);
		return [...all.slice(0, at + 1), ...all.slice(at)].join('');
	},
	'a line gone': (text, random) =>
		lines(text)
			.toSpliced(pick(random, 0, lines(text).length), 1)
			.join(''),
	'two lines swapped': (text, random) => {
		const all = lines(text);
		const [a, b] = [pick(random, 0, all.length), pick(random, 1, all.length)];
		const first = all[a] as string;
		all[a] = all[b] as string;
		all[b] = first;
		return all.join('');
	},
	'cut off': (text, random) => text.slice(0, pick(random, 0, text.length + 1)),
	'a character gone': (text, random) => {
		const at = pick(random, 0, text.length);
		return text.slice(0, at) + text.slice(at + 1);
	},
	'a character more': (text, random) => {
		const at = pick(random, 0, text.length + 1);
		return text.slice(0, at) + (`"'\`$(){}#\\=;&|<> \t\n\r:,[]\0\xe9`[pick(random, 1, 27)] ?? '') + text.slice(at);
	},
	empty: () => '',
};

/** Names of mutations with the numbers that they draw from; applied in order. */
export const mutations: fc.Arbitrary<readonly { readonly name: string; readonly random: readonly number[] }[]> = fc.array(
	fc.record({
		name: fc.constantFrom(...Object.keys(MUTATIONS)),
		random: fc.array(fc.nat(100_000), { minLength: 8, maxLength: 8 }),
	}),
	{ maxLength: 4 },
);

/** Applies mutations to bytes. */
export function mutate(
	bytes: Uint8Array,
	drawn: readonly { readonly name: string; readonly random: readonly number[] }[],
): Uint8Array {
	let text = Buffer.from(bytes).toString('latin1');
	for (const { name, random } of drawn) text = (MUTATIONS[name] as Mutation)(text, random);
	return Buffer.from(text, 'latin1');
}

/** Values that a policy may want: the usual ones, and those that need quotes, escapes or another file. */
export const policyValue: fc.Arbitrary<string> = fc.oneof(
	{
		weight: 4,
		arbitrary: fc.constantFrom('1', '0', 'PCI_BUS_ID', 'max_split_size_mb:1024', 'GPU-3f0c1a2b-0000-0000-0000-000000000000', ''),
	},
	{
		weight: 1,
		arbitrary: fc.constantFrom(
			'a b',
			"it's",
			'say "x"',
			'a$b',
			'$HOME',
			'a#b',
			' # c',
			'back\\slash',
			'tail\\',
			'`x`',
			'é',
			'a: b',
			'~',
			'*',
			'{x}',
			'yes',
			'010',
		),
	},
	{ weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
);
