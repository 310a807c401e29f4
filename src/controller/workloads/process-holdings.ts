import type { GpuNodeReportStatus } from '../../api/v1alpha1.generated.ts';
import type { ApiObject, ClusterError, Watcher } from '../../core/ports/cluster.ts';
import { sameJson } from '../../core/same-json.ts';
import { type HeldDevice, holdsNothing } from '../../core/workloads/held-device.ts';
import { gpuNodeReports } from '../nodes/resources.ts';
import { ByPod } from './by-pod.ts';
import { Listing } from './listing.ts';

/** A process of a pod on a device that some policy forbids. */
interface ForbiddenProcess {
	readonly podUid: string;
	readonly by: string;
	readonly place: string;
	readonly device: string;
	/** The policies that forbid it, as the agent judged by them. */
	readonly policies: readonly { readonly name: string; readonly digest: string; readonly reason: string }[];
}

/** Which forbidden devices the processes of each pod run on, as the agents of the nodes report it. */
export class ProcessHoldings {
	readonly #listing: Listing;
	readonly #byPod = new ByPod<ForbiddenProcess>();

	/** @param onChange something about them changed */
	constructor(watcher: Watcher, onChange: () => void) {
		const reports = watcher.watch<readonly ForbiddenProcess[]>(gpuNodeReports, {
			project: readForbidden,
			differs: (before, after) => !sameJson(before, after),
			onChange: (_, before = [], after = []) => {
				for (const process of before) this.#byPod.remove(process.podUid, process);
				for (const process of after) this.#byPod.add(process.podUid, process);
				if (before.length + after.length > 0) onChange();
			},
			onTrouble: onChange,
		});
		this.#listing = new Listing([reports], onChange);
	}

	/** Every report has been seen once. */
	get listed(): boolean {
		return this.#listing.listed;
	}

	/** Why reports cannot be seen as they are now. */
	get trouble(): ClusterError | null {
		return this.#listing.troubles[0] ?? null;
	}

	/** Says of pods which devices they run on that a policy forbids, of this digest: what an agent said by another one counts for nothing. */
	judge(policy: string, digest: string, enforced: boolean): (podUid: string) => readonly HeldDevice[] {
		return (podUid) => {
			const processes = this.#byPod.get(podUid);
			if (!processes) return holdsNothing;
			return [...processes].flatMap(({ policies, by, place, device }) => {
				const forbids = policies.find((one) => one.name === policy && one.digest === digest);
				return forbids ? [{ by, place, device, reason: forbids.reason, replaceable: enforced }] : [];
			});
		};
	}

	async stop(): Promise<void> {
		await this.#listing.stop();
	}
}

function readForbidden(object: ApiObject): readonly ForbiddenProcess[] {
	const { processes = [], policies = [], devices = [] } = (object['status'] ?? {}) as GpuNodeReportStatus;
	return processes.flatMap(({ podUid, pid, name, container, deviceUuid, verdicts = [] }) => {
		const forbidding = verdicts.flatMap(({ policy, verdict }) => {
			const judged = policies.find((one) => one.name === policy);
			if (verdict !== 'Forbidden' || judged === undefined) return [];
			const reason = judged.devices?.find(({ uuid }) => uuid === deviceUuid)?.because ?? 'the agent of the node judged it so';
			return [{ name: policy, digest: judged.digest, reason }];
		});
		if (podUid === undefined || forbidding.length === 0) return [];
		const product = devices.find(({ uuid }) => uuid === deviceUuid)?.productName;
		return [
			{
				podUid,
				by: `process ${pid}${name === undefined ? '' : ` (${name})`}`,
				place: container ?? `${pid}`,
				device: `${deviceUuid} of ${object.metadata.name}${product === undefined ? '' : ` (${product})`}`,
				policies: forbidding,
			},
		];
	});
}
