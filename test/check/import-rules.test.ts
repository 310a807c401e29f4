import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');
let scratch: string;

beforeEach(() => {
	scratch = mkdtempSync(join(tmpdir(), 'gpupolicy-rules-'));
	symlinkSync(join(root, 'node_modules'), join(scratch, 'node_modules'), 'junction');
	plant('package.json', '{ "type": "module", "dependencies": { "yaml": "*" } }');
	plant('src/core/ports/port.ts', 'export interface Port {}\n');
	plant(
		'src/core/plan/plan.ts',
		"import type { Port } from '../ports/port.ts';\nexport const plan = (_port: Port): number => 1;\n",
	);
});

afterEach(() => rmSync(scratch, { recursive: true, force: true }));

function plant(path: string, text: string): void {
	const file = join(scratch, path);
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, text);
}

function cruise(): { status: number | null; stderr: string } {
	return spawnSync(process.execPath, [join(root, '.ci', 'import-rules.ts'), scratch], { cwd: scratch, encoding: 'utf8' });
}

test('a tree that keeps the import rules passes', () => {
	const { status, stderr } = cruise();
	assert.equal(stderr, '');
	assert.equal(status, 0);
});

const violations: readonly [what: string, file: string, text: string, rule: string][] = [
	[
		'the core reading a file',
		'src/core/plan/read.ts',
		"import { readFileSync } from 'node:fs';\nreadFileSync('x');\n",
		'core-node',
	],
	['the core using a package', 'src/core/plan/yaml.ts', "import { parse } from 'yaml';\nparse('');\n", 'core-packages'],
	[
		'the core knowing an adapter, if only its type',
		'src/core/plan/up.ts',
		"import type { Disk } from '../../host/disk.ts';\nexport type X = Disk;\n",
		'core-rooms',
	],
	['the API importing the core', 'src/api/up.ts', "import { plan } from '../core/plan/plan.ts';\nplan({});\n", 'api-rooms'],
	[
		'one format using another',
		'src/formats/python/other.ts',
		"import { shell } from '../shell/index.ts';\nshell();\n",
		'formats-apart',
	],
	[
		'one adapter using another',
		'src/gpu/disk.ts',
		"import type { Disk } from '../host/disk.ts';\nexport type X = Disk;\n",
		'gpu-rooms',
	],
	[
		'a command reaching behind app/',
		'src/commands/deep.ts',
		"import type { Disk } from '../host/disk.ts';\nexport type X = Disk;\n",
		'commands-rooms',
	],
	['anybody importing a command', 'src/app/back.ts', "import { run } from '../commands/run.ts';\nrun();\n", 'app-rooms'],
	[
		'the runtime knowing the domain',
		'src/runtime/plan.ts',
		"import { plan } from '../core/plan/plan.ts';\nplan({});\n",
		'runtime-rooms',
	],
	[
		'a room that nobody decided on',
		'src/misc/plan.ts',
		"import { plan } from '../core/plan/plan.ts';\nplan({});\n",
		'known-room',
	],
	['an import that leads nowhere', 'src/core/plan/lost.ts', "import { gone } from './gone.ts';\ngone();\n", 'resolvable'],
];

for (const [what, file, text, rule] of violations) {
	test(`${what} breaks ${rule}, and the message names the file`, () => {
		plant('src/host/disk.ts', 'export interface Disk {}\n');
		plant('src/formats/shell/index.ts', 'export const shell = (): number => 1;\n');
		plant('src/commands/run.ts', 'export const run = (): number => 1;\n');
		plant(file, text);
		const { status, stderr } = cruise();
		assert.equal(status, 1);
		assert.match(stderr, new RegExp(`^${file.replaceAll('.', '\\.')} -> .* breaks ${rule}$`, 'm'));
	});
}

test('two modules that import each other break no-cycles', () => {
	plant('src/core/plan/a.ts', "import { b } from './b.ts';\nexport const a = (): number => b();\n");
	plant('src/core/plan/b.ts', "import { a } from './a.ts';\nexport const b = (): number => a();\n");
	const { status, stderr } = cruise();
	assert.equal(status, 1);
	assert.match(stderr, /breaks no-cycles/);
});

test('a tree without a file to read fails, instead of passing because nothing was read', () => {
	rmSync(join(scratch, 'src'), { recursive: true });
	mkdirSync(join(scratch, 'src'));
	const { status, stderr } = cruise();
	assert.equal(status, 1);
	assert.match(stderr, /the parser reads nothing/);
});
