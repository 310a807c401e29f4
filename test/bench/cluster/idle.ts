import { setTimeout as pause } from 'node:timers/promises';
import type { AuditEntry, AuditMark } from '../../cluster/audit.ts';
import type { RunningController } from '../../integration/cluster/controller/running-controller.ts';
import type { Row } from '../bench.ts';
import { cpuSeconds, residentMB, type Stage, say } from './stage.ts';

/** Events of 100 policies that just began are written a few a second: calm is when none was for so long, or at the latest after the limit. */
const calmMs = 10_000;
const calmLimitMs = 180_000;

/** What a controller takes while nothing happens. */
export async function idle(stage: Stage, controller: RunningController, lengthMs: number): Promise<Row[]> {
	const limit = performance.now() + calmLimitMs;
	for (let busy = true; busy && performance.now() < limit; ) {
		const mark = stage.cluster.audit.mark();
		await pause(calmMs);
		busy = (await requestsSince(stage, mark)).some(isWork);
	}
	say(`nothing happens for ${lengthMs / 1000} s`);
	const mark = stage.cluster.audit.mark();
	const before = cpuSeconds(controller.pid);
	const began = performance.now();
	await pause(lengthMs);
	const length = (performance.now() - began) / 1000;
	const share = ((cpuSeconds(controller.pid) - before) / length) * 100;
	const requests = await requestsSince(stage, mark);
	const leases = requests.filter(({ objectRef }) => objectRef?.resource === 'leases').length;
	const watches = requests.filter(({ verb }) => verb === 'watch').length;
	const others = requests.filter(isWork);
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

async function requestsSince(stage: Stage, mark: AuditMark): Promise<readonly AuditEntry[]> {
	return (await stage.cluster.audit.since(mark, 'RequestReceived')).filter(({ userAgent }) =>
		userAgent?.includes('(controller)'),
	);
}

function isWork({ objectRef, verb }: AuditEntry): boolean {
	return objectRef?.resource !== 'leases' && verb !== 'watch';
}
