/**
 * Child of the kill test: recovers, then applies revision after revision to the tree named on the command line, each
 * adding a line with the round to every file. Prints a line when it begins, so that the parent knows when it may kill.
 */
import process from 'node:process';
import { openWorktree } from '../../../src/host/files/open-worktree.ts';
import { openJournal } from '../../../src/host/journal/open-journal.ts';
import { openPassLock } from '../../../src/host/lock/open-pass-lock.ts';
import { prefixWrites } from './temporary-root.ts';

const root = process.argv[2] as string;
const worktree = openWorktree(root);
const journal = openJournal(root, { retention: { revisions: 4, bytes: 1 << 22, records: 12 } });
const lock = openPassLock(root).acquire('apply-forever');
if (!lock.ok) throw new Error('the lock of a killed process was not freed');
journal.recover();
process.stdout.write('ready\n');
for (let round = journal.revisions().at(-1)?.number ?? 0; ; round++) {
	if (round % 5 === 4) journal.rollback({ undo: journal.revisions().at(-1)?.number ?? 0 });
	else journal.apply({ kind: 'reconcile', policies: { p: 'd' }, writes: prefixWrites(worktree, `# round ${round}\n`) });
}
