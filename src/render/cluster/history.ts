import { age } from '../get.ts';
import { renderTable } from '../table.ts';
import { printable } from '../terminal.ts';

/** One past spec of a policy, kept in the cluster. */
export interface PolicyRevision {
	readonly policy: string;
	/** Of the policy: what `rollback --to` takes. */
	readonly generation: number;
	/** Of the spec, 64 hex digits; empty where the revision does not say. */
	readonly digest: string;
	/** When the controller kept it, RFC 3339; `null` where unknown. */
	readonly at: string | null;
	/** The spec is the one that the policy has now. */
	readonly current: boolean;
	/** Fields of the spec that differ from the revision kept before it; `null` of the oldest. */
	readonly changed: readonly string[] | null;
	readonly spec: unknown;
}

/** One row a revision, newest first. */
export function renderPolicyHistory(revisions: readonly PolicyRevision[], now: number): string {
	if (revisions.length === 0) return 'No revisions are kept yet: the controller keeps one of each generation.\n';
	const rows = revisions.map((one) => [
		one.policy,
		`${one.generation}${one.current ? ' (current)' : ''}`,
		one.digest.slice(0, 12) || '-',
		modeOf(one.spec),
		age(one.at, now),
		one.changed === null ? '-' : printable(one.changed.join(', ') || 'nothing'),
	]);
	return renderTable(['NAME', 'GENERATION', 'DIGEST', 'MODE', 'AGE', 'CHANGED'], rows);
}

function modeOf(spec: unknown): string {
	const { mode } = (spec ?? {}) as { readonly mode?: unknown };
	return typeof mode === 'string' ? mode : '-';
}
