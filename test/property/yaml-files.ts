import fc from 'fast-check';

/** The kinds of YAML files that are drawn. */
export type FileKind = 'compose' | 'kubernetes' | 'plain';

/** A drawn file: its text, and what the oracle cannot see in the parsed value. */
export interface Drawn {
	readonly text: string;
	/** Most services have a list, so a new environment is one too. */
	readonly listByDefault: boolean;
}

/** How a file is written throughout. */
interface Layout {
	readonly step: number;
	/** Lists stand at the column of their key, as kubectl writes them. */
	readonly flush: boolean;
	readonly eol: string;
	readonly bom: boolean;
	readonly finalNewline: boolean;
	readonly document: string;
}

const layout: fc.Arbitrary<Layout> = fc.record({
	step: fc.integer({ min: 1, max: 5 }),
	flush: fc.boolean(),
	eol: fc.constantFrom('\n', '\r\n'),
	bom: fc.boolean(),
	finalNewline: fc.boolean(),
	document: fc.constantFrom('', '---\n', '%YAML 1.2\n---\n', '# header ü\n\n', '--- # start\n'),
});

const word = fc.constantFrom(
	'a',
	'PCI_BUS_ID',
	'FASTEST_FIRST',
	'1',
	'0',
	'yes',
	'010',
	'null',
	'~',
	'',
	"it's",
	'a: b',
	'a #b',
	'"q"',
	'ü🚀',
	'x,y',
	'{x}',
	'- a',
	'max_split_size_mb:512',
	' lead',
	'1e3',
	'%x',
	'@at',
	'\\back',
	'long '.repeat(30).trim(),
);

/** A string in one of the styles that hold it on a line, in a block or in a flow collection. */
function scalar(text: string, style: number, inFlow: boolean): string {
	const plain =
		/^[A-Za-z_][\w./:-]*$/.test(text) && !text.endsWith(':') && !/^(yes|null)$/.test(text) && !(inFlow && text.includes(':'));
	if (style === 0 && plain) return text;
	if (style <= 1) return `'${text.replaceAll("'", "''")}'`;
	return JSON.stringify(text);
}

const comment = fc.constantFrom('', '', '', ' # note', '  # CUDA_VISIBLE_DEVICES: 9 ü');
const between = fc.constantFrom<string[]>([], [], [], [''], ['# a line: [x'], ['', '  # - indented', '']);
const style = fc.integer({ min: 0, max: 2 });
const variable = fc.constantFrom('CUDA_DEVICE_ORDER', 'PYTORCH_CUDA_ALLOC_CONF', 'QUOTED');

/** Lines of a block, to be indented by who puts them somewhere. */
type Lines = readonly string[];

const entry = fc.record({ value: word, style, comment, between, block: fc.boolean() });
type Entry = { value: string; style: number; comment: string; between: string[]; block: boolean };

/** Distinct names: some of interest, some not. */
const names = fc.uniqueArray(fc.oneof(variable, fc.constantFrom('A', 'B_2', 'NCCL_DEBUG', 'lower')), { maxLength: 4 });

function named(entries: readonly [string, Entry][], gap: number): Lines {
	return entries.flatMap(([name, { value, style, comment, between }]) => [
		`-${' '.repeat(gap)}name: ${name}`,
		`${' '.repeat(gap + 1)}value: ${scalar(value, style, false)}${comment}`,
		...between,
	]);
}

function mapped(entries: readonly [string, Entry][]): Lines {
	return entries.flatMap(([name, { value, style, comment, between, block }]) =>
		block && /^[\w .]+$/.test(value.trim()) && value === value.trim()
			? [`${name}: ${style === 0 ? '|-' : style === 1 ? '>-' : '|2-'}`, `  ${value}`, ...between]
			: [`${name}: ${scalar(value, style, false)}${comment}`, ...between],
	);
}

function listed(entries: readonly [string, Entry][]): Lines {
	return entries.flatMap(([name, { value, style, comment, between }]) => [
		`- ${scalar(`${name}=${value}`, style, false)}${comment}`,
		...between,
	]);
}

function flow(form: 'map' | 'list' | 'named', entries: readonly [string, Entry][], multiline: boolean): string {
	const items = entries.map(([name, { value, style }]) => {
		if (form === 'map') return `${name}: ${scalar(value, style, true)}`;
		if (form === 'list') return scalar(`${name}=${value}`, Math.max(style, 1), true);
		return `{name: ${name}, value: ${scalar(value, style, true)}}`;
	});
	const [open, close] = form === 'map' ? '{}' : '[]';
	if (!multiline || items.length === 0) return `${open}${items.join(', ')}${close}`;
	return `${open}\n${items.map((item) => `   ${item}`).join(',\n')}\n ${close}`;
}

interface Environment {
	readonly form: 'map' | 'list' | 'named';
	/** Lines below the key, or text on its line; `absent` where there is no key. */
	readonly written: { readonly lines: Lines } | { readonly inline: string } | 'absent';
}

function environment(forms: readonly ('map' | 'list' | 'named')[]): fc.Arbitrary<Environment> {
	return fc
		.record({
			form: fc.constantFrom(...forms),
			keys: names,
			entries: fc.array(entry, { minLength: 4, maxLength: 4 }),
			shape: fc.constantFrom('block', 'block', 'block', 'flow', 'rows', 'absent', 'null'),
			gap: fc.integer({ min: 1, max: 3 }),
		})
		.map(({ form, keys, entries, shape, gap }) => {
			const pairs = keys.map((name, index): [string, Entry] => [name, entries[index] as Entry]);
			if (shape === 'absent') return { form, written: 'absent' };
			if (shape === 'null') return { form, written: { lines: [] } };
			if (shape === 'flow' || shape === 'rows' || pairs.length === 0)
				return { form, written: { inline: flow(form, pairs, shape === 'rows') } };
			return { form, written: { lines: form === 'map' ? mapped(pairs) : form === 'list' ? listed(pairs) : named(pairs, gap) } };
		});
}

function indented(lines: Lines, by: number): Lines {
	return lines.flatMap((line) => line.split('\n')).map((line) => (line === '' ? line : ' '.repeat(by) + line));
}

/** `key:` with an environment below or beside it. */
function keyed(key: string, { form, written }: Environment, comment: string, { step, flush }: Layout): Lines {
	if (written === 'absent') return [];
	if ('inline' in written) return indented([`${key}: ${written.inline}${comment}`], 0);
	return [`${key}:${comment}`, ...indented(written.lines, form !== 'map' && flush ? 0 : step)];
}

/** Entries beside the environment; `key` makes those above and below it differ. */
function others(key: string): fc.Arbitrary<Lines> {
	return fc.constantFrom<Lines>(
		[],
		[`${key}: ["80:80", '443:443']`],
		[`${key}:`, '    a.b/c: "x"', '    # deeper', '    d: |', '      text', '', '      more'],
		[`${key}: >`, '  python', '    -m x', ''],
		[`${key}: always # ok`, '# tail'],
		[`"${key}": [1, {a: b}]`],
	);
}

function finished(lines: Lines, { eol, bom, finalNewline, document }: Layout): string {
	const text = document + lines.flatMap((line) => line.split('\n')).join('\n') + (finalNewline ? '\n' : '');
	return (bom ? '\ufeff' : '') + text.replaceAll('\n', eol);
}

const part = (forms: readonly ('map' | 'list' | 'named')[]) =>
	fc.record({ env: environment(forms), gpu: fc.boolean(), comment, before: others('above'), after: others('below'), between });

type Part = ReturnType<typeof part> extends fc.Arbitrary<infer P> ? P : never;

const forms = { compose: ['map', 'list'], kubernetes: ['named'], plain: ['map'] } as const;

/** A file of the kind, written in ways that people write it. */
export function drawnFile(kind: FileKind): fc.Arbitrary<Drawn> {
	const written = { compose: composeFile, kubernetes: pod, plain: plainFile }[kind];
	const parts = fc.array(part(forms[kind]), { minLength: 1, maxLength: 3 });
	return fc.tuple(layout, parts).map(([how, drawn]) => written(how, drawn));
}

function composeFile(how: Layout, parts: readonly Part[]): Drawn {
	const services = parts.flatMap(({ env, gpu, comment, before, after, between }, index) => {
		const body = ['image: x:1', ...before, ...keyed('environment', env, comment, how), ...after, ...(gpu ? ['gpus: all'] : [])];
		return [`s${index}:`, ...indented(body, how.step), ...between];
	});
	const used = parts.filter(({ env }) => env.written !== 'absent' && !('lines' in env.written && env.written.lines.length === 0));
	const lists = used.filter(({ env }) => env.form === 'list').length;
	const text = finished(['services:', ...indented(services, how.step)], how);
	return { text, listByDefault: lists > used.length - lists };
}

function pod(how: Layout, parts: readonly Part[]): Drawn {
	const containers = parts.flatMap(({ env, gpu, comment, before, after }, index) => {
		const lines = [`name: c${index}`, 'image: x:1', ...before, ...keyed('env', env, comment, how), ...after];
		if (gpu) lines.push('resources: {limits: {nvidia.com/gpu: 1}}');
		return indented(lines, 2).map((line, at) => (at === 0 ? `- ${line.slice(2)}` : line));
	});
	const spec = ['containers:', ...indented(containers, how.flush ? 0 : how.step)];
	return { text: finished(['apiVersion: v1', 'kind: Pod', 'spec:', ...indented(spec, how.step)], how), listByDefault: false };
}

function plainFile(how: Layout, [first]: readonly Part[]): Drawn {
	const lines = first === undefined ? [] : [...first.before, ...keyed('env', first.env, first.comment, how), ...first.after];
	return { text: finished([...lines, 'last: 1'], how), listByDefault: false };
}
