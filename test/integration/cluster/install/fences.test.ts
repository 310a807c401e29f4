import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { restartedAnnotation } from '../../../../src/core/workloads/restart-annotation.ts';
import { type Answer, type Identity, startCluster, type TestCluster, until } from '../../../cluster/index.ts';
import { ok } from '../nodes/rig.ts';
import { Installation } from './installation.ts';

const group = '/apis/gpupolicy.dev/v1alpha1/gpupolicies';
const dra = '/apis/resource.k8s.io';

// What RBAC cannot say: of the objects that our account may patch, which part. Nodes and reports have a file of their own.
describe('the fences around the account of the controller', () => {
	let cluster: TestCluster;
	let account: { readonly as: Identity };

	before(async () => {
		cluster = await startCluster({
			crds: false,
			components: ['kube-controller-manager'],
			args: { 'kube-apiserver': ['--feature-gates=DRADeviceTaintRules=true', '--runtime-config=resource.k8s.io/v1beta2=true'] },
		});
		const installation = await Installation.apply(cluster, ['controller.remediation.enabled=true']);
		account = { as: installation.identity };
		await cluster.serviceAccount('default', 'default');
		await cluster.serviceAccount('gpupolicy-probe', 'default');
		await inForce();
	});
	after(() => cluster?.stop());

	/** The API server takes up to a second or so to pick its admission policies up. */
	async function inForce(): Promise<void> {
		const labels = { app: 'x' };
		const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'none' }] } };
		const objects = [
			['/apis/apps/v1/namespaces/default/deployments', { replicas: 0, selector: { matchLabels: labels }, template }],
			[group, { mode: 'Audit' }, { apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy' }],
			[`${dra}/v1/deviceclasses`, { selectors: [] }],
		] as const;
		for (const [path, spec, type] of objects) {
			await ok(cluster.request('POST', path, { ...type, metadata: { name: 'unfenced' }, spec }));
			await until(`the fence around ${path}`, async () => {
				const { status } = await patch(`${path}/unfenced?dryRun=All`, { metadata: { labels: { a: 'b' } } });
				return status === 403;
			});
			await ok(cluster.request('DELETE', `${path}/unfenced`));
		}
	}
	const patch = (path: string, body: object): Promise<Answer> => cluster.request('PATCH', path, body, account);
	async function refuses(path: string, body: object, words: RegExp): Promise<void> {
		const answer = await patch(path, body);
		assert.equal(answer.status, 403, `${path} ${JSON.stringify(body)}: ${JSON.stringify(answer.body)}`);
		assert.match(answer.body.message, words);
	}

	it('let it have pods replaced by their Deployment, StatefulSet or DaemonSet, and change nothing else of these', async () => {
		const container = { name: 'main', image: 'none', env: [{ name: 'A', value: '1' }] };
		const labels = { app: 'x' };
		for (const kind of ['deployments', 'statefulsets', 'daemonsets']) {
			const own = kind === 'daemonsets' ? {} : { replicas: 0, ...(kind === 'statefulsets' ? { serviceName: 'x' } : {}) };
			const spec = {
				selector: { matchLabels: labels },
				template: { metadata: { labels }, spec: { containers: [container] } },
				...own,
			};
			await ok(cluster.request('POST', `/apis/apps/v1/namespaces/default/${kind}`, { metadata: { name: 'x' }, spec }));
			const path = `/apis/apps/v1/namespaces/default/${kind}/x`;
			const template = (change: object): object => ({ spec: { template: change } });
			for (const body of [
				template({ spec: { containers: [{ ...container, image: 'other' }] } }),
				template({ spec: { containers: [{ ...container, env: [{ name: 'A', value: '2' }] }] } }),
				template({ spec: { hostPID: true } }),
				template({ spec: { serviceAccountName: 'other' } }),
				template({ metadata: { labels: { more: 'x' } } }),
				template({ metadata: { annotations: { other: 'x' } } }),
				{ spec: { minReadySeconds: 7 } },
				{ metadata: { labels: { a: 'b' } } },
				{ metadata: { annotations: { a: 'b' } } },
				{ metadata: { finalizers: ['example.com/stuck'] } },
			])
				await refuses(path, body, /gpupolicy-remediation-fence/);
			// Refused before any fence, to who may not delete the object.
			const owner = { apiVersion: 'v1', kind: 'Node', name: 'n0', uid: 'x' };
			await refuses(path, { metadata: { ownerReferences: [owner] } }, /cannot set an ownerRef/);
			await ok(patch(path, template({ metadata: { annotations: { [restartedAnnotation]: 'now' } } })));
			await ok(patch(path, template({ metadata: { annotations: { [restartedAnnotation]: 'later' } } })));
			assert.equal((await cluster.request('DELETE', path, undefined, account)).status, 403);
			await refuses(`${path}/scale`, { spec: { replicas: 3 } }, /cannot patch resource/);
		}
	});

	it('let it write status, finalizer and annotations of a policy, and nothing of what the policy says', async () => {
		const annotations = { 'example.com/mine': '1' };
		const metadata = { name: 'x', labels: { team: 'a' }, annotations, finalizers: ['example.com/mine'] };
		const spec = { mode: 'Audit', env: [{ name: 'A', value: '1' }] };
		await ok(cluster.request('POST', group, { apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', metadata, spec }));
		const path = `${group}/x`;
		for (const body of [
			{ spec: { mode: 'Enforce' } },
			{ spec: { env: [{ name: 'LD_PRELOAD', value: '/x.so' }] } },
			{ spec: { suspend: true } },
			{ metadata: { labels: { team: 'b' } } },
			{ metadata: { annotations: { 'example.com/mine': '2' } } },
			{ metadata: { annotations: { 'example.com/mine': null } } },
			{ metadata: { annotations: { 'example.com/other': '1' } } },
			{ metadata: { finalizers: [] } },
			{ metadata: { finalizers: ['gpupolicy.dev/cleanup'] } },
			{ metadata: { finalizers: ['example.com/mine', 'example.com/other'] } },
		])
			await refuses(path, body, /gpupolicy-policy-fence/);
		await ok(patch(path, { metadata: { finalizers: ['example.com/mine', 'gpupolicy.dev/cleanup'] } }));
		await ok(patch(path, { metadata: { finalizers: ['example.com/mine'], annotations: { 'gpupolicy.dev/evicting': 'x' } } }));
		await ok(patch(path, { metadata: { annotations: { 'gpupolicy.dev/evicting': null } } }));
		await ok(patch(`${path}/status`, { status: { observedGeneration: 1 } }));
		const made = { apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', metadata: { name: 'y' }, spec };
		const applied = await cluster.request('PATCH', `${group}/y?fieldManager=gpupolicy`, made, {
			...account,
			contentType: 'application/apply-patch+yaml',
		});
		assert.equal(applied.status, 403);
		assert.equal((await cluster.request('DELETE', path, undefined, account)).status, 403);
		await ok(patch(path, { metadata: { annotations: { 'gpupolicy.dev/x': 'x' } } }));
	});

	it('let it write DeviceClasses and DeviceTaintRules of its own, none of which holds for every device', async () => {
		const labels = { 'app.kubernetes.io/managed-by': 'gpupolicy' };
		const selectors = [{ cel: { expression: 'device.driver == "gpu.nvidia.com"' } }];
		const classes = `${dra}/v1/deviceclasses`;
		const rules = `${dra}/v1beta2/devicetaintrules`;
		const create = (path: string, name: string, spec: object, own: object = labels): Promise<Answer> =>
			cluster.request('POST', path, { metadata: { name, labels: own }, spec }, account);
		const refused = async (sending: Promise<Answer>): Promise<void> => {
			const { status, body } = await sending;
			assert.equal(status, 403, JSON.stringify(body));
			assert.match(body.message, /gpupolicy-dra-fence/);
		};
		await ok(cluster.request('POST', classes, { metadata: { name: 'gpu.nvidia.com' }, spec: { selectors } }));
		await ok(cluster.request('POST', classes, { metadata: { name: 'gpupolicy.theirs' }, spec: { selectors } }));
		for (const name of ['gpu.nvidia.com', 'gpupolicy.theirs']) {
			await refused(cluster.request('DELETE', `${classes}/${name}`, undefined, account));
			await refused(patch(`${classes}/${name}`, { spec: { selectors: [] } }));
		}
		await refused(create(classes, 'other', { selectors }));
		await refused(create(classes, 'gpupolicy.x', { selectors }, {}));
		await refused(create(classes, 'gpupolicy.x', { selectors: [] }));
		const config = [{ opaque: { driver: 'gpu.nvidia.com', parameters: { a: 'b' } } }];
		await refused(create(classes, 'gpupolicy.x', { selectors, config }));
		await ok(create(classes, 'gpupolicy.x', { selectors }));
		await refused(patch(`${classes}/gpupolicy.x`, { spec: { selectors: [] } }));
		await ok(cluster.request('DELETE', `${classes}/gpupolicy.x`, undefined, account));

		const deviceSelector = { driver: 'gpu.nvidia.com', pool: 'n0', device: 'gpu-0' };
		const taint = { key: 'gpupolicy.dev/forbidden-device', effect: 'NoSchedule' };
		await refused(create(rules, 'other', { deviceSelector, taint }));
		await refused(create(rules, 'gpupolicy.x', { deviceSelector, taint: { ...taint, effect: 'NoExecute' } }));
		await refused(create(rules, 'gpupolicy.x', { deviceSelector: {}, taint }));
		await refused(create(rules, 'gpupolicy.x', { deviceSelector: { driver: 'gpu.nvidia.com' }, taint }));
		await ok(create(rules, 'gpupolicy.x', { deviceSelector, taint }));
		await refused(patch(`${rules}/gpupolicy.x`, { spec: { taint: { effect: 'NoExecute' } } }));
		await ok(cluster.request('DELETE', `${rules}/gpupolicy.x`, undefined, account));
	});

	it('let pods into the probe namespace that are dry-run or held, and nothing else, whoever asks', async () => {
		const pods = '/api/v1/namespaces/gpupolicy-probe/pods';
		const pod = { metadata: { name: 'x' }, spec: { containers: [{ name: 'c', image: 'none' }] } };
		const held = { ...pod, spec: { ...pod.spec, schedulingGates: [{ name: 'example.com/never' }] } };
		for (const choice of [{}, account]) {
			const refused = await cluster.request('POST', pods, pod, choice);
			assert.match(`${refused.status} ${refused.body.message}`, /^403 .*dry-run requests and pods with a scheduling gate only/);
			await ok(cluster.request('POST', `${pods}?dryRun=All`, pod, choice));
			await ok(cluster.request('POST', pods, held, choice));
			await ok(cluster.request('DELETE', `${pods}/x`, undefined, choice));
		}
		const jobs = await cluster.request('POST', '/apis/batch/v1/namespaces/gpupolicy-probe/jobs', {
			metadata: { name: 'x' },
			spec: { template: { spec: { restartPolicy: 'Never', containers: pod.spec.containers } } },
		});
		assert.match(`${jobs.status} ${jobs.body.message}`, /^403 .*gpupolicy-probe-guard/);
	});

	it('hold nobody else: an administrator may change all of it', async () => {
		await ok(cluster.request('PATCH', `${group}/x`, { metadata: { finalizers: [] }, spec: { mode: 'Enforce' } }));
		const path = '/apis/apps/v1/namespaces/default/deployments/x';
		await ok(cluster.request('PATCH', path, { spec: { minReadySeconds: 7 } }));
		await ok(cluster.request('DELETE', `${dra}/v1/deviceclasses/gpu.nvidia.com`));
	});
});
