import type { ManifestDiagnostic } from './diagnostic.ts';
import type { LoadedPolicy } from './load.ts';

/**
 * What is wrong with policies only beside each other: two of one name, in one file or in several. Different values for one
 * variable are in order as long as no file is included by both; the planner finds those.
 */
export function checkTogether(policies: readonly LoadedPolicy[]): ManifestDiagnostic[] {
	const first = new Map<string, LoadedPolicy>();
	const diagnostics: ManifestDiagnostic[] = [];
	for (const loaded of policies) {
		const { name } = loaded.policy.metadata;
		const earlier = first.get(name);
		if (!earlier) {
			first.set(name, loaded);
			continue;
		}
		const { line, column } = loaded.position('metadata.name');
		diagnostics.push({
			code: 'GP1015',
			severity: 'error',
			file: loaded.file,
			line,
			column,
			endColumn: column + name.length,
			path: 'metadata.name',
			message: `${JSON.stringify(name)} is also the name of the policy at ${earlier.file}:${earlier.position('metadata.name').line}`,
			expected: 'a name of its own for each policy',
			hint: 'rename one of the two',
			sourceLine: loaded.sourceLine(line),
		});
	}
	return diagnostics;
}
