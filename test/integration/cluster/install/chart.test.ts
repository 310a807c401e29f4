import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { describe, it } from 'node:test';
import { execa } from 'execa';
import { parse } from 'yaml';
import type { ApiObject } from '../../../../src/core/ports/cluster.ts';
import { toolPath } from '../../../cluster/tools/build.ts';
import { chart, helm, render, root } from './chart.ts';

/** Every choice that changes which objects there are. */
const configurations: Readonly<Record<string, readonly string[]>> = {
	'as it is by default': [],
	'with everything': ['controller.remediation.enabled=true', 'namespaces.createRelease=true', 'controller.replicas=3'],
	'without admission': ['controller.admission=off'],
	'with the webhook': ['controller.admission=webhook', 'controller.webhookPort=9443'],
	'without the management of nodes': ['controller.nodes.manage=false'],
	'with one replica': ['controller.replicas=1', 'controller.networkPolicy.enabled=false', 'crds.install=false'],
};

interface Rule {
	readonly apiGroups: readonly string[];
	readonly resources: readonly string[];
	readonly verbs: readonly string[];
	readonly resourceNames?: readonly string[];
}

describe('the chart', () => {
	it('passes helm lint, which finds nothing to warn of', async () => {
		const { code, stdout, stderr } = await helm(['lint', '--strict', chart]);
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
			assert.deepEqual(stdout.match(/image: .+/g), ['image: registry.example.com/gpupolicy:0.1.0']);
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	});

	for (const [name, values] of Object.entries(configurations)) {
		it(`makes pods that may do nothing on their node, ${name}`, async () => {
			const objects = await render(values, { hooks: true });
			const pods = objects.flatMap((object) => podsOf(object));
			assert.deepEqual(pods.map(({ kind }) => kind).sort(), ['Deployment', 'Job']);
			for (const { kind, spec } of pods) assert.deepEqual(risks(spec), [], kind);
		});

		it(`labels every object, and binds accounts of its own only, ${name}`, async () => {
			const objects = (await render(values, { hooks: true })).filter(({ kind }) => kind !== 'CustomResourceDefinition');
			for (const { kind, metadata } of objects)
				assert.equal(metadata.labels?.['app.kubernetes.io/part-of'], 'gpupolicy', `${kind} ${metadata.name}`);
			for (const { metadata, subjects, roleRef } of objects.filter(
				({ kind }) => kind.endsWith('Binding') && kind !== 'ValidatingAdmissionPolicyBinding',
			)) {
				assert.deepEqual(subjects, [{ kind: 'ServiceAccount', name: 'gpupolicy-controller', namespace: 'gpupolicy-system' }]);
				const role = objects.find(
					(one) => one.kind === (roleRef as { kind: string }).kind && one.metadata.name === (roleRef as { name: string }).name,
				);
				assert.ok(role, `${metadata.name} binds a role of the chart`);
			}
		});
	}

	it('gives no right by a wildcard, no right to read Secrets of the cluster, and none to escalate', async () => {
		for (const values of Object.values(configurations))
			for (const { kind, metadata, rules } of await render(values)) {
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
			const [pod] = (await render(values)).flatMap((object) => podsOf(object));
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

interface Container {
	readonly image: string;
	readonly securityContext?: Readonly<Record<string, unknown>>;
	readonly resources?: { readonly requests?: object; readonly limits?: object };
	readonly ports?: readonly { readonly hostPort?: number }[];
}

interface PodSpec {
	readonly containers: readonly Container[];
	readonly initContainers?: readonly Container[];
	readonly securityContext?: Readonly<Record<string, unknown>>;
	readonly volumes?: readonly object[];
	readonly [field: string]: unknown;
}

function podsOf({ kind, spec }: ApiObject): { readonly kind: string; readonly spec: PodSpec }[] {
	const template = (spec as { template?: { spec: PodSpec } } | undefined)?.template;
	return template ? [{ kind, spec: template.spec }] : [];
}

/** What a pod could do beyond its own process. */
function risks(spec: PodSpec): string[] {
	const found: string[] = [];
	const unless = (holds: boolean, what: string): void => {
		if (!holds) found.push(what);
	};
	const { runAsNonRoot, runAsUser, seccompProfile } = spec.securityContext ?? {};
	unless(runAsNonRoot === true && runAsUser !== 0, 'runs as root');
	unless((seccompProfile as { type?: string } | undefined)?.type === 'RuntimeDefault', 'no seccomp profile');
	for (const field of ['hostNetwork', 'hostPID', 'hostIPC', 'hostUsers']) unless(!spec[field], field);
	for (const volume of spec.volumes ?? []) unless(!('hostPath' in volume), 'hostPath');
	for (const { securityContext = {}, resources, ports = [] } of [...spec.containers, ...(spec.initContainers ?? [])]) {
		unless(securityContext['readOnlyRootFilesystem'] === true, 'writable root');
		unless(securityContext['allowPrivilegeEscalation'] === false, 'privilege escalation');
		unless(securityContext['privileged'] !== true, 'privileged');
		unless(JSON.stringify(securityContext['capabilities']) === '{"drop":["ALL"]}', 'capabilities');
		unless(resources?.requests !== undefined && resources.limits !== undefined, 'no resources');
		for (const { hostPort } of ports) unless(hostPort === undefined, 'hostPort');
	}
	return found;
}

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
