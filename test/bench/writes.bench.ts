import { spawnSync } from 'node:child_process';
import { lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileWrite } from '../../src/core/ports/journal.ts';
import { openJournal } from '../../src/host/journal/open-journal.ts';
import type { Bench, Row } from './bench.ts';
import { gpupolicy } from './gpupolicy.ts';
import { inTurn, seconds } from './measure.ts';

/** The files that a first reconcile changes, written through the journal against a plain temporary file and rename of the same contents. */
const writes: Bench = {
	name: 'writes',
	async run({ command, tree }): Promise<Row[]> {
		const { root, files } = tree('writes');
		const originals = new Map(files.map((path) => [path, readFileSync(join(root, path))]));
		await gpupolicy(command, ['reconcile'], root, [0]);
		const changes = files.flatMap((path) => {
			const before = originals.get(path) as Buffer;
			const after = readFileSync(join(root, path));
			return before.equals(after) ? [] : [{ path, before, after }];
		});
		const reset = (): void => {
			rmSync(join(root, '.gpupolicy'), { recursive: true, force: true });
			for (const { path, before } of changes) writeFileSync(join(root, path), before);
			// What was written so far must not be paid for by whoever comes next.
			spawnSync('sync');
		};

		let cost = { bytesWritten: 0, fsyncs: 0 };
		const times = await inTurn(5, {
			ours: async () => {
				reset();
				const requests: FileWrite[] = changes.map(({ path, before, after }) => {
					const { size, mtimeNs, ino, mode } = lstatSync(join(root, path), { bigint: true });
					return {
						path,
						before,
						after,
						stamp: { size: Number(size), mtimeNs, ino, mode: Number(mode & 0o7777n) },
						policies: ['bench'],
						summary: 'managed block',
					};
				});
				const started = performance.now();
				cost = openJournal(root).apply({ kind: 'reconcile', policies: { bench: 'digest' }, writes: requests });
				return (performance.now() - started) / 1000;
			},
			rename: async () => {
				reset();
				const started = performance.now();
				for (const { path, after } of changes) {
					const target = join(root, path);
					writeFileSync(`${target}.tmp`, after);
					renameSync(`${target}.tmp`, target);
				}
				return (performance.now() - started) / 1000;
			},
		});
		const content = changes.reduce((sum, { after }) => sum + after.length, 0);
		return [
			{
				what: 'writes',
				ours: seconds(times.ours),
				peer: `${seconds(times.rename)} (write and rename)`,
				figure: times.ours / times.rename,
				goal: { kind: 'at most', limit: 1.3, unit: 'x' },
				note: `${changes.length} files; per changed file ${Math.round(cost.bytesWritten / changes.length)} bytes written for ${Math.round(content / changes.length)} of content, ${(cost.fsyncs / changes.length).toFixed(4)} fsyncs (${cost.fsyncs} in all)`,
			},
		];
	},
};

export default writes;
