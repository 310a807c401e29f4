import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { maxManifestBytes, parseManifest } from './index.ts';

const head = 'apiVersion: gpupolicy.dev/v1alpha1\nkind: GpuPolicy\nmetadata: { name: example }\n';
const good = `${head}spec: { mode: Audit }\n`;

function codes(input: string | Uint8Array): string[] {
	return parseManifest(input, 'p.yaml').diagnostics.map(({ code }) => code);
}

describe('parseManifest', () => {
	it('returns the policy with defaults, its digest, its line and the places of its fields', () => {
		const { policies, diagnostics } = parseManifest(
			`# a comment\n\n${head}spec:\n  mode: Enforce\n  env:\n    - { name: A, value: "x" }\n`,
			'p.yaml',
		);
		const [loaded] = policies;
		assert.deepEqual(diagnostics, []);
		assert.ok(loaded);
		assert.equal(loaded.file, 'p.yaml');
		assert.equal(loaded.line, 3);
		assert.match(loaded.digest, /^[0-9a-f]{64}$/);
		assert.equal(loaded.policy.spec.interval, '10m');
		assert.deepEqual(loaded.policy.spec.env?.[0]?.targets, ['Files', 'Workloads']);
		assert.deepEqual(loaded.position('spec.env[0].value'), { line: 9, column: 25 });
		assert.deepEqual(loaded.position('spec.env[0].targets'), loaded.position('spec.env[0]'), 'a default stands nowhere');
	});

	it('gives one digest to a policy that says a default and to one that leaves it out, in any order of fields', () => {
		const digest = (spec: string) => parseManifest(`${head}spec: ${spec}\n`, 'p').policies[0]?.digest;
		assert.equal(digest('{ mode: Audit }'), digest('{ interval: 10m, suspend: false, mode: Audit }'));
		assert.notEqual(digest('{ mode: Audit }'), digest('{ mode: Enforce }'));
	});

	it('returns the good documents of a file with bad ones', () => {
		const { policies, diagnostics } = parseManifest(
			`${good}---\nkind: [\n---\n${good.replace('example', 'third')}---\n${head}spec: { mode: x }\n`,
			'p',
		);
		assert.deepEqual(
			policies.map(({ policy }) => policy.metadata.name),
			['example', 'third'],
		);
		assert.ok(diagnostics.some(({ code, line }) => code === 'GP1001' && line > 5 && line < 9));
		assert.ok(diagnostics.some(({ code, path }) => code === 'GP1007' && path === 'spec.mode'));
	});

	it('passes over documents of other kinds with a note', () => {
		const { policies, diagnostics } = parseManifest(`apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n---\n${good}`, 'p');
		assert.equal(policies.length, 1);
		assert.deepEqual(
			diagnostics.map(({ code, severity }) => [code, severity]),
			[['GP1101', 'warning']],
		);
	});

	it('says that a file without a document is empty', () => {
		for (const text of ['', '\n', '# only a comment\n', '---\n---\n', '\uFEFF'])
			assert.deepEqual(codes(text), ['GP1102'], JSON.stringify(text));
	});

	it('reads a policy after a byte order mark, and counts columns without it', () => {
		const [error] = parseManifest(Buffer.from(`\uFEFFapiVersion: x\nkind: GpuPolicy\n`), 'p').diagnostics;
		assert.deepEqual([error?.line, error?.column], [1, 13]);
	});

	it('counts columns in characters, not in code units', () => {
		const { diagnostics } = parseManifest(`${head}spec: { "😀": 1, mode: Audit }\n`, 'p');
		assert.deepEqual(
			diagnostics.map(({ path, column, endColumn }) => [path, column, endColumn]),
			[['spec["😀"]', 9, 12]],
		);
	});

	it('points at the place where an alias is used', () => {
		const { diagnostics } = parseManifest(`x: &a 5\n${head}spec:\n  mode: *a\n`, 'p');
		assert.ok(diagnostics.some(({ path, line, code }) => path === 'spec.mode' && line === 6 && code === 'GP1005'));
	});

	it('takes a key named __proto__ for what it is: an unknown field', () => {
		assert.deepEqual(codes(`${head}spec: { mode: Audit, __proto__: { suspend: true } }\n`), ['GP1003']);
		const { policies } = parseManifest(good.replace('name: example', 'name: example, annotations: { __proto__: a }'), 'p');
		assert.ok(Object.hasOwn(policies[0]?.policy.metadata.annotations ?? {}, '__proto__'));
	});

	it('treats a null where a default stands as absent, as the API server does', () => {
		assert.equal(parseManifest(`${head}spec: { mode: Audit, interval: null }\n`, 'p').policies[0]?.policy.spec.interval, '10m');
	});
});

describe('bytes that are no manifest', () => {
	const at = (input: Uint8Array) => parseManifest(input, 'p').diagnostics.map(({ code, line, column }) => [code, line, column]);

	it('names the place of a byte that is not UTF-8', () => {
		const bytes = Buffer.concat([Buffer.from(`${head}spec: { mode: `), Buffer.from([0xe9, 0x20]), Buffer.from('}\n')]);
		assert.deepEqual(at(bytes), [['GP1013', 4, 15]]);
		assert.deepEqual(at(Buffer.from([0x61, 0xc3])), [['GP1013', 1, 2]], 'a sequence that is cut short');
	});

	it('refuses UTF-16 with and without a byte order mark', () => {
		const utf16 = Buffer.from(good, 'utf16le');
		for (const bytes of [
			utf16,
			Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]),
			Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]).swap16(),
		]) {
			const [error] = parseManifest(bytes, 'p').diagnostics;
			assert.equal(error?.code, 'GP1013');
			assert.match(error?.hint ?? '', /UTF-8/);
		}
	});

	it('refuses NUL and other control characters at their place', () => {
		assert.deepEqual(at(Buffer.from('a: b\nc: \0\n')), [['GP1013', 2, 4]]);
		assert.deepEqual(at(Buffer.from('a: \u0001\n')), [['GP1013', 1, 4]]);
	});

	it('refuses a file over the limit without reading it', () => {
		const started = performance.now();
		const [error] = parseManifest(Buffer.alloc(10 * 1024 * 1024, 'a: b\n'), 'p').diagnostics;
		assert.equal(error?.code, 'GP1012');
		assert.match(error?.message ?? '', /1,048,576 bytes/);
		assert.ok(performance.now() - started < 10_000);
	});
});

describe('manifests made to hang a reader', () => {
	const size = maxManifestBytes / 4;
	const fill = (unit: string) => unit.repeat(Math.floor(size / unit.length));
	const bomb = (levels: number) =>
		Array.from(
			{ length: levels },
			(_, n) =>
				`a${n}: &a${n} [${
					n === 0
						? 'x'
						: Array(9)
								.fill(`*a${n - 1}`)
								.join(', ')
				}]`,
		).join('\n');
	const inputs: Record<string, string> = {
		'an alias bomb': bomb(30),
		'a map of many keys': Array.from({ length: 30_000 }, (_, n) => `k${n}: 1`).join('\n'),
		'a list of many items': fill('- a\n'),
		'a deep flow list': fill('['),
		'deep block lists': fill('- '),
		'many documents': fill('---\n'),
		'one long line': fill('a'),
		'many quotes': fill('"'),
		'many closing braces': fill('}'),
		'many empty lists': fill('[]\n'),
		'many directives': fill('%a\n'),
		'many unknown fields': `${head}spec:\n${Array.from({ length: 20_000 }, (_, n) => `  k${n}: 1`).join('\n')}`,
		'a long name': `${head.replace('example', 'a'.repeat(size))}spec: { mode: Audit }`,
		'many wrong items': `${head}spec:\n  mode: Audit\n  devices:\n    allow:\n${'    - 1\n'.repeat(30_000)}`,
	};
	for (const [what, text] of Object.entries(inputs)) {
		it(`answers within twenty seconds and with few words: ${what}`, () => {
			const started = performance.now();
			const { policies, diagnostics } = parseManifest(text.slice(0, maxManifestBytes), 'p');
			const seconds = (performance.now() - started) / 1000;
			assert.ok(seconds < 20, `${seconds.toFixed(1)} s`);
			assert.equal(policies.length, 0);
			assert.ok(diagnostics.length > 0 && diagnostics.length <= 200, `${diagnostics.length} diagnostics`);
		});
	}
});

describe('parseManifest, on any text', () => {
	const seed = process.env['FC_SEED'] ? Number(process.env['FC_SEED']) : undefined;
	const numRuns = Number(process.env['FC_RUNS'] ?? 300);
	const pieces = fc.constantFrom(
		'apiVersion: gpupolicy.dev/v1alpha1\n',
		'kind: GpuPolicy\n',
		'metadata: { name: a }\n',
		'spec:\n',
		'  mode: Enforce\n',
		'  env:\n',
		'    - { name: A, value: ',
		'"',
		'}',
		'\n',
		'\t',
		'- ',
		': ',
		'&a ',
		'*a',
		'<<: ',
		'---\n',
		'\r\n',
		'😀',
		'|\n',
		'[',
		'#',
	);

	it('never throws, and every diagnostic has a place in the text', () => {
		fc.assert(
			fc.property(fc.array(fc.oneof(pieces, fc.string({ maxLength: 4 })), { maxLength: 30 }), (parts) => {
				const text = parts.join('');
				for (const { line, column, endColumn, sourceLine } of parseManifest(text, 'p').diagnostics) {
					assert.ok(line >= 1 && column >= 1 && endColumn > column);
					assert.ok(column <= [...sourceLine].length + 1, `column ${column} of ${JSON.stringify(sourceLine)}`);
				}
			}),
			{ numRuns, ...(seed === undefined ? {} : { seed }) },
		);
	});
});
