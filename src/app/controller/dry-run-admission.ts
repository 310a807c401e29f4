import { listLive } from '../../controller/admission/live-objects.ts';
import type { WebhookChoice } from '../../controller/admission/mutator.ts';
import { type AdmissionObject, nameOf, resourceOf } from '../../controller/admission/objects.ts';
import { isAsCompiled } from '../../controller/admission/put-object.ts';
import { servedAdmission } from '../../controller/admission/served.ts';
import type { ClusterPolicy, Duty, DutyOutcome } from '../../controller/duty.ts';
import type { Cluster } from '../../core/ports/cluster.ts';
import { wantedAdmission } from './wanted-admission.ts';

/** Admission without the trials: they need objects that are really there. Sends what a policy that passed them would send. */
export class DryRunAdmission implements Duty {
	readonly name = 'admission';
	readonly #cluster: Cluster;
	readonly #policies: () => Iterable<ClusterPolicy>;

	readonly #webhook: WebhookChoice;

	constructor(cluster: Cluster, policies: () => Iterable<ClusterPolicy>, webhook: WebhookChoice) {
		this.#cluster = cluster;
		this.#policies = policies;
		this.#webhook = webhook;
	}

	async reconcile(policy: ClusterPolicy, signal: AbortSignal): Promise<DutyOutcome> {
		const served = await servedAdmission(this.#cluster);
		const { demandsIn } = this.#webhook;
		const live = await listLive(this.#cluster, policy.name, { mutating: served.mutating, demandsIn }, signal);
		const { objects: wanted, problems } = await wantedAdmission(this.#cluster, policy, this.#policies(), served, this.#webhook);
		for (const object of wanted)
			if (!isAsCompiled(object, live.get(object))) await this.#cluster.apply(resourceOf(object), object, { signal });
		for (const object of live.all()) {
			const kept = wanted.some(({ kind, metadata }) => kind === object.kind && metadata.name === object.metadata.name);
			if (!kept) await this.#cluster.delete(resourceOf(object as AdmissionObject), nameOf(object), { signal });
		}
		if (wanted.length === 0 && problems.length === 0) return { condition: null };
		const message = ['dry run: nothing was tried out', ...problems].join('; ');
		return { condition: { type: 'AdmissionProgrammed', reason: 'NotYetObserved', message } };
	}

	async cleanUp(policy: ClusterPolicy, signal: AbortSignal): Promise<void> {
		const { mutating } = await servedAdmission(this.#cluster);
		const { demandsIn } = this.#webhook;
		for (const object of (await listLive(this.#cluster, policy.name, { mutating, demandsIn }, signal)).all())
			await this.#cluster.delete(resourceOf(object as AdmissionObject), nameOf(object), { signal });
	}
}
