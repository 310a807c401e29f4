import { pluginMethods } from '../../../src/kubelet/device-plugin/index.ts';
import { GrpcClient } from '../../../src/kubelet/grpc/index.ts';
import { encode } from '../../integration/device-plugin/api.ts';
import type { Row } from '../bench.ts';
import { percentile } from '../measure.ts';
import { gpus, type NodeBed } from './node-bed.ts';

/** What the proxy adds to an allocation: each through it and at the plugin itself, in turn. */
export async function allocate(bed: NodeBed, calls: number): Promise<Row[]> {
	const request = encode('AllocateRequest', { container_requests: [{ devices_ids: [gpus[0]?.uuid] }] });
	const { plugin, proxy } = bed.sockets;
	const clients = { plugin: new GrpcClient(plugin), proxy: new GrpcClient(proxy) };
	const taken: Record<keyof typeof clients, number[]> = { plugin: [], proxy: [] };
	const sides = ['plugin', 'proxy'] as const;
	for (let round = 0; round < calls; round++)
		for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
			const began = performance.now();
			await clients[side].unary(pluginMethods.allocate, request);
			taken[side].push(performance.now() - began);
		}
	for (const client of Object.values(clients)) client.close();
	const of = (values: readonly number[], share: number): string => `${percentile(values, share).toFixed(2)} ms`;
	const both = (values: readonly number[]): string => `p50 ${of(values, 0.5)}, p99 ${of(values, 0.99)}`;
	const first = taken.proxy[0] ?? Number.NaN;
	return [
		{
			what: 'Allocate',
			ours: both(taken.proxy),
			peer: `${both(taken.plugin)} (the plugin itself)`,
			figure: percentile(taken.proxy, 0.99) - percentile(taken.plugin, 0.99),
			goal: { kind: 'at most', limit: 1, unit: 'ms' },
			note: `${calls} calls each, in turn; the figure is p99 less p99; the very first through the proxy took ${first.toFixed(1)} ms`,
		},
	];
}
