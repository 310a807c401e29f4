/**
 * Compiles src/ to dist/. The command reads nothing at run time but dist/, schemas/, package.json and oclif.manifest.json.
 * Outputs are replaced one by one and what has no source any more is removed, so that a command that runs meanwhile is not cut off.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { build, buildSync } from 'esbuild';

const root = join(import.meta.dirname, '..');
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const { status, stdout } = spawnSync(
	process.execPath,
	[tsc, '-p', 'tsconfig.build.json', '--listEmittedFiles', '--pretty', 'false'],
	{
		cwd: root,
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'inherit'],
	},
);
const emitted = new Set<string>();
for (const line of stdout.split('\n')) {
	if (line.startsWith('TSFILE: ')) emitted.add(resolve(root, line.slice('TSFILE: '.length).trim()));
	else if (line !== '') console.error(line);
}
if (emitted.size === 0) {
	console.error('tsc wrote nothing');
	process.exit(1);
}

/** Gives a module of Node's in the form in which a bundle imports its default: beside what it exports by name. */
const builtinModule =
	'const __builtins={},__builtin=(name)=>__builtins[name]??=Object.create(require(name),{default:{value:require(name)}});';

/** esbuild copies every property of a built-in module for each file that imports its default, which is a tenth of what a start costs. */
function shareBuiltinModules(file: string): void {
	const copied = /__toESM\(require\("(node:[\w/]+)"\), ?1\)/g;
	writeFileSync(file, readFileSync(file, 'utf8').replace(copied, '__builtin("$1")'));
}

// What bin/gpupolicy.js tries first: one CommonJS file, since every further module costs a start about a millisecond.
const quick = join(root, 'dist', 'quick.cjs');
await build({
	entryPoints: [join(root, 'src', 'quick.ts')],
	outfile: quick,
	bundle: true,
	platform: 'node',
	format: 'cjs',
	target: 'node22',
	minifySyntax: true,
	minifyWhitespace: true,
	banner: { js: `'use strict';${builtinModule}` },
	logLevel: 'warning',
});
shareBuiltinModules(quick);
emitted.add(quick);
for (const file of globSync('dist/**/*', { cwd: root, withFileTypes: true })) {
	const path = join(file.parentPath, file.name);
	if (!file.isDirectory() && !emitted.has(path)) rmSync(path);
}

// Everything else the command needs, in a handful of files: finding and compiling five hundred modules took half of a start.
const bundle = join(root, 'dist', 'bundle');
rmSync(bundle, { recursive: true, force: true });
buildSync({
	entryPoints: {
		entry: join(root, 'src', 'entry.ts'),
		commands: join(root, 'src', 'commands', 'index.ts'),
		execa: 'execa',
		'smi-xml': join(root, 'src', 'gpu', 'nvidia-smi', 'parse.ts'),
		'exec-plugin': join(root, 'src', 'kube', 'connection', 'exec-plugin.ts'),
		'kube-config': '@kubernetes/client-node/dist/config.js',
	},
	outdir: bundle,
	bundle: true,
	splitting: true,
	platform: 'node',
	format: 'esm',
	target: 'node22',
	external: ['koffi'],
	minifySyntax: true,
	legalComments: 'external',
	banner: {
		js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
	},
	logLevel: 'warning',
});

/** What both bundles load only when they need it, by the path that it is imported by: a file of the other one. */
const seldomFiles: Readonly<Record<string, string>> = {
	execa: 'execa.js',
	'./parse.ts': 'smi-xml.js',
	'./exec-plugin.ts': 'exec-plugin.js',
	'@kubernetes/client-node/dist/config.js': 'kube-config.js',
};

/** A CommonJS bundle of one file, as for quick.cjs; what `elsewhere` fits is loaded from the other bundle when it is needed. */
async function commonBundle(name: string, entry: string, elsewhere: RegExp) {
	const outfile = join(bundle, name);
	await build({
		entryPoints: [join(root, 'src', entry)],
		outfile,
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'node22',
		external: ['koffi'],
		// The same commands, on a stand-in for oclif.
		alias: { '@oclif/core': join(root, 'src', 'commands', 'plain', 'oclif.ts') },
		define: { 'import.meta.url': '__moduleUrl', __BUILD_ID__: '"@build@"' },
		banner: { js: `const __moduleUrl = require('node:url').pathToFileURL(__filename).href;${builtinModule}` },
		minifySyntax: true,
		minifyWhitespace: true,
		legalComments: 'external',
		logLevel: 'warning',
		plugins: [{ name: 'elsewhere', setup: (plugin) => plugin.onResolve({ filter: elsewhere }, seldom) }],
	});
	shareBuiltinModules(outfile);
}

await commonBundle('plain.cjs', 'commands/plain/start.ts', /^(execa|\.\/parse\.ts|\.\.\/app\/watch\.ts|\.\/cluster\/.*\.ts)$/);
await commonBundle(
	'node.cjs',
	'commands/plain/start-node.ts',
	/^(execa|\.\/(parse|exec-plugin)\.ts|@kubernetes\/client-node\/dist\/config\.js)$/,
);
await commonBundle('child.cjs', 'gpu/nvml/child.ts', /^execa$/);

// What the readers of the bundle made of a text is kept between runs: the bundle says which readers these were.
const plain = join(bundle, 'plain.cjs');
const text = readFileSync(plain, 'utf8');
writeFileSync(plain, text.replaceAll('@build@', createHash('sha256').update(text).digest('hex')));

/** What is loaded only when needed lies in files of the other bundle; neither a watch nor anything about a cluster is run by plain.cjs. */
function seldom({ path, kind }: { path: string; kind: string }): { path: string; external: true } | undefined {
	if (kind !== 'dynamic-import') return undefined;
	return { path: `./${seldomFiles[path] ?? 'none.js'}`, external: true };
}

// With the manifest oclif loads the one command that runs; without it, all of them. A stale one is worse than none.
rmSync(join(root, 'oclif.manifest.json'), { force: true });
const oclif = join(root, 'node_modules', 'oclif', 'bin', 'run.js');
const manifest = spawnSync(process.execPath, [oclif, 'manifest'], {
	cwd: root,
	encoding: 'utf8',
	stdio: ['ignore', 'pipe', 'pipe'],
});
if (manifest.status !== 0) console.error(`oclif manifest failed:\n${manifest.stderr}`);

console.log(`built ${emitted.size} files into ${relative(process.cwd(), join(root, 'dist')) || 'dist'}${sep}`);
process.exitCode = status || manifest.status ? 1 : 0;
