import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, Row } from './bench.ts';
import { figures, gpupolicy } from './gpupolicy.ts';
import { inTurn, median, once, seconds } from './measure.ts';

/** Nothing to do: a pass over a converged tree against `git status` in the same tree, both with their indexes warm. */
const steady: Bench = {
	name: 'steady',
	async run({ command, tree }): Promise<Row[]> {
		const { root } = tree('steady');
		await gpupolicy(command, ['reconcile'], root, [0]);
		const git = (...args: string[]): ReturnType<typeof once> =>
			once('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com', '-c', 'core.autocrlf=false', ...args], {
				cwd: root,
			});
		try {
			await git('--version');
		} catch (error) {
			return [{ what: 'nothing to do', ours: '-', peer: `missing: git (${(error as Error).message})` }];
		}
		writeFileSync(join(root, '.gitignore'), '.gpupolicy/\n');
		await git('init', '--quiet');
		await git('add', '.');
		await git('commit', '--quiet', '--message', 'bench');
		await git('status', '--porcelain');
		// Racy stamps (written within the clock's granularity) settle once a pass runs later.
		await new Promise((resolve) => setTimeout(resolve, 3000));
		await gpupolicy(command, ['reconcile'], root, [0]);
		const times = await inTurn(11, {
			ours: async () => (await gpupolicy(command, ['reconcile'], root, [0])).seconds,
			git: async () => (await git('status', '--porcelain')).seconds,
		});
		const passes: number[] = [];
		for (let round = 0; round < 7; round++) {
			passes.push(figures(await gpupolicy(command, ['reconcile', '-o', 'json'], root, [0])).durationMs / 1000);
		}
		const counted = figures(await gpupolicy(command, ['reconcile', '-o', 'json'], root, [0]));
		const tracked = (await git('ls-files')).stdout.trimEnd().split('\n').length;

		const added = join(root, 'src', 'package_00', 'added.py');
		writeFileSync(added, 'import torch\n');
		const noticed = figures(await gpupolicy(command, ['check', '-o', 'json'], root, [2]));
		rmSync(added);
		return [
			{
				what: 'nothing to do, the pass',
				ours: seconds(median(passes)),
				peer: `${seconds(times.git)} (git status)`,
				figure: median(passes) / times.git,
				goal: { kind: 'at most', limit: 2, unit: 'x' },
				note: 'without the start of the process: what a running watch pays',
			},
			{
				what: 'nothing to do, process',
				ours: seconds(times.ours),
				peer: `${seconds(times.git)} (git status)`,
				figure: times.ours / times.git,
				goal: { kind: 'at most', limit: 2, unit: 'x' },
				note: `ours looked at ${counted.seen} files, ${counted.matched} matched, read ${counted.read}; git tracks ${tracked}; a new file was ${noticed.matched === counted.matched + 1 ? 'noticed' : 'NOT noticed'}, ${noticed.read} read then`,
			},
		];
	},
};

export default steady;
