import { globSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, sep } from 'node:path';

export interface Suite {
	readonly name: string;
	/** Relative to the root, with `/`. */
	readonly files: readonly string[];
	/** Files that run at once. */
	readonly concurrency: number;
}

/** Cheap and telling suites first; folders of test/ that are not named here follow by name. */
const order = ['unit', 'check', 'contract', 'property', 'integration', 'differential'];

/** Suites whose files use every core by themselves, or measure time. */
const oneAtATime = new Set(['check', 'soak']);

/** `unit` is every test beside the code; every folder of test/ that holds tests is a suite of its name, so that none is forgotten. */
export function suites(root: string): Suite[] {
	const find = (patterns: string[]): string[] =>
		globSync(patterns, { cwd: root, exclude: ['**/node_modules/**', '**/fixtures/**'] })
			.map((file) => file.replaceAll(sep, '/'))
			.sort();
	const folders = readdirSync(join(root, 'test'), { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.map((entry) => entry.name);
	const rank = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
	return ['unit', ...folders]
		.map((name) => ({
			name,
			files: find(
				name === 'unit'
					? ['src/**/*.test.ts', 'schemas/**/*.test.ts', 'docs/**/*.test.ts', 'test/*.test.ts']
					: [`test/${name}/**/*.test.ts`],
			),
			concurrency: oneAtATime.has(name) ? 1 : Math.min(4, availableParallelism()),
		}))
		.filter((suite) => suite.files.length > 0)
		.sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1));
}
