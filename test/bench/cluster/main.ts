/**
 * `npm run bench:cluster`: the controller on one real API server, beside client-go's informers and empty admission policies. Takes about
 * twelve minutes; the machine should have nothing else to do.
 *
 *     --nodes N, --pods N, --policies N    default 5,000, 50,000, 100: what the goals speak of
 *     --only PART     start, idle, edit or pods; repeatable
 *     --idle SECONDS  how long nothing happens (default 120)
 *     --edits N       policies edited one after the other (default 24)
 */
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { endAll } from '../../integration/running-command.ts';
import type { Row } from '../bench.ts';
import { isMet, lines } from '../table.ts';
import { edit } from './edit.ts';
import { idle } from './idle.ts';
import { load } from './load.ts';
import { policy, policyName } from './objects.ts';
import { podLatency } from './pod-latency.ts';
import { fullSize, type Size } from './size.ts';
import { isSettled, Stage, say } from './stage.ts';
import { start } from './start.ts';

const parts = ['start', 'idle', 'edit', 'pods'] as const;
const { values } = parseArgs({
	options: {
		nodes: { type: 'string', default: String(fullSize.nodes) },
		pods: { type: 'string', default: String(fullSize.pods) },
		policies: { type: 'string', default: String(fullSize.policies) },
		only: { type: 'string', multiple: true },
		idle: { type: 'string', default: '120' },
		edits: { type: 'string', default: '24' },
	},
});
const size: Size = {
	nodes: count('nodes', 10),
	pods: count('pods', 100),
	policies: count('policies', 10),
};
const edits = count('edits', 2);
const idleMs = count('idle', 5) * 1000;
const unknown = values.only?.find((name) => !parts.some((part) => part === name));
if (unknown !== undefined) throw new Error(`--only takes ${parts.join(', ')}, not ${unknown}`);
const wanted = (part: (typeof parts)[number]): boolean => values.only === undefined || values.only.includes(part);

console.log(
	`${availableParallelism()} cores, ${cpus()[0]?.model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${process.platform} ${process.arch}, node ${process.version}, load ${loadavg()[0]?.toFixed(1)} before`,
);
const full = size.nodes >= fullSize.nodes && size.pods >= fullSize.pods && size.policies >= fullSize.policies;
const scale = full ? '' : '; the goals speak of the full size: below it the process itself is most of what a start takes';
console.log(`${size.nodes} nodes, ${size.pods} pods, ${size.policies} policies on one API server${scale}\n`);

// The cluster and the controller end with this process, however that ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

const began = performance.now();
const rows: Row[] = [];
const stage = await Stage.open(size);
try {
	say('writing the objects');
	const loadedFrom = performance.now();
	const objects = await load((method, path, body) => stage.send(method, path, body), size, say);
	say(`  ${objects} objects in ${((performance.now() - loadedFrom) / 1000).toFixed(0)} s`);
	if (wanted('start')) show(await start(stage));
	if (wanted('idle') || wanted('edit')) await atWork();
	if (wanted('pods')) {
		await stage.withoutPolicies();
		show(await podLatency(stage));
	}
} finally {
	await endAll();
	await stage.close();
}
const met = rows.filter((row) => isMet(row) === true).length;
const missed = rows.filter((row) => isMet(row) === false);
console.log(`\n${met} goals met, ${missed.length} missed${missed.map(({ what }) => `; ${what}`).join('')}`);
console.log(`${((performance.now() - began) / 60_000).toFixed(1)} minutes, load ${loadavg()[0]?.toFixed(1)} after`);

/** With one controller that has everything in order. */
async function atWork(): Promise<void> {
	const there = new Set((await stage.policies()).map(({ metadata }) => metadata.name));
	for (let i = 0; i < size.policies; i++) if (!there.has(policyName(i))) await stage.createPolicy(policy(i));
	const { controller, began: from } = await stage.startController();
	await stage.until(isSettled, from, 600_000, 'settled');
	if (wanted('idle')) show(await idle(stage, controller, idleMs));
	if (wanted('edit')) show(await edit(stage, edits));
	if ((await controller.end()) !== 0) throw new Error('the controller failed');
}

function show(more: readonly Row[]): void {
	rows.push(...more);
	for (const row of more) for (const line of lines(row)) console.log(line);
}

function count(name: 'nodes' | 'pods' | 'policies' | 'edits' | 'idle', least: number): number {
	const value = Number(values[name]);
	if (!Number.isInteger(value) || value < least) throw new Error(`--${name} takes a whole number of at least ${least}`);
	return value;
}
