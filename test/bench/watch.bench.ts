import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Bench, Row } from './bench.ts';
import { gpupolicy } from './gpupolicy.ts';
import { percentile, seconds } from './measure.ts';
import { Random } from './tree/random.ts';

const edits = 100;
const limit = 10_000;

/** From the save of a wrong line to the moment when the file is right again, with `reconcile --watch` over the whole tree. */
const watch: Bench = {
	name: 'watch',
	async run({ command, tree }): Promise<Row[]> {
		const { root, files } = tree('watch');
		await gpupolicy(command, ['reconcile'], root, [0]);
		const child = spawn(process.execPath, [command, 'reconcile', '--watch'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
		let output = '';
		for (const stream of [child.stdout, child.stderr]) {
			stream.setEncoding('utf8').on('data', (text: string) => {
				output += text;
			});
		}
		const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
		try {
			const deadline = performance.now() + 60_000;
			while (!/watching/i.test(output)) {
				if (performance.now() > deadline || child.exitCode !== null) throw new Error(`the watcher did not start: ${output}`);
				await wait(20);
			}
			await wait(1000);
			const random = new Random(7);
			const latencies: number[] = [];
			let missed = 0;
			for (let edit = 0; edit < edits; edit++) {
				const file = join(root, random.pick(files));
				const wrong = `\nmodel_${edit}.to("cuda:1")\n`;
				const right = Buffer.from(wrong.replace('cuda:1', 'cuda:0'));
				appendFileSync(file, wrong);
				const saved = performance.now();
				while (!readFileSync(file).subarray(-right.length).equals(right)) {
					if (performance.now() - saved > limit) {
						missed++;
						break;
					}
					await wait(1);
				}
				latencies.push((performance.now() - saved) / 1000);
				await wait(50);
			}
			return [
				{
					what: 'edit to converged',
					ours: `p50 ${seconds(percentile(latencies, 0.5))}, p99 ${seconds(percentile(latencies, 0.99))}`,
					peer: '-',
					note: `${edits} edits over ${files.length} files, debounce included${missed > 0 ? `; ${missed} NOT converged in ${limit / 1000} s` : ''}`,
				},
			];
		} finally {
			child.kill('SIGTERM');
			const code = await ended;
			if (code !== 0) console.error(`the watcher ended with ${code}: ${output.slice(-1000)}`);
		}
	},
};

export default watch;
