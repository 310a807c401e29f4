import fc from 'fast-check';
import { WANTED } from '../subject/policy.ts';
import { type Fragment, fragment, indented, oneOf } from './fragment.ts';

/** One way to write a value: as a literal of any style, or as something that is not a literal. */
const writtenValue = (variable: string): fc.Arbitrary<string> => {
	const right = WANTED[variable] ?? '';
	return fc.constantFrom(
		`"${right}"`,
		`'${right}'`,
		'"0"',
		"'0'",
		'"""0"""',
		'r"0"',
		'u"0"',
		'"\\x30"',
		'"" "0"',
		`"" '${right}'`,
		'("0")',
		'(\n"0"  # inside\n)',
		'f"0"',
		'f"{0}"',
		'str(0)',
		'"0,1"',
		'"0" if True else "1"',
		'"0" + ""',
		'""',
		'"ä"',
	);
};

/** Statements that write the environment; `$V` is the variable, `$X` the value. */
const forms = [
	'import os\nos.environ["$V"] = $X',
	"import os\nos.environ['$V'] = $X  # why",
	'import os\nos . environ [ "$V" ]=$X',
	'import os\nos.environ["$V"]: str = $X',
	'import os; os.environ["$V"] = $X; a = 1',
	'import os, sys\nos.environ[\n"$V"\n] = $X',
	'import os\nos.environ["$V"] = \\\n\tX',
	'import os as system\nsystem.environ["$V"] = $X',
	'import os.path\nos.environ["$V"] = $X',
	'from os import environ\nenviron["$V"] = $X',
	'from os import environ as env\nenv["$V"] = $X',
	'from os import (\n\tenviron, # here\n\tpath,\n)\nenviron["$V"] = $X',
	'import os\nos.environ.update({"$V": $X})',
	'import os\nos.environ.update({\n\t"OTHER": "1",\n\t"$V": $X, # why\n})',
	'import os\nos.environ.update($V=$X)',
	'import os\nos.environ.update(dict($V=$X))',
	'import os\nos.environ.update([("$V", $X)])',
	'import os\nos.environ |= {"$V": $X}',
	'import os\nos.environ.__setitem__("$V", $X)',
	'import os\nos.environ.setdefault("$V", $X)',
	'import os\nos.putenv("$V", $X)',
	'import os\nos.environ["OTHER"] = os.environ["$V"] = $X',
	'import os\nos.environ["OTHER"], os.environ["$V"] = "1", $X',
	'import os\nos.environ["$V"] = os.environ.get("$V", $X)',
	'import os\nenvironment = os.environ\nenvironment["$V"] = $X',
	'import os\ndef setup():\n\tos.environ["$V"] = $X\nsetup()',
	'import os\ndef setup():\n\t"""Doc."""\n\tos.environ["$V"] = $X',
	'import os\nset_it = lambda: os.environ.update({"$V": $X})',
	'import os\nclass Setup:\n\tos.environ["$V"] = $X',
	'import os\nif True: os.environ["$V"] = $X',
	'import os\nif False:\n\tos.environ["$V"] = $X',
	'import os\nfor i in (1,):\n\tos.environ["$V"] = $X',
	'import os\ntry:\n\tos.environ["$V"] = $X\nexcept KeyError: pass',
	'import os\nif "$V" not in os.environ:\n\tos.environ["$V"] = $X',
	'import os\nwith open(__file__):\n\tos.environ["$V"] = $X',
	'import os\nTrue and os.environ.update({"$V": $X})',
	'import os, subprocess, sys\nsubprocess.run([sys.executable, "-S", "-c", ""], env={**os.environ, "$V": $X})',
	'import os\nchild = dict(os.environ, $V=$X)',
	'import os\nchild = os.environ.copy()\nchild["$V"] = $X',
	'import os\nos.environ["$V"] += $X',
	'import os\ntext = os.environ["OTHER"] = $X',
	'import os\ndel os.environ["$V"]',
	'import os\nos.environ.pop("$V", None)',
	'import os\nif os.environ.get("$V") == "7": del os.environ["$V"]',
	'import os\nprint(os.environ.get("$V", $X), file=open(os.devnull, "w"))',
] as const;

/** A setting of a policy variable in any form, with any value. */
export const setting: fc.Arbitrary<Fragment> = fc
	.constantFrom(...Object.keys(WANTED))
	.chain((variable) => fc.tuple(fc.constantFrom(...forms), writtenValue(variable), fc.constant(variable)))
	.map(([form, value, variable]) =>
		fragment(form.replaceAll('$V', variable).replaceAll('$X', value), form.includes('|=') ? 9 : 8),
	);

/** All three variables, right, as a careful person writes it. */
export const allRight: fc.Arbitrary<Fragment> = fc.constantFrom('"', "'").map((quote) =>
	fragment(
		`import os\n${Object.entries(WANTED)
			.map(([name, value]) => `os.environ[${quote}${name}${quote}] = ${quote}${value}${quote}`)
			.join('\n')}`,
	),
);

const imports = [
	'import torch',
	'import torch as t',
	'import sys, torch',
	'import sys; import torch; a = 1',
	'import torch.nn as nn',
	'import torch.nn.functional',
	'from torch import nn',
	'from torch import (\n\tnn, # layers\n\tcuda,\n)',
	'from torch.nn import functional as F',
	'from torch import *',
	'from torch import nn; a = 1',
	'import \\\n\ttorch',
	'from torch \\\n\timport nn',
	'import transformers',
	'if True:\n\timport torch',
	'if True: import torch',
	'try:\n\timport torch\nexcept ImportError:\n\ttorch = None',
	'def load():\n\timport torch\n\treturn torch\nload()',
	'class Holder:\n\timport torch',
	'torch = __import__("torch")',
	'import importlib\ntorch = importlib.import_module("torch")',
	'from importlib import import_module\nnn = import_module("torch.nn")',
	'with open(__file__): import torch',
] as const;

/** An import of a GPU library in any form. */
export const gpuImport: fc.Arbitrary<Fragment> = oneOf(imports);

/** Imports that load no GPU library, whatever their names look like. */
export const otherImport: fc.Arbitrary<Fragment> = oneOf([
	'import sys as torch',
	'from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n\timport torch',
	'import typing\nif typing.TYPE_CHECKING: import torch',
	'def never():\n\tfrom . import torch',
	'import json',
	'from os import path',
]);

/** Code that names a device; it runs without a GPU. */
export const device: fc.Arbitrary<Fragment> = fc
	.tuple(
		fc.constantFrom(
			'device = $D',
			'options = dict(device=$D)',
			'options = {"device": $D}',
			'class Model:\n\tdef to(self, *a, **k): return self\n\tcuda = to\nmodel = Model().to($D).cuda($N)',
			'def place(device=$D, *, index: int = $N): return device',
			'devices = [$D, "cpu"]',
			'text = f"{$D}"',
			'same = options = $D',
			'import types; torch = types.SimpleNamespace(device=print and (lambda *a: a)); where = torch.device($D)',
			'where = {"": $N}',
		),
		fc.constantFrom('"cuda:1"', "'cuda:1'", 'r"cuda:3"', '"cuda:0"', '"cuda:" "1"', '"""cuda:1"""', '"cuda:01"', '("cuda:2")'),
		fc.constantFrom('1', '0', '3', '0x1'),
	)
	.map(([form, text, number]) => fragment(form.replaceAll('$D', text).replaceAll('$N', number)))
	.filter(({ text }) => !(text.includes('f"{"') || text.includes('f"{(')));

/** The fragment inside of something that runs it once. */
export function wrapped(inner: fc.Arbitrary<Fragment>): fc.Arbitrary<Fragment> {
	const plain = inner;
	const once = inner.map(({ text, since }) => fragment(`if True:\n${indented(text)}`, since));
	return fc.oneof({ weight: 6, arbitrary: plain }, { weight: 1, arbitrary: once });
}
