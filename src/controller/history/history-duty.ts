import { type ApiObject, type Cluster, ClusterError, type Resource } from '../../core/ports/cluster.ts';
import { managedBy, managedByLabel, policyLabel, policyLabelValue } from '../admission/names.ts';
import type { ClusterPolicy, Duty, DutyOutcome } from '../duty.ts';

const controllerRevisions: Resource = {
	group: 'apps',
	version: 'v1',
	resource: 'controllerrevisions',
	kind: 'ControllerRevision',
	namespaced: true,
};

/** Annotation on a revision: digest of the spec in it. */
const digestAnnotation = 'gpupolicy.dev/digest';

/** Past specs that are kept of each policy. */
const keptRevisions = 10;

/** Keeps the last specs of every policy as ControllerRevisions in our namespace, one for each generation: what a rollback restores. */
export class HistoryDuty implements Duty {
	readonly name = 'history';
	readonly #cluster: Cluster;
	readonly #namespace: string;
	/** Generation that is known to be kept, by uid. */
	readonly #kept = new Map<string, number>();

	constructor(options: { readonly cluster: Cluster; readonly namespace: string }) {
		this.#cluster = options.cluster;
		this.#namespace = options.namespace;
	}

	async reconcile(policy: ClusterPolicy, signal: AbortSignal): Promise<DutyOutcome> {
		if (this.#kept.get(policy.uid) === policy.generation) return { condition: null };
		const standing = await this.#list(policy, signal);
		const name = revisionName(policy);
		if (!standing.some(({ metadata }) => metadata.name === name)) {
			await this.#keep(policy, name, signal);
			const past = standing.toSorted((a, b) => revisionOf(b) - revisionOf(a)).slice(keptRevisions - 1);
			for (const { metadata } of past) await this.#remove(metadata.name, signal);
		}
		this.#kept.set(policy.uid, policy.generation);
		return { condition: null };
	}

	async cleanUp(policy: ClusterPolicy, signal: AbortSignal): Promise<void> {
		for (const { metadata } of await this.#list(policy, signal)) await this.#remove(metadata.name, signal);
		this.#kept.delete(policy.uid);
	}

	/** Those of the policy as it is now: one of the same name that was deleted has another uid. */
	async #list({ name, uid }: ClusterPolicy, signal: AbortSignal): Promise<readonly ApiObject[]> {
		const labelSelector = `${managedByLabel}=${managedBy},${policyLabel}=${policyLabelValue(name)}`;
		const all = await this.#cluster.list(controllerRevisions, { namespace: this.#namespace, labelSelector, signal });
		return all.filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid));
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

function revisionOf(object: ApiObject): number {
	return typeof object.revision === 'number' ? object.revision : 0;
}
