import fc from 'fast-check';
import { type Fragment, fragment, indented, oneOf } from './fragment.ts';

/** Code that has nothing to do with GPUs but looks like it, or is hard to split into tokens. All of it runs. */
const decoys = oneOf([
	'pass',
	'# os.environ["CUDA_VISIBLE_DEVICES"] = "0"; import torch',
	`text = 'os.environ["CUDA_VISIBLE_DEVICES"] = "3"'`,
	'text = """\nimport torch\nos.environ["CUDA_VISIBLE_DEVICES"] = "5"\n"""',
	"text = '''# >>> gpupolicy fake: managed block, do not edit\n# <<< gpupolicy\n'''",
	'text = "from __future__ import annotations"',
	'"cuda:1"',
	'text = "runs on cuda:1 or cuda:2"',
	'seen = "cuda:1" in ["cuda:1"]',
	'text = f"cuda:1 {1}"',
	'text = "cuda:" "1x"',
	'text = "\\x63uda:1x"',
	'text = b"cuda:1"',
	'text = "cuda:1\\\n"',
	'numbers = [0x1F, 0b11, 0o17, 1_000, 1e5, .5, 5., 1j, 1if True else 2]',
	'text = r"\\"   \'"',
	'text = "\\\\"',
	"text = '\\''; other = \"'\"",
	'nothing = ...',
]);

const shapes = oneOf([
	'a = 1; b = 2;',
	'a = 1 + \\\n\t2',
	'if True: a = 1',
	'if True: a = 1; b = 2',
	'if True:\n\ta = 1\nelif False: pass\nelse:\n\tb = 1',
	'for i in range(2): a = i\nelse: b = 1',
	'while False:\n\tpass',
	'try:\n\ta = 1\nexcept Exception as error:\n\tpass\nelse:\n\tpass\nfinally:\n\tpass',
	'class Plain: pass',
	'class Deep(object):\n\t"""os.environ["CUDA_VISIBLE_DEVICES"] = "1" """\n\tx: int = 1\n\n\tdef method(self, *args, key="}", **rest):\n\t\treturn {"a": [1, (2, 3)]}',
	'import functools\n@functools.lru_cache(maxsize=None)\n# between\n@functools.wraps(print)\ndef decorated(x=(1,\n2)):\n\t"doc"; return x',
	'async def later():\n\tasync with a as b, c: pass\n\tasync for x in y: await x\n\treturn [z async for z in y]',
	'plain = lambda x, *y, z=lambda: 1: {x: y}',
	'values = {k: v for k, v in zip("ab", (1, 2)) if k != "c"}',
	'if (n := 10) > 5: a = n',
	'call = dict(\n\ta=1, # one )\n\n\tb="]",\n)',
	'table = {\n"a": 1,\n  "b": [\n1,2],\n}',
	'match = {"case": 1}; case = match["case"]; type = 3; _ = type',
	'print = print; exec = None',
	'first, *rest = 1, 2, 3',
	'def empty(): ...',
	'global_name = 1\ndef change():\n\tglobal global_name; global_name = 2\n\tif True: return\n\telse: pass',
	'größe = "ä"; name_1 = größe',
	'a = 1 # é ü "',
	'\f\na = 1',
	'\fa = 1',
	'a = -1 ** 2 // 3 >> 1 << 2 | 3 & 4 ^ 5 @ 6 if False else not 1 <= 2 != 3',
	'assert True, "cuda:9 is not here"',
	'def outer():\n\tdef inner():\n\t\tnonlocal_value = 1\n\n# a comment at the margin\n\t\treturn nonlocal_value\n\treturn inner',
]);

const wideCharacters = oneOf(['変数 = "文字"', 'text = "🙂 \\N{BULLET}"', 'ﬁ = 1']);

const matches = oneOf(
	[
		'match 1:\n\tcase 0 | 1: a = 1\n\tcase {"x": [*_], **rest} if True:\n\t\tpass\n\tcase str() as text:\n\t\tpass\n\tcase _:\n\t\tpass',
		'match (1, 2):\n\t# a comment\n\tcase (a, b):\n\t\tpass',
		'match x := 1,:\n\tcase _: pass',
		'with (open(__file__) as a, open(__file__) as b): pass',
	],
	10,
);

const groups = oneOf(['try:\n\tpass\nexcept* ValueError:\n\tpass'], 11);

const formatted = oneOf([
	`x = 1; text = f"{x!r:>{10}} {{}} {x=}"`,
	`x = 1; text = f'{x:{"<"}{10}}' "tail"`,
	`x = 1; text = rf"\\{x} \\d" f'{{"a": {x}}}'`,
	`x = 1; text = f"""{\nx\n} "quoted" {x:>4}"""`,
	`x = {"a": 1}; text = F'{x["a"]:d}' fR"{x['a']}"`,
	`text = f"{(lambda: 1)()}" f'{ {1: 2}[1] }'`,
	`x = 1; text = f"{x:%H:%M}" if False else f"{x:,}{x!s}"`,
]);

const newFormatted = oneOf(
	[
		'text = f"{"nested"}"',
		`text = f"{f"{f"{1 + 1}"}"}"`,
		'text = f"{"}"}" f"{"#"}"',
		`text = f"{\n'a' # a comment with "quotes" and }\n}"`,
		'x = {"a": 1}; text = f"{x["a"]:>{5 + 1}} {"\\n".join(["a", "b"])}"',
		'text = f"{[f"{i}" for i in range(3)]!r}"',
		`text = f"{'''\n"cuda:1"\n'''}"`,
		'x = 1; text = f"{x:{"{"}>10}"',
		'def generic[T: (int, str), *Ts, **P](x: T) -> T: return x',
		'type Alias[T] = list[T]',
		'class Generic[T]: pass',
	],
	12,
);

const templates = oneOf(
	[
		'x = 1; text = t"{x}"',
		`text = t"{'cuda:1'} cuda:1"`,
		'text = rt"{"a"}\\d" t"""\n{1!r:>3}"""',
		'try:\n\tpass\nexcept ValueError, TypeError:\n\tpass',
	],
	14,
);

/** Any piece of such code, sometimes nested in a function. */
export function filler(unicode: boolean): fc.Arbitrary<Fragment> {
	const flat = fc.oneof(
		{ weight: 4, arbitrary: decoys },
		{ weight: 6, arbitrary: shapes },
		{ weight: 1, arbitrary: matches },
		{ weight: 1, arbitrary: groups },
		{ weight: 2, arbitrary: formatted },
		{ weight: 3, arbitrary: newFormatted },
		{ weight: 1, arbitrary: templates },
		...(unicode ? [{ weight: 1, arbitrary: wideCharacters }] : []),
	);
	const nested = flat.map(({ text, since }) => fragment(`def nested():\n${indented(text)}\n\treturn None`, since));
	return fc.oneof(
		{ weight: 8, arbitrary: flat },
		{ weight: 1, arbitrary: nested.filter(({ text }) => !/nonlocal_value|\f/.test(text)) },
	);
}
