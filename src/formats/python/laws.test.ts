import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyEdits } from '../../core/plan/apply-edits.ts';
import type { Change } from '../../core/ports/format.ts';
import { python } from './index.ts';
import { block, type Case, interest, noBlocks, scanned } from './source.fixture.ts';

const seed = process.env['FC_SEED'] === undefined ? Date.now() & 0x7fffffff : Number(process.env['FC_SEED']);
const parameters = { seed, numRuns: Number(process.env['FC_RUNS'] ?? 300) };

const values = {
	CUDA_VISIBLE_DEVICES: '1',
	CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
	PYTORCH_CUDA_ALLOC_CONF: 'max_split_size_mb:1024',
} as const;
const variable = fc.constantFrom(...Object.keys(values));

/** Literals that trap a lexer, each a whole expression. */
const expression = fc.oneof(
	fc.constantFrom(
		`f'{a["b"]!r:>{w}}'`,
		'f"{f"{f"{1}"}"}"',
		'rf"\\{a}"',
		`f"""{\n  a # it's "so" }\n}"""`,
		't"{x:%H:%M}"',
		`'it\\'s # no comment'`,
		'"""cuda:1\nimport torch\n"""',
		`r'\\\\'`,
		"b'\\x00'",
		'"\\\n"',
		'f"\\N{BULLET}{x}"',
		'(lambda a, *b, c={1: 2}: a[b:c])',
		'[x for x in y if z]',
		'{**a, "b": [1, 2,]}',
		'x[1:2, ::3]',
		'0x1f',
		'1if a else 2',
		'a if b else c',
		'`x`'.replaceAll('`', '"'),
		'not a',
		'(yield)',
		'u"ünï"',
		'...',
	),
	fc
		.string({ unit: 'grapheme', maxLength: 12 })
		.map((text) => JSON.stringify(text).replaceAll('\u2028', ' ').replaceAll('\u007f', ' ')),
);
const literal = fc.constantFrom(
	'"0"',
	"'0'",
	'r"0"',
	'"""0"""',
	'("0")',
	'u"0"',
	'"\\x30"',
	'"0" "1"',
	'f"0"',
	'str(0)',
	'sys.argv[1]',
	'x',
	'"0,3"',
);
const device = fc.constantFrom(
	'"cuda:1"',
	"x.to('cuda:2')",
	'x.cuda(1)',
	'f(device_map={"": 1})',
	'["cuda:0", "cuda:1"]',
	'print("cuda:1")',
	'x == "cuda:1"',
	'f"cuda:{n}"',
);

const simple = fc.oneof(
	expression.map((text) => `x = ${text}`),
	fc.tuple(variable, literal).map(([name, text]) => `os.environ["${name}"] = ${text}`),
	fc.tuple(variable, literal).map(([name, text]) => `os.environ.setdefault('${name}', ${text})`),
	fc.tuple(variable, literal).map(([name, text]) => `os.environ.update({"A": "1", "${name}": ${text}})`),
	fc.tuple(variable, literal).map(([name, text]) => `run(env={**os.environ, "${name}": ${text}})`),
	variable.map((name) => `del os.environ["${name}"]`),
	device.map((text) => `y = ${text}`),
	device,
	fc.constantFrom(
		'import torch',
		'import os',
		'from os import environ as env',
		'import torch, os as o',
		'pass',
		'from torch import (\n    nn,\n)',
		'print "x"',
		'"""cuda:1"""',
	),
);

const statement = fc.oneof(
	simple,
	fc.tuple(simple, simple).map(([a, b]) => `${a}; ${b}`),
	simple.map((text) => `${text}  # "cuda:1" os.environ['CUDA_VISIBLE_DEVICES'] = '0'`),
	fc
		.tuple(
			fc.constantFrom(
				'if x:',
				'def f(a, *, b: int = 1) -> None:',
				'class A(B):',
				'while x:',
				'with a as b:',
				'for a, b in c:',
				'async def g[T](x: T):',
				'@d\ndef h():',
			),
			fc.array(simple, { minLength: 1, maxLength: 2 }),
		)
		.map(([head, body]) => {
			return [head, ...body.map((text) => `    ${text}`)].join('\n');
		}),
	simple.map((text) => `try:\n\t${text}\nfinally:\n\tpass`),
	fc.constantFrom(
		'',
		'# comment',
		'   ',
		'match x:\n    case {"a": "cuda:1"}: pass\n    case _:\n        y = 1',
		'%matplotlib inline',
		'x = \\\n  1',
	),
);

const header = fc.constantFrom(
	'',
	'#!/usr/bin/env python\n',
	'# -*- coding: utf-8 -*-\n',
	'"""Doc."""\n',
	'"""Doc\n\ncuda:1\n"""\n\n',
	'"""Doc."""; ',
	'"""Doc.""";\n',
	'"""Doc.""";\n\n',
	'"""Doc.""";\n\n\n',
	'# Doc;\n',
	'from __future__ import division; ',
	'from __future__ import annotations\n',
	'"""D."""\nfrom __future__ import (\n  annotations,\n)\n\n',
	'# Licence\n# Licence\n\n',
	'\n\n',
	'\ufeff',
);

/** Programs of composed pieces with any line end, mixed or not, with or without the last one. */
const program = fc
	.tuple(
		header,
		fc.array(statement, { maxLength: 8 }),
		fc.array(fc.constantFrom('\n', '\r\n', '\r'), { minLength: 1, maxLength: 3 }),
		fc.boolean(),
	)
	.map(([head, body, endings, final]) => {
		const joined = head + body.join('\n') + (final ? '\n' : '');
		let line = 0;
		return joined.replaceAll('\n', () => endings[line++ % endings.length] as string);
	});

/** Everything that a policy would ask of a file. */
function wanted({ scan, settings }: Case): Change[] {
	return [
		...settings.flatMap((setting): Change[] => {
			const value = values[setting.variable as keyof typeof values];
			const wrong = setting.value.kind === 'literal' && setting.value.text !== value;
			return wrong && setting.valueSpan && setting.notRewritable === undefined ? [{ kind: 'set-value', setting, value }] : [];
		}),
		...scan.devices.flatMap((found): Change[] =>
			found.ordinal !== 0 && found.notRewritable === undefined ? [{ kind: 'set-ordinal', device: found, ordinal: 0 }] : [],
		),
		block(
			'p',
			Object.entries(values).map(([name, value]) => ({ name, value })),
		),
	];
}

function apply(found: Case, changes: readonly Change[]): Uint8Array | null {
	const result = python.edit(found.source, found.scan, changes);
	return result.ok ? applyEdits(found.source.bytes, result.edits) : null;
}

function understood(content: string | Uint8Array): Case | null {
	const found = scanned(content);
	return found.scan.diagnostics.length === 0 ? found : null;
}

test(`a converged program says what was wanted, and a second run has nothing to write (seed ${seed})`, () => {
	let changed = 0;
	fc.assert(
		fc.property(program, (content) => {
			const found = understood(content);
			if (!found) return;
			const after = apply(found, wanted(found));
			assert.ok(after, 'the edit was refused');
			changed++;
			const again = scanned(after);
			assert.deepEqual(again.scan.diagnostics, []);
			assert.deepEqual(
				again.scan.blocks[0]?.entries.map(({ value }) => value.kind === 'literal' && value.text),
				Object.values(values),
			);
			assert.ok(again.settings.slice(0, 3).every((setting) => setting.effect === 'sets'));
			const left = wanted(again);
			assert.deepEqual(left.slice(0, -1), []);
			assert.deepEqual(Buffer.from(apply(again, left) ?? []), Buffer.from(after));
			// As many settings and devices as before: none was lost, none came but the block's.
			assert.equal(again.settings.length, found.settings.length + 3);
			assert.equal(again.scan.devices.length, found.scan.devices.length);
		}),
		parameters,
	);
	assert.ok(changed > 0);
});

test(`bytes outside the spans stay as they were (seed ${seed})`, () => {
	fc.assert(
		fc.property(program, (content) => {
			const found = understood(content);
			if (!found) return;
			const result = python.edit(found.source, found.scan, wanted(found));
			assert.ok(result.ok);
			let at = 0;
			for (const { span } of result.edits) {
				assert.ok(span.start >= at && span.end >= span.start);
				at = span.end;
				const inside = [
					...found.settings.flatMap((setting) => setting.valueSpan ?? []),
					...found.scan.devices.map((one) => one.ordinalSpan),
				];
				// An edit is an insertion, or replaces exactly a literal or the digits of a device.
				assert.ok(span.start === span.end || inside.some((one) => one.start === span.start && one.end === span.end));
			}
		}),
		parameters,
	);
});

test(`inserting blocks and removing them, in any order, restores every byte (seed ${seed})`, () => {
	fc.assert(
		fc.property(program, fc.shuffledSubarray(['a', 'b', 'c'], { minLength: 1 }), fc.boolean(), (content, policies, together) => {
			// A file that uses `os` without an import of its own keeps that of the block, on purpose.
			const text = content.replaceAll('os.environ', 'self.environ');
			const found = understood(text);
			// The word makes the scan look at files that it would pass over, broken ones among them.
			if (!found || !understood(`${text}\n# gpupolicy`)) return;
			const puts = policies.map((policy) => block(policy, [{ name: 'X', value: policy }]));
			let bytes: Uint8Array = found.source.bytes;
			for (const changes of together ? [puts] : puts.map((put) => [put])) bytes = apply(scanned(bytes), changes) as Uint8Array;
			assert.deepEqual(
				scanned(bytes).scan.blocks.map((standing) => standing.policy),
				[...policies].sort(),
			);
			assert.deepEqual(
				Buffer.from(apply(scanned(bytes), noBlocks(scanned(bytes))) as Uint8Array).toString(),
				Buffer.from(found.source.bytes).toString(),
			);
		}),
		parameters,
	);
});

test(`no bytes at all make a scan throw or give a span outside them, and the prefilter stops only what a scan finds nothing in (seed ${seed})`, () => {
	const soup = fc.array(
		fc.oneof(
			statement,
			fc.constantFrom(
				'(',
				']',
				'{',
				'"""',
				"'",
				'f"{',
				'}',
				'\\',
				'\t',
				'\0',
				':',
				'#',
				'\r',
				'import torch\n',
				'# >>> gpupolicy p: x\n',
				'# <<< gpupolicy\n',
			),
			fc.string({ unit: 'binary' }),
		),
		{ maxLength: 12 },
	);
	fc.assert(
		fc.property(soup, fc.boolean(), (pieces, latin) => {
			const bytes = Buffer.from(pieces.join(''), latin ? 'latin1' : 'utf8');
			const { scan, settings } = scanned(bytes);
			for (const { span } of [...settings, ...scan.devices, ...scan.blocks, ...scan.diagnostics, ...scan.ignores]) {
				assert.ok(span.start >= 0 && span.start <= span.end && span.end <= bytes.length);
			}
			if (!python.mayConcern(bytes, interest, false)) {
				assert.deepEqual([settings.length, scan.devices.length, scan.blocks.length, scan.diagnostics.length], [0, 0, 0, 0]);
			}
		}),
		parameters,
	);
});
