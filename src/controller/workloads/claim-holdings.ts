import { extendedResourceAnnotation } from '../../core/claims/claim.ts';
import { judgePublished } from '../../core/claims/judge-published.ts';
import type { DeviceSelector } from '../../core/desired/device-selection.ts';
import type { GpuSlice, SliceDevice } from '../../core/nodes/slice-facts.ts';
import type { ApiObject, ClusterError, ObjectCache, Watcher } from '../../core/ports/cluster.ts';
import { sameJson } from '../../core/same-json.ts';
import { type HeldDevice, holdsNothing } from '../../core/workloads/held-device.ts';
import { readClaim, readSlice } from '../nodes/read-slice.ts';
import type { DraResources } from '../nodes/resources.ts';
import { ByPod } from './by-pod.ts';
import { Listing } from './listing.ts';

/** What is kept of a claim that holds devices of NVIDIA's driver. */
interface Holding {
	readonly claim: string;
	/** `pool/device` */
	readonly devices: readonly string[];
	/** UIDs of the pods that it is reserved for. */
	readonly pods: readonly string[];
	/** Made for one pod, with which it goes; and not by the scheduler, which asks nobody. */
	readonly ofPod: boolean;
}

/** Which devices of NVIDIA's DRA driver each pod holds by its resource claims. */
export class ClaimHoldings {
	readonly #slices: ObjectCache<GpuSlice | null>;
	readonly #claims: ObjectCache<Holding | null>;
	readonly #byPod = new ByPod<Holding>();
	/** What the newest generation of each pool publishes; made anew when a slice changes. */
	#published: ReadonlyMap<string, SliceDevice> | null = null;
	readonly #listing: Listing;

	/** @param onChange something about them changed */
	constructor(watcher: Watcher, resources: DraResources, onChange: () => void) {
		this.#slices = watcher.watch<GpuSlice | null>(resources.slices, {
			project: readSlice,
			differs,
			onChange: () => {
				this.#published = null;
				onChange();
			},
			onTrouble: onChange,
		});
		this.#claims = watcher.watch<Holding | null>(resources.claims, {
			project: readHolding,
			differs,
			onChange: (_, before, after) => {
				for (const uid of before?.pods ?? []) this.#byPod.remove(uid, before as Holding);
				for (const uid of after?.pods ?? []) this.#byPod.add(uid, after as Holding);
				if (before || after) onChange();
			},
			onTrouble: onChange,
		});
		this.#listing = new Listing([this.#claims, this.#slices], onChange);
	}

	/** Everything has been seen once. */
	get listed(): boolean {
		return this.#listing.listed;
	}

	/** Why something cannot be seen as it is now. */
	get trouble(): ClusterError | null {
		return this.#listing.troubles[0] ?? null;
	}

	/** Says of pods which devices they hold that a policy forbids. `governed`: new claims keep to the policy. What is unknown of a device forbids nothing. */
	judge(devices: DeviceSelector, governed: boolean): (podUid: string) => readonly HeldDevice[] {
		const published = this.#devices();
		const reasons = new Map<string, string | null>();
		const reasonOf = (key: string): string | null => {
			const known = reasons.get(key);
			if (known !== undefined) return known;
			const entry = published.get(key);
			const verdict = entry && judgePublished(devices, entry);
			const reason = verdict?.verdict === 'forbidden' ? verdict.reason : null;
			reasons.set(key, reason);
			return reason;
		};
		return (podUid) => {
			const holdings = this.#byPod.get(podUid);
			if (!holdings) return holdsNothing;
			return [...holdings].flatMap(({ claim, devices: held, ofPod }) =>
				held.flatMap((key) => {
					const reason = reasonOf(key);
					return reason === null
						? []
						: [
								{
									by: `resource claim ${claim}`,
									place: claim,
									device: describe(key, published.get(key)),
									reason,
									replaceable: ofPod && governed,
								},
							];
				}),
			);
		};
	}

	async stop(): Promise<void> {
		await this.#listing.stop();
	}

	#devices(): ReadonlyMap<string, SliceDevice> {
		if (this.#published) return this.#published;
		const newest = new Map<string, number>();
		const slices = [...this.#slices.values()].filter((slice) => slice !== null);
		for (const { pool, generation } of slices) newest.set(pool, Math.max(generation, newest.get(pool) ?? 0));
		const published = new Map<string, SliceDevice>();
		for (const { pool, generation, devices } of slices) {
			if (generation === newest.get(pool)) for (const device of devices) published.set(`${pool}/${device.name}`, device);
		}
		this.#published = published;
		return published;
	}
}

const differs = (before: unknown, after: unknown): boolean => !sameJson(before, after);

function readHolding(object: ApiObject): Holding | null {
	const devices = readClaim(object);
	if (devices.length === 0) return null;
	const { name, ownerReferences = [], annotations = {} } = object.metadata;
	const { reservedFor = [] } = (object['status'] ?? {}) as {
		readonly reservedFor?: readonly { readonly resource: string; readonly uid: string }[];
	};
	return {
		claim: name,
		devices,
		pods: reservedFor.filter(({ resource }) => resource === 'pods').map(({ uid }) => uid),
		ofPod: ownerReferences.some(({ kind }) => kind === 'Pod') && annotations[extendedResourceAnnotation] !== 'true',
	};
}

function describe(key: string, device: SliceDevice | undefined): string {
	const at = key.lastIndexOf('/');
	const name = device?.productName;
	return `${key.slice(at + 1)} of ${key.slice(0, at)}${name === undefined ? '' : ` (${name})`}`;
}
