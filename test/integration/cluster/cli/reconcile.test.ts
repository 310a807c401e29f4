import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isWrite, startCluster, type TestCluster } from '../../../cluster/index.ts';
import { endAll } from '../../running-command.ts';
import { apply, condition, controllerLease, eventually, namespaces, read, ready } from '../controller/policies.ts';
import { RunningController } from '../controller/running-controller.ts';
import { Command, type Running } from './command.ts';

const manifest = (value: string, mode = 'Enforce') => `apiVersion: gpupolicy.dev/v1alpha1
kind: GpuPolicy
metadata: { name: both, labels: { team: ml } }
spec:
  mode: ${mode}
  env:
    - { name: CUDA_DEVICE_ORDER, value: ${value} }
  files:
    - { include: ["*.py"] }
  workloads: {}
`;
const python = 'import torch\n';

describe('gpupolicy reconcile --watch --context', () => {
	let cluster: TestCluster;
	let gpupolicy: Command;
	let watch: Running;
	let cwd: string;

	before(async () => {
		cluster = await startCluster();
		await namespaces(cluster);
		gpupolicy = new Command(cluster);
		cwd = join(cluster.folder, 'repo');
		mkdirSync(cwd);
		writeFileSync(join(cwd, 'gpupolicy.yaml'), manifest('PCI_BUS_ID'));
		writeFileSync(join(cwd, 'train.py'), python);
		watch = gpupolicy.start(['reconcile', '--watch'], { cwd });
	});
	after(async () => {
		await watch?.end('SIGKILL');
		await endAll();
		await cluster?.stop();
	});

	async function holder(): Promise<string> {
		return (await cluster.request('GET', controllerLease)).body.spec?.holderIdentity ?? '';
	}

	const block = (): string => readFileSync(join(cwd, 'train.py'), 'utf8');

	it('converges the repo and the cluster from one manifest', async () => {
		await watch.writes(({ stdout }) => /both {2}1 files changed.*Watching; Ctrl-C stops\./.test(stdout), 'the first pass');
		await watch.writes(({ stderr }) => /cluster {2}this process holds the lease/.test(stderr), 'that it leads');
		await watch.writes(({ stderr }) => /cluster {2}both is applied: generation 1$/m.test(stderr), 'that it applied');
		await watch.writes(({ stderr }) => /cluster {2}both is ready: Converged, /.test(stderr), 'that it is ready', 120_000);
		const held = await read(cluster, 'both');
		assert.ok(held);
		assert.equal(condition(held, 'AdmissionProgrammed'), 'True/PolicyActive');
		assert.equal(held.metadata.labels?.['team'], 'ml');
		const { managedFields } = held.metadata as unknown as {
			readonly managedFields: readonly { readonly manager: string; readonly operation: string; readonly fieldsV1: object }[];
		};
		assert.deepEqual(
			managedFields.filter(({ fieldsV1 }) => 'f:spec' in fieldsV1).map(({ manager, operation }) => `${operation} ${manager}`),
			['Apply gpupolicy-repo'],
		);
		assert.match(block(), /os\.environ\["CUDA_DEVICE_ORDER"\] = "PCI_BUS_ID"/);
	});

	it('takes a changed manifest to both, and a changed file to its place', async () => {
		writeFileSync(join(cwd, 'gpupolicy.yaml'), manifest('FASTEST_FIRST'));
		await watch.writes(({ stderr }) => /both is applied: generation 2$/m.test(stderr), 'that it applied again');
		await eventually(async () => block().includes('FASTEST_FIRST'), 'the file follows', 60_000);
		await eventually(async () => ready(await read(cluster, 'both')) === 'True/Converged', 'the cluster follows', 120_000);
		writeFileSync(join(cwd, 'train.py'), python);
		await eventually(async () => block().includes('FASTEST_FIRST'), 'the file is put back', 60_000);
	});

	it('says who owns what it may not change, and never forces', async () => {
		const patched = await cluster.kubectl(['patch', 'gpol', 'both', '--type=merge', '-p', '{"spec":{"mode":"Audit"}}']);
		assert.equal(patched.code, 0, patched.stderr);
		const mark = cluster.audit.mark();
		writeFileSync(join(cwd, 'gpupolicy.yaml'), manifest('PCI_BUS_ID'));
		await watch.writes(
			({ stderr }) => /both is not applied: spec\.mode belongs to "kubectl-patch"; .*we never force \[GP4309\]/.test(stderr),
			'the conflict',
		);
		assert.equal((await read(cluster, 'both'))?.spec.mode, 'Audit');
		await eventually(async () => block().includes('PCI_BUS_ID'), 'the repo goes on', 60_000);
		const applied = (await cluster.audit.since(mark)).filter(
			(entry) => entry.userAgent?.includes('(command line)') && isWrite(entry),
		);
		assert.ok(applied.every((entry) => !entry.requestURI?.includes('force=true')));
		// Two that say the same contradict each other no more.
		assert.equal((await cluster.kubectl(['patch', 'gpol', 'both', '--type=merge', '-p', '{"spec":{"mode":"Enforce"}}'])).code, 0);
		writeFileSync(join(cwd, 'gpupolicy.yaml'), `${manifest('PCI_BUS_ID')}  interval: 20m\n`);
		await watch.writes(({ stderr }) => /both is applied: generation 5$/m.test(stderr), 'that it applied again');
	});

	it('leaves a policy in the cluster whose manifest is gone, and says so', async () => {
		const second = manifest('PCI_BUS_ID', 'Audit').replace('name: both', 'name: second');
		writeFileSync(join(cwd, 'second.gpupolicy.yaml'), second);
		// A new manifest at the root is found by the default names.
		await watch.writes(({ stderr }) => /second is applied: generation 1$/m.test(stderr), 'the second policy');
		writeFileSync(join(cwd, 'second.gpupolicy.yaml'), manifest('PCI_BUS_ID', 'Audit').replace('name: both', 'name: third'));
		await watch.writes(({ stderr }) => /second is no longer in the repo; it stays in the cluster/.test(stderr), 'that it stays');
		assert.equal((await read(cluster, 'second'))?.spec.mode, 'Audit');
	});

	it('goes on with the repo while the server is away, and with the cluster afterwards', async () => {
		await cluster.components['kube-apiserver'].kill();
		writeFileSync(join(cwd, 'train.py'), python);
		await eventually(async () => block().includes('CUDA_DEVICE_ORDER'), 'the file is put back', 60_000);
		writeFileSync(join(cwd, 'gpupolicy.yaml'), manifest('FASTEST_FIRST'));
		await watch.writes(({ stderr }) => /both is not applied, and tried again: /.test(stderr), 'that it cannot apply');
		await cluster.components['kube-apiserver'].start();
		await watch.writes(({ stderr }) => /both is applied: generation 6$/m.test(stderr), 'that it applied at last', 120_000);
	});

	it('ends by Ctrl-C with 130, and gives the lease back', async () => {
		await eventually(async () => (await holder()) !== '', 'the lease is held again', 60_000);
		assert.equal(await watch.end('SIGINT'), 130);
		assert.equal(await holder(), '');
	});

	it('leaves the duties of the cluster to the controller that holds the lease', async () => {
		await new RunningController(cluster).leads(60_000);
		const before = await holder();
		const beside = gpupolicy.start(['reconcile', '--watch', '-o', 'json'], { cwd });
		try {
			await beside.writes(
				({ stderr }) => stderr.includes(`${before} holds the lease and does the duties of the cluster`),
				'who leads',
			);
			await beside.writes(({ stderr }) => /both is applied: generation 6$/m.test(stderr), 'that it applied');
			await beside.writes(({ stdout }) => stdout.includes('\n'), 'a pass');
			assert.ok(
				beside.stdout
					.split('\n')
					.filter((line) => line !== '')
					.every((line) => JSON.parse(line).policies.length === 2),
			);
			assert.equal(await holder(), before);
			assert.equal(await beside.end('SIGTERM'), 0);
		} finally {
			await beside.end('SIGKILL');
		}
		await apply(cluster, 'after', { mode: 'Audit', workloads: {} });
		await eventually(async () => ready(await read(cluster, 'after')) === 'True/AuditOnly', 'the controller works', 60_000);
	});

	it('takes --watch, and a cluster that is there', async () => {
		const once = await gpupolicy.run(['reconcile'], { cwd });
		assert.equal(once.code, 64);
		assert.match(once.stderr, /in a cluster reconcile takes --watch \[GP2000\]/);
		const nowhere = await gpupolicy.plain(['reconcile', '--watch', '--context', 'prod'], { cwd });
		assert.equal(nowhere.code, 1);
		assert.match(nowhere.stderr, /there is no context "prod".*\[GP4103\]/);
	});
});
