import type { GpuPolicy } from '../../api/v1alpha1.generated.ts';
import { gpuPolicies } from '../../controller/gpupolicy/resource.ts';
import { type ApiObject, type Cluster, ClusterError } from '../../core/ports/cluster.ts';
import { CodedError, exitCodes } from '../../runtime/errors.ts';
import { noSuchPolicy } from '../no-such.ts';
import { oneLine } from './failures.ts';

/** Which policies are meant; default: all. */
export interface PolicyQuery {
	readonly name?: string | undefined;
	/** As kubectl's `-l`. */
	readonly selector?: string | undefined;
}

/** Names that an API server takes; anything else would change the path of the request. */
const objectNames = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/** The objects as the server holds them, by name. */
export async function readPolicyObjects(cluster: Cluster, { name, selector }: PolicyQuery): Promise<readonly ApiObject[]> {
	if (name === undefined) return listPolicies(cluster, selector);
	const object = objectNames.test(name) ? await cluster.get(gpuPolicies, { name }) : null;
	if (object) return [object];
	throw noSuchPolicy(name, await listPolicies(cluster, undefined).catch(() => null));
}

/** The one object of that name. */
export async function readPolicyObject(cluster: Cluster, name: string): Promise<ApiObject> {
	const [object] = await readPolicyObjects(cluster, { name });
	if (!object) throw new Error('a policy that was named is read or refused');
	return object;
}

async function listPolicies(cluster: Cluster, selector: string | undefined): Promise<readonly ApiObject[]> {
	try {
		const list = await cluster.list(gpuPolicies, selector === undefined ? {} : { labelSelector: selector });
		return list.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
	} catch (error) {
		if (selector === undefined || !(error instanceof ClusterError) || error.failure !== 'Invalid') throw error;
		throw new CodedError('GP2020', `-l ${JSON.stringify(selector)} is not a label selector: ${oneLine(error.message)}`, {
			hint: "write it as kubectl takes it: -l 'team=ml,tier!=test' or -l 'team in (ml,vision)'",
			exit: exitCodes.usage,
			cause: error,
		});
	}
}

/** A policy as it is shown: who wrote which field is left out, as kubectl does. */
export function shown(object: ApiObject): GpuPolicy {
	const { managedFields: _, ...metadata } = object.metadata;
	return { ...object, metadata } as unknown as GpuPolicy;
}
