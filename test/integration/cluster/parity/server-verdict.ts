import type { TestCluster } from '../../../cluster/index.ts';

/** What a validator says of one object. */
export interface Verdict {
	readonly accepted: boolean;
	/** Each field that is named as wrong, once, in order of name; empty where it is accepted. */
	readonly paths: readonly string[];
	/** In the validator's words, for failures of tests. */
	readonly text: string;
}

interface Manifest {
	readonly apiVersion?: unknown;
	readonly kind?: unknown;
}

/**
 * What `kubectl create --validate=strict --dry-run=server` comes to: first the kind is looked for among those that the server serves, then
 * the object is sent.
 */
export async function serverVerdict(cluster: TestCluster, manifest: Manifest): Promise<Verdict> {
	const place = await resourceOf(cluster, manifest);
	if (!('resource' in place)) return { accepted: false, paths: place.unserved, text: 'no matches for this kind' };
	const { status, body } = await cluster.request('POST', `${place.resource}?dryRun=All&fieldValidation=Strict`, manifest);
	if (status === 201) return { accepted: true, paths: [], text: '' };
	return { accepted: false, paths: [...new Set(fields(body))].sort(), text: `${status} ${body.message}` };
}

/** Path of the collection that takes objects of this kind. */
async function resourceOf(
	cluster: TestCluster,
	{ apiVersion, kind }: Manifest,
): Promise<{ readonly resource: string } | { readonly unserved: string[] }> {
	if (typeof apiVersion !== 'string' || apiVersion === '') return { unserved: ['apiVersion'] };
	if (typeof kind !== 'string' || kind === '') return { unserved: ['kind'] };
	const parts = apiVersion.split('/').map(encodeURIComponent);
	if (parts.length > 2 || parts.includes('')) return { unserved: ['apiVersion'] };
	const root = parts.length === 2 ? `/apis/${parts.join('/')}` : `/api/${parts[0]}`;
	const { status, body } = await cluster.request('GET', root);
	if (status !== 200) return { unserved: ['apiVersion'] };
	const served = body.resources as { readonly kind: string; readonly name: string }[];
	const found = served.find((each) => each.kind === kind && !each.name.includes('/'));
	return found ? { resource: `${root}/${found.name}` } : { unserved: ['kind'] };
}

/** The fields that a Status names: as causes, or only in the words of the decoder. */
export function fields(status: {
	readonly message: string;
	readonly details?: { readonly causes?: readonly { readonly field?: string }[] };
}): string[] {
	const causes = (status.details?.causes ?? []).flatMap(({ field }) => (field && field !== '<nil>' ? [field] : []));
	const unknown = [...status.message.matchAll(/(?:unknown|duplicate) field "([^"]+)"/g)].map(([, field]) => field as string);
	const metadata = [...status.message.matchAll(/Go struct field ObjectMeta\.(\S+)/g)].map(([, field]) => `metadata.${field}`);
	const all = status.message.includes('Go value of type v1.ObjectMeta') ? ['metadata'] : [];
	return [...causes, ...unknown, ...metadata, ...all];
}
