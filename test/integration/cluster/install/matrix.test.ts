import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ApiObject } from '../../../../src/core/ports/cluster.ts';
import { startCluster, type TestCluster, until } from '../../../cluster/index.ts';
import { monitoringCrds } from '../../../cluster/monitoring-crds.ts';
import { createNode, ok } from '../nodes/rig.ts';
import { chart, configurations, helm, render } from './chart.ts';
import { everything } from './everything.ts';
import { podsOf } from './pods.ts';

const system = 'gpupolicy-system';
/** What an earlier release made, one file each; whoever releases a chart that makes something else adds the one before it. */
const earlier = join(import.meta.dirname, 'earlier-charts');

// One release that is upgraded from each installation to the next, so that every template meets the real API server, and every upgrade what an
// earlier one left.
describe('a release', () => {
	let cluster: TestCluster;
	let untouched: readonly string[];
	let folder: string;

	before(async () => {
		folder = mkdtempSync(join(tmpdir(), 'gpupolicy-earlier-'));
		cluster = await startCluster({ crds: false, components: ['kube-controller-manager'] });
		await createNode(cluster, 'n0', { labels: { 'nvidia.com/gpu.present': 'true' } });
		await ok(cluster.request('POST', '/apis/node.k8s.io/v1/runtimeclasses', { metadata: { name: 'nvidia' }, handler: 'nvidia' }));
		for (const file of await monitoringCrds()) await kubectl('apply', '--server-side', '-f', file);
		await kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=120s');
		await kubectl('create', 'namespace', system);
		await kubectl('label', 'namespace', system, 'pod-security.kubernetes.io/enforce=restricted');
		await until('the cluster has what it makes for itself', async () => {
			const names = await everything(cluster);
			return names.includes(`serviceaccounts ${system}/default`) && names.includes('serviceaccounts default/default');
		});
		untouched = await everything(cluster);
	});
	after(async () => {
		await cluster?.stop();
		rmSync(folder, { recursive: true, force: true });
	});

	const kubectl = async (...args: readonly string[]): Promise<string> => {
		const { code, stdout, stderr } = await cluster.kubectl(args);
		assert.equal(code, 0, `kubectl ${args.join(' ')}: ${stderr}`);
		return stdout;
	};
	const run = async (...args: readonly string[]): Promise<string> => {
		const { code, stdout, stderr } = await helm([...args, '--namespace', system], cluster.kubeconfig);
		assert.equal(code, 0, `helm ${args.join(' ')}: ${stderr}`);
		return stdout;
	};

	/** What of the chart stands in the cluster, `Kind namespace/name`, without what controllers make of it. */
	async function standing(): Promise<string[]> {
		const kinds =
			'deployments,daemonsets,services,serviceaccounts,configmaps,networkpolicies,poddisruptionbudgets,roles,rolebindings,clusterroles,clusterrolebindings,namespaces,validatingadmissionpolicies,validatingadmissionpolicybindings,mutatingadmissionpolicies,mutatingadmissionpolicybindings,customresourcedefinitions,servicemonitors,prometheusrules';
		const stdout = await kubectl('get', kinds, '-A', '-l', 'app.kubernetes.io/part-of=gpupolicy', '-o', 'json');
		return (JSON.parse(stdout).items as ApiObject[]).map(nameOf).sort();
	}
	/** Each pod that the installation would have is one that the API server admits. */
	async function admitsPods(objects: readonly ApiObject[]): Promise<void> {
		for (const object of objects)
			for (const { spec } of podsOf(object)) {
				const { namespace } = object.metadata;
				// Accounts of hooks come and go with these.
				const serviceAccountName = spec['serviceAccountName'] === 'gpupolicy-test' ? 'default' : spec['serviceAccountName'];
				const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All&fieldValidation=Strict`;
				const sent = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'tried' }, spec: { ...spec, serviceAccountName } };
				await until(`the account of ${object.kind} ${object.metadata.name}`, async () => {
					const { status, body } = await cluster.request('POST', path, sent);
					assert.ok(status === 201 || /error looking up service account|no API token found/.test(body.message), body.message);
					return status === 201;
				});
			}
	}

	for (const file of readdirSync(earlier))
		it(`of ${file} becomes one of today by helm upgrade, which takes the CRDs along`, async () => {
			const old = join(folder, 'chart');
			mkdirSync(join(old, 'templates'), { recursive: true });
			writeFileSync(join(old, 'Chart.yaml'), 'apiVersion: v2\nname: gpupolicy\nversion: 0.0.1\n');
			copyFileSync(join(earlier, file), join(old, 'templates', 'all.yaml'));
			copyFileSync(join(import.meta.dirname, 'earlier-crds', 'before-agents.yaml'), join(old, 'templates', 'crds.yaml'));
			await run('install', 'gpupolicy', old);
			const properties = async () => {
				const { body } = await ok(
					cluster.request('GET', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gpunodereports.gpupolicy.dev'),
				);
				return JSON.stringify(body.spec);
			};
			const before = await properties();
			await run('upgrade', 'gpupolicy', chart, '--reset-then-reuse-values');
			assert.notEqual(await properties(), before);
			const objects = await render();
			assert.deepEqual(await standing(), objects.map(nameOf).sort());
			await admitsPods(await render([], { hooks: true }));
		});

	for (const [name, file] of configurations)
		it(`is taken by the API server, with every pod of it and nothing left of the values before, ${name}`, async () => {
			const values = file === undefined ? {} : { file };
			// CRDs are kept, and a namespace cannot be given to a release that did not make it.
			const set = ['crds.install=true', 'namespaces.createRelease=false'];
			await run(
				'upgrade',
				'--install',
				'gpupolicy',
				chart,
				'--reset-values',
				...(file ? ['--values', file] : []),
				'--set',
				set.join(','),
			);
			assert.deepEqual(await standing(), (await render(set, values)).map(nameOf).sort());
			await admitsPods(await render(set, { ...values, hooks: true }));
		});

	it('is gone after helm uninstall, and back under its name after helm install', async () => {
		const left = async (): Promise<string[]> => (await everything(cluster)).filter((one) => !untouched.includes(one));
		const crds = ['gpunodereports', 'gpupolicies'].map(
			(kind) => `customresourcedefinitions.apiextensions.k8s.io ${kind}.gpupolicy.dev`,
		);
		for (let time = 1; time <= 2; time++) {
			await run('uninstall', 'gpupolicy', '--no-hooks');
			await until('all is gone but the CRDs', async () => JSON.stringify(await left()) === JSON.stringify(crds), 60_000).catch(
				async () => assert.deepEqual(await left(), crds),
			);
			if (time === 1) await run('install', 'gpupolicy', chart);
		}
	});
});

function nameOf({ kind, metadata }: ApiObject): string {
	return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}
