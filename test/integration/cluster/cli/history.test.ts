import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isWrite, startCluster, type TestCluster } from '../../../cluster/index.ts';
import { endAll } from '../../running-command.ts';
import { apply, condition, eventually, Followed, namespaces, read, ready } from '../controller/policies.ts';
import { RunningController } from '../controller/running-controller.ts';
import { createNode, nodeOf, rtx5060 } from '../nodes/rig.ts';
import { Command } from './command.ts';

const env = [{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' }];
const name = 'first';

describe('the past of a policy in a cluster', () => {
	let cluster: TestCluster;
	let gpupolicy: Command;

	before(async () => {
		cluster = await startCluster();
		await namespaces(cluster);
		await new RunningController(cluster).leads(60_000);
		gpupolicy = new Command(cluster);
		await settled({ mode: 'Audit', interval: '10m', env });
		await settled({ mode: 'Audit', interval: '11m', env });
		await settled({ mode: 'Audit', interval: '11m', env: [...env, { name: 'A', value: '1' }] });
	});
	after(async () => {
		await endAll();
		await cluster?.stop();
	});

	/** Applies a spec and waits until the controller has seen it through, and with it kept it. */
	async function settled(spec: object, policy = name): Promise<void> {
		await apply(cluster, policy, spec);
		await new Followed(cluster, policy).until((held) => ready(held).startsWith('True/'), 'Ready', 60_000);
		const generation = (await read(cluster, policy))?.metadata.generation;
		await eventually(async () => (await kept(policy)).some((one) => one.generation === generation), 'a revision is kept', 60_000);
	}

	async function kept(
		policy = name,
	): Promise<{ generation: number; current: boolean; changed: string[] | null; spec: object }[]> {
		const { code, stdout, stderr } = await gpupolicy.run(['history', policy, '-o', 'json']);
		assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
		return JSON.parse(stdout);
	}

	it('is listed newest first, with what each generation changed', async () => {
		const list = await kept();
		assert.deepEqual(
			list.map(({ generation, current, changed }) => ({ generation, current, changed })),
			[
				{ generation: 3, current: true, changed: ['env'] },
				{ generation: 2, current: false, changed: ['interval'] },
				{ generation: 1, current: false, changed: null },
			],
		);
		const { stdout } = await gpupolicy.run(['history', name]);
		assert.match(stdout, /^NAME +GENERATION +DIGEST +MODE +AGE +CHANGED$/m);
		assert.match(stdout, /^first +3 \(current\) +[0-9a-f]{12} +Audit +\d+[sm] +env$/m);
		assert.equal((await gpupolicy.plugin(['history', name, '-o', 'json'])).stdout, JSON.stringify(list, null, 2).concat('\n'));
		assert.match((await gpupolicy.run(['history'])).stdout, /^first +1 +/m);
	});

	it('is restored by one write, and that by another', async () => {
		const mark = cluster.audit.mark();
		const { code, stdout } = await gpupolicy.run(['rollback', name, '--to', '1']);
		assert.equal(code, 0);
		assert.match(stdout, /^first: generation 3 -> 4, with the spec of generation 1 \([0-9a-f]{12}\): env, interval$/m);
		assert.match(stdout, /^It was written by kubectl-client-side-apply: /m);
		assert.match(stdout, /^gpupolicy rollback first --to 3 undoes this\.$/m);
		const held = await read(cluster, name);
		assert.deepEqual([held?.spec.interval, held?.spec.env?.length, held?.metadata.generation], ['10m', 1, 4]);
		const own = (await cluster.audit.since(mark)).filter(
			(entry) => isWrite(entry) && entry.userAgent?.includes('(command line)') === true,
		);
		assert.deepEqual(
			own.map(({ verb }) => verb),
			['update'],
		);
		const again = await gpupolicy.run(['rollback', name, '--to', '3', '-o', 'json']);
		assert.equal(JSON.parse(again.stdout).generation, 5);
		assert.equal((await read(cluster, name))?.spec.interval, '11m');
	});

	it('is not restored twice: the spec that a policy has already is left alone', async () => {
		const before = await read(cluster, name);
		const { code, stdout } = await gpupolicy.run(['rollback', name, '--to', '3']);
		assert.equal(code, 0);
		assert.match(stdout, /has the spec of generation 3 already .*; nothing was written/);
		assert.equal((await read(cluster, name))?.metadata.generation, before?.metadata.generation);
	});

	it('is no longer touched where a tool applies the policy', async () => {
		for (const manager of ['flux', 'kubectl', 'gpupolicy-repo']) {
			const manifest = { apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', metadata: { name: manager }, spec: {} };
			for (const interval of ['10m', '20m']) {
				const input = JSON.stringify({ ...manifest, spec: { mode: 'Audit', interval } });
				const ran = await cluster.kubectl(['apply', '--server-side', '--field-manager', manager, '-f', '-'], { input });
				assert.equal(ran.code, 0, ran.stderr);
			}
			const { code, stderr } = await gpupolicy.run(['rollback', manager, '--to', '1']);
			assert.equal(code, 1);
			assert.match(stderr, new RegExp(`is applied by the field manager "${manager}" \\[GP4309\\]\n {2}change it in git`));
			assert.equal((await read(cluster, manager))?.spec.interval, '20m');
		}
	});

	it('is written by nobody but who may, and never over a change made meanwhile', async () => {
		const proxy = await cluster.proxy();
		const slow = gpupolicy.as(cluster.kubeconfigFor(undefined, proxy.url));
		proxy.delay(1_500);
		const path = `/apis/gpupolicy.dev/v1alpha1/gpupolicies/${name}`;
		/** Rolls back while somebody edits the policy between what is read and what is written. */
		const under = async (edit: object) => {
			const mark = cluster.audit.mark();
			const rollback = slow.run(['rollback', name, '--to', '1']);
			const wasRead = async (): Promise<boolean> =>
				cluster.audit
					.soFar(mark, 'ResponseComplete')
					.some(
						({ verb, objectRef, userAgent }) =>
							verb === 'get' && objectRef?.resource === 'gpupolicies' && userAgent?.includes('(command line)'),
					);
			await eventually(wasRead, 'the policy is read', 60_000);
			const options = { contentType: 'application/merge-patch+json' };
			const { status } = await cluster.request('PATCH', `${path}?fieldManager=kubectl-edit`, edit, options);
			assert.equal(status, 200);
			return rollback;
		};
		const { code, stderr } = await under({ spec: { interval: '41m' } });
		assert.equal(code, 1);
		assert.match(stderr, /\[GP4307\]\n {2}nothing was written; run the command again/);
		assert.equal((await read(cluster, name))?.spec.interval, '41m');
		// What is not of the spec may change beside it.
		const beside = await under({ metadata: { labels: { edited: 'true' } } });
		assert.equal(beside.code, 0, beside.stderr);
		const restored = await read(cluster, name);
		assert.deepEqual([restored?.spec.interval, restored?.metadata.labels?.['edited']], ['10m', 'true']);
		const reader = gpupolicy.as(cluster.kubeconfigFor(cluster.user('ann')));
		assert.match((await reader.run(['rollback', name, '--to', '1'])).stderr, /may not get gpupolicies.*\[GP4301\]/);
	});

	it('says what is wrong with what is asked', async () => {
		const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
			[['rollback', name], 64, /takes the name of a policy and --to GENERATION \[GP2000\]/],
			[['rollback', '--to', '1'], 64, /takes the name of a policy and --to GENERATION \[GP2000\]/],
			[['rollback', name, '--to', '99'], 1, /no revision of generation 99 of first is kept \[GP4308\]\n {2}kept: [\d, ]+;/],
			[['rollback', 'frist', '--to', '1'], 1, /"frist" not found \[GP2006\]\n {2}did you mean "first"\?/],
			[['history', 'frist'], 1, /\[GP2006\]/],
			[['history', '-C', '.'], 64, /-C speaks of a repo.*\[GP2018\]/],
			[['resume', 'frist'], 1, /\[GP2006\]/],
		];
		for (const [args, code, message] of cases) {
			const ran = await gpupolicy.run(args);
			assert.match(ran.stderr, message, args.join(' '));
			assert.equal(ran.code, code, args.join(' '));
		}
		const local = await gpupolicy.plain(['rollback', name]);
		assert.equal(local.code, 64);
		assert.match(local.stderr, /the name of a policy needs --context/);
		assert.match((await gpupolicy.plain(['resume', name])).stderr, /resume needs a cluster \[GP2017\]/);
	});

	it('is kept apart from that of another policy of the same name', async () => {
		await cluster.request('DELETE', `/apis/gpupolicy.dev/v1alpha1/gpupolicies/${name}`);
		await eventually(async () => (await read(cluster, name)) === null, 'the policy is gone', 60_000);
		await settled({ mode: 'Audit', interval: '30m', env });
		assert.deepEqual(
			(await kept()).map(({ generation }) => generation),
			[1],
		);
	});

	describe('that halted its remediation', () => {
		const name = 'halted';

		before(() => settled({ mode: 'Audit', env }, name));

		async function annotate(annotations: Record<string, string | null>): Promise<void> {
			const path = `/apis/gpupolicy.dev/v1alpha1/gpupolicies/${name}`;
			await cluster.request('PATCH', path, { metadata: { annotations } }, { contentType: 'application/merge-patch+json' });
		}

		it('writes nothing where nothing is stopped', async () => {
			const before = await read(cluster, name);
			const { code, stdout } = await gpupolicy.run(['resume', name]);
			assert.equal(code, 0);
			assert.equal(stdout, 'halted: nothing is stopped, so nothing was written.\n');
			assert.equal((await read(cluster, name))?.metadata.resourceVersion, before?.metadata.resourceVersion);
		});

		it('answers the halt that stands with its token and the account that the server knows', async () => {
			await annotate({ 'gpupolicy.dev/remediation-halted': 'abc123 2026-11-21T10:00:00.000Z' });
			const { stdout } = await gpupolicy.run(['resume', name]);
			assert.match(stdout, /^halted: remediation goes on, resumed by admin\./);
			assert.equal((await read(cluster, name))?.metadata.annotations?.['gpupolicy.dev/resume'], 'abc123 admin');
			await annotate({ 'gpupolicy.dev/remediation-halted': null, 'gpupolicy.dev/resume': null });
		});

		it('lets the taints of a real controller go on that the breaker stopped, once, and again at the next halt', async () => {
			const nodes = Array.from({ length: 6 }, (_, i) => `n${i}`);
			const labels = { 'nvidia.com/gpu.product': 'NVIDIA-GeForce-RTX-5060-Ti', 'nvidia.com/gpu.count': '1' };
			for (const node of nodes) await createNode(cluster, node, { labels, gpus: [1] });
			const taint = { onForbiddenDevice: 'Taint' };
			await apply(cluster, 'marks', { mode: 'Enforce', env, devices: { deny: [{ productName: rtx5060 }] }, nodes: taint });
			await eventually(
				async () => condition(await read(cluster, 'marks'), 'Stalled') === 'True/RemediationHalted',
				'a halt',
				60_000,
			);
			const tainted = async (): Promise<number> =>
				(await Promise.all(nodes.map((node) => nodeOf(cluster, node)))).filter(({ spec }) =>
					(spec.taints ?? []).some(({ key }: { key: string }) => key === 'gpupolicy.dev/forbidden-device'),
				).length;
			assert.equal(await tainted(), 0);
			const { code, stdout } = await gpupolicy.plugin(['resume', 'marks']);
			assert.equal(code, 0);
			assert.match(stdout, /^marks: remediation goes on, resumed by admin\. It had been stopped: .*6 selected nodes /);
			await eventually(async () => (await tainted()) === 6, 'all are tainted', 60_000);
			await eventually(async () => condition(await read(cluster, 'marks'), 'Stalled') === 'absent', 'nothing is stopped', 60_000);
			assert.match((await gpupolicy.run(['resume', 'marks'])).stdout, /nothing is stopped/);
		});
	});
});
