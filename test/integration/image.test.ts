import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

	it('stays under 12 MB', () => {
		const bytes = files.reduce((sum, path) => sum + statSync(join(target, path)).size, 0);
		assert.ok(bytes < 12e6, `${bytes} bytes`);
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
