import { performance } from 'node:perf_hooks';
import { toolPath } from '../../cluster/tools/build.ts';
import type { RunningController } from '../../integration/cluster/controller/running-controller.ts';
import type { Row } from '../bench.ts';
import { median, once, seconds } from '../measure.ts';
import { policy } from './objects.ts';
import { hasStatus, isSettled, peakMB, type Stage, say } from './stage.ts';

const rounds = 3;

interface Yardstick {
	readonly seconds: number;
	readonly peakMB: number;
	readonly cpuSeconds: number;
	readonly objects: Readonly<Record<string, number>>;
}

/** Of the controller, from its start. */
interface Started {
	/** Everything that it follows is listed. */
	readonly synced: number;
	/** Every policy has a status. */
	readonly written: number;
	/** Every duty has looked at every policy. */
	readonly settled: number;
	readonly peakMB: number;
}

/** The first start ever, then starts beside everything that is in place but the statuses, in turn with client-go's informers. */
export async function start(stage: Stage): Promise<Row[]> {
	const { size } = stage;
	const informers = await toolPath('informers');
	const yardstick = async (...args: string[]): Promise<Yardstick> => {
		const { exit, stdout, stderr, seconds: wall } = await once(informers, ['-kubeconfig', stage.cluster.kubeconfig, ...args]);
		if (exit !== 0) throw new Error(`informers ended with ${exit}: ${stderr}`);
		const said = JSON.parse(stdout) as Yardstick;
		say(`  informers ${args.join(' ')}: ${wall.toFixed(2)} s, ${said.peakMB.toFixed(0)} MB, CPU ${said.cpuSeconds.toFixed(2)} s`);
		return { ...said, seconds: wall };
	};
	say(`${size.policies} policies, none seen before`);
	for (let i = 0; i < size.policies; i++) await stage.createPolicy(policy(i));
	const first = await startOnce(stage);
	say(`  ${describe(first)}`);

	const protobuf: Yardstick[] = [];
	const json: Yardstick[] = [];
	const ours: Started[] = [];
	for (let round = 1; round <= rounds; round++) {
		say(`start ${round} of ${rounds}`);
		protobuf.push(await yardstick());
		json.push(await yardstick('-json'));
		await stage.forgetStatuses();
		const own = await startOnce(stage);
		say(`  controller: ${describe(own)}`);
		ours.push(own);
	}
	const { objects } = protobuf[0] as Yardstick;
	if (objects['pods'] !== size.pods || objects['nodes'] !== size.nodes)
		throw new Error(`the informers saw ${objects['pods']} pods and ${objects['nodes']} nodes`);

	const of = <T>(all: readonly T[], field: (one: T) => number): number => median(all.map(field));
	const synced = of(ours, (one) => one.synced);
	const peak = of(ours, (one) => one.peakMB);
	const theirs = of(protobuf, (one) => one.seconds);
	const theirPeak = of(protobuf, (one) => one.peakMB);
	const asJson = `JSON: ${seconds(of(json, (one) => one.seconds))}, ${of(json, (one) => one.peakMB).toFixed(0)} MB`;
	return [
		{
			what: 'start to sync',
			ours: seconds(synced),
			peer: `${seconds(theirs)} (client-go, protobuf)`,
			figure: synced / theirs,
			goal: { kind: 'at most', limit: 2, unit: 'x' },
			note: `client-go merely syncs; ${asJson}`,
		},
		{
			what: 'peak memory',
			ours: `${peak.toFixed(0)} MB`,
			peer: `${theirPeak.toFixed(0)} MB (client-go, protobuf)`,
			figure: peak / theirPeak,
			goal: { kind: 'at most', limit: 0.6, unit: 'x' },
			note: `of the whole controller, all statuses written, against informers that keep and do nothing; ${asJson}`,
		},
		{
			what: 'peak memory',
			ours: `${peak.toFixed(0)} MB`,
			peer: '-',
			figure: Math.max(peak, first.peakMB),
			goal: { kind: 'at most', limit: 300, unit: 'MB' },
			note: `the highest of the first start (${first.peakMB.toFixed(0)} MB) and the others`,
		},
		{
			what: 'start to all statuses',
			ours: seconds(of(ours, (one) => one.written)),
			peer: `${seconds(theirs)} (merely syncing)`,
			figure: of(ours, (one) => one.written),
			goal: { kind: 'at most', limit: 10, unit: 's' },
			note: `every duty done with every policy after ${seconds(of(ours, (one) => one.settled))}; admission stands already and is tried again`,
		},
		{
			what: 'first start ever',
			ours: seconds(first.written),
			peer: '-',
			figure: first.written,
			goal: { kind: 'at most', limit: 10, unit: 's' },
			note: `a status of each of ${size.policies} policies; admission of all of them tried out, in place and seen at work after ${seconds(first.settled)}`,
		},
	];
}

async function startOnce(stage: Stage): Promise<Started> {
	const { controller, began } = await stage.startController();
	const since = (at: number): number => (at - began) / 1000;
	const statuses = async (): Promise<readonly [written: number, settled: number]> => [
		await stage.until(hasStatus, began, 300_000, 'with a status'),
		await stage.until(isSettled, began, 900_000, 'settled'),
	];
	const [synced, [written, settled]] = await Promise.all([untilSynced(controller), statuses()]);
	const started = { synced: since(synced), written: written / 1000, settled: settled / 1000, peakMB: peakMB(controller.pid) };
	if ((await controller.end()) !== 0) throw new Error(`the controller failed:\n${JSON.stringify(controller.lines.slice(-10))}`);
	return started;
}

/** What is followed in a cluster without DRA; resolves when the last of it is listed. */
async function untilSynced(controller: RunningController): Promise<number> {
	const kinds = [
		'nodes',
		'pods',
		'namespaces',
		'deployments.apps',
		'replicasets.apps',
		'statefulsets.apps',
		'daemonsets.apps',
		'jobs.batch',
	];
	for (const kind of kinds) await controller.says(({ msg, resource }) => msg === 'listed' && resource === kind, 300_000);
	return performance.now();
}

function describe({ synced, written, settled, peakMB: peak }: Started): string {
	return `synced ${seconds(synced)}, statuses ${seconds(written)}, settled ${seconds(settled)}, ${peak.toFixed(0)} MB`;
}
