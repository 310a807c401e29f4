import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { FileWrite } from '../../../src/core/ports/journal.ts';
import type { FileSelector, Worktree } from '../../../src/core/ports/worktree.ts';

/** A directory that is removed when the test ends; `files` maps paths to contents. */
export function temporaryRoot(t: TestContext, files: Readonly<Record<string, string>> = {}): string {
	const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gpupolicy-host-')));
	t.after(() => fs.rmSync(root, { recursive: true, force: true }));
	for (const [name, content] of Object.entries(files)) writeFile(root, name, content);
	return root;
}

/** Writes a file and the directories above it. */
export function writeFile(root: string, name: string, content: string | Uint8Array): void {
	fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
	fs.writeFileSync(path.join(root, name), content);
}

/** Sets times far enough back that they are not racy. */
export function age(root: string, ...names: readonly string[]): void {
	const then = Date.now() / 1000 - 60;
	for (const name of names) fs.utimesSync(path.join(root, name), then, then);
}

/** One selector over everything of a kind. */
export function select(...include: readonly string[]): FileSelector {
	return { include, exclude: [], defaultExcludes: true };
}

/** Plans to put `prefix` before every Python file of the tree. */
export function prefixWrites(worktree: Worktree, prefix: string): FileWrite[] {
	return worktree.survey([select('**/*.py')], 'basis').files.map((file) => {
		const read = worktree.read(file, 1 << 20);
		if (!read.ok) throw new Error(`${file.path}: ${read.message}`);
		const before = Buffer.from(read.bytes);
		const after = Buffer.concat([Buffer.from(prefix), before]);
		return { path: file.path, stamp: read.stamp, before, after, policies: ['p'], summary: 'prefix' };
	});
}
