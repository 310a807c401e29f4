/**
 * `npm run cluster`: a real control plane on this machine with our controller beside it, and two nodes with scripted GPUs, until Ctrl-C. The
 * nodes are real kubelets with our agent and device-plugin proxy, or kwok's where no kubelet can run; their containers run nothing. Controller and agents
 * are the service accounts of the manifests, with the rights that these give them. `npm run cluster -- down` ends one from another terminal.
 */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { whyNoNamespace } from '../node/namespace.ts';
import { startCluster } from './index.ts';
import { answers } from './probe.ts';
import { toolPath } from './tools/build.ts';
import { until } from './until.ts';
import { createKwokNodes, startKubelets, type UpNodes } from './up-nodes.ts';

const root = join(import.meta.dirname, '..', '..');
const shown = join(root, 'build', 'cluster');

const kubeconfig = join(shown, 'kubeconfig');
const isUp =
	existsSync(kubeconfig) && (await answers(`${JSON.parse(readFileSync(kubeconfig, 'utf8')).clusters[0].cluster.server}/readyz`));
const name = relative(process.cwd(), kubeconfig);
if (process.argv.includes('down')) {
	if (isUp) await down();
	else console.log('no cluster is up');
	process.exit();
}
if (isUp) {
	console.error(`a cluster is up already; its kubeconfig is ${name}. To end it: npm run cluster -- down`);
	process.exit(1);
}

/** Ends the process that holds the cluster, as Ctrl-C in its terminal does. */
async function down(): Promise<void> {
	process.kill(Number(readFileSync(join(shown, 'pid'), 'utf8')), 'SIGTERM');
	await until('the cluster ends', () => !existsSync(shown), 60_000);
	console.log('the cluster is gone');
}

const why = whyNoNamespace();
const cluster = await startCluster({
	components: ['kube-controller-manager', 'kube-scheduler', ...(why === undefined ? [] : (['kwok'] as const))],
	crds: false,
});
let nodes: UpNodes | undefined;
const succeed = async (args: readonly string[], input = ''): Promise<void> => {
	const { code, stderr } = await cluster.kubectl(args, { input });
	if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
};

try {
	await succeed(['apply', '--server-side', '-k', join(root, 'manifests')]);
	// Controller, agents and proxies run below: in pods here nothing would.
	await succeed(['-n', 'gpupolicy-system', 'scale', 'deployment/gpupolicy-controller', '--replicas=0']);
	await succeed(['-n', 'gpupolicy-node', 'delete', 'daemonset/gpupolicy-node']);
	nodes = why === undefined ? await startKubelets(cluster) : await createKwokNodes(cluster, why);
	rmSync(shown, { recursive: true, force: true });
	mkdirSync(join(shown, 'bin'), { recursive: true });
	writeFileSync(join(shown, 'pid'), String(process.pid));
	copyFileSync(cluster.kubeconfig, kubeconfig);
	symlinkSync(await toolPath('kubectl'), join(shown, 'bin', 'kubectl'));
	for (const name of ['gpupolicy', 'kubectl-gpupolicy']) {
		// This Node, whatever one is on the PATH of the other terminal.
		writeFileSync(join(shown, 'bin', name), `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'bin', `${name}.js`)}' "$@"\n`, {
			mode: 0o755,
		});
	}
	const account = cluster.kubeconfigFor(await cluster.serviceAccount('gpupolicy-system', 'gpupolicy-controller'));
	const controller = spawn(
		process.execPath,
		[join(root, 'bin', 'gpupolicy.js'), 'controller', `--kubeconfig=${account}`, '--bind-address=127.0.0.1:0'],
		{ stdio: ['ignore', 'inherit', 'inherit'], detached: true }, // A Ctrl-C of the terminal reaches us alone, and us once.
	);
	const folder = relative(root, shown);
	console.log(`The cluster is up: its API server at ${cluster.url}, the controller in this terminal, ${nodes.said}.
Ctrl-C ends all, and so does \`npm run cluster -- down\`. In another terminal, here:

    export KUBECONFIG=$PWD/${folder}/kubeconfig PATH=$PWD/${folder}/bin:$PATH
    kubectl apply -f examples/cluster/policy.yaml
`);
	const stop = (): void => {
		controller.kill('SIGTERM');
	};
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
	process.exitCode = await new Promise<number>((resolve) => controller.once('close', (code) => resolve(code ?? 1)));
} finally {
	await nodes?.stop();
	await cluster.stop();
	rmSync(shown, { recursive: true, force: true });
}
