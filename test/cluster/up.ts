/**
 * `npm run cluster`: a real control plane on this machine with our controller beside it, until Ctrl-C. Nodes and pods are kwok's: they
 * live, and run nothing. The controller is the service account of the manifests, with the rights that they give it.
 */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { startCluster } from './index.ts';
import { answers } from './probe.ts';
import { toolPath } from './tools/build.ts';

const root = join(import.meta.dirname, '..', '..');
const shown = join(root, 'build', 'cluster');

const node = {
	apiVersion: 'v1',
	kind: 'Node',
	metadata: { name: 'gpu-node-1', annotations: { 'kwok.x-k8s.io/node': 'fake' } },
	status: {
		allocatable: { cpu: '16', memory: '64Gi', pods: '110', 'nvidia.com/gpu': '2' },
		capacity: { cpu: '16', memory: '64Gi', pods: '110', 'nvidia.com/gpu': '2' },
	},
};

const kubeconfig = join(shown, 'kubeconfig');
if (
	existsSync(kubeconfig) &&
	(await answers(`${JSON.parse(readFileSync(kubeconfig, 'utf8')).clusters[0].cluster.server}/readyz`))
) {
	console.error(`a cluster is up already; its kubeconfig is ${relative(process.cwd(), kubeconfig)}`);
	process.exit(1);
}

const cluster = await startCluster({ components: ['kube-controller-manager', 'kube-scheduler', 'kwok'], crds: false });
const succeed = async (args: readonly string[], input = ''): Promise<void> => {
	const { code, stderr } = await cluster.kubectl(args, { input });
	if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
};

try {
	await succeed(['create', '-f', '-'], JSON.stringify(node));
	await succeed(['apply', '--server-side', '-k', join(root, 'manifests')]);
	// The real one runs below; its pods here would be kwok's, which run nothing.
	await succeed(['-n', 'gpupolicy-system', 'scale', 'deployment/gpupolicy-controller', '--replicas=0']);
	rmSync(shown, { recursive: true, force: true });
	mkdirSync(join(shown, 'bin'), { recursive: true });
	copyFileSync(cluster.kubeconfig, kubeconfig);
	symlinkSync(await toolPath('kubectl'), join(shown, 'bin', 'kubectl'));
	const account = cluster.kubeconfigFor(await cluster.serviceAccount('gpupolicy-system', 'gpupolicy-controller'));
	const controller = spawn(
		process.execPath,
		[join(root, 'bin', 'gpupolicy.js'), 'controller', `--kubeconfig=${account}`, '--bind-address=127.0.0.1:0'],
		{ stdio: ['ignore', 'inherit', 'inherit'], detached: true }, // A Ctrl-C of the terminal reaches us alone, and us once.
	);
	const folder = relative(root, shown);
	console.log(`The cluster is up: its API server at ${cluster.url}, the controller in this terminal. Ctrl-C ends both. In another terminal, here:

    export KUBECONFIG=$PWD/${folder}/kubeconfig PATH=$PWD/${folder}/bin:$PATH
    kubectl apply -f examples/cluster/policy.yaml
`);
	const stop = (): void => {
		controller.kill('SIGTERM');
	};
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
	process.exitCode = await new Promise<number>((resolve) => controller.once('close', (code) => resolve(code ?? 1)));
} finally {
	await cluster.stop();
	rmSync(shown, { recursive: true, force: true });
}
