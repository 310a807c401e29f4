import fc from 'fast-check';
import { allRight, device, gpuImport, otherImport, setting, wrapped } from './environment.ts';
import { filler } from './filler.ts';
import type { Fragment } from './fragment.ts';
import { header } from './header.ts';

/** A generated program. */
export interface Program {
	readonly bytes: Uint8Array;
	/** Minor version of Python 3 that first compiles it. */
	readonly since: number;
}

interface Parts {
	readonly bom: boolean;
	readonly text: string;
	readonly since: number;
	readonly encoding: 'utf8' | 'latin1';
	readonly lineEnd: string;
	readonly indent: string;
	readonly finalNewline: boolean;
}

/** Programs of headers, imports of GPU libraries, settings of the policy's variables, device names and other code. */
export function program(body: (unicode: boolean) => fc.Arbitrary<Fragment> = anything): fc.Arbitrary<Program> {
	const encodings = fc.oneof(
		{ weight: 6, arbitrary: fc.constant('utf8' as const) },
		{ weight: 1, arbitrary: fc.constant('latin1' as const) },
	);
	return encodings
		.chain((encoding) =>
			fc.record({
				encoding: fc.constant(encoding),
				header: header(encoding),
				body: fc.array(body(encoding === 'utf8'), { maxLength: 8 }),
				lineEnd: fc.oneof(
					{ weight: 4, arbitrary: fc.constant('\n') },
					{ weight: 2, arbitrary: fc.constant('\r\n') },
					{ weight: 1, arbitrary: fc.constant('\r') },
				),
				indent: fc.constantFrom('    ', '\t', '  ', ' \t'),
				finalNewline: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
			}),
		)
		.map(({ header: { bom, comments, start }, body: fragments, ...rest }) =>
			render({
				...rest,
				bom,
				text: `${comments}${start.text}${fragments.map(({ text }) => `${text}\n`).join('')}`,
				since: Math.max(start.since, ...fragments.map(({ since }) => since)),
			}),
		);
}

/** Programs that import a GPU library for sure, as often as not after setting something. */
export function gpuProgram(): fc.Arbitrary<Program> {
	return program((unicode) =>
		fc.oneof(
			{ weight: 3, arbitrary: wrapped(setting) },
			{ weight: 3, arbitrary: wrapped(gpuImport) },
			{ weight: 1, arbitrary: allRight },
			filler(unicode),
		),
	);
}

function anything(unicode: boolean): fc.Arbitrary<Fragment> {
	return fc.oneof(
		{ weight: 6, arbitrary: filler(unicode) },
		{ weight: 3, arbitrary: wrapped(setting) },
		{ weight: 2, arbitrary: wrapped(gpuImport) },
		{ weight: 1, arbitrary: otherImport },
		{ weight: 2, arbitrary: wrapped(device) },
		{ weight: 1, arbitrary: allRight },
	);
}

function render({ bom, text, since, encoding, lineEnd, indent, finalNewline }: Parts): Program {
	const whole = finalNewline ? text : text.replace(/\n$/, '');
	const laidOut = whole.replaceAll('\t', indent).replaceAll('\n', lineEnd);
	const bytes = Buffer.concat([Buffer.from(bom ? [0xef, 0xbb, 0xbf] : []), Buffer.from(laidOut, encoding)]);
	return { bytes: new Uint8Array(bytes), since, [fc.toStringMethod]: () => listing(bytes) } as Program;
}

/** A source as people read it, with the line ends, the BOM and tabs made visible. */
export function listing(bytes: Uint8Array): string {
	const text = Buffer.from(bytes).toString('latin1');
	const shown = Buffer.from(text.replace(/^\xef\xbb\xbf/, ''), 'latin1').toString();
	const lines = shown.split(/(?<=\r\n|\r(?!\n)|\n)/).map((line) =>
		line
			.replace(/\r/, '␍')
			.replace('\n', text.includes('\r') ? '␊' : '')
			.replaceAll('\t', '→')
			.replaceAll('\f', '␌'),
	);
	return `\n${text.startsWith('\xef\xbb\xbf') ? '  (BOM)\n' : ''}${lines.map((line, index) => `${String(index + 1).padStart(3)} ${line}`).join('\n')}${/[\r\n]$/.test(text) ? '' : '  (no line end)'}\n`;
}
