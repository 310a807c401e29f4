import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');
const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'gpupolicy', 'node');
const windows = process.platform === 'win32';

interface Result {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** Runs a program with the given Node first on PATH, so that npm and `#!/usr/bin/env node` use it. */
function run(node: string, file: string, args: readonly string[], cwd: string): Result {
	const path = `${dirname(node)}${delimiter}${process.env['PATH']}`;
	// npm hands settings of the surrounding `npm test` down as npm_*; a user has none of them.
	const inherited = Object.entries(process.env).filter(
		([name]) => !/^npm_(config_(global_prefix|local_prefix|prefix)|package_|lifecycle_|command)/i.test(name),
	);
	const result = spawnSync(file, args, {
		cwd,
		encoding: 'utf8',
		env: { ...Object.fromEntries(inherited), PATH: path, NO_COLOR: '1' },
		shell: windows,
	});
	if (result.error) throw result.error;
	return result;
}

function succeed(result: Result): Result {
	assert.equal(result.status, 0, `${result.stdout}\n${result.stderr}`);
	return result;
}

/** The newest Node of this release line (`22.22`, `26`) that npm has, kept in the cache. */
function nodeOf(version: string): string {
	const name = `node-${windows ? 'win' : process.platform}-${process.arch}`;
	const folder = join(cache, version);
	const node = join(folder, 'node_modules', name, 'bin', windows ? 'node.exe' : 'node');
	if (existsSync(node)) return node;
	console.error(`installing ${name}@${version} into ${folder}`);
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
	succeed(run(process.execPath, 'npm', ['install', '--no-audit', '--no-fund', `${name}@${version}`], folder));
	return node;
}

describe('the published package', () => {
	let scratch: string;
	let tarball: string;
	let contents: string[];

	before(() => {
		scratch = mkdtempSync(join(tmpdir(), 'gpupolicy-package-'));
		// A clone with its dependencies installed: packing never touches the real package.json while others read it.
		const clone = join(scratch, 'clone');
		const left = new Set(['node_modules', 'dist', '.git', '.gpupolicy']);
		cpSync(root, clone, { recursive: true, filter: (source) => !left.has(basename(source)) });
		symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'), 'junction');
		// As a pack leaves it that was killed half-way.
		writeFileSync(join(clone, 'package.json.unpacked'), readFileSync(join(clone, 'package.json')));
		const packed = succeed(run(process.execPath, 'npm', ['pack', '--json', '--pack-destination', scratch], clone));
		const [listing] = JSON.parse(packed.stdout.slice(packed.stdout.search(/^\[/m))) as [
			{ filename: string; files: { path: string }[] },
		];
		tarball = join(scratch, listing.filename);
		contents = listing.files.map((file) => file.path);
		assert.equal(
			readFileSync(join(clone, 'package.json'), 'utf8'),
			readFileSync(join(root, 'package.json'), 'utf8'),
			'package.json is restored',
		);
		assert.ok(!existsSync(join(clone, 'package.json.unpacked')));
	});

	after(() => rmSync(scratch, { recursive: true, force: true }));

	test('holds the command, the schemas, the generated types and the licence, and nothing that only a checkout needs', () => {
		for (const file of [
			'bin/gpupolicy.js',
			'dist/entry.js',
			'dist/quick.cjs',
			'oclif.manifest.json',
			'dist/api/v1alpha1.generated.d.ts',
			'schemas/gpupolicy.v1alpha1.schema.json',
			'LICENSE',
			'README.md',
			'CHANGELOG.md',
		]) {
			assert.ok(contents.includes(file), `${file} is missing`);
		}
		assert.deepEqual(
			contents.filter((file) => /\.test\.|(^|\/)(test|examples|docs|\.ci|src|node_modules)\/|\.unpacked/.test(file)),
			[],
		);
	});

	for (const version of ['22.22', '24', '26']) {
		test(`installed globally with Node ${version}, it tells its version, validates and checks the example, and ships its API`, () => {
			const node = nodeOf(version);
			const prefix = join(scratch, `prefix-${version}`);
			succeed(
				run(
					node,
					'npm',
					['install', '--global', '--prefix', prefix, '--prefer-offline', '--no-audit', '--no-fund', tarball],
					scratch,
				),
			);
			const command = windows ? join(prefix, 'gpupolicy.cmd') : join(prefix, 'bin', 'gpupolicy');
			const installed = join(prefix, ...(windows ? [] : ['lib']), 'node_modules', 'gpupolicy');

			const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<string, unknown>;
			for (const key of ['private', 'scripts', 'devDependencies', 'optionalDependencies'])
				assert.ok(!(key in manifest), `${key} is published`);

			const told = succeed(run(node, command, ['--version'], scratch));
			assert.match(told.stdout, new RegExp(`^gpupolicy ${String(manifest['version'])} node v${version}\\.`));
			assert.equal(told.stderr, '');

			const example = join(scratch, `example-${version}`);
			cpSync(join(root, 'examples', 'mixed-gpu'), example, { recursive: true });
			assert.equal(succeed(run(node, command, ['validate'], example)).stderr, '');
			const checked = run(node, command, ['check'], example);
			assert.equal(checked.status, 2, checked.stderr);
			assert.equal(checked.stderr, '');

			const imports =
				"import schema from 'gpupolicy/schemas/gpupolicy.v1alpha1.schema.json' with { type: 'json' }; await import('gpupolicy/api'); console.log(schema.title)";
			const consumer = join(installed, '..', 'consumer.mjs');
			writeFileSync(consumer, imports);
			assert.equal(succeed(run(node, node, [consumer], scratch)).stdout, 'GpuPolicy\n');
		});
	}

	test('on a Node that is too old it says so in one line and fails', () => {
		const node = nodeOf('20.18');
		const result = run(node, node, [join(root, 'bin', 'gpupolicy.js'), '--version'], scratch);
		assert.equal(result.status, 1);
		assert.equal(result.stdout, '');
		assert.match(result.stderr, /^gpupolicy needs Node\.js 22\.22 or newer; this is Node\.js 20\.18\.\d+\.\n$/);
	});
});
