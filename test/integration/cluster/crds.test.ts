import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { shippedCrds, startCluster, type TestCluster, until } from '../../cluster/index.ts';

const policies = '/apis/gpupolicy.dev/v1alpha1/gpupolicies';
const reports = '/apis/gpupolicy.dev/v1alpha1/gpunodereports';
const at = '2026-01-02T03:04:05Z';
const condition = (type: string, status: string, reason: string, message: string): object => ({
	type,
	status,
	reason,
	message,
	lastTransitionTime: at,
	observedGeneration: 1,
});

/** Every field of the status of a policy. */
const fullStatus = {
	observedGeneration: 1,
	digest: 'a'.repeat(64),
	conditions: [condition('Ready', 'False', 'DriftDetected', '3 of 40 pods lack CUDA_DEVICE_ORDER')],
	files: { summary: '-', matched: 0, governed: 0, compliant: 0, changed: 0, refused: 0 },
	workloads: {
		summary: '37/40',
		selected: 40,
		compliant: 37,
		restartRequired: 3,
		unmanaged: 0,
		violations: [{ place: 'ns/pod/container', rule: 'env/missing', message: 'no CUDA_DEVICE_ORDER' }],
	},
	admission: { mode: 'Off', apiVersion: 'admissionregistration.k8s.io/v1', digest: 'b'.repeat(64), lastProbeTime: at },
	nodes: { summary: '3/4', total: 4, compliant: 3, unknown: 1 },
	lastOutcomes: [{ digest: 'a'.repeat(64), generation: 1, at, reason: 'DriftDetected', message: 'changed 1 object' }],
};

describe('the CRDs on a real API server', () => {
	let cluster: TestCluster;
	before(async () => {
		cluster = await startCluster({ crds: false, components: ['kube-controller-manager'] });
	});
	after(() => cluster.stop());

	const succeed = async (args: string[], input?: string): Promise<string> => {
		const { code, stdout, stderr } = await cluster.kubectl(args, input === undefined ? {} : { input });
		assert.equal(code, 0, stderr);
		return stdout;
	};
	const create = async (path: string, object: { metadata: { name: string } }): Promise<void> => {
		const { status, body } = await cluster.request('POST', `${path}?fieldValidation=Strict`, object);
		assert.equal(status, 201, body.message);
	};
	const policy = (name: string, spec: object = { mode: 'Audit' }) => ({
		apiVersion: 'gpupolicy.dev/v1alpha1',
		kind: 'GpuPolicy',
		metadata: { name },
		spec,
	});
	const report = (name: string) => ({ apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuNodeReport', metadata: { name } });
	/** A row of a table without the ages. */
	const row = (table: string, name: string): string[] =>
		(table.split('\n').find((line) => line.startsWith(`${name} `)) ?? '').trim().split(/ {2,}/);

	it('are taken by kubectl apply without a warning: structural, and their CEL rules within the cost limit', async () => {
		for (const text of shippedCrds()) {
			const { code, stderr } = await cluster.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], { input: text });
			assert.deepEqual([code, stderr], [0, '']);
			const { metadata } = parse(text) as { metadata: { name: string } };
			const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${metadata.name}`;
			const conditions = await until('it is established', async () => {
				const { body } = await cluster.request('GET', path);
				const found = (body.status?.conditions ?? []) as { type: string; status: string }[];
				return found.some(({ type, status }) => type === 'Established' && status === 'True') && found;
			});
			assert.deepEqual(conditions.map(({ type, status }) => `${type}=${status}`).sort(), [
				'Established=True',
				'NamesAccepted=True',
			]);
		}
	});

	it('say the same in YAML 1.1, which kubectl reads, as in YAML 1.2', async () => {
		for (const text of shippedCrds()) {
			const meant = parse(text) as { metadata: { name: string }; spec: { versions: { schema: unknown }[] } };
			const { body } = await cluster.request(
				'GET',
				`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${meant.metadata.name}`,
			);
			assert.deepEqual(body.spec.versions[0].schema, meant.spec.versions[0]?.schema);
		}
	});

	it('are documented for kubectl explain, down to the leaves', async () => {
		await until('the server publishes its schemas', async () => (await cluster.kubectl(['explain', 'gpol'])).code === 0);
		const devices = await succeed(['explain', 'gpupolicy.spec.devices']);
		assert.match(devices, /KIND: +GpuPolicy\nVERSION: +v1alpha1/);
		assert.match(devices, /allow\t<\[\]Object>\n +A device has to match at least one entry\./);
		assert.match(await succeed(['explain', 'gpol.spec.mode']), /FIELD: mode <string>\nENUM:\n +Enforce\n +Audit/);
		assert.match(await succeed(['explain', 'gnr.status.devices.memoryBytes']), /Whole device memory in bytes/);
	});

	it('are found by kind, plural, singular and short name, and in a category of their own, but not in all', async () => {
		await create(policies, policy('named'));
		for (const name of ['gpupolicy', 'gpupolicies', 'gpol', 'GpuPolicy', 'gpupolicies.v1alpha1.gpupolicy.dev']) {
			assert.equal(await succeed(['get', name, 'named', '-o', 'name']), 'gpupolicy.gpupolicy.dev/named\n', name);
		}
		await create(reports, report('node-1'));
		for (const name of ['gpunodereport', 'gpunodereports', 'gnr']) {
			assert.equal(await succeed(['get', name, 'node-1', '-o', 'name']), 'gpunodereport.gpupolicy.dev/node-1\n', name);
		}
		assert.deepEqual((await succeed(['get', 'gpu-policy', '-o', 'name'])).trim().split('\n').sort(), [
			'gpunodereport.gpupolicy.dev/node-1',
			'gpupolicy.gpupolicy.dev/named',
		]);
		assert.doesNotMatch(await succeed(['get', 'all', '-A', '-o', 'name']), /gpupolicy\.dev/);
	});

	it('print the columns of a policy, and more of them with -o wide', async () => {
		await create(policies, policy('columns'));
		assert.deepEqual(row(await succeed(['get', 'gpol']), 'columns').slice(0, 2), ['columns', 'Audit']);
		const { status, body } = await cluster.request('PATCH', `${policies}/columns/status`, { status: fullStatus });
		assert.equal(status, 200, body.message);
		const short = await succeed(['get', 'gpol']);
		assert.match(short, /^NAME +READY +MODE +FILES +PODS +NODES +REASON +AGE$/m);
		assert.deepEqual(row(short, 'columns').slice(0, -1), ['columns', 'False', 'Audit', '-', '37/40', '3/4', 'DriftDetected']);
		const wide = await succeed(['get', 'gpol', '-o', 'wide']);
		assert.match(wide, /^NAME +READY +MODE +FILES +PODS +NODES +REASON +SUSPENDED +MESSAGE +AGE$/m);
		assert.deepEqual(row(wide, 'columns').slice(7, -1), ['false', '3 of 40 pods lack CUDA_DEVICE_ORDER']);
	});

	it('keep every field of the status, which only the status subresource writes', async () => {
		await create(policies, { ...policy('status'), status: fullStatus } as never);
		const read = async () => (await cluster.request('GET', `${policies}/status`)).body;
		assert.equal((await read()).status, undefined, 'the status of a create is dropped');
		await cluster.request('PATCH', `${policies}/status`, { status: fullStatus });
		assert.equal((await read()).status, undefined, 'the status of a write to the object is dropped');
		const { status, body } = await cluster.request('PATCH', `${policies}/status/status?fieldValidation=Strict`, {
			status: fullStatus,
			spec: { mode: 'Enforce' },
		});
		assert.equal(status, 200, body.message);
		const after = await read();
		assert.deepEqual(after.status, fullStatus);
		assert.deepEqual([after.spec.mode, after.metadata.generation], ['Audit', 1], 'the spec of a write to the status is dropped');
	});

	it('count a generation for a change of the spec only, and none for a field that says its default', async () => {
		await create(policies, policy('generations'));
		const patch = async (body: object) =>
			(await cluster.request('PATCH', `${policies}/generations`, body)).body.metadata.generation as number;
		assert.equal(await patch({ metadata: { labels: { a: 'b' } } }), 1);
		assert.equal(await patch({ spec: { interval: '10m', suspend: false } }), 1);
		assert.equal(await patch({ spec: { interval: '20m' } }), 2);
	});

	it('let several owners hold conditions, each by its type', async () => {
		await create(policies, policy('shared'));
		const apply = (manager: string, conditions: object[]) =>
			cluster.request(
				'PATCH',
				`${policies}/shared/status?fieldManager=${manager}`,
				{ apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', metadata: { name: 'shared' }, status: { conditions } },
				{ contentType: 'application/apply-patch+yaml' },
			);
		assert.equal((await apply('one', [condition('Ready', 'True', 'Converged', '')])).status, 200);
		assert.equal((await apply('two', [condition('Reconciling', 'True', 'Progressing', '')])).status, 200);
		const conflict = await apply('two', [condition('Ready', 'False', 'DriftDetected', '')]);
		assert.equal(conflict.status, 409);
		const { body } = await apply('one', []);
		assert.deepEqual(
			(body.status.conditions as { type: string }[]).map(({ type }) => type),
			['Reconciling'],
		);
	});

	it('fit a status at all its limits', async () => {
		await create(policies, policy('limits'));
		const violations = Array.from({ length: 20 }, () => ({
			place: 'p'.repeat(1200),
			rule: 'r'.repeat(64),
			message: 'm'.repeat(1024),
		}));
		const status = {
			...fullStatus,
			conditions: Array.from({ length: 16 }, (_, index) =>
				condition(`Type${index}`, 'Unknown', 'R'.repeat(64), 'm'.repeat(32_768)),
			),
			nodes: { ...fullStatus.nodes, violations },
			workloads: { ...fullStatus.workloads, violations },
		};
		assert.equal((await cluster.request('PATCH', `${policies}/limits/status`, { status })).status, 200);
		const more = { status: { nodes: { ...fullStatus.nodes, violations: [...violations, violations[0]] } } };
		const { status: code, body } = await cluster.request('PATCH', `${policies}/limits/status`, more);
		assert.deepEqual([code, body.details.causes[0].field], [422, 'status.nodes.violations']);
	});

	it('hold the report of a node, which goes with its node, and print its columns', async () => {
		const { body: node } = await cluster.request('POST', '/api/v1/nodes', { metadata: { name: 'owner' } });
		const owner = { apiVersion: 'v1', kind: 'Node', name: 'owner', uid: node.metadata.uid };
		await create(reports, { ...report('owner'), metadata: { name: 'owner', ownerReferences: [owner] } } as never);
		const status = {
			observedAt: at,
			summary: '1/2',
			agentVersion: '0.1.0',
			source: { kind: 'NVML', driverVersion: '580.65.06', cudaVersion: '13.0' },
			devices: [
				{ uuid: 'GPU-1', index: 0, productName: 'NVIDIA GeForce RTX 3090', memoryBytes: 25_769_803_776, exposure: 'Exposed' },
				{ uuid: 'GPU-2', index: 1, productName: 'NVIDIA GeForce RTX 5060 Ti', mig: 'NotSupported' },
			],
			policies: [
				{
					name: 'columns',
					digest: 'a'.repeat(64),
					verdict: 'NonCompliant',
					devices: [{ uuid: 'GPU-2', verdict: 'Forbidden', because: 'deny[0] productName' }],
				},
			],
			conditions: [condition('Ready', 'True', 'Converged', '')],
		};
		const { status: code, body } = await cluster.request('PATCH', `${reports}/owner/status?fieldValidation=Strict`, { status });
		assert.equal(code, 200, body.message);
		assert.deepEqual(body.status, status);
		assert.deepEqual(row(await succeed(['get', 'gnr']), 'owner').slice(0, 4), ['owner', '1/2', 'NVML', '580.65.06']);
		await cluster.request('DELETE', '/api/v1/nodes/owner');
		await until('the report is gone', async () => (await cluster.request('GET', `${reports}/owner`)).status === 404, 30_000);
	});
});
