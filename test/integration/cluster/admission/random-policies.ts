import fc from 'fast-check';
import type { LabelSelector } from '../../../../src/api/v1alpha1.generated.ts';
import type { Pod, PodContainer, PodEnv } from '../../../../src/core/workloads/pod.ts';
import type { PolicySpec } from './fixture.ts';

const names = ['A', 'B', 'C_LONGER', 'NVIDIA_VISIBLE_DEVICES', 'PATH'] as const;
const texts = fc.oneof(
	fc.constantFrom('', '1', 'PCI_BUS_ID', '$(A)', '$$', "it's", '"', '\\', 'é 漢 😀', '{{x}}', '%s', 'a,b;c'),
	fc.string({ unit: 'binary', maxLength: 60 }),
	fc.string({ unit: 'grapheme', maxLength: 60 }),
);
/** What a policy may demand: one line without control characters but tab. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what the schema refuses.
const values = texts.map((text) => text.toWellFormed().replaceAll(/[\x00-\x08\x0A-\x1F\x7F]/g, ''));
/** What a pod may carry: any text that JSON carries. */
const podValues = texts.map((text) => text.toWellFormed().replaceAll('\0', ''));

const labels = fc.dictionary(fc.constantFrom('tier', 'app', 'example.com/x'), fc.constantFrom('a', 'b', ''), { maxKeys: 3 });

const requirement = fc
	.record({ key: fc.constantFrom('tier', 'app', 'team', 'example.com/x'), values: fc.subarray(['a', 'b', '']) })
	.chain(({ key, values }) =>
		(values.length > 0
			? fc.constantFrom('In' as const, 'NotIn' as const)
			: fc.constantFrom('Exists' as const, 'DoesNotExist' as const)
		).map((operator) => ({ key, operator, ...(values.length > 0 ? { values } : {}) })),
	);

/** Mostly wide, so that most pods are selected. */
const selector: fc.Arbitrary<LabelSelector> = fc.oneof(
	{ weight: 8, arbitrary: fc.constant({}) },
	{ weight: 2, arbitrary: fc.record({ matchExpressions: fc.array(requirement, { minLength: 1, maxLength: 2 }) }) },
	{ weight: 1, arbitrary: labels.map((matchLabels) => ({ matchLabels })) },
);

const exemption = fc
	.record({
		namespaceSelector: selector,
		podSelector: selector,
		which: fc.constantFrom('namespace', 'pod', 'both'),
		reason: fc.constant('r'),
	})
	.map(({ namespaceSelector, podSelector, which, reason }) => ({
		reason,
		...(which === 'pod' ? {} : { namespaceSelector }),
		...(which === 'namespace' ? {} : { podSelector }),
	}));

/** A policy that selects only pods with the label `case` of this value. */
export function policySpecs(of: string): fc.Arbitrary<PolicySpec> {
	return fc.record({
		mode: fc.constantFrom('Enforce' as const, 'Audit' as const),
		env: fc.uniqueArray(
			fc.record({
				name: fc.constantFrom(...names.filter((name) => name !== 'NVIDIA_VISIBLE_DEVICES'), 'X', 'Y', '_'),
				value: values,
			}),
			{ selector: ({ name }) => name, maxLength: 6 },
		),
		workloads: fc.record({
			containers: fc.record({ scope: fc.constantFrom('RequestingGpu', 'All') }),
			bypass: fc.constantFrom('Warn', 'Deny', 'Allow'),
			namespaceSelector: selector,
			podSelector: selector.map((one) => ({ ...one, matchLabels: { ...one.matchLabels, case: of } })),
			exemptions: fc.oneof(
				{ weight: 3, arbitrary: fc.constant([]) },
				{ weight: 2, arbitrary: fc.array(exemption, { maxLength: 2 }) },
			),
		}),
	});
}

const env: fc.Arbitrary<readonly PodEnv[]> = fc.array(
	fc.oneof(
		{ weight: 4, arbitrary: fc.record({ name: fc.constantFrom(...names, 'X', 'Y', '_'), value: podValues }) },
		{ weight: 1, arbitrary: fc.record({ name: fc.constantFrom(...names, 'X') }) },
		{
			weight: 1,
			arbitrary: fc.record({
				name: fc.constantFrom(...names, 'X'),
				valueFrom: fc.constantFrom(
					{ fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } },
					{ configMapKeyRef: { name: 'none', key: 'none' } },
				),
			}),
		},
	),
	{ maxLength: 8 },
);

const resources = fc.constantFrom<NonNullable<PodContainer['resources']>>(
	{},
	{ limits: { cpu: '1' } },
	{ limits: { 'nvidia.com/gpu': '1' } },
	{ limits: { 'nvidia.com/gpu': '0' } },
	{ limits: { 'nvidia.com/mig-1g.5gb': '1', cpu: '1' } },
	{ limits: { 'nvidia.com/gpu.shared': '2' }, requests: { 'nvidia.com/gpu.shared': '2' } },
	{ limits: { 'example.com/nvidia.com': '1' } },
	{ claims: [{ name: 'device' }] },
);

const mounts = fc.array(
	fc.record({
		name: fc.constantFrom('v0', 'v1', 'v2'),
		mountPath: fc.constantFrom(
			'/data',
			'/host',
			'/var/run/nvidia-container-devices/all',
			'/var/run/nvidia-container-devicesx',
			'//x/./y',
		),
		subPath: fc.constantFrom('', 'dev', 'dev/nvidia0', 'log', './dev'),
	}),
	{ maxLength: 2 },
);

const hostPaths = fc.constantFrom(
	'/',
	'//',
	'/dev',
	'/dev/',
	'/./dev',
	'/dev/nvidia0',
	'/dev/null',
	'/devices',
	'/var/log',
	'/run/nvidia/driver',
	'/tmp/nvidia-mps',
	'/tmp',
);

function containers(prefix: string, minLength: number): fc.Arbitrary<readonly PodContainer[]> {
	return fc
		.array(
			fc.record({
				env: fc.option(env, { nil: undefined }),
				resources,
				securityContext: fc.constantFrom<{ privileged?: boolean } | undefined>(
					undefined,
					{},
					{ privileged: false },
					{ privileged: true },
				),
				volumeMounts: mounts,
			}),
			{ minLength, maxLength: 3 },
		)
		.map((list) =>
			list.map(({ env: own, volumeMounts, resources: asked, securityContext }, index) => ({
				name: `${prefix}${index}`,
				image: 'none',
				...(own ? { env: own } : {}),
				volumeMounts: volumeMounts
					.filter(({ mountPath }, at) => volumeMounts.findIndex((other) => other.mountPath === mountPath) === at)
					.map(({ subPath, ...mount }) => ({ ...mount, ...(subPath ? { subPath } : {}) })),
				resources: asked,
				...(securityContext ? { securityContext: { ...securityContext } } : {}),
			})),
		);
}

/** A valid pod with the label `case` of this value. */
export function randomPods(of: string): fc.Arbitrary<Pod> {
	return fc
		.record({
			labels,
			annotations: fc.option(
				fc.dictionary(
					fc.constantFrom('gpupolicy.dev/applied', 'example.com/a'),
					fc.constantFrom('', 'x', 'other@1,x', `${of}@0`),
				),
				{ nil: undefined },
			),
			containers: containers('c', 1),
			initContainers: fc.option(containers('i', 0), { nil: undefined }),
			sidecar: fc.boolean(),
			paths: fc.tuple(hostPaths, hostPaths),
		})
		.map(({ labels: own, annotations, containers: main, initContainers, sidecar, paths: [first, second] }) => ({
			metadata: { name: 'pod', labels: { ...own, case: of }, ...(annotations ? { annotations } : {}) },
			spec: {
				automountServiceAccountToken: false,
				containers: main,
				...(initContainers
					? { initContainers: initContainers.map((one) => (sidecar ? { ...one, restartPolicy: 'Always' } : one)) }
					: {}),
				resourceClaims: [{ name: 'device', resourceClaimName: 'none' }],
				volumes: [
					{ name: 'v0', hostPath: { path: first } },
					{ name: 'v1', hostPath: { path: second } },
					{ name: 'v2', emptyDir: {} },
				],
			},
		}));
}
