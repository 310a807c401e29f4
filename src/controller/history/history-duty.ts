import { type ApiObject, type Cluster, ClusterError } from '../../core/ports/cluster.ts';
import { managedBy, managedByLabel, policyLabel, policyLabelValue } from '../admission/names.ts';
import type { ClusterPolicy, Duty, DutyOutcome } from '../duty.ts';
import { controllerRevisions, digestAnnotation, keptRevisions, ownerOf, revisionOf } from './revisions.ts';

/** Label selector of everything of ours. */
const ours = `${managedByLabel}=${managedBy}`;

interface Revision {
	readonly name: string;
	readonly generation: number;
}

/** Keeps the last specs of every policy as ControllerRevisions in our namespace, one for each generation: what a rollback restores. */
export class HistoryDuty implements Duty {
	readonly name = 'history';
	readonly #cluster: Cluster;
	readonly #namespace: string;
	/** Revisions that are there, by uid of their policy: read once for all policies, and only written by us from then on. */
	#kept: Promise<Map<string, Revision[]>> | undefined;

	constructor(options: { readonly cluster: Cluster; readonly namespace: string }) {
		this.#cluster = options.cluster;
		this.#namespace = options.namespace;
	}

	async reconcile(policy: ClusterPolicy, signal: AbortSignal): Promise<DutyOutcome> {
		const kept = (await this.#all(signal)).get(policy.uid) ?? [];
		if (kept.some(({ generation }) => generation === policy.generation)) return { condition: null };
		const name = revisionName(policy);
		await this.#keep(policy, name, signal);
		const all = [...kept, { name, generation: policy.generation }].sort((a, b) => b.generation - a.generation);
		for (const past of all.slice(keptRevisions)) await this.#remove(past.name, signal);
		(await this.#all(signal)).set(policy.uid, all.slice(0, keptRevisions));
		return { condition: null };
	}

	/** Looks at the server and not at what we remember: nothing may be left. */
	async cleanUp(policy: ClusterPolicy, signal: AbortSignal): Promise<void> {
		const selector = `${ours},${policyLabel}=${policyLabelValue(policy.name)}`;
		for (const object of await this.#list(selector, signal))
			if (ownerOf(object) === policy.uid) await this.#remove(object.metadata.name, signal);
		(await this.#all(signal)).delete(policy.uid);
	}

	/** Read again where it could not be. */
	#all(signal: AbortSignal): Promise<Map<string, Revision[]>> {
		this.#kept ??= this.#list(ours, signal).then(byOwner, (error: unknown) => {
			this.#kept = undefined;
			throw error;
		});
		return this.#kept;
	}

	async #list(labelSelector: string, signal: AbortSignal): Promise<readonly ApiObject[]> {
		return this.#cluster.list(controllerRevisions, { namespace: this.#namespace, labelSelector, signal });
	}

	async #keep({ name, uid, generation, digest, object }: ClusterPolicy, revision: string, signal: AbortSignal): Promise<void> {
		const owner = { apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', name, uid };
		try {
			await this.#cluster.create(
				controllerRevisions,
				{
					apiVersion: 'apps/v1',
					kind: 'ControllerRevision',
					metadata: {
						name: revision,
						namespace: this.#namespace,
						labels: { [managedByLabel]: managedBy, [policyLabel]: policyLabelValue(name) },
						annotations: { [digestAnnotation]: digest },
						ownerReferences: [owner],
					},
					revision: generation,
					data: { spec: object.spec },
				},
				{ signal },
			);
		} catch (error) {
			if (!(error instanceof ClusterError) || error.failure !== 'AlreadyExists') throw error;
		}
	}

	async #remove(name: string, signal: AbortSignal): Promise<void> {
		await this.#cluster.delete(controllerRevisions, { name, namespace: this.#namespace }, { signal });
	}
}

/** Name of the revision of a generation; with a part of the uid, since a policy that is made anew counts from one again. */
function revisionName({ name, uid, generation }: ClusterPolicy): string {
	return `${name.slice(0, 200).replace(/[-.]+$/, '')}-${uid.slice(0, 8)}-${generation}`;
}

function byOwner(objects: readonly ApiObject[]): Map<string, Revision[]> {
	const all = new Map<string, Revision[]>();
	for (const object of objects) {
		const owner = ownerOf(object);
		const generation = revisionOf(object);
		if (owner === undefined || generation === 0) continue;
		all.set(owner, [...(all.get(owner) ?? []), { name: object.metadata.name, generation }]);
	}
	return all;
}
