import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isWrite, startCluster, type TestCluster } from '../../../cluster/index.ts';
import { apply, eventually, read } from '../controller/policies.ts';
import { ok } from '../nodes/rig.ts';
import { Command } from './command.ts';

const manifest = `apiVersion: gpupolicy.dev/v1alpha1
kind: GpuPolicy
metadata: { name: one }
spec:
  mode: Audit
  nodes: {}
  env:
    - { name: A, value: "1" }
`;

describe('gpupolicy validate --context', () => {
	let cluster: TestCluster;
	let gpupolicy: Command;
	let cwd: string;

	before(async () => {
		cluster = await startCluster();
		gpupolicy = new Command(cluster);
		cwd = join(cluster.folder, 'repo');
		mkdirSync(cwd);
		writeFileSync(join(cwd, 'gpupolicy.yaml'), manifest);
	});
	after(() => cluster?.stop());

	it('has the server try what is in order, and stores nothing', async () => {
		const mark = cluster.audit.mark();
		const ran = await gpupolicy.run(['validate'], { cwd });
		assert.deepEqual({ code: ran.code, stderr: ran.stderr }, { code: 0, stderr: '' });
		assert.match(
			ran.stdout,
			/^✓ one {2}gpupolicy\.yaml:1 {2}Audit\n1 file: 1 policy in order; asked https:\S+ \(context test\)\.\n$/,
		);
		assert.equal(await read(cluster, 'one'), null);
		const tried = (await cluster.audit.since(mark)).filter(
			(entry) => entry.objectRef?.resource === 'gpupolicies' && entry.userAgent?.includes('(command line)'),
		);
		assert.deepEqual(
			tried.map(({ verb, requestURI = '' }) => [verb, new URL(requestURI, cluster.url).searchParams.get('dryRun')]),
			[['patch', 'All']],
		);
		assert.ok(tried.every((entry) => !isWrite(entry) || entry.requestURI?.includes('dryRun=All')));
		// Whoever owns the fields that stand there: what is tried is the manifest.
		await apply(cluster, 'one', { mode: 'Enforce', env: [{ name: 'A', value: '2' }] });
		assert.equal((await gpupolicy.run(['validate'], { cwd })).code, 0);
		assert.equal((await read(cluster, 'one'))?.spec.mode, 'Enforce');
	});

	it('does not send what is wrong already', async () => {
		const mark = cluster.audit.mark();
		const ran = await gpupolicy.run(['validate', '-f', '-'], { input: manifest.replace('Audit', 'Never') });
		assert.equal(ran.code, 1);
		assert.match(ran.stdout, /stdin:5:9: spec\.mode: .*\[GP10\d\d\]/);
		assert.deepEqual(
			(await cluster.audit.since(mark)).filter(
				(entry) => entry.objectRef?.resource === 'gpupolicies' && entry.userAgent?.includes('(command line)'),
			),
			[],
		);
	});

	it('shows in the manifest what an older CRD of the cluster refuses', async () => {
		const crd = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gpupolicies.gpupolicy.dev';
		const { body } = await cluster.request('GET', crd);
		const properties = body.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties;
		const { nodes, env } = structuredClone({ nodes: properties.nodes, env: properties.env });
		delete properties.nodes;
		properties.env.items.properties.value.maxLength = 0;
		await ok(cluster.request('PUT', crd, body));
		await eventually(async () => (await gpupolicy.run(['validate'], { cwd })).code === 1, 'the older CRD is served', 60_000);
		const unknown = await gpupolicy.run(['validate'], { cwd });
		assert.match(
			unknown.stdout,
			/^gpupolicy\.yaml:6:\d+: spec\.nodes: the server says: the cluster does not know this field: .*\[GP4306\]\n/,
		);
		assert.match(unknown.stdout, /0 policies in order, 1 error; asked /);
		const known = manifest.replace('  nodes: {}\n', '');
		const refused = await gpupolicy.run(['validate', '-f', '-'], { input: known });
		assert.match(refused.stdout, /^stdin:7:\d+: spec\.env\[0\]\.value: the server says: Too long: .*\[GP4306\]\n {4}7 \|/);
		const current = (await cluster.request('GET', crd)).body;
		Object.assign(current.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties, { nodes, env });
		await ok(cluster.request('PUT', crd, current));
		await eventually(async () => (await gpupolicy.run(['validate'], { cwd })).code === 0, 'the CRD is served again', 60_000);
	});

	it('lets admission of the cluster have its say, and shows its warnings', async () => {
		const admission = '/apis/admissionregistration.k8s.io/v1';
		const rules = [{ apiGroups: ['gpupolicy.dev'], apiVersions: ['*'], operations: ['*'], resources: ['gpupolicies'] }];
		const make = async (name: string, expression: string, action: string): Promise<void> => {
			const spec = { matchConstraints: { resourceRules: rules }, validations: [{ expression, message: `says ${name}` }] };
			await ok(cluster.request('POST', `${admission}/validatingadmissionpolicies`, { metadata: { name }, spec }));
			const binding = { metadata: { name }, spec: { policyName: name, validationActions: [action] } };
			await ok(cluster.request('POST', `${admission}/validatingadmissionpolicybindings`, binding));
		};
		await make('soft', 'false', 'Warn');
		await make('hard', 'object.spec.mode == "Audit"', 'Deny');
		await eventually(
			async () => (await gpupolicy.run(['validate'], { cwd })).stdout.includes('warning: the server says:'),
			'the warning',
			60_000,
		);
		const enforced = manifest.replace('Audit', 'Enforce');
		await eventually(
			async () => (await gpupolicy.run(['validate', '-f', '-'], { input: enforced })).code === 1,
			'the refusal',
			60_000,
		);
		const { stdout } = await gpupolicy.run(['validate', '-f', '-'], { input: enforced });
		assert.match(stdout, /^stdin:1:1: the server says: .*says hard.* \[GP4306\]/m);
		assert.equal((await gpupolicy.run(['validate'], { cwd })).code, 0);
	});

	it('says what is missing: a right, the kinds', async () => {
		const ann = gpupolicy.as(cluster.kubeconfigFor(cluster.user('ann')));
		const refused = await ann.run(['validate'], { cwd });
		assert.equal(refused.code, 1);
		assert.match(refused.stderr, /may not patch gpupolicies\.gpupolicy\.dev one.*\[GP4301\]/);
	});
});
