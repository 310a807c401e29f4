/**
 * `npm run bench:node`: agent and proxy on a node with a real API server and kubelet and a device plugin in Go, then the agent alone on nodes of
 * several sizes. Takes about six minutes; the machine should have nothing else to do.
 *
 *     --only PART   proxy or agent
 *     --calls N     allocations on either way (default 3,000)
 *     --edits N     edits of a policy, with 16 and with 10,016 devices (default 60)
 *     --restarts N  of the kubelet (default 5)
 *     --idle N      seconds for which the agent has nothing to do, on each node (default 60)
 */
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { endAll } from '../../integration/running-command.ts';
import type { Row } from '../bench.ts';
import { isMet, lines } from '../table.ts';
import { agent } from './agent.ts';
import { allocate } from './allocate.ts';
import { flip } from './flip.ts';
import { gpus, NodeBed } from './node-bed.ts';
import { restart } from './restart.ts';

const { values } = parseArgs({
	options: {
		calls: { type: 'string', default: '3000' },
		edits: { type: 'string', default: '60' },
		restarts: { type: 'string', default: '5' },
		idle: { type: 'string', default: '60' },
		only: { type: 'string' },
	},
});
const [calls, edits, restarts, idle] = [count('calls'), count('edits'), count('restarts'), count('idle')];
if (values.only !== undefined && values.only !== 'proxy' && values.only !== 'agent')
	throw new Error(`--only takes proxy or agent, not ${values.only}`);
const machine = `${availableParallelism()} cores, ${cpus()[0]?.model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
console.log(
	`${machine}, ${process.platform} ${process.arch}, node ${process.version}, load ${loadavg()[0]?.toFixed(1)} before\n`,
);

// What was started ends with this process, however that ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

const rows: Row[] = [];
if (values.only !== 'agent') await besideKubelet();
if (values.only !== 'proxy') await agent(idle * 1000, show);
const missed = rows.filter((row) => isMet(row) === false);
console.log(
	`\n${rows.filter(isMet).length} goals met, ${missed.length} missed${missed.map(({ what }) => `; ${what}`).join('')}, load ${loadavg()[0]?.toFixed(1)} after`,
);
process.exitCode = missed.length === 0 ? 0 : 1;

async function besideKubelet(): Promise<void> {
	const bed = await NodeBed.open();
	try {
		show(await allocate(bed, calls));
		show(await restart(bed, restarts));
		show([{ ...memory(bed, `${gpus.length} devices`), goal: { kind: 'at most', limit: 80, unit: 'MB' } }]);
		show(await flip(bed, edits));
		show([memory(bed, '10,016 devices')]);
	} finally {
		await endAll();
		await bed.close();
	}
}

function memory(bed: NodeBed, after: string): Row {
	const { now, most } = bed.memory();
	return {
		what: 'resident memory',
		ours: `${now.toFixed(0)} MB, at most ${most.toFixed(0)} MB`,
		peer: '-',
		figure: most,
		note: `of the proxy, after ${after}`,
	};
}

function show(more: readonly Row[]): void {
	rows.push(...more);
	for (const row of more) for (const line of lines(row)) console.log(line);
}

function count(name: 'calls' | 'edits' | 'restarts' | 'idle'): number {
	const value = Number(values[name]);
	if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number of at least 1`);
	return value;
}
