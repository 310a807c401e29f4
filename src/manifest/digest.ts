import { createHash } from 'node:crypto';
import type { GpuPolicySpec } from '../api/v1alpha1.generated.ts';

/** JSON with the keys of every object sorted, without white space: one text per value. */
function canonical(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
	if (value === null || typeof value !== 'object') return JSON.stringify(value);
	const fields = Object.entries(value)
		.filter(([, field]) => field !== undefined)
		.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
	return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(',')}}`;
}

/** sha256 (hex) of the canonical spec. Take it after defaulting, so that writing a default out loud changes nothing. */
export function policyDigest(spec: GpuPolicySpec): string {
	return createHash('sha256').update(canonical(spec)).digest('hex');
}
