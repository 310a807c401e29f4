import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { nearestRoot, readManifestFiles } from './manifest-files.ts';

let root: string;
before(() => {
	root = realpathSync(mkdtempSync(join(tmpdir(), 'manifests-')));
});
after(() => rmSync(root, { recursive: true, force: true }));

async function* noInput(): AsyncGenerator<string> {}

async function read(names: readonly string[], options: { at?: string; stdin?: AsyncIterable<string>; maxBytes?: number } = {}) {
	const at = join(root, options.at ?? '');
	const { files, failures } = await readManifestFiles({
		root: at,
		cwd: at,
		names,
		maxBytes: options.maxBytes ?? 1000,
		stdin: options.stdin ?? noInput(),
	});
	return {
		files: files.map(({ file, bytes }) => [file, Buffer.from(bytes).toString()]),
		failures: failures.map(({ code, file }) => [code, file]),
	};
}

function put(path: string, text = path): void {
	mkdirSync(join(root, path, '..'), { recursive: true });
	writeFileSync(join(root, path), text);
}

describe('manifest files', () => {
	it('are found at the root by their names, and no others', async () => {
		for (const name of [
			'gpupolicy.yaml',
			'.gpupolicy.yaml',
			'b.gpupolicy.yaml',
			'gpupolicy.inventory.yaml',
			'other.yaml',
			'mygpupolicy.yaml',
		])
			put(`found/${name}`, '');
		const { files } = await read([], { at: 'found' });
		assert.deepEqual(
			files.map(([file]) => file),
			['.gpupolicy.yaml', 'b.gpupolicy.yaml', 'gpupolicy.yaml'],
		);
	});

	it('are read from named files, directories and standard input, each once', async () => {
		put('named/dir/a.yaml');
		put('named/dir/b.yml');
		put('named/dir/c.json');
		put('named/dir/x.inventory.yaml');
		put('named/dir/below/d.yaml');
		put('named/e.txt');
		async function* stdin() {
			yield 'from ';
			yield 'stdin';
		}
		const { files, failures } = await read(['dir', 'e.txt', '-', 'e.txt'], { at: 'named', stdin: stdin() });
		assert.deepEqual(
			files.map(([file]) => file),
			['dir/a.yaml', 'dir/b.yml', 'dir/c.json', 'e.txt', 'stdin'],
		);
		assert.equal(files.at(-1)?.[1], 'from stdin');
		assert.deepEqual(failures, []);
	});

	it('that are missing or no regular file do not stop the others', async () => {
		put('faults/good.yaml');
		mkdirSync(join(root, 'faults/empty'));
		mkdirSync(join(root, 'faults/folder.gpupolicy.yaml'));
		symlinkSync('nowhere', join(root, 'faults/dangling.yaml'));
		symlinkSync('good.yaml', join(root, 'faults/link.yaml'));
		execFileSync('mkfifo', [join(root, 'faults/fifo.yaml')]);
		const { files, failures } = await read(['missing.yaml', 'empty', 'dangling.yaml', 'fifo.yaml', 'link.yaml', 'good.yaml'], {
			at: 'faults',
		});
		assert.deepEqual(
			files.map(([file]) => file),
			['link.yaml', 'good.yaml'],
		);
		assert.deepEqual(failures, [
			['GP3501', 'missing.yaml'],
			['GP3502', 'empty'],
			['GP3501', 'dangling.yaml'],
			['GP3502', 'fifo.yaml'],
		]);
		assert.deepEqual((await read([], { at: 'faults' })).failures, [['GP3502', 'folder.gpupolicy.yaml']]);
	});

	it('are read no further than one byte over the limit', async () => {
		put('large/p.yaml', 'x'.repeat(100_000));
		async function* stdin() {
			for (;;) yield 'x'.repeat(1000);
		}
		const { files } = await read(['p.yaml', '-'], { at: 'large', maxBytes: 5000, stdin: stdin() });
		assert.deepEqual(
			files.map(([, text]) => text?.length),
			[5001, 5001],
		);
	});
});

describe('the root', () => {
	it('is the nearest directory with a policy or a git work tree, else where one is', () => {
		mkdirSync(join(root, 'tree/.git'), { recursive: true });
		put('tree/app/gpupolicy.yaml');
		mkdirSync(join(root, 'tree/app/src/deep'), { recursive: true });
		mkdirSync(join(root, 'tree/lib'), { recursive: true });
		mkdirSync(join(root, 'bare/x'), { recursive: true });
		assert.equal(nearestRoot(join(root, 'tree/app/src/deep')), join(root, 'tree/app'));
		assert.equal(nearestRoot(join(root, 'tree/lib')), join(root, 'tree'));
		assert.equal(nearestRoot(join(root, 'bare/x')), join(root, 'bare/x'));
	});
});
