import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, Row } from './bench.ts';
import { gpupolicy } from './gpupolicy.ts';
import { inTurn, once, seconds } from './measure.ts';

/** What is typed all day, against a node that does nothing. `get` answers from the state of an example that was reconciled. */
const start: Bench = {
	name: 'start',
	async run({ command, scratch, tree }): Promise<Row[]> {
		const { root } = tree('start');
		await gpupolicy(command, ['reconcile'], root, [0]);
		const empty = join(scratch, 'empty.mjs');
		writeFileSync(empty, '');
		const times = await inTurn(25, {
			bare: async () => (await once(process.execPath, [empty])).seconds,
			version: async () => (await gpupolicy(command, ['--version'], root, [0])).seconds,
			get: async () => (await gpupolicy(command, ['get'], root, [0])).seconds,
		});
		return (['version', 'get'] as const).map((name) => ({
			what: name === 'get' ? 'gpupolicy get' : 'gpupolicy --version',
			ours: seconds(times[name]),
			peer: `${seconds(times.bare)} (node, empty file)`,
			figure: times[name] / times.bare,
			goal: { kind: 'at most', limit: 1.3, unit: 'x' },
		}));
	},
};

export default start;
