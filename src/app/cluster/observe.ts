import type { ClusterPolicy } from '../../controller/duty.ts';
import { NodeView } from '../../controller/nodes/node-view.ts';
import { DeviceHoldings, type Holds } from '../../controller/workloads/device-holdings.ts';
import { ObservedWorkloads } from '../../controller/workloads/observed-workloads.ts';
import { ClusterError } from '../../core/ports/cluster.ts';
import type { Connection } from '../../kube/index.ts';
import { forGood } from './failures.ts';

/** How long the copies of a cluster may take to be complete before a command gives up, in milliseconds. */
const patienceMs = 120_000;

/**
 * Looks at the pods of a cluster, their owners and the devices that they hold once, through the copies that the controller keeps. `only`: in this
 * namespace. `policies`: those that are to be judged by.
 */
export async function withWorkloads<T>(
	{ cluster, watcher }: Pick<Connection, 'cluster' | 'watcher'>,
	{ only, policies }: { readonly only: string | undefined; readonly policies: readonly ClusterPolicy[] },
	use: (observed: ObservedWorkloads, holdsOf: (policy: ClusterPolicy) => Holds) => T,
): Promise<T> {
	let look = (): void => {};
	const changed = (): void => look();
	const judged = policies.filter(({ object }) => object.spec?.workloads !== undefined);
	const holdings = new DeviceHoldings(cluster, watcher, changed);
	for (const policy of judged) await holdings.open(policy);
	const observed = new ObservedWorkloads(watcher, { pod: () => {}, owner: () => {}, everything: changed }, only);
	try {
		await new Promise<void>((resolve, reject) => {
			const timer = setTimeout(() => reject(observed.trouble ?? late('pods')), patienceMs);
			const end = (finish: () => void): void => {
				clearTimeout(timer);
				finish();
			};
			look = () => {
				const trouble = observed.trouble ?? judged.map((policy) => holdings.trouble(policy)).find((one) => one !== null) ?? null;
				if (observed.listed && judged.every((policy) => holdings.listed(policy))) end(resolve);
				else if (trouble && forGood(trouble)) end(() => reject(trouble));
			};
			look();
		});
		return use(observed, (policy) => holdings.judge(policy));
	} finally {
		await Promise.all([observed.stop(), holdings.stop()]);
	}
}

/** Looks at the nodes of a cluster and at what is known of their devices, once. Nothing of it can be stale: nobody waited for a heartbeat. */
export async function withNodes<T>(
	{ cluster, watcher }: Pick<Connection, 'cluster' | 'watcher'>,
	use: (view: NodeView) => T,
): Promise<T> {
	const none = (): void => {};
	const view = new NodeView({
		cluster,
		watcher,
		heartbeatMs: 300_000,
		now: () => performance.now(),
		onNode: none,
		onOwn: none,
		onTrouble: none,
	});
	try {
		const signal = AbortSignal.timeout(patienceMs);
		for (;;) {
			const blindness = await view.settled(signal).catch((error: unknown) => {
				throw signal.aborted ? late('nodes') : error;
			});
			if (blindness === null) return use(view);
			if (forGood(blindness) || signal.aborted) throw blindness;
			await new Promise((resolve) => setTimeout(resolve, 500));
		}
	} finally {
		await view.stop();
	}
}

function late(resource: string): ClusterError {
	return new ClusterError('TimedOut', `list ${resource}: not complete within ${patienceMs / 1000} s`, { verb: 'list', resource });
}
