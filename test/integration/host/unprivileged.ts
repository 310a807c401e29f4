/** Child of the permission tests, as a user without rights: surveys the root, writes what it may, prints JSON. */
import fs from 'node:fs';
import process from 'node:process';
import { openWorktree } from '../../../src/host/files/open-worktree.ts';
import { openJournal } from '../../../src/host/journal/open-journal.ts';
import { prefixWrites, select } from './temporary-root.ts';

const root = process.argv[2] as string;
try {
	const worktree = openWorktree(root);
	const survey = worktree.survey([select('**/*.py')], 'b');
	const reads = Object.fromEntries(
		survey.files
			.map((file) => [file.path, worktree.read(file, 1000)])
			.map(([name, read]) => [name, typeof read === 'object' && !read.ok ? read.rule : 'read']),
	);
	const readable = {
		...worktree,
		survey: () => ({ ...survey, files: survey.files.filter((file) => reads[file.path] === 'read') }),
		read: worktree.read.bind(worktree),
	};
	const { outcomes } = openJournal(root).apply({ kind: 'reconcile', policies: {}, writes: prefixWrites(readable, '#') });
	const written = Object.fromEntries(
		[...outcomes].map(([name, outcome]) => [name, outcome.ok ? 'written' : `${outcome.rule}: ${outcome.message}`]),
	);
	process.stdout.write(
		JSON.stringify({ unreadable: survey.unreadable, reads, written, owner: fs.statSync(`${root}/free.py`).uid }),
	);
} catch (error) {
	const { code, message } = error as { code: string; message: string };
	process.stdout.write(JSON.stringify({ code, message }));
}
