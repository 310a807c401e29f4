/**
 * Renders charts/gpupolicy: with its defaults into manifests/, for `kubectl apply -k`, so that there is one RBAC; and with each file of
 * values in its ci/ into ci/golden/, for the eyes of whoever reviews a change: what differs from the defaults.
 *
 *     node .ci/manifests.ts [--check]
 *
 * `--check` writes nothing and exits 1, naming what is stale. Needs helm, which is built from test/tools where it is missing. The CRDs in
 * manifests/ come from the schemas.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chart, chartValues, renderChart } from './render-chart.ts';

const root = join(import.meta.dirname, '..');
const head = '# Rendered from charts/gpupolicy by `npm run manifests`. Do not edit.\n';

/** Files by their path below the root. */
type Files = Map<string, string>;

async function manifests(): Promise<Files> {
	// Nothing runs hooks but helm.
	const rendered = await renderChart(['--set=namespaces.createRelease=true', '--no-hooks']);
	const crds = readdirSync(join(root, 'manifests', 'crds')).map((name) => `crds/${name}`);
	const first = (path: string): number => (path.startsWith('crds/') ? 0 : path.startsWith('namespaces') ? 1 : 2);
	const resources = [...crds, ...rendered.keys()].sort((a, b) => first(a) - first(b) || (a < b ? -1 : 1));
	const list = resources.map((path) => `  - ${path}\n`).join('');
	rendered.set('kustomization.yaml', `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n${list}`);
	return new Map([...rendered].map(([path, text]) => [`manifests/${path}`, head + text]));
}

async function goldens(): Promise<Files> {
	const defaults = await renderChart([]);
	const plain = await renderChart(['--no-hooks']);
	// The scripts of the tests are files of the chart as they are.
	const hooks = [...defaults].filter(([path]) => !plain.has(path) && path !== 'tests/scripts.yaml');
	const files: Files = new Map([['charts/gpupolicy/ci/golden/hooks.yaml', head + hooks.map(titled).join('')]]);
	for (const [name, values] of chartValues()) {
		const rendered = await renderChart(['--values', values]);
		const gone = [...defaults.keys()].filter((path) => !rendered.has(path)).map((path) => `# ${path}: nothing\n`);
		const changed = [...rendered].filter(([path, text]) => defaults.get(path) !== text).map(titled);
		files.set(`charts/gpupolicy/ci/golden/${name}.yaml`, [head, ...gone, ...changed].join(''));
	}
	return files;
}

function titled([path, text]: readonly [string, string]): string {
	return `---\n# ${path}\n${text}`;
}

function standing(): string[] {
	return ['manifests', join('charts', 'gpupolicy', 'ci', 'golden')].flatMap((folder) =>
		readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) =>
				join(entry.parentPath, entry.name)
					.slice(root.length + 1)
					.replaceAll('\\', '/'),
			)
			.filter((path) => !path.startsWith('manifests/crds/')),
	);
}

mkdirSync(join(chart, 'ci', 'golden'), { recursive: true });
const files: Files = new Map([...(await manifests()), ...(await goldens())]);
const wrong = [...files].filter(([path, text]) => {
	try {
		return readFileSync(join(root, path), 'utf8') !== text;
	} catch {
		return true; // not there
	}
});
const stray = standing().filter((path) => !files.has(path));
const stale = [...wrong.map(([path]) => path), ...stray];
if (!process.argv.includes('--check')) {
	for (const [path, text] of wrong) {
		mkdirSync(dirname(join(root, path)), { recursive: true });
		writeFileSync(join(root, path), text);
	}
	for (const path of stray) rmSync(join(root, path));
	console.log(stale.length === 0 ? 'manifests/ and the golden renders are fresh' : `wrote ${stale.join(', ')}`);
} else if (stale.length > 0) {
	console.error(`stale: ${stale.join(', ')}\nrun \`npm run manifests\`, look at the difference and commit the result`);
	process.exitCode = 1;
}
