import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { describe, it } from 'node:test';
import { execa } from 'execa';
import { parse } from 'yaml';
import { toolPath } from '../../../cluster/tools/build.ts';
import { chart, configurations, helm, render, root } from './chart.ts';
import { podsOf, risks } from './pods.ts';

interface Rule {
	readonly apiGroups: readonly string[];
	readonly resources: readonly string[];
	readonly verbs: readonly string[];
	readonly resourceNames?: readonly string[];
}

describe('the chart', () => {
	for (const [name, file] of configurations)
		it(`passes helm lint, which finds nothing to warn of, ${name}`, async () => {
			const { code, stdout, stderr } = await helm(['lint', '--strict', chart, ...(file ? ['--values', file] : [])]);
			assert.equal(code, 0, stdout + stderr);
			assert.doesNotMatch(stdout, /\[(WARNING|ERROR)\]/);
		});

	for (const [unknown, value] of [
		['replicas', '2'],
		['image.name', 'x'],
		['crds.keep', 'true'],
		['namespaces.create', 'true'],
		['controller.replica', '2'],
		['controller.remediation.enable', 'true'],
		['controller.nodes.managed', 'true'],
		['controller.networkPolicy.port', '1'],
		['node.enable', 'true'],
		['node.driver.path', '/'],
		['node.updateStrategy.maxSurge', '1'],
		['agent.args', 'x'],
		['devicePlugin.enabled', 'true'],
		['devicePlugin.proxy.image', 'x'],
		['devicePlugin.redirect.namespace', 'x'],
		['metrics.enabled', 'true'],
		['openshift.scc', 'x'],
		['tests.enabled', 'true'],
	] as const)
		it(`refuses the unknown value ${unknown}`, async () => {
			const { code, stderr } = await helm(['template', 'gpupolicy', chart, '--set', `${unknown}=${value}`]);
			assert.notEqual(code, 0);
			assert.match(stderr, new RegExp(`additional properties '${unknown.split('.').at(-1)}' not allowed`));
		});

	for (const [path, value, words] of [
		['controller.replicas', '0', /minimum: got 0, want 1/],
		['controller.admission', 'on', /value must be one of 'auto', 'policy', 'webhook', 'off'/],
		['controller.port', '80', /minimum: got 80, want 1,?024/],
		['image.repository', '', /minLength: got 0, want 1/],
		['image.digest', 'latest', /does not match pattern/],
		['image.tag', 'latest', /'not' failed/],
		['devicePlugin.image.tag', 'latest', /'not' failed/],
		['devicePlugin.image.tag', '', /minLength: got 0, want 1/],
		['devicePlugin.mode', 'patched', /value must be one of 'sidecar', 'proxy-only', 'off'/],
		['devicePlugin.redirect.namespaces[0]', 'gpupolicy-node', /'not' failed/],
		['node.kubeletDir', 'var/lib/kubelet', /does not match pattern/],
		['node.updateStrategy.maxUnavailable', '0', /minimum: got 0, want 1/],
		['agent.interval', '15', /got number, want string|does not match pattern/],
	] as const)
		it(`refuses ${path}=${value}`, async () => {
			const { code, stderr } = await helm(['template', 'gpupolicy', chart, '--set', `${path}=${value}`]);
			assert.notEqual(code, 0);
			assert.match(stderr, words);
		});

	it('says what each value is for, and knows the type of each', () => {
		const values = parse(readFileSync(join(chart, 'values.yaml'), 'utf8'));
		const schema = JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8'));
		assert.deepEqual(unexplained(values, schema), []);
	});

	it('holds the CRDs of manifests/, which helm keeps', () => {
		const read = (folder: string) => readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
		const own = read(join(chart, 'files', 'crds'));
		assert.deepEqual(own, read(join(root, 'manifests', 'crds')));
		assert.equal(own.length, 2);
		for (const [, text = ''] of own) assert.equal(parse(text).metadata.annotations['helm.sh/resource-policy'], 'keep');
	});

	it('is what manifests/ was rendered from', async () => {
		const script = join(root, '.ci', 'manifests.ts');
		const { exitCode, stderr } = await execa(process.execPath, [script, '--check'], { reject: false });
		assert.equal(exitCode, 0, stderr);
	});

	it('is taken with an image of your own by the kustomization that docs/install.md shows', async () => {
		const [, kustomization = ''] = /^```yaml\n(.*?)^```$/ms.exec(readFileSync(join(root, 'docs', 'install.md'), 'utf8')) ?? [];
		const folder = mkdtempSync(join(tmpdir(), 'gpupolicy-kustomize-'));
		try {
			writeFileSync(join(folder, 'kustomization.yaml'), kustomization);
			symlinkSync(root, join(folder, 'gpupolicy'));
			const { stdout } = await execa(await toolPath('kubectl'), ['kustomize', folder]);
			assert.deepEqual(
				[...new Set(stdout.match(/image: .+/g))],
				['image: registry.example.com/gpupolicy:0.1.0', 'image: nvcr.io/nvidia/k8s-device-plugin:v0.20.1'],
			);
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	});

	for (const [name, file] of configurations) {
		const rendered = () => render([], { hooks: true, ...(file === undefined ? {} : { file }) });

		it(`makes pods of the controller that may do nothing on their node, ${name}`, async () => {
			const pods = (await rendered()).flatMap((object) => podsOf(object)).filter(({ kind }) => kind !== 'DaemonSet');
			assert.ok(pods.some(({ kind }) => kind === 'Deployment') && pods.some(({ kind }) => kind === 'Job'));
			// OpenShift chooses a user of its own, who is not root.
			const expected = name === 'openshift' ? ['no user'] : [];
			for (const { kind, spec } of pods) assert.deepEqual(risks(spec), expected, kind);
		});

		it(`labels every object, and binds accounts of its own only, ${name}`, async () => {
			const objects = (await rendered()).filter(({ kind }) => kind !== 'CustomResourceDefinition');
			for (const { kind, metadata } of objects)
				assert.equal(metadata.labels?.['app.kubernetes.io/part-of'], 'gpupolicy', `${kind} ${metadata.name}`);
			for (const { kind, metadata, subjects, roleRef } of objects.filter((one) => /^(Cluster)?RoleBinding$/.test(one.kind))) {
				const [subject, ...more] = subjects as { name: string; namespace: string }[];
				const account = `${subject?.namespace}/${subject?.name}`;
				assert.deepEqual(more, []);
				const accounts = [
					'gpupolicy-system/gpupolicy-controller',
					'gpupolicy-node/gpupolicy-agent',
					'gpupolicy-system/gpupolicy-test',
				];
				assert.ok(accounts.includes(account), account);
				const reference = roleRef as { kind: string; name: string };
				const standing = name === 'openshift' && kind === 'RoleBinding' && reference.name === 'system:openshift:scc:privileged';
				const role = objects.some((one) => one.kind === reference.kind && one.metadata.name === reference.name);
				assert.ok(standing || role, `${metadata.name} binds a role of the chart`);
			}
		});

		it(`names each image by version or digest, never by latest, ${name}`, async () => {
			for (const { kind, spec } of (await rendered()).flatMap((object) => podsOf(object)))
				for (const { image } of [...spec.containers, ...(spec.initContainers ?? [])])
					assert.match(image, /^[^:@]+(:(?!latest$)[\w.-]+|@sha256:[0-9a-f]{64})$/, kind);
		});
	}

	it('gives no right by a wildcard, no right to read Secrets of the cluster, and none to escalate', async () => {
		for (const [, file] of configurations)
			for (const { kind, metadata, rules } of await render([], { hooks: true, ...(file === undefined ? {} : { file }) })) {
				if (kind !== 'ClusterRole' && kind !== 'Role') continue;
				for (const { apiGroups, resources, verbs, resourceNames } of rules as Rule[]) {
					const all = [...apiGroups, ...resources, ...verbs];
					for (const word of ['*', 'escalate', 'bind', 'impersonate', 'deletecollection', 'approve', 'sign'])
						assert.ok(!all.includes(word), `${metadata.name} gives ${word}`);
					for (const resource of ['secrets', 'configmaps', 'serviceaccounts/token', 'pods/exec', 'nodes/proxy'])
						assert.ok(kind === 'Role' || !resources.includes(resource), `${metadata.name} gives ${resource} everywhere`);
					if (resources.includes('secrets') || resources.includes('mutatingwebhookconfigurations'))
						assert.deepEqual(resourceNames, ['gpupolicy-webhook'], metadata.name);
				}
			}
	});

	it('takes the image by its digest where one is given, else by tag, else by its own version', async () => {
		const image = async (...values: string[]) => {
			const pod = (await render(values)).flatMap((object) => podsOf(object)).find(({ kind }) => kind === 'Deployment');
			return pod?.spec.containers[0]?.image;
		};
		const { appVersion } = parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8'));
		const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
		assert.equal(appVersion, version);
		assert.equal(await image(), `gpupolicy/gpupolicy:${version}`);
		assert.equal(await image('image.repository=example.com/g', 'image.tag=next'), 'example.com/g:next');
		const digest = `sha256:${'0'.repeat(64)}`;
		assert.equal(await image('image.tag=next', `image.digest=${digest}`), `gpupolicy/gpupolicy@${digest}`);
	});

	it('ships the right to write admission policies only where admission is on, and that to touch owners only where it was asked for', async () => {
		const roles = async (...values: string[]) =>
			(await render(values)).filter(({ kind }) => kind === 'ClusterRole').map(({ metadata }) => metadata.name);
		assert.ok((await roles()).includes('gpupolicy-admission'));
		const off = await roles('controller.admission=off');
		assert.ok(!off.includes('gpupolicy-admission') && !off.includes('gpupolicy-webhook'));
		assert.ok(!(await roles()).includes('gpupolicy-remediation'));
		assert.ok(!(await roles('controller.nodes.manage=false')).includes('gpupolicy-nodes-manage'));
	});
});

/** Paths of values of which the schema knows nothing, and of properties in the schema that values.yaml does not name. */
function unexplained(values: unknown, schema: { properties?: Record<string, unknown> }, path = ''): string[] {
	const properties = schema.properties ?? {};
	if (typeof values !== 'object' || values === null || Array.isArray(values) || Object.keys(properties).length === 0) return [];
	const named = new Set(Object.keys(values));
	const found = [...named].filter((key) => !(key in properties)).map((key) => `${path}${key} is not in the schema`);
	for (const [key, property] of Object.entries(properties)) {
		if (key === 'global') continue; // helm's own
		if (!named.has(key)) found.push(`${path}${key} is not in values.yaml`);
		else found.push(...unexplained((values as Record<string, unknown>)[key], property as object, `${path}${key}.`));
	}
	return found;
}
