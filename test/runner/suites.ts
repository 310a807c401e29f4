import { globSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, sep } from 'node:path';
import type { Tool } from '../cluster/tools/tool.ts';
import { whyNoContainers } from '../node/containerd/possible.ts';

export interface Suite {
	readonly name: string;
	/** Relative to the root, with `/`. */
	readonly files: readonly string[];
	/** Files that run at once. */
	readonly concurrency: number;
	/** What all its files need, with progress on stderr; where it rejects, they fail without being run. */
	readonly prepare?: () => Promise<void>;
	/** Why its files cannot run on this machine, whatever is installed; undefined where they can. */
	readonly impossible?: () => string | undefined;
}

/** Cheap and telling suites first; folders of test/ that are not named here follow by name. */
const order = ['unit', 'check', 'contract', 'property', 'integration', 'cluster', 'node', 'e2e', 'differential'];

/** Suites whose files use every core by themselves, or measure time. */
const oneAtATime = new Set(['check', 'soak', 'e2e']);

/** Tests that need a Kubernetes API server, wherever they lie: a suite of their own, so that the others need no Go. */
const clusterTests = 'test/integration/cluster/**/*.test.ts';

/** Tests that need a kubelet besides. */
const nodeTests = 'test/integration/node/**/*.test.ts';

/** `unit` is every test beside the code; every folder of test/ that holds tests is a suite of its name, so that none is forgotten. */
export function suites(root: string): Suite[] {
	const find = (patterns: string[], without: string[] = []): string[] =>
		globSync(patterns, { cwd: root, exclude: ['**/node_modules/**', '**/fixtures/**', ...without] })
			.map((file) => file.replaceAll(sep, '/'))
			.sort();
	const folders = readdirSync(join(root, 'test'), { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.map((entry) => entry.name);
	const rank = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
	return ['unit', ...folders]
		.map((name) => ({
			name,
			files: filesOf(name, find),
			concurrency: oneAtATime.has(name) ? 1 : Math.min(4, availableParallelism()),
			...preparation(name),
		}))
		.filter((suite) => suite.files.length > 0)
		.sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1));
}

function filesOf(suite: string, find: (patterns: string[], without?: string[]) => string[]): string[] {
	if (suite === 'unit') return find(['src/**/*.test.ts', 'schemas/**/*.test.ts', 'docs/**/*.test.ts', 'test/*.test.ts']);
	if (suite === 'cluster') return find(['test/cluster/**/*.test.ts', clusterTests]);
	if (suite === 'node') return find(['test/node/**/*.test.ts', nodeTests]);
	return find([`test/${suite}/**/*.test.ts`], [clusterTests, nodeTests]);
}

/** What the suites with servers and nodes need; loaded only where it is. */
function preparation(suite: string): Pick<Suite, 'prepare' | 'impossible'> {
	const build = async (...names: readonly Tool['suite'][]): Promise<void> =>
		(await import('../cluster/tools/build.ts')).buildAll(...names);
	if (suite === 'cluster') return { prepare: () => build('cluster') };
	if (suite === 'node') return { prepare: () => build('cluster', 'node') };
	if (suite === 'e2e') return { prepare: () => build('cluster', 'node', 'e2e'), impossible: whyNoContainers };
	return {};
}
