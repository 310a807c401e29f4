/** `npm run demo`: the main job, by the real command, on a scratch copy of examples/mixed-gpu. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { styleText } from 'node:util';

const command = join(import.meta.dirname, '..', 'bin', 'gpupolicy.js');
const scratch = mkdtempSync(join(tmpdir(), 'gpupolicy-demo-'));
const repo = join(scratch, 'mixed-gpu');
let surprises = 0;

/** One digest over all files of the copy, our own state and git's aside. */
function digest(): string {
	const hash = createHash('sha256');
	for (const entry of globSync('**/*', { cwd: repo, withFileTypes: true, exclude: ['.git', '.gpupolicy'] }).sort((a, b) => (join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1))) {
		if (entry.isFile()) hash.update(`${entry.name}\0`).update(readFileSync(join(entry.parentPath, entry.name)));
	}
	return hash.digest('hex');
}

function git(...args: string[]): void {
	const { status, error } = spawnSync('git', ['-c', 'user.name=demo', '-c', 'user.email=demo@example.com', ...args], { cwd: repo, stdio: ['ignore', 'ignore', 'inherit'] });
	if (status !== 0) throw new Error(`git ${args[0]} failed`, { cause: error });
}

/** Shows a command as it is typed, what it prints, and that it ends as documented. */
function show(args: readonly string[], expected: number): void {
	console.log(styleText('bold', `\n$ gpupolicy ${args.join(' ')}`));
	const { status } = spawnSync(process.execPath, [command, ...args], { cwd: repo, stdio: ['ignore', 'inherit', 'inherit'] });
	console.log(styleText('dim', `exit ${status}`));
	expect(`exit ${expected}`, status === expected);
}

function expect(what: string, holds: boolean): void {
	if (holds) return;
	surprises++;
	console.log(styleText('red', `expected: ${what}`));
}

try {
	cpSync(join(import.meta.dirname, 'mixed-gpu'), repo, { recursive: true, filter: (source) => basename(source) !== '.gpupolicy' });
	git('init', '--quiet');
	git('add', '.');
	git('commit', '--quiet', '--message', 'The repo as it was');
	const before = digest();
	console.log('examples/mixed-gpu, in a scratch copy. Its recorded inventory stands for the two GPUs, so none is needed.');
	show(['validate'], 0);
	show(['plan'], 0);
	show(['check'], 2);
	show(['reconcile'], 0);
	const after = digest();
	expect('files changed', after !== before);
	show(['check'], 0);
	show(['reconcile'], 0);
	expect('the second reconcile writes nothing', digest() === after);
	show(['get'], 0);
	show(['history'], 0);
	show(['rollback'], 0);
	expect('rollback restores every byte', digest() === before);
	console.log(surprises === 0 ? '\nAs documented: 2 before, 0 after, nothing written twice, every byte back.' : `\n${surprises} surprises, see above.`);
} finally {
	rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = surprises === 0 ? 0 : 1;
