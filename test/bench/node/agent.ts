import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { isWrite } from '../../cluster/audit.ts';
import type { Row } from '../bench.ts';
import { AgentBed, type NodeShape } from './agent-bed.ts';
import { peakOf, processorSeconds, type Resident, residentOf } from './process-cost.ts';

const shapes: readonly NodeShape[] = [
	{ devices: 2, processes: 1 },
	{ devices: 64, processes: 1 },
	{ devices: 64, processes: 2_000 },
];
/** What two processes of Node take that do nothing: one with the library that calls into NVML, as the child needs it. */
const bare = [
	'setInterval(() => {}, 2 ** 30)',
	`require(${JSON.stringify(createRequire(import.meta.url).resolve('koffi'))}); setInterval(() => {}, 2 ** 30)`,
];

/** Memory and processor of agent and child together after they have done nothing for so long, on nodes of several sizes. */
export async function agent(idleMs: number, show: (rows: readonly Row[]) => void): Promise<void> {
	const bed = await AgentBed.open();
	try {
		for (const shape of shapes) show(await measured(bed, shape, idleMs));
	} finally {
		await bed.close();
	}
}

async function measured(bed: AgentBed, shape: NodeShape, idleMs: number): Promise<Row[]> {
	const peers = await Promise.all(bare.map(startBare));
	const agent = await bed.start(shape);
	const started = agent.pids.map(residentOf);
	const [readings, spent] = [agent.readings, agent.pids.map(processorSeconds)];
	const began = performance.now();
	const requests = await agent.idle(idleMs);
	const seconds = (performance.now() - began) / 1000;
	const shares = agent.pids.map((pid, i) => ((processorSeconds(pid) - (spent[i] as number)) / seconds) * 100);
	const polls = agent.readings - readings;
	const now = agent.pids.map(residentOf);
	const peak = agent.pids.map(peakOf);
	const idlePeers = peers.map(({ pid }) => residentOf(pid as number));
	for (const peer of peers) peer.kill();
	await agent.end();
	const node = `${shape.devices} devices, ${shape.processes} processes`;
	const writes = requests.filter(isWrite).length;
	const watches = requests.filter(({ verb }) => verb === 'watch').length;
	const others = requests.length - writes - watches;
	return [
		{
			what: 'agent and NVML child',
			ours: text(now),
			peer: `${text(idlePeers)} (bare Node, and with koffi)`,
			figure: sum(now, 'rss'),
			goal: { kind: 'at most', limit: 120, unit: 'MB' },
			note: `${node}; ${(sum(now, 'rss') / sum(idlePeers, 'rss')).toFixed(2)} times the bare ones; PSS ${sum(now, 'pss').toFixed(0)} MB against ${sum(idlePeers, 'pss').toFixed(0)} MB; ${text(started)} once the report stood, at most ${peak.map((one) => one.toFixed(0)).join(' + ')} MB ever`,
		},
		{
			what: 'agent idle',
			ours: `${shares.map((share) => share.toFixed(2)).join(' + ')} % of a core`,
			peer: '-',
			figure: shares.reduce((a, b) => a + b, 0),
			goal: { kind: 'at most', limit: 0.5, unit: '%' },
			note: `${node}; over ${seconds.toFixed(0)} s with ${polls} readings of the devices; ${writes} writes, ${watches} watches opened again and ${others} other requests`,
		},
	];
}

function startBare(script: string): Promise<ChildProcess> {
	const child = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
	process.once('exit', () => child.kill());
	return new Promise((resolve, reject) => {
		child.once('spawn', () => resolve(child));
		child.once('error', reject);
	});
}

function text(processes: readonly Resident[]): string {
	return `${sum(processes, 'rss').toFixed(1)} MB (${processes.map(({ rss }) => rss.toFixed(1)).join(' + ')})`;
}

function sum(processes: readonly Resident[], of: keyof Resident): number {
	return processes.reduce((total, one) => total + one[of], 0);
}
