import { gpuPolicies } from '../../controller/gpupolicy/resource.ts';
import { changedFields } from '../../core/changed-fields.ts';
import { type ApiObject, type Cluster, ClusterError } from '../../core/ports/cluster.ts';
import type { PolicyRollback } from '../../render/cluster/rollback.ts';
import { CodedError } from '../../runtime/errors.ts';
import { specOwners } from './field-managers.ts';
import { revisionsOf, withDefaults } from './history.ts';
import { readPolicyObject } from './policies.ts';
import { type ClusterRequest, withCluster } from './session.ts';

/** Tries while only the status, a label or the like is written beside us. */
const attempts = 5;

interface Wanted {
	readonly name: string;
	/** Generation whose spec is restored. */
	readonly to: number;
	/** Where the controller keeps them. */
	readonly namespace: string;
}

/** Gives a policy the spec again that it had in an earlier generation. The write holds only for the spec as it was read. */
export async function rollbackPolicy(request: ClusterRequest, wanted: Wanted): Promise<PolicyRollback> {
	return withCluster(request, async ({ cluster }) => {
		let object = await readPolicyObject(cluster, wanted.name);
		for (let attempt = 1; ; attempt++) {
			try {
				return await restore(cluster, object, wanted);
			} catch (error) {
				if (!(error instanceof ClusterError && error.failure === 'Conflict') || attempt === attempts) throw error;
				const now = await readPolicyObject(cluster, wanted.name);
				const { uid, generation } = object.metadata;
				if (now.metadata.uid !== uid || now.metadata.generation !== generation) throw error;
				object = now;
			}
		}
	});
}

async function restore(cluster: Cluster, object: ApiObject, { name, to, namespace }: Wanted): Promise<PolicyRollback> {
	const owners = specOwners(object);
	const foreign = owners.find(({ byHand }) => !byHand);
	if (foreign)
		throw new CodedError('GP4309', `the spec of ${name} is applied by the field manager ${JSON.stringify(foreign.manager)}`, {
			hint: 'change it in git, or wherever that manager takes it from: it would put it back',
		});
	const kept = await revisionsOf(cluster, object, namespace);
	const revision = kept.find(({ generation }) => generation === to);
	if (!revision)
		throw new CodedError('GP4308', `no revision of generation ${to} of ${name} is kept`, {
			hint: `kept: ${kept.map(({ generation }) => generation).join(', ') || 'none'}; gpupolicy history ${name} shows them`,
		});
	const before = object.metadata.generation ?? 0;
	const changed = changedFields(withDefaults(object['spec']), revision.spec).map(({ path }) => path);
	const appliedBy = owners.map(({ manager }) => manager);
	const result = { policy: name, to, digest: revision.digest, before, changed, appliedBy };
	if (changed.length === 0) return { ...result, generation: before };
	const written = await cluster.update(gpuPolicies, { ...object, spec: revision.spec });
	return { ...result, generation: written.object.metadata.generation ?? before };
}
