import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, matchesGlob } from 'node:path';
import { after, before, describe, it } from 'node:test';

const root = join(import.meta.dirname, '..', '..');

/** Instructions of a Dockerfile by stage. */
function stages(text: string): string[][] {
	const all: string[][] = [];
	for (const line of text.replaceAll(/\\\n/g, ' ').split('\n')) {
		if (line.trim() === '' || line.startsWith('#')) continue;
		if (line.startsWith('FROM ')) all.push([]);
		all.at(-1)?.push(line);
	}
	return all;
}

describe('the container image', () => {
	let target: string;
	let files: string[];

	before(() => {
		target = mkdtempSync(join(tmpdir(), 'gpupolicy-image-'));
		const made = spawnSync(process.execPath, [join(root, '.ci', 'image.ts'), target], { encoding: 'utf8' });
		assert.equal(made.status, 0, made.stderr);
		files = readdirSync(target, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => join(entry.parentPath, entry.name).slice(target.length).replaceAll('\\', '/'));
	});
	after(() => rmSync(target, { recursive: true, force: true }));

	const run = (...args: string[]) => {
		const command = join(target, 'opt', 'gpupolicy', 'bin', 'gpupolicy.js');
		return spawnSync(process.execPath, [command, ...args], { cwd: target, encoding: 'utf8', env: { PATH: '/nowhere' } });
	};

	it('holds a command that runs on nothing but its own folder and Node', () => {
		const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
		assert.ok(run('--version').stdout.startsWith(`gpupolicy ${version} `));
		const explained = run('explain', 'gpupolicy.spec.mode');
		assert.equal(explained.status, 0, explained.stderr);
		assert.match(explained.stdout, /Enforce \| Audit/);
	});

	it('loads the native library that NVML is read through', () => {
		const koffi = join(target, 'opt', 'gpupolicy', 'node_modules', 'koffi');
		const script = 'process.stdout.write(String(require(process.argv[1]).sizeof("int64_t")))';
		const { stdout, stderr } = spawnSync(process.execPath, ['-e', script, koffi], { cwd: target, encoding: 'utf8' });
		assert.equal(stdout, '8', stderr);
	});

	it('holds no source, test, development dependency or secret', () => {
		assert.ok(files.length > 5, 'the image is empty');
		for (const path of files) {
			assert.match(path, /^\/opt\/gpupolicy\//);
			if (path.includes('/node_modules/')) assert.match(path, /\/node_modules\/(koffi|@koromix\/koffi-[a-z0-9-]+)\//);
			else assert.doesNotMatch(path, /\.ts$|\.test\.|\/test\/|\.env|\.npmrc|\.map$/);
		}
	});

	it('runs each part of a cluster', () => {
		for (const part of ['agent', 'device-plugin', 'controller']) {
			const { status, stdout, stderr } = run(part, '--help');
			assert.equal(status, 0, `${part}: ${stderr}`);
			assert.match(stdout, /--bind-address/, part);
		}
	});

	it('stays under 12 MB', () => {
		const bytes = files.reduce((sum, path) => sum + statSync(join(target, path)).size, 0);
		assert.ok(bytes < 12e6, `${bytes} bytes`);
	});

	it('is built from the lock file alone, by a base that is named by its version', () => {
		const dockerfile = stages(readFileSync(join(root, 'Dockerfile'), 'utf8'));
		const [build = []] = dockerfile;
		assert.deepEqual(
			build.filter((line) => /^(COPY|ADD|RUN)\b/.test(line)),
			['COPY . .', 'RUN npm ci && npm run --silent build && npm run --silent image'],
		);
		for (const [from = ''] of dockerfile) assert.match(from, /^FROM [\w./-]+:(?!latest)[\w.-]*\d[\w.-]*( AS \w+)?$/);
		const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
			packages: Record<string, { integrity?: string; optional?: boolean }>;
		};
		// Parts for other platforms are not installed there.
		for (const [path, { integrity, optional }] of Object.entries(packages))
			if (path !== '' && !optional) assert.match(integrity ?? '', /^sha512-/, `${path} is not pinned by its sum`);
	});

	it('needs nothing to be built that .dockerignore keeps out', () => {
		const ignored = readFileSync(join(root, '.dockerignore'), 'utf8')
			.split('\n')
			.filter((line) => line !== '' && !line.startsWith('#'));
		const kept = (path: string): boolean =>
			!ignored.some((pattern) => path.split('/').some((_, i, parts) => matchesGlob(parts.slice(0, i + 1).join('/'), pattern)));
		const context = join(target, '..', `${basename(target)}-context`);
		try {
			const listed = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
				cwd: root,
				encoding: 'utf8',
			});
			const tracked = listed.stdout.split('\0').filter((path) => path !== '' && kept(path) && existsSync(join(root, path)));
			assert.ok(tracked.includes('package-lock.json') && !tracked.some((path) => path.startsWith('docs/adr/')));
			for (const path of tracked) {
				mkdirSync(dirname(join(context, path)), { recursive: true });
				copyFileSync(join(root, path), join(context, path));
			}
			// What `npm ci` would install.
			symlinkSync(join(root, 'node_modules'), join(context, 'node_modules'));
			for (const script of ['build.ts', 'image.ts']) {
				const { status, stderr } = spawnSync(process.execPath, [join(context, '.ci', script)], {
					cwd: context,
					encoding: 'utf8',
				});
				assert.equal(status, 0, `${script}: ${stderr}`);
			}
			const built = readdirSync(join(context, 'build', 'image'), { recursive: true, withFileTypes: true })
				.filter((entry) => entry.isFile())
				.map((entry) =>
					join(entry.parentPath, entry.name)
						.slice(join(context, 'build', 'image').length)
						.replaceAll('\\', '/'),
				);
			// Chunks of the bundle are named by their content.
			const stable = (paths: readonly string[]): string[] =>
				paths.filter((path) => !/-[A-Z0-9]{8}\.js(\.LEGAL\.txt)?$/.test(path)).sort();
			assert.deepEqual(stable(built), stable(files));
		} finally {
			rmSync(context, { recursive: true, force: true });
		}
	});

	it('is one layer of ours on a slim base, runs as nobody, and starts a file that it holds', () => {
		const final = stages(readFileSync(join(root, 'Dockerfile'), 'utf8')).at(-1) ?? [];
		assert.match(final[0] ?? '', /^FROM \S+(slim|distroless)\S*$/);
		assert.deepEqual(
			final.filter((line) => /^(COPY|ADD|RUN)\b/.test(line)),
			['COPY --from=build /src/build/image/ /'],
		);
		assert.match(final.find((line) => line.startsWith('USER ')) ?? '', /^USER [1-9]\d*:[1-9]\d*$/);
		const entry = JSON.parse(
			(final.find((line) => line.startsWith('ENTRYPOINT ')) ?? '').slice('ENTRYPOINT '.length),
		) as string[];
		assert.ok(files.includes(entry.at(-1) ?? ''), `${entry.at(-1)} is not in the image`);
	});
});
