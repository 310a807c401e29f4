import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { TestContext } from 'node:test';

/** The command as users run it: the built package through its bin file. */
export const bin = path.join(import.meta.dirname, '..', '..', '..', 'bin', 'gpupolicy.js');

export interface Ran {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

export interface RunOptions {
	readonly env?: Record<string, string>;
	readonly input?: string;
	readonly cwd?: string;
	/** Where standard output goes; default: into `stdout`. */
	readonly stdout?: number;
	/** Run as this user; the tests may run as root, for whom no file is read-only. */
	readonly uid?: number;
}

/** Environment without what would change the output: colours, CI, and a GPU of the machine that runs the tests. */
function environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
	const { CI: _ci, FORCE_COLOR: _color, ...rest } = process.env;
	return { ...rest, GPUPOLICY_NVML_LIBRARY: '/nonexistent/libnvidia-ml.so.1', GIT_CONFIG_GLOBAL: '/dev/null', ...extra };
}

/** A scratch repo in a temporary folder, removed after the test. */
export class Sandbox {
	readonly root: string;

	constructor(t: TestContext, files: Readonly<Record<string, string | Uint8Array>> = {}) {
		this.root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gpupolicy-cli-')));
		t.after(() => fs.rmSync(this.root, { recursive: true, force: true }));
		for (const [name, content] of Object.entries(files)) this.write(name, content);
	}

	at(name: string): string {
		return path.join(this.root, name);
	}

	write(name: string, content: string | Uint8Array): void {
		fs.mkdirSync(path.dirname(this.at(name)), { recursive: true });
		fs.writeFileSync(this.at(name), content);
	}

	read(name: string): string {
		return fs.readFileSync(this.at(name), 'utf8');
	}

	/** Runs the command in the root and waits for it. */
	run(args: readonly string[], options: RunOptions = {}): Ran {
		const ran = spawnSync(process.execPath, [bin, ...args], {
			cwd: options.cwd ?? this.root,
			env: environment(options.uid === undefined ? options.env : { HOME: '/nonexistent', ...options.env }),
			input: options.input ?? '',
			stdio: ['pipe', options.stdout ?? 'pipe', 'pipe'],
			...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
			encoding: 'utf8',
			maxBuffer: 64 * 1024 * 1024,
			timeout: 120_000,
		});
		if (ran.error) throw ran.error;
		return { code: ran.status, stdout: ran.stdout ?? '', stderr: ran.stderr };
	}

	/** Starts the command and leaves it running; the caller ends it. */
	start(args: readonly string[], env: Record<string, string> = {}, output: 'pipe' | number = 'pipe'): ReturnType<typeof spawn> {
		return spawn(process.execPath, [bin, ...args], { cwd: this.root, env: environment(env), stdio: ['ignore', output, output] });
	}

	git(...args: string[]): string {
		const ran = spawnSync(
			'git',
			['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'init.defaultBranch=main', ...args],
			{
				cwd: this.root,
				env: environment(),
				encoding: 'utf8',
			},
		);
		if (ran.status !== 0) throw new Error(`git ${args.join(' ')}: ${ran.stderr}`);
		return ran.stdout;
	}

	/** Makes the root a git repository with everything committed. */
	commitAll(): this {
		if (!fs.existsSync(this.at('.git'))) this.git('init', '-q');
		this.git('add', '-A');
		this.git('commit', '-q', '-m', 'state');
		return this;
	}

	/** Content hash, mode and mtime of every file but those below the given folders, by path. */
	snapshot(options: { readonly mtimes?: boolean; readonly without?: readonly string[] } = {}): Record<string, string> {
		const without = new Set(options.without ?? ['.git', '.gpupolicy']);
		const found: Record<string, string> = {};
		const walk = (folder: string): void => {
			for (const entry of fs.readdirSync(this.at(folder), { withFileTypes: true })) {
				const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
				if (without.has(name)) continue;
				if (entry.isDirectory()) walk(name);
				else if (entry.isFile()) {
					const stat = fs.lstatSync(this.at(name), { bigint: true });
					const hash = createHash('sha256')
						.update(fs.readFileSync(this.at(name)))
						.digest('hex');
					found[name] = `${hash} ${stat.mode.toString(8)}${options.mtimes ? ` ${stat.mtimeNs} ${stat.ino}` : ''}`;
				} else found[name] = entry.isSymbolicLink() ? `-> ${fs.readlinkSync(this.at(name))}` : 'special';
			}
		};
		walk('');
		return found;
	}
}

export interface PolicyOptions {
	readonly name?: string;
	readonly mode?: 'Enforce' | 'Audit';
	readonly suspend?: boolean;
	/** CUDA_VISIBLE_DEVICES. */
	readonly visible?: string;
	readonly include?: readonly string[];
	readonly ordinal?: number | null;
	/** `false`: also folders that are excluded by default. */
	readonly defaultExcludes?: false;
	/** More YAML lines of the spec, indented by two. */
	readonly extra?: string;
	/** More entries of `env`, each a flow mapping. */
	readonly env?: readonly string[];
}

/** A policy manifest for tests; it rests on no device unless `extra` says so. */
export function policy(options: PolicyOptions = {}): string {
	const { name = 'one', mode = 'Enforce', visible = '1', include = ['**/*.py'], ordinal = 0 } = options;
	const entries = [
		'{ name: CUDA_DEVICE_ORDER, value: PCI_BUS_ID }',
		`{ name: CUDA_VISIBLE_DEVICES, value: "${visible}" }`,
		...(options.env ?? []),
	];
	return `apiVersion: gpupolicy.dev/v1alpha1
kind: GpuPolicy
metadata: { name: ${name} }
spec:
  mode: ${mode}
${options.suspend ? '  suspend: true\n' : ''}  env:
${entries.map((entry) => `    - ${entry}\n`).join('')}  files:
    - include: ${JSON.stringify(include)}
${ordinal === null ? '' : `      deviceOrdinal: ${ordinal}\n`}${options.defaultExcludes === false ? '      defaultExcludes: false\n' : ''}${options.extra ?? ''}`;
}

/** A GPU program without any of what a policy demands. */
export const bareProgram = 'import torch\n\nmodel = torch.nn.Linear(2, 2).to("cuda:1")\n';
