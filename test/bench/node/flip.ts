import type { Row } from '../bench.ts';
import { percentile, seconds } from '../measure.ts';
import { all, devicesOf, gpus, type NodeBed, policyPath } from './node-bed.ts';

const bulk = 10_000;
const limitMs = 60_000;
/** How often the policy was turned: never to what it says already. */
let turns = 0;

/** From an edit of the policy to the list with other healths at the kubelet. */
export async function flip(bed: NodeBed, edits: number): Promise<Row[]> {
	const small = await edit(bed, edits, gpus.length);
	bed.plugin.play({ ...all, bulk });
	const large = await edit(bed, edits, gpus.length + bulk);
	bed.plugin.play(all);
	const row = (values: readonly number[], devices: number): Row => ({
		what: `policy to list, ${devices}`,
		ours: `p50 ${seconds(percentile(values, 0.5))}, p99 ${seconds(percentile(values, 0.99))}`,
		peer: '-',
		figure: percentile(values, 0.99),
		goal: { kind: 'at most', limit: 2, unit: 's' },
		note: `${edits} edits of one policy to the opposite, with ${devices} devices: API server, agent, answer, proxy, stream`,
	});
	return [row(small, gpus.length), row(large, gpus.length + bulk)];
}

async function edit(bed: NodeBed, edits: number, devices: number): Promise<number[]> {
	const taken: number[] = [];
	let told = Promise.withResolvers<number>();
	const client = bed.follow((_, count) => count === devices && told.resolve(performance.now()));
	await told.promise;
	for (let round = 0; round < edits; round++) {
		// A list that is on its way still belongs to the edit before.
		await new Promise((resolve) => setTimeout(resolve, 200));
		told = Promise.withResolvers();
		const began = performance.now();
		const body = { spec: { devices: devicesOf(++turns % 2) } };
		const answer = await bed.cluster.request('PATCH', `${policyPath}/bench`, body, {
			contentType: 'application/merge-patch+json',
		});
		if (answer.status !== 200) throw new Error(answer.body.message);
		const late = setTimeout(() => told.reject(new Error(`no list within ${limitMs / 1000} s of an edit`)), limitMs);
		taken.push(((await told.promise) - began) / 1000);
		clearTimeout(late);
	}
	client.close();
	return taken;
}
