import { setTimeout as pause } from 'node:timers/promises';
import type { Row } from '../bench.ts';
import { percentile, seconds } from '../measure.ts';
import { enforces, nodeName, policy, policyName } from './objects.ts';
import { isAllTrue, isSettled, type Stage, say } from './stage.ts';

const limitMs = 60_000;

/** From an edit of one policy to all of its conditions true again, and what a change of its status costs. */
export async function edit(stage: Stage, edits: number): Promise<Row[]> {
	const { size } = stage;
	const inOrder = (await stage.policies()).filter(isAllTrue).map(({ metadata }) => metadata.name);
	const picked = [...Array(size.policies).keys()].filter((i) => inOrder.includes(policyName(i)));
	const all = { Enforce: picked.filter(enforces), Audit: picked.filter((i) => !enforces(i)) };
	const taken: Record<'Enforce' | 'Audit', number[]> = { Enforce: [], Audit: [] };
	const mark = stage.cluster.audit.mark();
	for (let round = 0; round < edits; round++) {
		const mode = round % 2 === 0 ? 'Enforce' : 'Audit';
		const i = all[mode][Math.floor(round / 2) % all[mode].length];
		if (i === undefined) throw new Error(`no policy that is in order and has mode ${mode}: --policies is too small`);
		taken[mode].push(await once(stage, policyName(i), (policy(i, round + 1) as { spec: unknown }).spec));
		if (round % 10 === 9) say(`  ${round + 1} of ${edits} edits`);
	}
	const statuses = await statusBytes(stage, mark);
	const flips = await flip(stage);
	const times = [...taken.Enforce, ...taken.Audit];
	const both = (values: readonly number[]): string =>
		`p50 ${seconds(percentile(values, 0.5))}, p99 ${seconds(percentile(values, 0.99))}`;
	return [
		{
			what: 'edit to all true',
			ours: both(times),
			peer: '-',
			note: `${edits} edits; Enforce ${both(taken.Enforce)}, Audit ${both(taken.Audit)}; every pod shape tried out, put in place, seen at work, and 2 s of waiting for other API servers`,
		},
		{
			what: 'status change: sent',
			ours: `${Math.round(percentile(statuses, 0.5))} bytes`,
			peer: '-',
			note: `p50 of ${statuses.length} status writes for ${edits} edits, p99 ${percentile(statuses, 0.99)} bytes; a node that changes sides: ${flips.writes} writes, ${flips.bytes} bytes in ${seconds(flips.seconds)}`,
		},
		await largest(stage),
	];
}

async function once(stage: Stage, name: string, spec: unknown): Promise<number> {
	const began = performance.now();
	await stage.editPolicy(name, spec);
	for (;;) {
		if (isAllTrue(await stage.policy(name))) return (performance.now() - began) / 1000;
		if (performance.now() - began > limitMs) throw new Error(`${name} is not in order after ${limitMs / 1000} s`);
		await pause(20);
	}
}

/** One node gets a forbidden card and its old one back: the policies over it say so. */
async function flip(stage: Stage): Promise<{ readonly writes: number; readonly bytes: number; readonly seconds: number }> {
	const target = stage.size.policies; // Of pool 0, where only the policy over all nodes looks.
	const name = nodeName(target * 2);
	const path = `/api/v1/nodes/${name}`;
	const label = 'nvidia.com/gpu.product';
	const { body } = await stage.send('GET', path);
	const product = body.metadata?.labels?.[label] as string | undefined;
	if (product === undefined) return { writes: 0, bytes: 0, seconds: Number.NaN };
	const before = (await stage.policy(policyName(0))).status?.nodes?.summary;
	const mark = stage.cluster.audit.mark();
	const began = performance.now();
	await stage.send('PATCH', path, { metadata: { labels: { [label]: 'NVIDIA-H100-80GB-HBM3' } } });
	let taken = Number.NaN;
	while (performance.now() - began < limitMs) {
		const now = await stage.policy(policyName(0));
		if (now.status?.nodes?.summary !== before && isSettled(now)) {
			taken = (performance.now() - began) / 1000;
			break;
		}
		await pause(20);
	}
	await pause(1_000);
	const bytes = await statusBytes(stage, mark);
	await stage.send('PATCH', path, { metadata: { labels: { [label]: product } } });
	return { writes: bytes.length, bytes: bytes.reduce((sum, one) => sum + one, 0), seconds: taken };
}

/** Sizes of the statuses that the controller sent. */
async function statusBytes(stage: Stage, mark: ReturnType<Stage['cluster']['audit']['mark']>): Promise<number[]> {
	return (await stage.cluster.audit.since(mark))
		.filter(
			({ verb, objectRef, userAgent }) =>
				verb === 'patch' &&
				objectRef?.subresource === 'status' &&
				objectRef.resource === 'gpupolicies' &&
				userAgent?.includes('(controller)'),
		)
		.map(({ requestObject }) => Buffer.byteLength(JSON.stringify(requestObject)));
}

/** The status over all nodes, a fourth of which it forbids, as the server holds it. */
async function largest(stage: Stage): Promise<Row> {
	const held = await stage.policy(policyName(0));
	const kilobytes = Buffer.byteLength(JSON.stringify(held)) / 1024;
	return {
		what: 'largest policy stored',
		ours: `${kilobytes.toFixed(1)} KB`,
		peer: '-',
		figure: kilobytes,
		goal: { kind: 'at most', limit: 64, unit: 'KB' },
		note: `over all nodes with GPUs: ${held.status?.nodes?.summary} in order`,
	};
}
