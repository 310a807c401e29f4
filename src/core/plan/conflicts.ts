import type { FilePolicy } from '../desired/file-policy.ts';

/** Two policies that want different things of the same file. */
export interface Conflict {
	readonly policies: readonly [string, string];
	/** The variable, or `deviceOrdinal`. */
	readonly subject: string;
	/** What each wants, in the order of `policies`; secrets as `***`. */
	readonly wants: readonly [string, string];
}

/** Every pair of policies that contradict each other on one file. Values that are unknown contradict nothing yet. */
export function conflictsAmong(policies: readonly FilePolicy[]): Conflict[] {
	const conflicts: Conflict[] = [];
	for (const [index, left] of policies.entries()) {
		for (const right of policies.slice(index + 1)) {
			for (const variable of left.variables) {
				const other = right.variables.find((candidate) => candidate.name === variable.name);
				if (other?.value.state !== 'known' || variable.value.state !== 'known') continue;
				if (other.value.text === variable.value.text) continue;
				conflicts.push({
					policies: [left.name, right.name],
					subject: variable.name,
					wants: [variable.secret ? '***' : variable.value.text, other.secret ? '***' : other.value.text],
				});
			}
			if (left.ordinal !== null && right.ordinal !== null && left.ordinal !== right.ordinal) {
				conflicts.push({
					policies: [left.name, right.name],
					subject: 'deviceOrdinal',
					wants: [String(left.ordinal), String(right.ordinal)],
				});
			}
		}
	}
	return conflicts;
}
