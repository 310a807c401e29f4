import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { kind, Tokens, tokenize } from './lexer.ts';
import { walk } from './statements.ts';
import { Lexicon } from './words.ts';

const tokens = new Tokens();
const lexicon = new Lexicon(new Set(['CUDA_VISIBLE_DEVICES']));

/** Texts of the tokens by logical line, with the depth of indentation before each; the error where there is one. */
function lines(source: string): string[] | string {
	tokenize(tokens, Buffer.from(source), lexicon);
	if (tokens.error) return `${tokens.error.offset}: ${tokens.error.message}`;
	return Array.from({ length: tokens.lines }, (_, line) => {
		const texts = [];
		for (let i = tokens.lineFirst[line] as number; i < (tokens.lineFirst[line + 1] as number); i++) texts.push(tokens.text(i));
		return `${tokens.lineLevel[line]} ${texts.join(' ')}`;
	});
}

/** The first error, from the lexer or the statements; `null` for a file that is understood. */
function error(source: string | Uint8Array): string | null {
	tokenize(tokens, typeof source === 'string' ? Buffer.from(source) : source, lexicon);
	return (tokens.error ?? walk(tokens, { statement() {} }, () => false))?.message ?? null;
}

describe('logical lines', () => {
	for (const [title, source, ...expected] of [
		['end with LF, CRLF or CR', 'a\nb\r\nc\rd', '0 a', '0 b', '0 c', '0 d'],
		['go on in brackets', 'f(\n  a,\n\n  # )\n  b)\nc', '0 f ( a , b )', '0 c'],
		['go on after a backslash', 'a = \\\r\n  b\nc', '0 a = b', '0 c'],
		['hold what semicolons part', 'a; b;\nc', '0 a ; b ;', '0 c'],
		['carry their depth', 'if a:\n  b\n  if c:\n      d\ne', '0 if a :', '1 b', '1 if c :', '2 d', '0 e'],
		['are not opened by blank lines and comments', 'if a:\n    b\n  # x\n\n \nc', '0 if a :', '1 b', '0 c'],
		['begin anew after a form feed', '  \fa\n\fb', '0 a', '0 b'],
		['may begin with a byte order mark', '\ufeffa', '0 a'],
		['are indented as their first part where backslashes join blanks', 'if a:\n    \\\n  b\n    c', '0 if a :', '1 b', '1 c'],
	] as const) {
		it(title, () => assert.deepEqual(lines(source), expected));
	}
});

describe('strings are one token', () => {
	for (const literal of [
		`'a\\'b'`,
		`"a\\\\"`,
		`r'\\\\'`,
		`'''a'b''c\n'''`,
		`"""\\""""`,
		`''`,
		`""""""`,
		`rb'x'`,
		`Rb"x"`,
		`BR'x'`,
		`ur'x'`,
		`U"x"`,
		`'a\\\nb'`,
		`'a\\\r\nb'`,
		`f'{a}'`,
		`F"{a!r:>{w}}"`,
		`fr'\\{a}'`,
		`rf"{a}\\"`.replace('\\"', '\\\\"'),
		`f'{{}}'`,
		`f'{a:{b}{c}}'`,
		`f"{a['x']}"`,
		`f"{a["x"]}"`,
		`f'{f'{f'{1}'}'}'`,
		`f"{x:%H:%M}"`,
		`f"{(lambda x: x)(1)}"`,
		`f"{ {1: 2}[1] }"`,
		`f'''{\na # it's "a" comment }\n}'''`,
		`f"{\na\n}"`,
		`f"{a != b}"`,
		`f"{a=}"`,
		`f"{a = !r:^20}"`,
		`f"\\N{BULLET} {a}"`,
		`f'{a:\\x7d}'`.replace('\\x7d', 'x'),
		`f"{'}'}"`,
		`f"{'{'}"`,
		`f"{"\\n".join(a)}"`,
		`t"{a!r}"`,
		`rt'{a}\\d'`,
		`T"{t"{b}"}"`,
		`f"{x:{'>'}10}"`,
		`f'''{a:\n}'''`,
		`f"{a:{b:{c}}}"`,
		`f"{x,}"`,
		`f"{*a,}"`,
		`f"{yield_}"`,
		`f"{b"x"}"`,
	]) {
		it(JSON.stringify(literal), () => {
			tokenize(tokens, Buffer.from(`x = ${literal} + y`), lexicon);
			assert.equal(tokens.error, null);
			assert.deepEqual(Array.from(tokens.kinds.subarray(0, tokens.count)), [
				kind.name,
				kind.operator,
				kind.string,
				kind.operator,
				kind.name,
			]);
			assert.equal(tokens.text(2), Buffer.from(literal).toString('latin1'));
		});
	}
});

describe('numbers end where CPython ends them', () => {
	for (const [source, expected] of [
		['1if a else 2', '0 1 if a else 2'],
		['0x1for x in y', '0 0x1f or x in y'],
		['1_000.5e-3j+0b1_0-0o17', '0 1_000.5e-3j + 0b1_0 - 0o17'],
		['x[1:].5', '0 x [ 1 : ] .5'],
		['1..real', '0 1. . real'],
		['10L+0777', '0 10L + 0777'],
		['1e5', '0 1e5'],
		['1else', '0 1 else'],
	] as const) {
		it(source, () => assert.deepEqual(lines(source), [expected]));
	}
});

describe('other Pythons', () => {
	for (const source of [
		'print "a", b',
		'print >>f, "x"',
		'print',
		'exec "x" in d',
		'raise E, "x"',
		'try:\n    pass\nexcept E, e:\n    pass',
		'x = `y`',
		'if a <> b: pass',
		'def f(a, (b, c)): pass',
		'x = 0777L',
		'%matplotlib inline',
		'!ls -l | grep "x',
		'files = !ls',
		't = %timeit -o f(x)',
		'x?',
		'x.y??',
		'?x',
		'%cd a \\\n b\nx = 1',
		'match x:\n    case [1, *_] if y: pass\n    case {"a": b, **c}:\n        pass\n    case A(x=1) | None as z:\n        pass',
		'match = 1\nmatch[0] = case = 2\nmatch(x)',
		'print(match, case, type)',
		'def f[T: int, *Ts, **P](a: T, /, b, *, c=1, **d) -> T: pass',
		'class A[T](B, metaclass=M): pass',
		'type X[T] = list[T]',
		'type = 1',
		'type(x)',
		'@a.b(c)\n@d\nasync def f():\n    async with a as b, c: pass\n    async for x, in y: pass\n    return [x async for x in y if await z]',
		'with (open(a) as b, open(c) as d,):\n    pass',
		'x = lambda *a, b=1, **c: (yield)',
		'a, = b',
		'a: int = 1',
		'a.b: "x" = c = 1'.replace(' = c', ''),
		'*a, b = c',
		'x[1:2, ::3, ...] = 1',
		'del a, b[0],',
		'print(*a, **b, c=1, *d)',
		'try:\n    pass\nexcept* E as e:\n    pass\nelse:\n    pass\nfinally:\n    pass',
		'if (n := f(x)) > 1: pass',
		'x = a if b else c if d else e',
		'for x in a if b else c: pass',
		'from . import (a as b, c,)',
		'from ...a.b import *',
		'import a.b as c, d',
		'global a, b',
		'nonlocal_ = 1',
		'assert a, "b"',
		'x = {**a, "b": 1}',
		'x = {*a, 1}',
		'x = {k: v for k, v in y if z}',
		'def f(): return; x = 1',
		'class A: x: int; y = 2',
		'while 1: break',
		'ünï = 1',
		'x = not a in b is not c not in d',
	]) {
		it(JSON.stringify(source), () => assert.equal(error(source), null));
	}
});

describe('what is no Python is refused', () => {
	for (const source of [
		'x = (',
		'x = )',
		'x = (]',
		'f(a, [b)',
		"x = 'a",
		'x = "a\nb"',
		'x = """a',
		"f'{a'",
		"f'{a'}'",
		"f'}'",
		"f'{}'",
		"f'{a:'",
		"f'{a!}'",
		"f'''{a'''",
		'x = a $ b',
		'x = a ? b',
		'x = “a”',
		'x = % y',
		'def f(not a): pass',
		'def f(a, 1): pass',
		'x = a\u00a0+ b',
		'if a:\nb',
		'if a:\n  b\n c',
		'  a',
		'a\n  b',
		'if a:\n\tb\n        c',
		'if a',
		'for x in y',
		'def f(:\n  pass',
		'def f()\n  pass',
		'class A\n  pass',
		'else: pass',
		'try: pass\nx = 1',
		'try:\n    pass',
		'if a:',
		'x = 1 2',
		'x y',
		'foo bar baz',
		'x = = 1',
		'x = ',
		'x = 1 +',
		'1 = x',
		'f() = 1',
		'a + b = c',
		'x = a..b',
		'import',
		'import a.',
		'import a,',
		'from a import',
		'from a import (b',
		'from a import b,',
		'return 1',
		'def f(): x = return',
		'pass 1',
		'@a\nx = 1',
		'@a',
		'x = a if b',
		'x = [a for b]',
		'x = {a: 1, b}',
		'x = {a, b: 1}',
		'f(a=1, b)',
		'f(a b)',
		'x = a \\ b',
		'x = \\',
		'%%bash\nls',
		'match x:\n    pass',
		'x = 1\nfrom __future__ import annotations',
		'a; ; b',
		'lambda',
		'x = (a, , b)',
		'if a, b: pass',
		'x = yield = 1',
		'a = 1 b = 2',
		'async x = 1',
		'del',
		'{"a" 1}',
		'x!',
		'def 1f(): pass',
		'None = 1',
		'function f() { return 1; }',
		'const x = 1;',
		'#include <a.h>\nint main() { return 0; }',
		'<html></html>',
		'SELECT * FROM x',
	]) {
		it(JSON.stringify(source), () => assert.notEqual(error(source), null));
	}

	it('a null byte', () => {
		for (const source of ['a\0', '"a\0"', '# a\nf"{\0}"', '"""\0"""']) assert.match(error(source) ?? '', /null byte/);
	});

	it('nesting beyond what Python allows, quickly', () => {
		assert.notEqual(error('('.repeat(100_000)), null);
		assert.notEqual(error(`x = ${'f"{'.repeat(50_000)}`), null);
		assert.notEqual(error(Array.from({ length: 200 }, (_, depth) => `${' '.repeat(depth)}if a:`).join('\n')), null);
	});
});
