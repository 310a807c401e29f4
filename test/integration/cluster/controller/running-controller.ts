import type { TestCluster } from '../../../cluster/index.ts';
import { endAll, RunningCommand } from '../../running-command.ts';

/** `gpupolicy controller` as it is built. */
export class RunningController extends RunningCommand {
	/** Of the cluster that it is for. */
	readonly cluster: Pick<TestCluster, 'kubeconfig'>;

	constructor(
		cluster: Pick<TestCluster, 'kubeconfig'>,
		options: {
			readonly kubeconfig?: string;
			readonly args?: readonly string[];
			/** Of Node itself. */
			readonly nodeArgs?: readonly string[];
		} = {},
	) {
		const kubeconfig = options.kubeconfig ?? accounts.get(cluster) ?? cluster.kubeconfig;
		const args = ['controller', '--kubeconfig', kubeconfig, '--bind-address', '127.0.0.1:0', ...(options.args ?? [])];
		super(args, { nodeArgs: options.nodeArgs ?? [] });
		this.cluster = cluster;
	}

	async leads(limitMs?: number): Promise<void> {
		await this.says(({ msg }) => msg === 'leading', limitMs);
	}
}

/** Kubeconfigs of the controller's account, by cluster. */
const accounts = new WeakMap<object, string>();

/** Controllers of the cluster use this kubeconfig where a test names none. */
export function useAccount(cluster: object, kubeconfig: string): void {
	accounts.set(cluster, kubeconfig);
}

/** Ends the controllers of one cluster of several that are in use at once. */
export async function endAllOf(cluster: RunningController['cluster']): Promise<void> {
	await endAll('SIGKILL', (one) => one instanceof RunningController && one.cluster === cluster);
}
