import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Change } from '../../core/ports/format.ts';
import { block, type Case, edited, entries, noBlocks, refused, scanned } from './source.fixture.ts';

const lines = [
	'# >>> gpupolicy rtx3090-only: managed block, do not edit',
	'import os',
	'',
	'os.environ["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"',
	'os.environ["CUDA_VISIBLE_DEVICES"] = "1"',
	'# <<< gpupolicy',
];
const text = lines.join('\n');
const put = (content: string | Uint8Array): string => edited(content, () => [block()]).toString();

/** Content, and what stands before and behind the block after the insertion. */
const places: readonly (readonly [title: string, content: string, before: string, behind: string])[] = [
	['an empty file', '', '', '\n'],
	['a file without header', 'import torch\n', '', '\n\nimport torch\n'],
	['a file without final newline', 'import torch', '', '\n\nimport torch'],
	['a shebang', '#!/usr/bin/env python\nimport torch\n', '#!/usr/bin/env python\n', '\n\nimport torch\n'],
	['a cookie', '# -*- coding: utf-8 -*-\nimport torch\n', '# -*- coding: utf-8 -*-\n', '\n\nimport torch\n'],
	['a cookie on the second line', '\n# coding: utf-8\nimport torch\n', '\n# coding: utf-8\n', '\n\nimport torch\n'],
	['a licence', '# Copyright\n# Licence\n\nimport torch\n', '# Copyright\n# Licence\n\n', '\n\nimport torch\n'],
	['a comment that belongs to a statement', '# about torch\nimport torch\n', '', '\n\n# about torch\nimport torch\n'],
	[
		'an ignore comment',
		'# gpupolicy: ignore[env/late] x\n\nimport torch\n',
		'',
		'\n\n# gpupolicy: ignore[env/late] x\n\nimport torch\n',
	],
	['a docstring', '"""Doc."""\n\nimport torch\n', '"""Doc."""\n\n', '\n\nimport torch\n'],
	[
		'a docstring of several lines',
		'"""Doc.\n\nimport x\n"""\nimport torch\n',
		'"""Doc.\n\nimport x\n"""\n',
		'\n\nimport torch\n',
	],
	['a docstring with a comment behind', '"""Doc."""  # x\nimport torch\n', '"""Doc."""  # x\n', '\n\nimport torch\n'],
	['a docstring in pieces', '("Doc."\n "more")\nimport torch\n', '("Doc."\n "more")\n', '\n\nimport torch\n'],
	['a docstring and a semicolon', '"""Doc."""; import torch\n', '"""Doc."""; \n', '\n\nimport torch\n'],
	['a docstring and a semicolon alone', '"""Doc.""";\nimport torch\n', '"""Doc.""";\n', '\n\n\nimport torch\n'],
	['a docstring, a semicolon and a blank line', '"""Doc.""";\n\nimport torch\n', '"""Doc.""";\n\n', '\n\nimport torch\n'],
	['a comment that ends with a semicolon', '# coding: utf-8;\nimport torch\n', '# coding: utf-8;\n', '\n\nimport torch\n'],
	['a docstring alone, without final newline', '"""Doc."""', '"""Doc."""\n', ''],
	[
		'a future import',
		'from __future__ import annotations\nimport torch\n',
		'from __future__ import annotations\n',
		'\n\nimport torch\n',
	],
	[
		'a future import in parentheses',
		'from __future__ import (\n    annotations,\n)\n\nimport torch\n',
		'from __future__ import (\n    annotations,\n)\n\n',
		'\n\nimport torch\n',
	],
	[
		'a continued future import',
		'from __future__ \\\n  import division\nimport torch\n',
		'from __future__ \\\n  import division\n',
		'\n\nimport torch\n',
	],
	[
		'a future import and a semicolon',
		'from __future__ import division; import torch\n',
		'from __future__ import division; \n',
		'\n\nimport torch\n',
	],
	[
		'docstring, comment and two future imports',
		'"""D."""\n# c\nfrom __future__ import division\n\n# d\nfrom __future__ import annotations\n\nimport torch\n',
		'"""D."""\n# c\nfrom __future__ import division\n\n# d\nfrom __future__ import annotations\n\n',
		'\n\nimport torch\n',
	],
	['a bytes literal, which is no docstring', 'b"x"\nimport torch\n', '', '\n\nb"x"\nimport torch\n'],
	['an f-string, which is no docstring', 'f"x"\nimport torch\n', '', '\n\nf"x"\nimport torch\n'],
	['blank lines at the start', '\n\nimport torch\n', '', '\n\n\n\nimport torch\n'],
	['an IPython magic', '%matplotlib inline\nimport torch\n', '', '\n\n%matplotlib inline\nimport torch\n'],
	['a byte order mark', '\ufeffimport torch\n', '\ufeff', '\n\nimport torch\n'],
];

describe('a new block', () => {
	for (const [title, content, before, behind] of places) {
		it(`stands right with ${title}`, () => assert.equal(put(content), before + text + behind));
	}

	for (const [title, content] of places) {
		it(`goes without a trace with ${title}`, () => {
			const with_ = put(content);
			assert.equal(edited(with_, noBlocks).toString(), content);
		});
	}

	for (const ending of ['\r\n', '\r']) {
		it(`has the line ends of the file: ${JSON.stringify(ending)}`, () => {
			const content = '"""Doc."""\n\nimport torch\n'.replaceAll('\n', ending);
			const after = put(content);
			assert.equal(after, `"""Doc."""\n\n${text}\n\nimport torch\n`.replaceAll('\n', ending));
			assert.equal(edited(after, noBlocks).toString(), content);
		});
	}

	it('has the line end next to it where they are mixed', () => {
		for (const [content, ending] of [
			['\r"""d"""\n\nimport x\n', '\n'],
			['"""d"""\r\n\r\nimport x\n', '\r\n'],
			['import x\r\nimport y\n', '\r\n'],
			['"""d\n"""; import x\r', '\n'],
			['"""d"""\r  \nimport x\n', '\r'],
		] as const) {
			const after = put(content);
			assert.ok(after.includes(text.replaceAll('\n', ending) + ending), JSON.stringify(after));
			assert.equal(edited(after, noBlocks).toString(), content);
		}
	});

	it('is read again as what was written', () => {
		const { scan, settings } = scanned(put('import torch\n'));
		assert.deepEqual(
			scan.blocks.map(({ policy, entries: said }) => ({ policy, said })),
			[{ policy: 'rtx3090-only', said: entries.map(({ name, value }) => ({ name, value: { kind: 'literal', text: value } })) }],
		);
		assert.deepEqual(
			settings.map((setting) => setting.effect),
			['sets', 'sets'],
		);
	});

	it('writes values that a string literal must escape', () => {
		const values = ['a"b', 'a\\b', 'a\nb\r\t\0', 'ünï', '\u202e', '😀', "it's"];
		const odd = values.map((value, index) => ({ name: `V${index}`, value }));
		const after = edited('import torch\n', () => [block('odd', odd)]);
		assert.deepEqual(
			scanned(after).scan.blocks[0]?.entries.map((entry) => (entry.value.kind === 'literal' ? entry.value.text : null)),
			values,
		);
	});

	it('is ASCII in a file of another encoding', () => {
		const latin = Buffer.from('# coding: latin-1\n# caf\xe9\n\nimport torch\n', 'latin1');
		const after = edited(latin, () => [block('p', [{ name: 'A', value: 'é' }])]);
		assert.ok(after.includes('os.environ["A"] = "\\u00e9"'));
		assert.equal(scanned(after).scan.blocks[0]?.entries[0]?.value.kind === 'literal' && 'é', 'é');
		assert.deepEqual(edited(after, noBlocks), latin);
	});

	it('is refused where its opening line would be read as an encoding', () => {
		const refusal = refused('import torch\n', () => [block('my-coding')]);
		assert.equal(refusal.rule, 'env/block');
		assert.match(edited('"""Doc."""\n\n\nimport torch\n', () => [block('my-coding')]).toString(), /my-coding/);
	});
});

describe('blocks of several policies', () => {
	const one = (policy: string): Change => block(policy, [{ name: policy.toUpperCase(), value: policy }]);
	const policiesIn = (content: string | Uint8Array): string[] => scanned(content).scan.blocks.map((standing) => standing.policy);

	for (const [title, content] of places) {
		it('refuses to put a block into the block of somebody else, where a docstring has come to stand in that', () => {
			const content = [
				'# >>> gpupolicy old: managed block, do not edit',
				'"Doc."',
				'import os',
				'# <<< gpupolicy',
				'import torch',
				'',
			];
			const refusal = refused(content.join('\n'), () => [block()]);
			assert.equal(refusal.rule, 'env/block');
			assert.match(refusal.message, /within the managed block of old; move/);
		});

		it(`stand in the order of their names, whatever came first, with ${title}`, () => {
			const together = edited(content, () => [one('c'), one('a'), one('b')]);
			assert.deepEqual(policiesIn(together), ['a', 'b', 'c']);
			for (const order of ['abc', 'cba', 'bca', 'bac']) {
				let file: Uint8Array = Buffer.from(content);
				for (const policy of order) file = edited(file, () => [one(policy)]);
				assert.deepEqual(policiesIn(file), ['a', 'b', 'c']);
				assert.deepEqual(scanned(file).scan.diagnostics, []);
				assert.ok(scanned(file).settings.length === 0);
				assert.deepEqual(
					policiesIn(
						edited(file, ({ scan }) =>
							scan.blocks.filter((b) => b.policy === 'b').map((b) => ({ kind: 'remove-block', block: b })),
						),
					),
					['a', 'c'],
				);
			}
		});
	}

	it('import os once', () => {
		const after = edited('import torch\n', () => [one('a'), one('b')]).toString();
		assert.equal(after.match(/^import os$/gm)?.length, 1);
	});

	it('pass the import on when the first one goes', () => {
		const both = edited('"""D."""\n\nimport torch\n', () => [one('a'), one('b')]);
		const after = edited(both, ({ scan }) => [{ kind: 'remove-block', block: scan.blocks[0] as never }]).toString();
		assert.equal(after, edited('"""D."""\n\nimport torch\n', () => [one('b')]).toString());
	});

	it('stand in one row between two statements that shared a line, and one blank line follows', () => {
		const content = '"""D."""; import torch\n';
		const both = edited(content, () => [one('a'), one('b')]);
		assert.match(
			both.toString(),
			/; \n# >>> gpupolicy a[\s\S]*# <<< gpupolicy\n# >>> gpupolicy b[\s\S]*# <<< gpupolicy\n\nimport torch\n$/,
		);
		for (const index of [0, 1]) {
			const left = edited(both, ({ scan }) => [{ kind: 'remove-block', block: scan.blocks[index] as never }]);
			assert.equal(left.toString(), edited(content, () => [one(index === 0 ? 'b' : 'a')]).toString());
			assert.equal(edited(left, noBlocks).toString(), content);
		}
	});

	it('do not follow a block in which somebody imports a GPU library', () => {
		const foreign = edited('x = 1\n', () => [one('a')])
			.toString()
			.replace('# <<<', 'import torch\n# <<<');
		assert.deepEqual(policiesIn(edited(foreign, () => [one('b')])), ['b', 'a']);
	});

	it('may be exchanged in one go', () => {
		const a = edited('"""D."""\n\nimport torch\n', () => [one('a')]);
		const after = edited(a, ({ scan }) => [one('b'), { kind: 'remove-block', block: scan.blocks[0] as never }]);
		assert.equal(after.toString(), edited('"""D."""\n\nimport torch\n', () => [one('b')]).toString());
	});
});

describe('a standing block', () => {
	const other = [{ name: 'CUDA_VISIBLE_DEVICES', value: '0' }];

	it('is judged by what it says, whatever a formatter did to it', () => {
		const { scan } = scanned(
			"# >>> gpupolicy p: managed block, do not edit\nimport os\nos.environ['A']='1'\n\n\nos.environ[\n    'B'\n] = (\"2\")\n# <<< gpupolicy\n\nimport torch\n",
		);
		assert.deepEqual(scan.diagnostics, []);
		assert.deepEqual(
			scan.blocks[0]?.entries.map(({ name, value }) => [name, value]),
			[
				['A', { kind: 'literal', text: '1' }],
				['B', { kind: 'literal', text: '2' }],
			],
		);
	});

	it('is rewritten where it stands, and nothing else is', () => {
		const before = put('"""Doc."""\n\n\n\nimport torch\nx = 1   \n');
		const after = edited(before, () => [block('rtx3090-only', other)]).toString();
		assert.equal(after, before.replace('os.environ["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"\n', '').replace('= "1"', '= "0"'));
	});

	it('moves to the head where it stands too late', () => {
		const late = `import torch\n\n${text}\n\nx = 1\n`;
		const after = edited(late, () => [block()]).toString();
		assert.equal(after, `${text}\n\nimport torch\n\nx = 1\n`);
		assert.deepEqual(
			scanned(after).settings.map((setting) => setting.effect),
			['sets', 'sets'],
		);
	});

	it('is refused where it holds lines of somebody else', () => {
		const foreign = put('import torch\n').replace('# <<<', 'mine = 1\n# <<<');
		assert.equal(refused(foreign, () => [block('rtx3090-only', other)]).rule, 'env/block');
		assert.equal(refused(foreign, noBlocks).rule, 'env/block');
		for (const line of ['import os; mine()', 'import os, mine', 'if x: os.environ["A"] = "1"', 'os.environ["A"] = "1"; mine()']) {
			const hidden = put('import torch\n').replace('# <<<', `${line}\n# <<<`);
			assert.equal(refused(hidden, () => [block('rtx3090-only', other)]).rule, 'env/block', line);
		}
	});

	it('leaves its import behind where the file has come to need it', () => {
		const used = `${put('import torch\n')}print(os.getpid())\n`;
		assert.equal(edited(used, noBlocks).toString(), 'import os\n\nimport torch\nprint(os.getpid())\n');
		const own = `${put('import torch\n')}import os\nprint(os.getpid())\n`;
		assert.equal(edited(own, noBlocks).toString(), 'import torch\nimport os\nprint(os.getpid())\n');
		const generator = `${put('import torch\n')}def f():\n    yield from os.walk(x)\n`;
		assert.match(edited(generator, noBlocks).toString(), /^import os\n\nimport torch\n/);
	});

	it('takes its import along where the file names only modules of os', () => {
		for (const line of ['from os.path import join', 'x = 1; from os.path import join', 'if x: from os.path import join']) {
			const content = `"""D."""\n\n${line}\n`;
			assert.equal(edited(put(content), noBlocks).toString(), content);
		}
	});

	for (const [title, content] of [
		['without its closing line', text.replace('# <<< gpupolicy', '')],
		['without its opening line', text.split('\n').slice(1).join('\n')],
		['inside another', `${lines[0]}\n${text.replace('rtx3090-only', 'b')}\n# <<< gpupolicy`],
		['twice', `${text}\n\n${text}`],
	] as const) {
		it(`refuses the file when it stands ${title}`, () => {
			const { scan } = scanned(`${content}\nimport torch\n`);
			assert.deepEqual(
				scan.diagnostics.map(({ rule, refuses }) => [rule, refuses]),
				[['env/block', true]],
			);
			assert.equal(refused(`${content}\nimport torch\n`, () => [block()]).rule, 'env/block');
		});
	}
});

describe('a literal', () => {
	const rewrite =
		(value: string) =>
		(found: Case): Change[] =>
			found.settings.map((setting) => ({ kind: 'set-value', setting, value }));
	const assign = (literal: string): string => `import os\nos.environ['CUDA_VISIBLE_DEVICES'] = ${literal}  # keep\n`;

	for (const [literal, value, expected] of [
		['"0"', '1', '"1"'],
		["'0'", '1', "'1'"],
		["u'0'", '1', "u'1'"],
		["r'0'", '1', "r'1'"],
		["r'0'", 'a\\b', "'a\\\\b'"],
		['"""0"""', '1', '"""1"""'],
		['"0"', 'say "x"', '"say \\"x\\""'],
		["'0'", 'say "x"', '\'say "x"\''],
		['("0")', '1', '("1")'],
		['str(0)', '1', '"1"'],
		['"\\x30"', '1', '"1"'],
	] as const) {
		it(`${literal} becomes ${expected}`, () =>
			assert.equal(edited(assign(literal), rewrite(value)).toString(), assign(expected)));
	}

	it('is refused where it is made of pieces', () => {
		assert.equal(refused(assign('"0" "1"'), rewrite('1')).rule, 'env/value');
	});

	it('is rewritten in a %env line of IPython', () => {
		assert.equal(edited('%env CUDA_VISIBLE_DEVICES=0\n', rewrite('1')).toString(), '%env CUDA_VISIBLE_DEVICES=1\n');
		assert.equal(refused('%env CUDA_VISIBLE_DEVICES=0\n', rewrite('a b')).rule, 'env/value');
	});

	it('is rewritten together with a new block', () => {
		const after = edited(`import torch\n${assign('"0"')}`, (found) => [...rewrite('1')(found), block()]).toString();
		assert.equal(after, `${text}\n\nimport torch\n${assign('"1"')}`);
	});
});

describe('a file that is not understood', () => {
	it('is refused', () => {
		for (const content of ['import torch\nx = (\n', 'import torch\x00\n', 'import torch\n# \xff\n']) {
			assert.match(refused(Buffer.from(content, 'latin1'), () => [block()]).rule, /^file\//);
		}
	});
});
