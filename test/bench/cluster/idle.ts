import { setTimeout as pause } from 'node:timers/promises';
import type { RunningController } from '../../integration/cluster/controller/running-controller.ts';
import type { Row } from '../bench.ts';
import { cpuSeconds, residentMB, type Stage, say } from './stage.ts';

/** Events and the last statuses are out by then. */
const calmMs = 20_000;

/** What a controller takes while nothing happens. */
export async function idle(stage: Stage, controller: RunningController, lengthMs: number): Promise<Row[]> {
	await pause(calmMs);
	say(`nothing happens for ${lengthMs / 1000} s`);
	const mark = stage.cluster.audit.mark();
	const before = cpuSeconds(controller.pid);
	const began = performance.now();
	await pause(lengthMs);
	const length = (performance.now() - began) / 1000;
	const share = ((cpuSeconds(controller.pid) - before) / length) * 100;
	const requests = (await stage.cluster.audit.since(mark, 'RequestReceived')).filter(({ userAgent }) =>
		userAgent?.includes('(controller)'),
	);
	const leases = requests.filter(({ objectRef }) => objectRef?.resource === 'leases').length;
	const watches = requests.filter(({ verb }) => verb === 'watch').length;
	const others = requests.filter(({ objectRef, verb }) => objectRef?.resource !== 'leases' && verb !== 'watch');
	return [
		{
			what: 'idle: processor',
			ours: `${share.toFixed(2)} % of a core`,
			peer: '-',
			figure: share,
			goal: { kind: 'at most', limit: 1, unit: '%' },
			note: `over ${length.toFixed(0)} s; ${residentMB(controller.pid).toFixed(0)} MB resident`,
		},
		{
			what: 'idle: requests',
			ours: String(others.length),
			peer: '-',
			figure: others.length,
			goal: { kind: 'at most', limit: 0, unit: 'requests' },
			note: `besides ${leases} for the lease and ${watches} watches opened again${others
				.slice(0, 3)
				.map(({ verb, requestURI }) => `; ${verb} ${requestURI}`)
				.join('')}`,
		},
	];
}
