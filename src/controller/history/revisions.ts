import type { ApiObject, Cluster, Resource } from '../../core/ports/cluster.ts';
import { managedBy, managedByLabel, policyLabel, policyLabelValue } from '../admission/names.ts';

export const controllerRevisions: Resource = {
	group: 'apps',
	version: 'v1',
	resource: 'controllerrevisions',
	kind: 'ControllerRevision',
	namespaced: true,
};

/** Annotation on a revision: digest of the spec in it. */
export const digestAnnotation = 'gpupolicy.dev/digest';

/** Past specs that are kept of each policy. */
export const keptRevisions = 10;

/** The revisions that are kept of a policy as it is now. */
export async function keptSpecs(
	cluster: Cluster,
	namespace: string,
	{ name, uid }: { readonly name: string; readonly uid: string },
): Promise<readonly ApiObject[]> {
	const labelSelector = `${managedByLabel}=${managedBy},${policyLabel}=${policyLabelValue(name)}`;
	const all = await cluster.list(controllerRevisions, { namespace, labelSelector });
	return all.filter((object) => ownerOf(object) === uid);
}

/** Generation of the policy whose spec a revision holds; 0 where it says none. */
export function revisionOf(object: ApiObject): number {
	return typeof object.revision === 'number' ? object.revision : 0;
}

/** uid of the policy that a revision belongs to: one of the same name that was deleted has another. */
export function ownerOf({ metadata }: ApiObject): string | undefined {
	return metadata.ownerReferences?.find(({ kind }) => kind === 'GpuPolicy')?.uid;
}
