import { withDefaults } from '../api/defaults.ts';
import type { GpuPolicy } from '../api/v1alpha1.generated.ts';
import type { PathComplaint } from './diagnostic.ts';
import { policyDigest } from './digest.ts';
import { durationMs } from './duration.ts';
import { checkSelector } from './meaning.ts';
import { formatPath } from './path.ts';
import { checkRules } from './rules.ts';
import { checkSchema } from './schema-check.ts';

/** A policy that an API server holds, looked at once more. */
export interface ExaminedPolicy {
	/** With defaults. */
	readonly policy: GpuPolicy;
	/** sha256 of the canonical spec, hex. */
	readonly digest: string;
	/** `spec.interval` in milliseconds; `NaN` where it is wrong. */
	readonly intervalMs: number;
	/** Why the spec cannot be carried out, field by field; empty where it can. */
	readonly problems: readonly string[];
}

const maxProblems = 10;

/**
 * What an API server let through may still be wrong: its schema may be older, objects were stored before it, and no schema sees what
 * fields mean together. Never throws.
 */
export function examinePolicy(object: unknown): ExaminedPolicy {
	const policy = withDefaults(object);
	const schema = checkSchema(policy, maxProblems, () => undefined);
	const broken = schema.map(({ path }) => path);
	const rules = checkRules(policy, (path) => broken.some((inner) => path.every((step, index) => inner[index] === step)));
	const errors = [...schema, ...rules];
	const all = errors.length > 0 ? errors : checkSelector(policy).filter(({ code }) => code === 'GP1016');
	return {
		policy,
		digest: policyDigest(policy.spec ?? {}),
		intervalMs: durationMs(policy.spec?.interval ?? ''),
		problems: all.slice(0, maxProblems).map(problem),
	};
}

function problem({ path, message, hint }: PathComplaint): string {
	const place = path.length > 0 ? `${formatPath(path)}: ` : '';
	return `${place}${message}${hint === undefined ? '' : ` (${hint})`}`;
}
