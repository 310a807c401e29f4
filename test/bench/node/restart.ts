import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from '../bench.ts';
import { percentile, seconds } from '../measure.ts';
import { type NodeBed, resource } from './node-bed.ts';

/** From the socket of a kubelet that starts to our registration, which the kubelet answered and asked for the devices. */
export async function restart(bed: NodeBed, rounds: number): Promise<Row[]> {
	const taken: number[] = [];
	const registered = () =>
		bed.proxy.lines.filter((line) => line.msg === 'registered with the kubelet' && line.resource === resource);
	for (let round = 0; round < rounds; round++) {
		const before = registered().length;
		await bed.node.restartKubelet();
		const line = await bed.proxy.until('it is registered again', () => registered()[before]);
		const served = statSync(join(bed.node.paths.devicePlugins, 'kubelet.sock')).ctimeMs;
		taken.push((Date.parse(line.time as string) - served) / 1000);
	}
	const most = percentile(taken, 1);
	return [
		{
			what: 'registered again',
			ours: `p50 ${seconds(percentile(taken, 0.5))}, most ${seconds(most)}`,
			peer: "10 s (Kubernetes' Stub waits so long)",
			figure: most,
			goal: { kind: 'at most', limit: 1, unit: 's' },
			note: `${rounds} times kill -9 of the kubelet; from its new socket to its ListAndWatch`,
		},
	];
}
