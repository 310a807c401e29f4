import { compileAdmission, objectsOf } from '../../controller/admission/compile.ts';
import { listLive } from '../../controller/admission/live-objects.ts';
import { type AdmissionObject, resourceOf } from '../../controller/admission/objects.ts';
import { isAsCompiled } from '../../controller/admission/put-object.ts';
import { servedAdmission } from '../../controller/admission/served.ts';
import type { ClusterPolicy, Duty, DutyOutcome } from '../../controller/duty.ts';
import type { Cluster } from '../../core/ports/cluster.ts';
import { podDemand } from '../../core/workloads/demand.ts';

/** Admission without the trials: they need objects that are really there. Sends what a policy that passed them would send. */
export class DryRunAdmission implements Duty {
	readonly name = 'admission';
	readonly #cluster: Cluster;

	constructor(cluster: Cluster) {
		this.#cluster = cluster;
	}

	async reconcile(policy: ClusterPolicy, signal: AbortSignal): Promise<DutyOutcome> {
		const { mutating } = await servedAdmission(this.#cluster);
		const live = await listLive(this.#cluster, policy.name, mutating, signal);
		const demand = podDemand(policy.object, policy.digest);
		const wanted = demand ? objectsOf(compileAdmission(demand, { copy: 'Bound', mutating, uid: policy.uid })) : [];
		for (const object of wanted)
			if (!isAsCompiled(object, live.get(object))) await this.#cluster.apply(resourceOf(object), object, { signal });
		for (const object of live.all()) {
			const kept = wanted.some(({ kind, metadata }) => kind === object.kind && metadata.name === object.metadata.name);
			if (!kept) await this.#cluster.delete(resourceOf(object as AdmissionObject), { name: object.metadata.name }, { signal });
		}
		if (!demand) return { condition: null };
		const message = 'dry run: nothing was tried out';
		return { condition: { type: 'AdmissionProgrammed', reason: 'NotYetObserved', message } };
	}

	async cleanUp(policy: ClusterPolicy, signal: AbortSignal): Promise<void> {
		const { mutating } = await servedAdmission(this.#cluster);
		for (const object of (await listLive(this.#cluster, policy.name, mutating, signal)).all())
			await this.#cluster.delete(resourceOf(object as AdmissionObject), { name: object.metadata.name }, { signal });
	}
}
