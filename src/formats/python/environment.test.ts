import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { said, scanned } from './source.fixture.ts';

const name = 'CUDA_VISIBLE_DEVICES';

/** Statement, and what must be found in it. */
function understands(title: string, rows: readonly (readonly [string, ...string[]])[]): void {
	describe(title, () => {
		for (const [source, ...expected] of rows) it(source.replaceAll('\n', ' ⏎ '), () => assert.deepEqual(said(source), expected));
	});
}

understands('assignments at module level set', [
	[`import os\nos.environ["${name}"] = "0"`, `${name} sets 0`],
	[`import os as o\no.environ['${name}'] = '0'`, `${name} sets 0`],
	[`import sys, os\nos.environ["${name}"] = "0"`, `${name} sets 0`],
	[`import os.path\nos.environ["${name}"] = "0"`, `${name} sets 0`],
	[`from os import environ\nenviron["${name}"] = "0"`, `${name} sets 0`],
	[`from os import putenv, environ as env\nenv["${name}"] = "0"`, `${name} sets 0`],
	[`from os import *\nenviron["${name}"] = "0"`, `${name} sets 0`],
	[`import os\nenv = os.environ\nenv["${name}"] = "0"`, `${name} sets 0`],
	[`__import__('os').environ["${name}"] = "0"`, `${name} sets 0`],
	[`import importlib\nimportlib.import_module("os").environ["${name}"] = "0"`, `${name} sets 0`],
	[`import os\nos.environ["${name}"]: str = "0"`, `${name} sets 0`],
	[`import os\n(os.environ["${name}"]) = ("0")`, `${name} sets 0`],
	[`import os\nos.environ[\n    "${name}"  # why\n] = (\n    "0"\n)`, `${name} sets 0`],
	[`import os; os.environ["${name}"] = "0"; x = 1`, `${name} sets 0`],
	[`import os\nos.environ["CUDA_" "VISIBLE_DEVICES"] = "0"\nimport torch`, `${name} sets 0`],
	[`import os\nos.environ[r"${name}"] = u"0"`, `${name} sets 0`],
	[`import os\nos.environb[b"${name}"] = b"0"`, `${name} sets 0`],
	[
		`import os\nos.environ["CUDA_DEVICE_ORDER"], os.environ["${name}"] = "PCI_BUS_ID", "0"`,
		'CUDA_DEVICE_ORDER sets PCI_BUS_ID',
		`${name} sets 0`,
	],
	[`import os\nos.environ.update({"${name}": "0", "OTHER": "1"})`, `${name} sets 0`],
	[`import os\nos.environ.update(${name}="0")`, `${name} sets 0`],
	[`import os\nos.environ.update(dict(${name}="0"))`, `${name} sets 0`],
	[`import os\nos.environ.update([("${name}", "0")])`, `${name} sets 0`],
	[`import os\nos.environ |= {"${name}": "0"}`, `${name} sets 0`],
	[`import os\nos.environ.__setitem__("${name}", "0")`, `${name} sets 0`],
	[`import os\nsettings = {"${name}": "0"}\nos.environ.update(settings)`, `${name} sets 0`],
	[`import os\nKEY = "${name}"\nos.environ[KEY] = "0"`, `${name} sets 0`],
	[`%env ${name}=0`, `${name} sets 0`],
	[`%set_env ${name} 0`, `${name} sets 0`],
]);

understands('functions that say that they set a variable hand it on', [
	[`set_env("${name}", "0")`, `${name} child 0`],
	[`config.setEnv('${name}', '0')`, `${name} child 0`],
	[`job.env.set("${name}", "0", overwrite=True)`, `${name} child 0`],
	[`with temp_env(${name}="0"): pass`, `${name} child 0`],
	[`monkeypatch.setitem(config, "${name}", "0")`, `${name} child 0`],
	[`import os\nmonkeypatch.setitem(os.environ, "${name}", "0")`, `${name} conditional 0`],
	[`import os, operator\noperator.setitem(os.environ, "${name}", sys.argv[1])`, `${name} conditional <argv>`],
	[`import subprocess\nsubprocess.run(["env", "${name}=0", "python", "x.py"])`, `${name} child 0`],
	[`x = env("${name}", "0")`],
	[`x = get_env("${name}", "0")`],
	[`mock.assert_called_with("${name}", "0")`],
	[`set_env("${name}", value)`],
]);

understands('values that are no plain literal are dynamic', [
	[`import os, sys\nos.environ["${name}"] = sys.argv[1]`, `${name} sets <argv>`],
	[`import os\nos.environ["${name}"] = args.gpu`, `${name} sets <argv>`],
	[`import os\nos.environ["${name}"] = gpu`, `${name} sets <another variable>`],
	[`import os\nos.environ["${name}"] = pick()`, `${name} sets <a function call>`],
	[`import os\nos.environ["${name}"] = f"{n}"`, `${name} sets <an f-string>`],
	[`import os\nos.environ["${name}"] = "0" if x else "1"`, `${name} sets <an expression>`],
	[`import os\nos.environ["${name}"] = "0" + x`, `${name} sets <an expression>`],
	[`import os\nos.environ["${name}"] = "%d" % n`, `${name} sets <an expression>`],
	[`import os\nos.environ["${name}"] = 0`, `${name} sets <a number, which os.environ does not take>`],
	[`import os\nos.environ["${name}"] += ",1"`, `${name} sets <an augmented assignment>`],
	[`import os\nos.environ["${name}"], x = pair()`, `${name} sets <an unpacked value>`],
	[`import os\nos.environ["${name}"] = os.environ["SLURM_LOCALID"]`, `${name} sets <the environment>`],
	[`import os\nfor os.environ["${name}"] in "01": pass`, `${name} conditional <an expression>`],
	[`import os\nfor key in ["${name}"]:\n    os.environ[key] = "0"`, `${name} conditional <a statement that computes the name>`],
	[`import os\nos.environ.update(load("${name}"))`, `${name} sets <a dictionary made elsewhere>`],
	[`import os\nos.environ["${name}"] = t"0"`, `${name} sets <a template string>`],
]);

understands('literals are decoded as Python does', [
	[`import os\nos.environ["${name}"] = str(1)`, `${name} sets 1`],
	[`import os\nos.environ["${name}"] = "0,3"`, `${name} sets 0,3`],
	[`import os\nos.environ["${name}"] = "\\x30\\061\\u0032\\\n3"`, `${name} sets 0123`],
	[`import os\nos.environ["${name}"] = r"\\x30"`, `${name} sets \\x30`],
	[`import os\nos.environ["${name}"] = """0"""`, `${name} sets 0`],
	[`import os\nos.environ["${name}"] = "0" ",1"`, `${name} sets 0,1`],
	[`import os\nos.environ["${name}"] = f"0"`, `${name} sets 0`],
]);

understands('a default never counts as set', [
	[`import os\nos.environ.setdefault("${name}", "0")`, `${name} default 0`],
	[`import os\nx = os.environ.setdefault("${name}", "0")`, `${name} default 0`],
	[`import os\nos.environ["${name}"] = os.environ.get("${name}", "0")`, `${name} default 0`],
	[`import os\nos.environ["${name}"] = os.getenv("${name}", "0")`, `${name} default 0`],
]);

understands('order and place decide the effect', [
	[`import os\nimport torch\nos.environ["${name}"] = "0"`, `${name} late 0`],
	[`import os\nimport torch; os.environ["${name}"] = "0"`, `${name} late 0`],
	[`import os\ntry:\n    import torch\nexcept ImportError:\n    torch = None\nos.environ["${name}"] = "0"`, `${name} late 0`],
	[`import os\ntorch = __import__("torch")\nos.environ["${name}"] = "0"`, `${name} late 0`],
	[`import os\ndef f():\n    import torch\nos.environ["${name}"] = "0"`, `${name} late 0`],
	[`import os\ndef load():\n    import torch\n    return torch\nload()\nos.environ["${name}"] = "0"`, `${name} late 0`],
	[`import os\nclass A:\n    def f(self):\n        from torch import nn\nos.environ["${name}"] = "0"`, `${name} late 0`],
	[`import os\nload = lambda: __import__("torch")\nos.environ["${name}"] = "0"`, `${name} late 0`],
	[`import os\nos.environ["${name}"] = "0"\ndef f():\n    import torch`, `${name} sets 0`],
	[`import os\ndef f():\n    if False:\n        import torch\nos.environ["${name}"] = "0"`, `${name} sets 0`],
	[
		`import os\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch\nos.environ["${name}"] = "0"`,
		`${name} sets 0`,
	],
	[`import os\nif x: os.environ["${name}"] = "0"`, `${name} conditional 0`],
	[`import os\nif x:\n    pass\nelse:\n    os.environ["${name}"] = "0"`, `${name} conditional 0`],
	[`import os\ntry:\n    os.environ["${name}"] = "0"\nfinally:\n    pass`, `${name} conditional 0`],
	[`import os\nwhile x:\n    os.environ["${name}"] = "0"`, `${name} conditional 0`],
	[`import os\nwith x:\n    os.environ["${name}"] = "0"`, `${name} conditional 0`],
	[`import os\nmatch x:\n    case 1:\n        os.environ["${name}"] = "0"`, `${name} conditional 0`],
	[`import os\nx and os.environ.update({"${name}": "0"})`, `${name} conditional 0`],
	[`import os\ndef f():\n    os.environ["${name}"] = "0"`, `${name} deferred 0`],
	[`import os\nasync def f():\n    if x:\n        os.environ["${name}"] = "0"`, `${name} deferred 0`],
	[`import os\nclass A:\n    os.environ["${name}"] = "0"`, `${name} deferred 0`],
	[`import os\nf = lambda: os.environ.update({"${name}": "0"})`, `${name} deferred 0`],
	[`def test(monkeypatch):\n    monkeypatch.setenv("${name}", "0")`, `${name} deferred 0`],
	[`import os\nwith mock.patch.dict(os.environ, {"${name}": "0"}):\n    pass`, `${name} conditional 0`],
]);

understands('what only a child process sees', [
	[`import os\nos.putenv("${name}", "0")`, `${name} child 0`],
	[`from os import putenv as p\np("${name}", "0")`, `${name} child 0`],
	[`import os\nenv = os.environ.copy()\nenv["${name}"] = "0"`, `${name} child 0`],
	[`import os\ne = dict(os.environ)\ne["${name}"] = "0"`, `${name} child 0`],
	[`import os\ne = {**os.environ, "${name}": "0"}`, `${name} child 0`],
	[`import os\ne = dict(os.environ, ${name}="0")`, `${name} child 0`],
	[`import os\ne = os.environ | {"${name}": "0"}`, `${name} child 0`],
	[`run(["x"], env={"${name}": "0"})`, `${name} child 0`],
	[`import os\nrun(["x"], env=dict(os.environ, ${name}="0"))`, `${name} child 0`],
	[`ray.init(runtime_env={"env_vars": {"${name}": "0"}})`, `${name} child 0`],
	[`self.env["${name}"] = "0"`, `${name} child 0`],
	[`request.environ["${name}"] = "0"`, `${name} child 0`],
	[`import os\nenv = os.environ.copy()\nenv.update({"${name}": "0"})`, `${name} child 0`],
]);

understands('removals', [
	[`import os\ndel os.environ["${name}"]`, `${name} unset <a removal>`],
	[`import os\ndel x, os.environ["${name}"]`, `${name} unset <a removal>`],
	[`import os\nos.environ.pop("${name}", None)`, `${name} unset <a removal>`],
	[`import os\nold = os.environ.pop("${name}")`, `${name} unset <a removal>`],
	[`import os\nos.unsetenv("${name}")`, `${name} unset <a removal>`],
	[
		`import os\nos.environ.clear()`,
		`${name} unset <a removal>`,
		'CUDA_DEVICE_ORDER unset <a removal>',
		'PYTORCH_CUDA_ALLOC_CONF unset <a removal>',
	],
]);

understands('what sets nothing', [
	[`import os\nprint(os.environ["${name}"])`],
	[`import os\nx = os.environ.get("${name}", "0")`],
	[`import os\nif "${name}" in os.environ: pass`],
	[`import os\nassert os.environ["${name}"] == "0"`],
	[`x = os.environ\n"""os.environ['${name}'] = '0'"""`],
	[`# os.environ["${name}"] = "0"\nx = 1`],
	[`x = 'os.environ["${name}"] = "0"'`],
	[`config["${name}"] = "0"`],
	[`config = {"${name}": "0"}`],
	[`!export ${name}=0`],
	[`import os\ncache[os.environ["${name}"]] = "0"`],
	[`print(f"{os.environ['${name}']}")`],
]);

describe('what can be rewritten', () => {
	const row = (value: string) => scanned(`import os\nos.environ["${name}"] = ${value}`).settings[0];

	it('gives the literal with its quotes, its prefix and nothing else', () => {
		for (const value of ['"0"', "'0'", 'r"0"', '"""0"""', 'str(1)']) {
			const found = scanned(`import os\nos.environ["${name}"] = (${value})  # note`);
			const [setting] = found.settings;
			assert.ok(setting?.valueSpan);
			assert.equal(found.text(setting.valueSpan), value);
			assert.equal(setting.notRewritable, undefined);
		}
	});

	it('says why pieces, f-strings and shared literals are left alone', () => {
		assert.match(row('"0" "1"')?.notRewritable ?? '', /several/);
		assert.match(row('f"0"')?.notRewritable ?? '', /f-string/);
		assert.match(row('gpu = "0"')?.notRewritable ?? '', /several targets/);
	});

	it('gives nothing to replace for a dynamic value', () => {
		assert.equal(row('gpu')?.valueSpan, undefined);
	});

	it('forgets an alias that is assigned something else', () => {
		assert.deepEqual(said(`import os\ne = os.environ\ne = {}\ne["${name}"] = "0"`), []);
	});
});

understands('what a notebook becomes when it is exported as a script sets, and is left to a person', [
	[`get_ipython().run_line_magic('env', '${name}=0')\nimport torch`, `${name} sets 0`],
	[`get_ipython().magic("env ${name}=0")`, `${name} sets 0`],
	[`get_ipython().magic("%set_env ${name} 0")`, `${name} sets 0`],
	[`import torch\nget_ipython().run_line_magic('env', '${name}=0')`, `${name} late 0`],
	[`get_ipython().run_line_magic('env', '${name}={gpu}')`, `${name} sets <an expression>`],
	[`get_ipython().run_line_magic('matplotlib', 'inline')`],
	[`get_ipython().run_line_magic('env', '')`],
]);
