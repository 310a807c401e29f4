import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ApiObject } from '../../../../src/core/ports/cluster.ts';
import { startCluster, type TestCluster, until } from '../../../cluster/index.ts';
import { ok } from '../nodes/rig.ts';
import { corpus } from '../parity/corpus.ts';
import { root } from './chart.ts';

/** CRDs that somebody may have in a cluster: one file each, both kinds. Whoever releases a change of a schema adds the one before it. */
const earlier = join(import.meta.dirname, 'earlier-crds');
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const policies = '/apis/gpupolicy.dev/v1alpha1/gpupolicies';
const reports = '/apis/gpupolicy.dev/v1alpha1/gpunodereports';

for (const file of readdirSync(earlier)) {
	describe(`objects that were stored under the CRDs of ${file}`, () => {
		let cluster: TestCluster;
		const stored = new Map<string, ApiObject>();

		before(async () => {
			cluster = await startCluster({ crds: false });
			const { code, stderr } = await cluster.kubectl(['apply', '--server-side', '-f', join(earlier, file)]);
			assert.equal(code, 0, stderr);
			await served();
		});
		after(() => cluster?.stop());

		/** Waits until the server answers for both kinds, by the definitions as they are stored now. */
		async function served(): Promise<void> {
			for (const path of [policies, reports])
				await until(`${path} is served`, async () => (await cluster.request('GET', path)).status === 200);
		}
		async function create(path: string, object: object, query = ''): Promise<void> {
			const strict = `${path}?fieldValidation=Strict${query}`;
			const { status, body } = await cluster.request('POST', strict, object);
			assert.equal(status, 201, `${JSON.stringify(object)}: ${body.message}`);
			if (query === '') stored.set(`${path}/${body.metadata.name}`, body);
		}

		it('are there, of every shape that the corpus of good manifests has and that they allowed', async () => {
			const good = corpus().filter(({ name }) => name.startsWith('good/'));
			let refused = 0;
			for (const [i, object] of good.flatMap(({ objects }) => objects as ApiObject[]).entries()) {
				const policy = { ...object, metadata: { name: `policy-${i}` } };
				const { status, body } = await cluster.request('POST', `${policies}?fieldValidation=Strict`, policy);
				if (status === 201) stored.set(`${policies}/policy-${i}`, body);
				else refused++;
			}
			assert.ok(stored.size >= 20, `${stored.size} were taken, ${refused} refused`);
			for (const [path, policy] of [...stored].slice(0, 3)) {
				const { body } = await ok(cluster.request('PATCH', `${path}/status`, { status: policyStatus }));
				stored.set(path, { ...policy, ...body });
			}
			await create(reports, { apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuNodeReport', metadata: { name: 'n0' } });
			const { body } = await ok(cluster.request('PATCH', `${reports}/n0/status`, { status: reportStatus }));
			stored.set(`${reports}/n0`, body);
		});

		it('are the same, and still valid, under those of today, which apply over them', async () => {
			for (let time = 1; time <= 2; time++) {
				const crds = join(root, 'manifests', 'crds');
				const { code, stderr } = await cluster.kubectl(['apply', '--server-side', '-f', crds]);
				assert.equal(code, 0, stderr);
			}
			// What the first CRDs let through tells when the server has taken up those of today.
			const newlyRefused = { namespaceSelector: { matchLabels: { '-no key-': 'x' } } };
			await until('the schemas of today are in force', async () => {
				const object = { apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', metadata: { name: 'tells' } };
				const spec = { mode: 'Audit', workloads: newlyRefused };
				return (await cluster.request('POST', `${policies}?dryRun=All`, { ...object, spec })).status === 422;
			});
			await served();
			for (const [path, before] of stored) {
				const { body: now } = await ok(cluster.request('GET', path));
				assert.deepEqual([now.spec, now.status], [before['spec'], before['status']], path);
				// An update of what did not change is let through without a look; a new object is not.
				const { apiVersion, kind, spec, metadata } = now;
				const copy = { apiVersion, kind, metadata: { name: `${metadata.name}-copy` }, ...(spec ? { spec } : {}) };
				await create(path.replace(/\/[^/]+$/, ''), copy, '&dryRun=All');
				await ok(
					cluster.request('PUT', `${path}?fieldValidation=Strict`, { ...now, metadata: { ...metadata, labels: { a: 'b' } } }),
				);
				if (now.status) {
					const { body: latest } = await ok(cluster.request('GET', path));
					const changed = {
						...latest,
						status: {
							...latest.status,
							...('observedAt' in latest.status ? { observedAt: '2026-11-21T11:00:00Z' } : { observedGeneration: 7 }),
						},
					};
					await ok(cluster.request('PUT', `${path}/status?fieldValidation=Strict`, changed));
				}
			}
		});

		it('are stored in a version that is still served', async () => {
			const { body } = await ok(cluster.request('GET', definitions));
			for (const { metadata, spec, status } of body.items) {
				const versions = (spec.versions as { name: string; served: boolean }[])
					.filter((one) => one.served)
					.map(({ name }) => name);
				for (const version of status.storedVersions) assert.ok(versions.includes(version), `${metadata.name} ${version}`);
			}
		});
	});
}

const at = '2026-11-21T10:00:00Z';
const policyStatus = {
	observedGeneration: 1,
	digest: '5f1c'.repeat(16),
	conditions: [
		{ type: 'Ready', status: 'True', reason: 'Converged', message: 'all is well', lastTransitionTime: at, observedGeneration: 1 },
	],
};
const reportStatus = {
	observedAt: at,
	source: { kind: 'NVML', driverVersion: '580.65.06' },
	devices: [
		{
			uuid: 'GPU-10000000-1111-2222-3333-444444444444',
			index: 0,
			productName: 'NVIDIA GeForce RTX 3090',
			memoryBytes: 25769803776,
			computeCapability: '8.6',
			mig: 'NotSupported',
			exposure: 'Exposed',
		},
	],
};
