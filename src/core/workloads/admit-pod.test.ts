import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withDefaults } from '../../api/defaults.ts';
import { admitPod } from './admit-pod.ts';
import { appliedAnnotation } from './applied-annotation.ts';
import { type PodDemand, podDemand } from './demand.ts';
import type { Pod, PodContainer } from './pod.ts';

const digest = '5f1c0e7a9b24'.padEnd(64, '0');

function demand(spec: object = {}, workloads: object = {}): PodDemand {
	const env = [
		{ name: 'A', value: '1' },
		{ name: 'B', value: '2' },
	];
	const object = withDefaults({
		apiVersion: 'gpupolicy.dev/v1alpha1',
		kind: 'GpuPolicy',
		metadata: { name: 'one' },
		spec: { mode: 'Enforce', env, workloads, ...spec },
	});
	const found = podDemand(object, digest);
	assert.ok(found);
	return found;
}

const gpu: PodContainer = { name: 'main', resources: { limits: { 'nvidia.com/gpu': '1' } } };
const pod = (container: object = {}, more: Partial<Pod['spec']> = {}): Pod => ({
	spec: { containers: [{ ...gpu, ...container }], ...more },
});
const space = { name: 'team-a', labels: { team: 'a' } };

describe('what admission makes of a pod', () => {
	it('sets what is missing at the end and corrects what is wrong in its place', () => {
		const env = [{ name: 'X', value: '$(A)' }, { name: 'B', valueFrom: {} }, { name: 'A', value: '0' }, { name: 'A' }];
		const { pod: result, denials } = admitPod(demand(), pod({ env }), space);
		assert.deepEqual(result.spec.containers[0]?.env, [
			{ name: 'X', value: '$(A)' },
			{ name: 'B', value: '2' },
			{ name: 'A', value: '1' },
			{ name: 'A', value: '1' },
		]);
		assert.equal(result.metadata?.annotations?.[appliedAnnotation], `one@${digest}`);
		assert.deepEqual(denials, []);
	});

	it('keeps what other policies wrote into the annotation', () => {
		const annotations = { [appliedAnnotation]: `other@1,one@${'0'.repeat(64)}` };
		const { pod: result } = admitPod(demand(), { ...pod(), metadata: { annotations } }, space);
		assert.equal(result.metadata?.annotations?.[appliedAnnotation], `other@1,one@${digest}`);
	});

	it('leaves containers without a GPU alone, unless all are in scope', () => {
		const cpu = pod({ resources: { limits: { cpu: '1' } } });
		assert.equal(admitPod(demand(), cpu, space).pod, cpu);
		const all = admitPod(demand({}, { containers: { scope: 'All' } }), cpu, space);
		assert.equal(all.pod.spec.containers[0]?.env?.length, 2);
		const claims = pod({ resources: { claims: [{ name: 'x' }] } });
		assert.equal(admitPod(demand(), claims, space).pod.spec.containers[0]?.env?.length, 2);
		const byClass = pod({ resources: { limits: { 'deviceclass.resource.kubernetes.io/gpu.nvidia.com': '1' } } });
		assert.equal(admitPod(demand(), byClass, space).pod.spec.containers[0]?.env?.length, 2);
	});

	it('warns in an audit, refuses where nothing can change the pod, and says both in the same words', () => {
		const env = [{ name: 'A', value: 'x\ny' }];
		const words = `policy one@5f1c0e7a9b24: container main: B must be '2', is not set; container main: A must be '1', is text with control characters`;
		assert.deepEqual(admitPod(demand({ mode: 'Audit' }), pod({ env }), space).warnings, [words]);
		assert.deepEqual(admitPod(demand(), pod({ env }), space, { type: 'Create' }, { mutates: false }).denials, [words]);
	});

	it('names each container and route around the device plugin, and refuses only where told to', () => {
		const bad = pod({ env: [{ name: 'NVIDIA_VISIBLE_DEVICES', value: 'all' }], securityContext: { privileged: true } });
		const { warnings, denials } = admitPod(demand(), bad, space);
		assert.deepEqual(denials, []);
		assert.match(warnings[0] ?? '', /container main sets NVIDIA_VISIBLE_DEVICES itself; container main is privileged$/);
		assert.equal(admitPod(demand({}, { bypass: 'Deny' }), bad, space).denials.length, 1);
		assert.equal(admitPod(demand({ mode: 'Audit' }, { bypass: 'Deny' }), bad, space).denials.length, 0);
		assert.deepEqual(admitPod(demand({}, { bypass: 'Allow' }), bad, space).warnings, []);
	});

	it('reads host paths as the kernel does', () => {
		const mounting = (path: string, subPath?: string): Pod =>
			pod(
				{ volumeMounts: [{ name: 'v', mountPath: '/x', ...(subPath ? { subPath } : {}) }] },
				{ volumes: [{ name: 'v', hostPath: { path } }] },
			);
		const isRoute = (one: Pod): boolean => admitPod(demand(), one, space).warnings.length > 0;
		for (const path of ['/', '//dev/', '/./dev', '/dev/nvidia0', '/dev/nvidia-caps/x', '/run/nvidia/driver', '/tmp/nvidia-mps']) {
			assert.ok(isRoute(mounting(path)), path);
		}
		for (const path of ['/devices', '/dev/null', '/var/log', '/run', '/tmp/nvidia-mps-x'])
			assert.ok(!isRoute(mounting(path)), path);
		assert.ok(isRoute(mounting('/', 'dev')));
		assert.ok(!isRoute(mounting('/', 'home')));
	});

	it('leaves exempt pods, mirror pods and reserved namespaces alone, and says why', () => {
		const exempting = demand({}, { exemptions: [{ reason: 'ticket 7', namespaceSelector: { matchLabels: { team: 'a' } } }] });
		assert.deepEqual(admitPod(exempting, pod(), space).scope, { state: 'Exempt', index: 0, reason: 'ticket 7' });
		const mirror = { ...pod(), metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } } };
		assert.deepEqual(admitPod(demand(), mirror, space).scope, { state: 'NotSelected', because: 'Mirror' });
		const system = { name: 'kube-system', labels: {} };
		assert.equal(admitPod(demand(), pod(), system).scope.state, 'NotSelected');
		const named = demand({}, { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } });
		assert.equal(admitPod(named, pod(), system).scope.state, 'Selected');
	});

	it('judges of a pod that runs only the ephemeral containers that join it', () => {
		const before = pod({}, { ephemeralContainers: [{ name: 'old' }] });
		const after = pod({}, { ephemeralContainers: [{ name: 'old' }, { name: 'new' }] });
		const { pod: result } = admitPod(demand({}, { containers: { scope: 'All' } }), after, space, {
			type: 'AddEphemeralContainers',
			before,
		});
		assert.deepEqual(
			result.spec.ephemeralContainers?.map(({ env }) => env?.length ?? 0),
			[0, 2],
		);
		assert.equal(result.spec.containers[0]?.env, undefined);
		assert.equal(result.metadata, undefined);
	});
});

describe('what a policy demands of pods', () => {
	it('is never a device of the host, a value that is not in the policy, or one that the kubelet would expand', () => {
		const { variables, withheld } = demand({
			env: [
				{ name: 'CUDA_VISIBLE_DEVICES', value: '1' },
				{ name: 'FROM', valueFrom: { devices: { as: 'UUID' } } },
				{ name: 'ONLY_FILES', value: 'x', targets: ['Files'] },
				{ name: 'PLAIN', value: '$HOME' },
				{ name: 'EXPANDS', value: 'a $(B) $$ $x' },
			],
		});
		assert.deepEqual(variables, [
			{ name: 'PLAIN', value: '$HOME' },
			{ name: 'EXPANDS', value: 'a $$(B) $$$$ $$x' },
		]);
		assert.deepEqual(
			withheld.map(({ name }) => name),
			['CUDA_VISIBLE_DEVICES', 'FROM'],
		);
	});
});
