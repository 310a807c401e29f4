/**
 * Child of the full-disk test, in a mount namespace of its own: mounts a tmpfs of the size given on the directory given,
 * fills it with files, leaves `free` bytes, applies a revision and prints what came of it as JSON.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { openWorktree } from '../../../src/host/files/open-worktree.ts';
import { openJournal } from '../../../src/host/journal/open-journal.ts';
import { prefixWrites } from './temporary-root.ts';

const root = process.argv[2] as string;
const free = Number(process.argv[3]);
execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', root]);
const contents = new Map<string, string>();
for (let at = 0; at < 12; at++) {
	// Half of the files fit in one page after the change, half need many.
	const content = `${at}\n${'abcdefgh'.repeat(at % 2 === 0 ? 10 : 4000)}`;
	contents.set(`f${at}.py`, content);
	fs.writeFileSync(path.join(root, `f${at}.py`), content);
}
const journal = openJournal(root);
const writes = prefixWrites(openWorktree(root), '# new\n');
const space = fs.statfsSync(root);
fs.writeFileSync(path.join(root, 'ballast'), Buffer.alloc(Math.max(0, space.bavail * space.bsize - free)));
const result = journal.apply({ kind: 'reconcile', policies: {}, writes });
const outcomes = [...result.outcomes].map(([name, outcome]) => ({
	name,
	rule: outcome.ok ? 'written' : outcome.rule,
	message: outcome.ok ? '' : outcome.message,
}));
const torn = [...contents].filter(([name, content]) => {
	const now = fs.readFileSync(path.join(root, name), 'utf8');
	const rule = outcomes.find((outcome) => outcome.name === name)?.rule;
	return now !== (rule === 'written' ? `# new\n${content}` : content);
});
const temporaries = fs.readdirSync(root).filter((name) => name.endsWith('.tmp'));
fs.rmSync(path.join(root, 'ballast'));
const recovery = journal.recover();
const again = journal.apply({
	kind: 'reconcile',
	policies: {},
	writes: prefixWrites(openWorktree(root), '# new\n').filter((write) => !write.before.toString().startsWith('# new')),
});
const ignored = fs.readFileSync(path.join(root, '.gpupolicy', '.gitignore'), 'utf8');
const left = [...again.outcomes.values()].filter((outcome) => !outcome.ok).length;
process.stdout.write(
	JSON.stringify({ revision: result.revision, outcomes, torn: torn.map(([name]) => name), temporaries, recovery, left, ignored }),
);
