import type { ResolvedPolicy } from '../core/desired/resolve.ts';
import type { Finding } from '../core/plan/finding.ts';
import type { Format } from '../core/ports/format.ts';
import type { Survey } from '../core/ports/worktree.ts';

/**
 * Findings of a survey that belong to no governed file: includes without a match or of a kind that is not read, folders that could
 * not be listed, odd entries.
 */
export function generalFindings(survey: Survey, policies: readonly ResolvedPolicy[], formats: readonly Format[]): Finding[] {
	const selections = policies.flatMap((policy) =>
		policy.fileSets.map((_, index) => ({ policy, field: `spec.files[${index}].include` })),
	);
	const findings: Finding[] = [];
	for (const { selector, include, hidden } of survey.unmatched) {
		const selection = selections[selector];
		if (!selection) continue;
		findings.push({
			rule: 'include/no-match',
			policy: selection.policy.name,
			path: selection.policy.input.file,
			place: null,
			message: `include ${JSON.stringify(include)} matches no file${hidden.length > 0 ? `; ${excludedByDefault(hidden)}` : ''}`,
			hint: `correct the pattern, or remove it${hidden.length > 0 ? '; defaultExcludes: false beside the include takes those folders in' : ''}`,
			field: selection.field,
			disposition: 'person',
		});
	}
	for (const policy of policies) {
		for (const [index, { include }] of policy.fileSets.entries()) {
			for (const pattern of include) {
				const name = /(?:^|\/)[^/]*\*([^/*?[\]{}]*\.[A-Za-z0-9]+)$/.exec(pattern)?.[1];
				if (name === undefined || formats.some((format) => format.matches(`x${name}`))) continue;
				findings.push({
					rule: 'include/no-format',
					policy: policy.name,
					path: policy.input.file,
					place: null,
					message: `include ${JSON.stringify(pattern)} names files of a kind that is not read: nothing is known of them`,
					hint: 'look at them by hand, and take the pattern out',
					field: `spec.files[${index}].include`,
					disposition: 'person',
				});
			}
		}
	}
	for (const { path, message } of survey.unreadable) {
		findings.push(
			entryFinding('file/unreadable', path, `${message}; what lies below is unknown`, 'make it readable, or exclude it'),
		);
	}
	for (const { path, rule, message, finding } of survey.skipped) {
		if (finding) findings.push(entryFinding(rule, path, message, 'it is left as it is; exclude it to silence this'));
	}
	return findings;
}

/** At most three names: a repo may vendor hundreds of folders. */
function excludedByDefault(folders: readonly string[]): string {
	const more = folders.length > 3 ? ` and ${folders.length - 3} more` : '';
	return `${folders.slice(0, 3).join(', ')}${more} ${folders.length > 1 ? 'are' : 'is'} excluded by default`;
}

function entryFinding(rule: Finding['rule'], path: string, message: string, hint: string): Finding {
	return { rule, policy: null, path, place: null, message, hint, field: null, disposition: 'person' };
}
