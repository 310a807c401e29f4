import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Bench, Row } from './bench.ts';
import { figures, gpupolicy } from './gpupolicy.ts';
import { inTurn, median, once, seconds } from './measure.ts';
import { sampleFindTime } from './peers/libcst.ts';

const peers = join(import.meta.dirname, 'peers');

/**
 * A pass that remembers nothing (the page cache is warm for everybody) against reading every byte, against ast-grep's command line and
 * against LibCST, each finding the same without writing. Whole processes are timed, their start included, except LibCST's.
 */
const cold: Bench = {
	name: 'cold',
	async run({ command, tree }): Promise<Row[]> {
		const { root, files, bytes } = tree('cold');
		const forget = (): void => rmSync(join(root, '.gpupolicy'), { recursive: true, force: true });
		const counted = figures(await gpupolicy(command, ['check', '-o', 'json'], root, [2]));
		const peaks: number[] = [];
		const ours = async (): Promise<number> => {
			forget();
			const run = await gpupolicy(command, ['check', '-o', 'json'], root, [2], true);
			if (run.peakMB !== null) peaks.push(run.peakMB);
			return run.seconds;
		};
		const read = async (): Promise<number> => (await once(process.execPath, [join(peers, 'read-all.ts'), root])).seconds;
		const times = await inTurn(5, { ours, read });
		const note = `${counted.matched} files, ${(bytes / 1e6).toFixed(0)} MB, ${counted.read} read`;

		const astGrep = join(
			dirname(createRequire(import.meta.url).resolve('@ast-grep/cli/package.json')),
			process.platform === 'win32' ? 'ast-grep.exe' : 'ast-grep',
		);
		const scan = await inTurn(1, {
			ours,
			astGrep: async () =>
				(await once(astGrep, ['scan', '--rule', join(peers, 'ast-grep.yml'), '--json=stream', root], { discard: true })).seconds,
		});
		const rows: Row[] = [
			{
				what: 'cold pass',
				ours: seconds(times.ours),
				peer: `${seconds(times.read)} (read every byte)`,
				figure: times.ours / times.read,
				goal: { kind: 'at most', limit: 4, unit: 'x' },
				note,
			},
			{
				what: 'cold pass',
				ours: seconds(scan.ours),
				peer: `${seconds(scan.astGrep)} (ast-grep scan)`,
				figure: scan.astGrep / scan.ours,
				goal: { kind: 'at least', limit: 10, unit: 'x' },
			},
		];

		const sample = files.filter((_, index) => index % Math.max(1, Math.floor(files.length / 300)) === 0).slice(0, 300);
		const libcst = sampleFindTime(sample.map((file) => join(root, file)));
		const perFile = times.ours / files.length;
		rows.push(
			'missing' in libcst
				? { what: 'cold pass, per file', ours: seconds(perFile), peer: `missing: ${libcst.missing}` }
				: {
						what: 'cold pass, per file',
						ours: seconds(perFile),
						peer: `${seconds(libcst.perFile)} (LibCST, ${sample.length} files)`,
						figure: libcst.perFile / perFile,
						goal: { kind: 'at least', limit: 250, unit: 'x' },
					},
			{
				what: 'cold pass, peak memory',
				ours: peaks.length === 0 ? 'not told here' : `${median(peaks).toFixed(0)} MB`,
				peer: '-',
				...(peaks.length === 0 ? {} : { figure: Math.max(...peaks), goal: { kind: 'at most', limit: 200, unit: 'MB' } as const }),
			},
		);
		return rows;
	},
};

export default cold;
