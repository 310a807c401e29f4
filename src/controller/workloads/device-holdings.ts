import { claimDemand } from '../../core/claims/claim-demand.ts';
import { judgesDevices } from '../../core/claims/device-selector.ts';
import type { Cluster, ClusterError, Watcher } from '../../core/ports/cluster.ts';
import { type HeldDevice, holdsNothing } from '../../core/workloads/held-device.ts';
import type { ClusterPolicy } from '../duty.ts';
import { servedDra } from '../nodes/resources.ts';
import { ClaimHoldings } from './claim-holdings.ts';
import { ProcessHoldings } from './process-holdings.ts';

/** Which forbidden devices a pod holds, by its UID; `undefined` where a policy says nothing of devices. */
export type Holds = (podUid: string) => readonly HeldDevice[] | undefined;

type Watched = Pick<ClusterPolicy, 'object'>;

/** Whether a policy says something of devices, so that what pods hold counts. */
export function judgesHeldDevices({ object: { spec } }: Watched): boolean {
	return judgesDevices(spec.devices ?? {});
}

/** Whether agents judge by a policy, and so what runs on their devices. */
function judgedByAgents(policy: Watched): boolean {
	return judgesHeldDevices(policy) && policy.object.spec.nodes !== undefined;
}

/** Which devices pods hold, by resource claims and by their processes. Nothing is watched before a policy asks for it. */
export class DeviceHoldings {
	readonly #cluster: Cluster;
	readonly #watcher: Watcher;
	readonly #onChange: () => void;
	#claims: ClaimHoldings | null = null;
	#processes: ProcessHoldings | null = null;
	#opening: Promise<void> | null = null;

	/** @param onChange something about them changed */
	constructor(cluster: Cluster, watcher: Watcher, onChange: () => void) {
		this.#cluster = cluster;
		this.#watcher = watcher;
		this.#onChange = onChange;
	}

	/** Has what a policy needs watched. Claims are looked for again each time until they are there: dynamic resource allocation may be switched on later. */
	async open(policy: Watched): Promise<void> {
		if (!judgesHeldDevices(policy)) return;
		if (judgedByAgents(policy)) this.#processes ??= new ProcessHoldings(this.#watcher, this.#onChange);
		this.#opening ??= (async () => {
			if (this.#claims) return;
			const resources = await servedDra(this.#cluster);
			if (resources) this.#claims = new ClaimHoldings(this.#watcher, resources, this.#onChange);
		})().finally(() => {
			this.#opening = null;
		});
		await this.#opening;
	}

	/** Everything that a policy needs has been seen once. */
	listed(policy: Watched): boolean {
		return this.#neededBy(policy).every(({ listed }) => listed);
	}

	/** Why something that a policy needs cannot be seen as it is now. */
	trouble(policy: Watched): ClusterError | null {
		return this.#neededBy(policy).find(({ trouble }) => trouble !== null)?.trouble ?? null;
	}

	/** Which devices pods hold that a policy forbids. */
	judge(policy: Pick<ClusterPolicy, 'name' | 'object' | 'digest'>): Holds {
		const { object, digest, name } = policy;
		const { devices, mode } = object.spec;
		if (!devices || !judgesHeldDevices(policy)) return () => undefined;
		const enforced = mode === 'Enforce';
		const byClaim = this.#claims?.judge(devices, enforced && claimDemand(object, digest).state === 'Demanded');
		const byProcess = judgedByAgents(policy) ? this.#processes?.judge(name, digest, enforced) : undefined;
		return (podUid) => {
			const claimed = byClaim?.(podUid) ?? holdsNothing;
			const inUse = byProcess?.(podUid) ?? holdsNothing;
			return inUse.length === 0 ? claimed : [...claimed, ...inUse];
		};
	}

	async stop(): Promise<void> {
		await Promise.all([this.#claims?.stop(), this.#processes?.stop()]);
	}

	#neededBy(policy: Watched): readonly (ClaimHoldings | ProcessHoldings)[] {
		if (!judgesHeldDevices(policy)) return [];
		return [this.#claims, judgedByAgents(policy) ? this.#processes : null].filter((one) => one !== null);
	}
}
