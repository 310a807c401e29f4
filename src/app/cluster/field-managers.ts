import type { ApiObject } from '../../core/ports/cluster.ts';

/** Who owns fields of the spec of an object. */
export interface SpecOwner {
	readonly manager: string;
	/** Someone who wrote it by hand through kubectl, and not something that writes it again and again. */
	readonly byHand: boolean;
}

interface ManagedFields {
	readonly manager?: string;
	readonly operation?: string;
	readonly subresource?: string;
	readonly fieldsV1?: Readonly<Record<string, unknown>>;
}

/**
 * The field managers of the spec, ours left out. Server-side apply is how tools and repos own fields; what kubectl updates
 * (`kubectl apply` on the client's side, `edit`, `patch`) was typed by somebody.
 */
export function specOwners({ metadata }: ApiObject): readonly SpecOwner[] {
	const entries = (metadata.managedFields ?? []) as readonly ManagedFields[];
	return entries
		.filter(({ manager, subresource, fieldsV1 }) => manager !== 'gpupolicy' && !subresource && fieldsV1 && 'f:spec' in fieldsV1)
		.map(({ manager = 'an unnamed manager', operation }) => ({
			manager,
			byHand: operation === 'Update' && /^kubectl(-|$)/.test(manager),
		}));
}
