import { type ApiObject, type Cluster, ClusterError } from '../../core/ports/cluster.ts';
import { sameJson } from '../../core/same-json.ts';
import { fieldManager } from './names.ts';
import { type AdmissionKind, type AdmissionObject, contentField, contentOf, nameOf, resourceOf } from './objects.ts';

/** Whether the server holds an object as it was compiled. What others add beside it in the metadata is theirs. */
export function isAsCompiled(object: AdmissionObject, live: ApiObject | undefined): boolean {
	if (!live) return false;
	const { labels, annotations, ownerReferences } = live.metadata;
	return (
		sameJson(contentOf(object), contentOf(live)) &&
		holdsAll(object.metadata.labels, labels) &&
		holdsAll(object.metadata.annotations, annotations) &&
		(object.metadata.ownerReferences ?? []).every(({ uid }) => ownerReferences?.some((owner) => owner.uid === uid))
	);
}

function holdsAll(own: Readonly<Record<string, string>> = {}, live: Readonly<Record<string, string>> = {}): boolean {
	return Object.entries(own).every(([key, value]) => live[key] === value);
}

/**
 * Brings one object to what was compiled. An edit by hand gives way, since the object is ours: its fields are released without
 * being changed, and applied anew. What another *applier* owns is never taken: that is a `FieldManagerConflict`. Where an edit and what
 * was compiled merge to what the server refuses, such as the actions Deny beside Warn, the spec is replaced first.
 */
export async function putObject(cluster: Cluster, object: AdmissionObject, signal: AbortSignal): Promise<void> {
	const resource = resourceOf(object);
	let live: ApiObject;
	try {
		live = (await cluster.apply(resource, object, { signal })).object;
	} catch (error) {
		if (!(error instanceof ClusterError)) throw error;
		if (error.failure !== 'FieldManagerConflict' && error.failure !== 'Invalid') throw error;
		const edited = await cluster.get(resource, nameOf(object), { signal });
		if (edited && (foreignApplier(edited) !== null || edited.metadata.managedFields === undefined)) throw error;
		if (error.failure === 'Invalid') {
			if (!edited) throw error;
			await cluster.update(resource, { ...edited, [contentField(object.kind)]: contentOf(object) }, { signal });
		} else if (edited) await releaseEdits(cluster, object, edited, signal);
		live = (await cluster.apply(resource, object, { signal })).object;
	}
	if (isAsCompiled(object, live)) return;
	// Something was added that applying does not take away, such as a further matchCondition.
	const by = foreignApplier(live);
	if (by !== null) {
		const message = `${object.kind} ${object.metadata.name} holds fields that ${JSON.stringify(by)} applies; delete them there, or the object`;
		throw new ClusterError('FieldManagerConflict', message, {
			verb: 'apply',
			resource: resource.resource,
			object: nameOf(live),
		});
	}
	await cluster.update(resource, { ...live, [contentField(object.kind)]: contentOf(object) }, { signal });
}

interface ManagedFields {
	readonly manager?: string;
	readonly operation?: string;
	readonly fieldsV1?: Readonly<Record<string, unknown>>;
}

/** Another manager that applies fields of the content: it would put them back. */
function foreignApplier({ kind, metadata }: ApiObject): string | null {
	const entries = (metadata.managedFields ?? []) as readonly ManagedFields[];
	const field = `f:${contentField(kind as AdmissionKind)}`;
	const foreign = entries.find(
		({ manager, operation, fieldsV1 }) => operation === 'Apply' && manager !== fieldManager && fieldsV1 && field in fieldsV1,
	);
	return foreign ? (foreign.manager ?? 'an unnamed manager') : null;
}

/** Takes the ownership of hand edits away, so that applying meets no owner. Changes no field that anybody reads. */
async function releaseEdits(cluster: Cluster, object: AdmissionObject, edited: ApiObject, signal: AbortSignal): Promise<void> {
	const entries = (edited.metadata.managedFields ?? []) as readonly ManagedFields[];
	const kept = entries.filter(({ operation }) => operation === 'Apply');
	const { resourceVersion } = edited.metadata;
	// One empty entry is how the API is told that nobody owns anything.
	const managedFields = kept.length > 0 ? kept : [{}];
	await cluster.patch(resourceOf(object), nameOf(object), { metadata: { resourceVersion, managedFields } }, { signal });
}
