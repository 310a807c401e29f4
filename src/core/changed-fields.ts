/** A field of which two values differ; `undefined` where it is not there. */
export interface ChangedField {
	/** `workloads.remediation.type`. */
	readonly path: string;
	readonly before: unknown;
	readonly after: unknown;
}

/** The fields in which two JSON values differ, in order of their paths. A list counts as one field, and so does what is new or gone. */
export function changedFields(before: unknown, after: unknown, path = ''): readonly ChangedField[] {
	if (isRecord(before) && isRecord(after)) {
		const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
		return keys.flatMap((key) => changedFields(before[key], after[key], path === '' ? key : `${path}.${key}`));
	}
	return same(before, after) ? [] : [{ path, before, after }];
}

function same(a: unknown, b: unknown): boolean {
	if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, index) => same(one, b[index]));
	if (isRecord(a) && isRecord(b)) return changedFields(a, b).length === 0;
	return a === b;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
