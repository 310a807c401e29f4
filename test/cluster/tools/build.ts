import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { aptInstall } from '../../apt.ts';
import { cacheFolder } from './cache-folder.ts';
import { findGo, type Go } from './go.ts';
import { withLock } from './lock.ts';
import { type Tool, type ToolName, tools } from './tool.ts';

/** A module of Go by its import path, and the folder of `test/tools` whose go.mod says which version. */
type Pinned = { readonly module: string } & Pick<Tool, 'source'>;

const modules = join(import.meta.dirname, '..', '..', 'tools');
const suffix = process.platform === 'win32' ? '.exe' : '';

/**
 * The path of a tool's program: that of `KUBEBUILDER_ASSETS` where it has one, else the one in the cache, else it is built, which is
 * shown on stderr. Processes that want the same one at once wait for the first. Rejects with what to type where nothing of it works.
 */
export async function toolPath(name: ToolName): Promise<string> {
	const tool: Tool = tools[name];
	const assets = process.env['KUBEBUILDER_ASSETS'];
	if (assets && tool.inAssets && existsSync(join(assets, name + suffix))) return join(assets, name + suffix);
	const folder = moduleCache(tool);
	const program = join(folder, name + suffix);
	if (existsSync(program)) return program;
	mkdirSync(folder, { recursive: true });
	await withLock(
		join(folder, 'lock'),
		(pid) => say(`${name}: waiting for process ${pid}, which builds from test/tools/${tool.module}`),
		async () => {
			if (!existsSync(program)) await build(name, tool, program);
		},
	);
	return program;
}

/** Builds every tool that some suites wait for and that is not there yet. */
export async function buildAll(...suites: readonly Tool['suite'][]): Promise<void> {
	for (const [name, { suite }] of Object.entries<Tool>(tools)) if (suites.includes(suite)) await toolPath(name as ToolName);
}

/** A folder of the source of a tool's module, copied beside its program; `path` is relative to the module, with `/`. */
export function toolSource(name: ToolName, path: string): Promise<string> {
	return moduleSource(tools[name], path);
}

/** A folder of the source of any module that a go.mod of `test/tools` pins, copied into the cache; `path` is relative to the module, with `/`. */
export async function moduleSource(tool: Pinned, path: string): Promise<string> {
	const target = join(moduleCache(tool), path.replaceAll('/', '-'));
	if (existsSync(target)) return target;
	const cwd = join(modules, tool.module);
	const go = await findGo();
	mkdirSync(moduleCache(tool), { recursive: true });
	const { Dir } = JSON.parse(await run(go, ['mod', 'download', '-json', `${tool.source}@${version(tool)}`], cwd)) as {
		Dir: string;
	};
	const fresh = `${target}.${process.pid}`;
	cpSync(join(Dir, path), fresh, { recursive: true });
	try {
		renameSync(fresh, target);
	} catch {
		rmSync(fresh, { recursive: true, force: true }); // Another process was first.
	}
	return target;
}

/** Version of a tool as its go.mod pins it, `v1.36.3`. */
function version(tool: Pinned): string {
	const text = readFileSync(join(modules, tool.module, 'go.mod'), 'utf8');
	const found = text.split('\n').map((line) =>
		line
			.trim()
			.replace(/^require /, '')
			.split(' '),
	);
	const pinned = found.find(([path, pin]) => path === tool.source && pin?.startsWith('v'))?.[1];
	if (pinned === undefined) throw new Error(`test/tools/${tool.module}/go.mod does not require ${tool.source}`);
	return pinned;
}

/** Keyed by go.sum, which changes with every version that goes into the program, and by source of our own. */
function moduleCache(tool: Pinned): string {
	const folder = join(modules, tool.module);
	const key = createHash('sha256').update(readFileSync(join(folder, 'go.sum')));
	for (const file of globSync('**/*.go', { cwd: folder }).sort()) key.update(readFileSync(join(folder, file)));
	return join(cacheFolder(), tool.module, key.digest('hex').slice(0, 16));
}

async function build(name: ToolName, tool: Tool, program: string): Promise<void> {
	const cwd = join(modules, tool.module);
	const fresh = `${program}.${process.pid}`;
	const variables = tool.versionVariables.map((variable) => `-X ${variable}=${version(tool)}`);
	const flags = [
		'build',
		'-v',
		'-trimpath',
		'-buildvcs=false',
		...(tool.cgo === undefined ? [] : ['-tags', tool.cgo.tags.join(',')]),
		'-ldflags',
		['-s', '-w', ...variables].join(' '),
		'-o',
		fresh,
		tool.package,
	];
	const started = performance.now();
	let packages = 0;
	const progress = setInterval(() => say(`  ${name}: ${packages} packages compiled, ${seconds(started)} s`), 15_000);
	try {
		const go = await findGo();
		if (tool.cgo !== undefined) requireLibrary(name, tool.cgo);
		say(`building ${name} ${version(tool)} (kept in ${program}; the first time takes minutes)`);
		await run(tool.cgo === undefined ? go : withCgo(go), flags, cwd, (lines) => {
			packages += lines;
		});
		renameSync(fresh, program);
	} catch (cause) {
		rmSync(fresh, { force: true });
		throw new Error(`${name} could not be built: ${(cause as Error).message}\n${remedy(name, tool)}`, { cause });
	} finally {
		clearInterval(progress);
	}
	say(`built ${name} in ${seconds(started)} s`);
}

/** Installs a C library and its compiler where they are missing. Throws what to type where that cannot be. */
function requireLibrary(name: ToolName, { library, packages }: NonNullable<Tool['cgo']>): void {
	const there = spawnSync('pkg-config', ['--exists', library]).status === 0 && spawnSync('gcc', ['--version']).status === 0;
	if (!there) aptInstall(packages, name);
}

function withCgo(go: Go): Go {
	return { ...go, env: { ...go.env, CGO_ENABLED: '1' } };
}

function remedy(name: ToolName, tool: Tool): string {
	const how = tool.cgo === undefined ? 'CGO_ENABLED=0 go build' : `CGO_ENABLED=1 go build -tags ${tool.cgo.tags.join(',')}`;
	const lines = [`To see why, type: cd test/tools/${tool.module} && ${how} -o /tmp/${name} ${tool.package}`];
	if (tool.inAssets) {
		const assets = `KUBEBUILDER_ASSETS="$(setup-envtest use ${version(tools.kubectl)} -p path)"`;
		lines.push(`With etcd, kube-apiserver and kubectl from elsewhere: ${assets} node test/run.ts cluster`);
	}
	return lines.join('\n');
}

/** Runs Go and gives its stdout; `onLines` learns how many lines came on stderr. Rejects with the end of stderr. */
function run(go: Go, args: readonly string[], cwd: string, onLines?: (lines: number) => void): Promise<string> {
	return new Promise((resolve, reject) => {
		const child = spawn(go.command, args, {
			cwd,
			env: { ...process.env, CGO_ENABLED: '0', ...go.env, GOWORK: 'off', GOFLAGS: '-mod=readonly' },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		let stdout = '';
		let stderr = '';
		child.stdout.setEncoding('utf8').on('data', (text: string) => {
			stdout += text;
		});
		child.stderr.setEncoding('utf8').on('data', (text: string) => {
			stderr = (stderr + text).slice(-8_000);
			onLines?.(text.split('\n').length - 1);
		});
		child.once('error', reject);
		child.once('close', (code) => {
			if (code === 0) resolve(stdout);
			else reject(new Error(`go ${args[0]} ended with ${code}:\n${stderr.trim().split('\n').slice(-12).join('\n')}`));
		});
	});
}

function seconds(started: number): string {
	return ((performance.now() - started) / 1000).toFixed(0);
}

function say(line: string): void {
	process.stderr.write(`${line}\n`);
}
