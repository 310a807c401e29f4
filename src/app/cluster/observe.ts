import { NodeView } from '../../controller/nodes/node-view.ts';
import { ObservedWorkloads } from '../../controller/workloads/observed-workloads.ts';
import { ClusterError } from '../../core/ports/cluster.ts';
import type { Connection } from '../../kube/index.ts';
import { forGood } from './failures.ts';

/** How long the copies of a cluster may take to be complete before a command gives up, in milliseconds. */
const patienceMs = 120_000;

/** Looks at the pods of a cluster and their owners once, through the copies that the controller keeps. `only`: in this namespace. */
export async function withWorkloads<T>(
	{ watcher }: Pick<Connection, 'watcher'>,
	only: string | undefined,
	use: (observed: ObservedWorkloads) => T,
): Promise<T> {
	let look = (): void => {};
	const changed = (): void => look();
	const observed = new ObservedWorkloads(watcher, { pod: () => {}, owner: () => {}, everything: changed }, only);
	try {
		await new Promise<void>((resolve, reject) => {
			const timer = setTimeout(() => reject(observed.trouble ?? late('pods')), patienceMs);
			const end = (finish: () => void): void => {
				clearTimeout(timer);
				finish();
			};
			look = () => {
				const { trouble } = observed;
				if (observed.listed) end(resolve);
				else if (trouble && forGood(trouble)) end(() => reject(trouble));
			};
			look();
		});
		return use(observed);
	} finally {
		await observed.stop();
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
