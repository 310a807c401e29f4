import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startCluster, type TestCluster, until } from '../../../cluster/index.ts';
import { openStub, type Stub, twoDevices } from '../../../nvml-stub/index.ts';
import { endAll } from '../../running-command.ts';
import { endAllAgents, RunningAgent, reportOf } from '../agent/running-agent.ts';
import { apply, eventually, read } from '../controller/policies.ts';
import { RunningController } from '../controller/running-controller.ts';
import { createNode, nodeOf, ok, only3090 } from '../nodes/rig.ts';
import { chart, helm } from './chart.ts';
import type { Container, PodSpec } from './pods.ts';

const system = 'gpupolicy-system';
const [card5060, card3090] = twoDevices;

interface TestPod {
	readonly metadata: { readonly name: string };
	readonly spec: PodSpec;
	readonly status: { readonly phase: string };
}

// The pods of `helm test` are run here as a kubelet would: the command, in the folder of the scripts, as the account of the pod.
describe('helm test', () => {
	let cluster: TestCluster;
	let folder: string;
	let stub: Stub;
	/** UUID that the kubelet gives to the container that asks for a device. */
	let given: string = card3090.uuid;
	/** Seconds that the scripts wait for a state. */
	let limit = 60;
	/** What each pod printed. */
	const printed = new Map<string, string>();
	let running = true;
	let kubelet: Promise<void>;

	before(async () => {
		folder = mkdtempSync(join(tmpdir(), 'gpupolicy-helm-test-'));
		stub = openStub({ devices: twoDevices });
		cluster = await startCluster({ crds: false, components: ['kube-controller-manager'] });
		await createNode(cluster, 'n0', { labels: { 'nvidia.com/gpu.present': 'true' } });
		const { code, stderr } = await helm(
			['install', 'gpupolicy', chart, '--namespace', system, '--create-namespace'],
			cluster.kubeconfig,
		);
		assert.equal(code, 0, stderr);
		await readyDaemonSet();
		kubelet = runPods();
	});
	after(async () => {
		running = false;
		await kubelet;
		await endAll();
		await endAllAgents();
		stub?.remove();
		await cluster?.stop();
		rmSync(folder, { recursive: true, force: true });
	});
	afterEach(async () => {
		given = card3090.uuid;
		limit = 60;
		printed.clear();
		await endAll('SIGTERM');
		await endAllAgents();
	});

	/** The pod that the DaemonSet makes for the node is said to be ready, as its kubelet would. */
	async function readyDaemonSet(): Promise<void> {
		const pods = '/api/v1/namespaces/gpupolicy-node/pods';
		const [pod] = await until('the pod of the DaemonSet', async () => {
			const { items } = (await ok(cluster.request('GET', pods))).body;
			return items.length > 0 && items;
		});
		const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: new Date().toISOString() }];
		await ok(cluster.request('PATCH', `${pods}/${pod.metadata.name}/status`, { status: { phase: 'Running', conditions } }));
	}

	async function runPods(): Promise<void> {
		const path = `/api/v1/namespaces/${system}/pods`;
		const begun = new Set<string>();
		for (; running; await pause(100)) {
			const { body } = await cluster.request('GET', `${path}?labelSelector=app.kubernetes.io/component=test`);
			for (const pod of (body?.items ?? []) as (TestPod & { metadata: { uid: string } })[]) {
				const { name, uid } = pod.metadata;
				if (begun.has(uid) || pod.status.phase !== 'Pending') continue;
				begun.add(uid);
				const { output, well } = await runPod(pod);
				printed.set(name, output);
				await cluster.request('PATCH', `${path}/${name}/status`, { status: { phase: well ? 'Succeeded' : 'Failed' } });
			}
		}
	}
	async function runPod({ metadata, spec }: TestPod): Promise<{ readonly output: string; readonly well: boolean }> {
		const [container] = spec.containers as [Container & { env?: { name: string; value?: string; valueFrom?: object }[] }];
		const account = join(folder, metadata.name);
		mkdirSync(account, { recursive: true });
		const { users, clusters } = JSON.parse(
			await kubeconfigText(await cluster.serviceAccount(system, spec['serviceAccountName'] as string)),
		);
		writeFileSync(join(account, 'token'), users[0].user.token);
		writeFileSync(join(account, 'ca.crt'), Buffer.from(clusters[0].cluster['certificate-authority-data'], 'base64'));
		const { hostname, port } = new URL(cluster.url);
		const env = {
			...Object.fromEntries((container.env ?? []).map(({ name, value }) => [name, value ?? 'n0'])),
			...(/nvidia.com\/gpu/.test(JSON.stringify(container.resources)) ? { NVIDIA_VISIBLE_DEVICES: given } : {}),
			KUBERNETES_SERVICE_HOST: hostname,
			KUBERNETES_SERVICE_PORT: port,
			ACCOUNT_DIR: account,
			LIMIT_SECONDS: `${limit}`,
		};
		const [program, script = ''] = container.command ?? [];
		assert.equal(program, 'node');
		const file = script.replace(/^\/scripts\//, `${join(chart, 'files', 'tests')}/`);
		return new Promise((resolve) => {
			execFile(process.execPath, [file], { env }, (error, stdout, stderr) =>
				resolve({ output: stdout + stderr, well: error === null }),
			);
		});
	}
	async function kubeconfigText(identity: Parameters<TestCluster['kubeconfigFor']>[0]): Promise<string> {
		const { stdout } = await cluster.kubectl(['config', 'view', '--raw', '-o', 'json'], {
			kubeconfig: cluster.kubeconfigFor(identity),
		});
		return stdout;
	}

	async function startController(): Promise<void> {
		const account = await cluster.serviceAccount(system, 'gpupolicy-controller');
		const controller = new RunningController(cluster, {
			kubeconfig: cluster.kubeconfigFor(account),
			args: ['--namespace', system],
		});
		await controller.leads();
	}
	/** As its account, by a token that is bound to the node. */
	async function startAgent(): Promise<void> {
		const { uid } = (await nodeOf(cluster, 'n0')).metadata;
		const spec = { expirationSeconds: 3_600, boundObjectRef: { kind: 'Node', apiVersion: 'v1', name: 'n0', uid } };
		const path = '/api/v1/namespaces/gpupolicy-node/serviceaccounts/gpupolicy-agent/token';
		const { token } = (await ok(cluster.request('POST', path, { spec }))).body.status;
		new RunningAgent({ node: 'n0', stub, kubeconfig: cluster.kubeconfigFor({ token }) });
	}
	const test = () => helm(['test', 'gpupolicy', '--namespace', system, '--timeout', '120s'], cluster.kubeconfig);
	const said = (): string => [...printed].map(([name, text]) => `${name}: ${text}`).join('\n');
	const left = async (): Promise<string> => {
		const { stdout } = await cluster.kubectl([
			...['get', 'gpol,pods,clusterroles,clusterrolebindings,roles,rolebindings,configmaps,serviceaccounts', '-A', '-o', 'name'],
			...['-l', 'app.kubernetes.io/component=test'],
		]);
		return stdout.trim();
	};

	it('proves that a policy comes into force, that agents report and that a device is given out which nothing forbids', async () => {
		await startController();
		await startAgent();
		const { code, stdout, stderr } = await test();
		assert.equal(code, 0, `${stdout}${stderr}\n${said()}`);
		assert.match(
			printed.get('gpupolicy-test-status') ?? '',
			/^AdmissionProgrammed True ValidationOnly: .+\n(.+\n)*n0: 2 devices, read by NVML/m,
		);
		assert.match(
			printed.get('gpupolicy-test-allocation') ?? '',
			/^n0: NVIDIA GeForce RTX 3090 GPU-\S+ was given out, and no policy forbids it$/m,
		);
		await until('what it made is gone', async () => (await left()) === '', 60_000);
	});

	it('fails where a device was given out that a policy forbids, and names both', async () => {
		await startController();
		await startAgent();
		await apply(cluster, 'mine', { mode: 'Enforce', devices: only3090, nodes: {} });
		await eventually(
			async () => (await reportOf(cluster, 'n0'))?.policies?.some(({ name }) => name === 'mine') === true,
			'the agent has judged by the policy',
			60_000,
		);
		given = card5060.uuid;
		const { code } = await test();
		assert.notEqual(code, 0);
		const words = new RegExp(
			`${card5060.uuid} \\(NVIDIA GeForce RTX 5060 Ti\\) was given out: mine: Forbidden, matches no allow entry`,
		);
		assert.match(printed.get('gpupolicy-test-allocation') ?? '', words);
		await cluster.kubectl(['delete', 'gpol', 'mine', 'gpupolicy-test', '--ignore-not-found', '--timeout=120s']);
		assert.equal(await read(cluster, 'mine'), null);
	});

	it('judges a MIG device by its GPU', async () => {
		const mig = (uuid: string) => ({ enabled: true, children: [{ uuid, profile: '1g.5gb', memory: 5e9 }] });
		const [wrong, right] = ['MIG-aaaaaaaa-0000-4000-8000-000000005060', 'MIG-aaaaaaaa-0000-4000-8000-000000003090'];
		stub.play({
			devices: [
				{ ...card5060, mig: mig(wrong) },
				{ ...card3090, mig: mig(right) },
			],
		});
		await startController();
		await startAgent();
		await apply(cluster, 'mine', { mode: 'Enforce', devices: only3090, nodes: {} });
		await eventually(
			async () => {
				const report = await reportOf(cluster, 'n0');
				return report?.policies?.[0]?.name === 'mine' && report.devices?.every(({ mig }) => mig === 'Enabled') === true;
			},
			'the agent has judged by the policy',
			60_000,
		);
		given = right;
		const { code, stdout } = await test();
		assert.equal(code, 0, `${stdout}\n${said()}`);
		assert.match(printed.get('gpupolicy-test-allocation') ?? '', new RegExp(`RTX 3090 \\S+ was given out as ${right}, and no`));
		given = wrong;
		assert.notEqual((await test()).code, 0);
		assert.match(printed.get('gpupolicy-test-allocation') ?? '', new RegExp(`${wrong} .* was given out: mine: Forbidden`));
		await cluster.kubectl(['delete', 'gpol', 'mine', 'gpupolicy-test', '--ignore-not-found', '--timeout=120s']);
	});

	it('fails where no controller works, and says so', async () => {
		limit = 3;
		const { code } = await test();
		assert.notEqual(code, 0);
		assert.match(
			printed.get('gpupolicy-test-status') ?? '',
			/not within 3 s: no controller has written a status to GpuPolicy gpupolicy-test/,
		);
	});
});
