/** What `rollback --to` did in a cluster. */
export interface PolicyRollback {
	readonly policy: string;
	/** Generation whose spec was restored. */
	readonly to: number;
	/** Digest of that spec. */
	readonly digest: string;
	/** Generation before and after; equal where the spec was that one already. */
	readonly before: number;
	readonly generation: number;
	/** Fields of the spec that changed. */
	readonly changed: readonly string[];
	/** Who applied the policy by hand and would put the old spec back with the next `apply`. */
	readonly appliedBy: readonly string[];
}

export function renderPolicyRollback(result: PolicyRollback): string {
	const { policy, to, digest, generation, before, changed, appliedBy } = result;
	if (changed.length === 0)
		return `${policy} has the spec of generation ${to} already (${digest.slice(0, 12)}); nothing was written.\n`;
	const lines = [
		`${policy}: generation ${before} -> ${generation}, with the spec of generation ${to} (${digest.slice(0, 12)}): ${changed.join(', ')}\n`,
	];
	if (appliedBy.length > 0)
		lines.push(
			`It was written by ${appliedBy.join(', ')}: apply a manifest with this spec next time, or the rollback is undone.\n`,
		);
	lines.push(`gpupolicy rollback ${policy} --to ${before} undoes this.\n`);
	return lines.join('');
}
