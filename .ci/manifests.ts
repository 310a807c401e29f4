/**
 * Renders charts/gpupolicy into manifests/, for `kubectl apply -k`: one source, so one RBAC. The CRDs there come from the schemas.
 *
 *     node .ci/manifests.ts [--check]
 *
 * `--check` writes nothing and exits 1, naming what is stale. Needs helm, which is built from test/tools where it is missing.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { toolPath } from '../test/cluster/tools/build.ts';

const root = join(import.meta.dirname, '..');
const target = join(root, 'manifests');
const chart = join(root, 'charts', 'gpupolicy');
const head = '# Rendered from charts/gpupolicy by `npm run manifests`. Do not edit.\n';

/** Every rendered file by its path below manifests/. */
async function render(): Promise<Map<string, string>> {
	const { stdout } = await execa(await toolPath('helm'), [
		'template',
		'gpupolicy',
		chart,
		'--namespace=gpupolicy-system',
		'--set=namespaces.createRelease=true,crds.install=false',
		'--no-hooks', // nothing runs them but helm
	]);
	const files = new Map<string, string>();
	for (const document of stdout.split(/^---\n/m)) {
		const source = /^# Source: gpupolicy\/templates\/(.+)$/m.exec(document)?.[1];
		if (source === undefined || !/^kind: /m.test(document)) continue;
		const text = document.replace(/^# Source: .+\n/, '').trimEnd();
		const standing = files.get(source);
		files.set(source, standing === undefined ? `${head}${text}\n` : `${standing}---\n${text}\n`);
	}
	const crds = readdirSync(join(target, 'crds')).map((name) => `crds/${name}`);
	const first = (path: string): number => (path.startsWith('crds/') ? 0 : path.startsWith('namespaces') ? 1 : 2);
	const resources = [...crds, ...files.keys()].sort((a, b) => first(a) - first(b) || (a < b ? -1 : 1));
	files.set(
		'kustomization.yaml',
		`${head}apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n${resources.map((path) => `  - ${path}\n`).join('')}`,
	);
	return files;
}

function standing(): string[] {
	return readdirSync(target, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) =>
			join(entry.parentPath, entry.name)
				.slice(target.length + 1)
				.replaceAll('\\', '/'),
		)
		.filter((path) => !path.startsWith('crds/'));
}

const files = await render();
const wrong = [...files].filter(([path, text]) => {
	try {
		return readFileSync(join(target, path), 'utf8') !== text;
	} catch {
		return true; // not there
	}
});
const stray = standing().filter((path) => !files.has(path));
const stale = [...wrong.map(([path]) => path), ...stray].map((path) => `manifests/${path}`);
if (!process.argv.includes('--check')) {
	for (const [path, text] of wrong) {
		mkdirSync(dirname(join(target, path)), { recursive: true });
		writeFileSync(join(target, path), text);
	}
	for (const path of stray) rmSync(join(target, path));
	console.log(stale.length === 0 ? 'manifests/ is fresh' : `wrote ${stale.join(', ')}`);
} else if (stale.length > 0) {
	console.error(`stale: ${stale.join(', ')}\nrun \`npm run manifests\` and commit the result`);
	process.exitCode = 1;
}
