import type { ClusterPolicy } from '../../controller/duty.ts';
import { NodeView } from '../../controller/nodes/node-view.ts';
import { servedDra } from '../../controller/nodes/resources.ts';
import { ClaimHoldings } from '../../controller/workloads/claim-holdings.ts';
import { ObservedWorkloads } from '../../controller/workloads/observed-workloads.ts';
import { claimDemand } from '../../core/claims/claim-demand.ts';
import { judgesDevices } from '../../core/claims/device-selector.ts';
import { ClusterError } from '../../core/ports/cluster.ts';
import type { HeldDevice } from '../../core/workloads/held-device.ts';
import type { Connection } from '../../kube/index.ts';
import { forGood } from './failures.ts';

/** How long the copies of a cluster may take to be complete before a command gives up, in milliseconds. */
const patienceMs = 120_000;

/** Which forbidden devices a pod holds, by its uid; `undefined` where nothing is said of claims. */
export type HoldsOf = (policy: ClusterPolicy) => (uid: string) => readonly HeldDevice[] | undefined;

/**
 * Looks at the pods of a cluster, their owners and their resource claims once, through the copies that the controller keeps. `only`: in this
 * namespace. `devices`: some policy says something of devices, so that claims count.
 */
export async function withWorkloads<T>(
	{ cluster, watcher }: Pick<Connection, 'cluster' | 'watcher'>,
	{ only, devices }: { readonly only: string | undefined; readonly devices: boolean },
	use: (observed: ObservedWorkloads, holdsOf: HoldsOf) => T,
): Promise<T> {
	let look = (): void => {};
	const changed = (): void => look();
	const dra = devices ? await servedDra(cluster) : null;
	const holdings = dra && new ClaimHoldings(watcher, dra, changed);
	const observed = new ObservedWorkloads(watcher, { pod: () => {}, owner: () => {}, everything: changed }, only);
	const holdsOf: HoldsOf = ({ object, digest }) => {
		const { devices: selector, mode } = object.spec;
		if (!holdings || !selector || !judgesDevices(selector)) return () => undefined;
		return holdings.judge(selector, mode === 'Enforce' && claimDemand(object, digest).state === 'Demanded');
	};
	try {
		await new Promise<void>((resolve, reject) => {
			const timer = setTimeout(() => reject(observed.trouble ?? late('pods')), patienceMs);
			const end = (finish: () => void): void => {
				clearTimeout(timer);
				finish();
			};
			look = () => {
				const trouble = observed.trouble ?? holdings?.trouble ?? null;
				if (observed.listed && holdings?.listed !== false) end(resolve);
				else if (trouble && forGood(trouble)) end(() => reject(trouble));
			};
			look();
		});
		return use(observed, holdsOf);
	} finally {
		await Promise.all([observed.stop(), holdings?.stop()]);
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
