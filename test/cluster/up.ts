/**
 * A cluster to try things on by hand, with everything that can run in it and one node:
 *
 *     node test/cluster/up.ts
 *
 * It says how to reach it, and runs until Ctrl-C or the end of the terminal.
 */
import { dirname } from 'node:path';
import { startCluster } from './index.ts';
import { toolPath } from './tools/build.ts';

const cluster = await startCluster({ components: ['kube-controller-manager', 'kube-scheduler', 'kwok'] });
await cluster.request('POST', '/api/v1/nodes', { metadata: { name: 'node-1' } });

console.log(`
The cluster is up; it stops with Ctrl-C. In another terminal:

export KUBECONFIG=${cluster.kubeconfig}
export PATH=${dirname(await toolPath('kubectl'))}:$PATH
kubectl get nodes
`);

let stopping = false;
const stop = async (): Promise<void> => {
	if (stopping) return;
	stopping = true;
	await cluster.stop();
	process.exit(0);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
setInterval(() => {}, 3_600_000); // Nothing else keeps the process alive.
