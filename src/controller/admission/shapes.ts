import { appliedAnnotation } from '../../core/workloads/applied-annotation.ts';
import { deviceListMount, visibleDevices } from '../../core/workloads/bypass-routes.ts';
import type { PodDemand } from '../../core/workloads/demand.ts';
import { exclusionsOf } from '../../core/workloads/demands-conflict.ts';
import { deviceClassPrefix } from '../../core/workloads/gpu-request.ts';
import { type Labels, requirementsOf } from '../../core/workloads/label-selector.ts';
import type { Pod, PodContainer, PodEnv } from '../../core/workloads/pod.ts';
import { mirrorAnnotation } from '../../core/workloads/pod-scope.ts';
import { labelsFor, satisfiable } from '../../core/workloads/satisfiable.ts';
import { probeLabels } from './compile.ts';
import type { Copy } from './names.ts';

/** A pod that admission is tried out with. */
export interface PodShape {
	/** What is special about it: `sidecar, wrong values`. */
	readonly name: string;
	readonly pod: Pod;
	/** False: no mutation of ours touches it, so that the check alone answers. */
	readonly mutated: boolean;
}

/** A pod that is there already, and containers that join it. */
export interface EphemeralShape {
	readonly name: string;
	readonly mutated: boolean;
	readonly container: PodContainer;
}

/** The shapes that prove a policy, and those among them that answer only once its objects are in force. */
export interface Shapes {
	readonly pods: readonly PodShape[];
	readonly ephemeral: readonly EphemeralShape[];
	/** One for each part that was compiled: its answer differs from that of a server that knows nothing of the policy. */
	readonly mutation: PodShape;
	readonly validation: PodShape;
	readonly bypass: PodShape;
}

const gpu = { limits: { 'nvidia.com/gpu': '1' } };
const image = 'gpupolicy.dev/never-started';

/** Every shape for one copy of a policy. Pods carry labels under which no exemption counts, but for the exempt shapes. */
export function shapesFor(demand: PodDemand, copy: Copy): Shapes {
	const make = new Maker(demand, copy);
	const { all, env } = make;
	const shapes: PodShape[] = [];
	const pod = (name: string, spec: Partial<Pod['spec']>, more: Partial<Pod['metadata'] & object> = {}): void => {
		shapes.push({ name, pod: make.pod(spec, more), mutated: true });
	};
	const checked = (name: string, spec: Partial<Pod['spec']>): void => {
		shapes.push({ name: `${name}, only checked`, pod: make.pod(spec, {}, false), mutated: false });
	};
	const cpu: PodContainer = { name: 'main', image };
	const plain: PodContainer = { ...cpu, resources: gpu };
	if (demand.variables.length > 0) {
		for (const [name, own] of Object.entries(env)) pod(`container, ${name}`, { containers: [{ ...plain, ...own }] });
		for (const name of ['no env', 'wrong values', 'valueFrom', 'right values'] as const) {
			pod(`init container, ${name}`, { containers: [plain], initContainers: [{ ...plain, name: 'init', ...env[name] }] });
		}
		for (const name of ['no env', 'wrong values', 'right values'] as const) {
			const sidecar = { ...plain, name: 'sidecar', restartPolicy: 'Always', ...env[name] };
			pod(`sidecar, ${name}`, { containers: [cpu], initContainers: [sidecar] });
		}
		pod('no GPU', { containers: [{ ...cpu, ...env['wrong values'] }] });
		pod('one of two containers with a GPU', { containers: [cpu, { ...plain, name: 'second', ...env['some env'] }] });
		pod('mixed MIG', { containers: [{ ...cpu, resources: { limits: { 'nvidia.com/mig-1g.5gb': '1' } } }] });
		pod('shared GPU', { containers: [{ ...cpu, resources: { limits: { 'nvidia.com/gpu.shared': '1' } } }] });
		pod('device class as a resource', {
			containers: [{ ...cpu, resources: { limits: { [`${deviceClassPrefix}gpu.nvidia.com`]: '1' } } }],
		});
		pod('resource claim', {
			containers: [{ ...cpu, resources: { claims: [{ name: 'device' }] } }],
			resourceClaims: [{ name: 'device', resourceClaimName: 'gpu' }],
		});
		pod('other annotations', { containers: [plain] }, { annotations: { 'example.com/other': 'x' } });
		const before = `${demand.policy}@${'0'.repeat(64)},other@${'1'.repeat(64)}`;
		pod('an earlier digest', { containers: [plain] }, { annotations: { [appliedAnnotation]: before } });
		// The server takes such a pod only with a node, and none with a node that waits to be scheduled.
		pod(
			'mirror pod',
			{ containers: [{ ...plain, ...env['wrong values'] }], nodeName: 'none', schedulingGates: [] },
			{ annotations: { [mirrorAnnotation]: 'x' } },
		);
		for (const labels of all.exempt) pod('exempt', { containers: [{ ...plain, ...env['wrong values'] }] }, { labels });
		for (const name of ['no env', 'wrong values', 'valueFrom', 'right values', 'unprintable values'] as const) {
			checked(name, {
				containers: [
					{ ...plain, ...env[name] },
					{ ...plain, name: 'second', ...env[name] },
				],
			});
		}
	}
	const visible = (value: string): PodContainer => ({ ...cpu, env: [{ name: visibleDevices, value }] });
	const mounting = (path: string, mount: object = {}): Partial<Pod['spec']> => ({
		containers: [{ ...cpu, volumeMounts: [{ name: 'host', mountPath: '/host', ...mount }] }],
		volumes: [{ name: 'host', hostPath: { path } }],
	});
	if (demand.bypass !== 'Allow') {
		pod(`${visibleDevices}=all`, { containers: [visible('all')] });
		pod(`${visibleDevices}=void`, { containers: [visible('void')] });
		pod('privileged', { containers: [{ ...cpu, securityContext: { privileged: true } }] });
		pod('privileged init container', {
			containers: [cpu],
			initContainers: [{ ...cpu, name: 'init', securityContext: { privileged: true } }],
		});
		pod('/dev mounted', mounting('/dev'));
		pod('a device mounted below /', mounting('/', { subPath: 'dev/nvidia0' }));
		pod('another host path mounted', mounting('/var/log'));
		pod('device list mounted', {
			containers: [{ ...cpu, volumeMounts: [{ name: 'host', mountPath: `${deviceListMount}/all` }] }],
			volumes: [{ name: 'host', hostPath: { path: '/dev/null' } }],
		});
	}
	const right = env['right values'];
	return {
		pods: shapes,
		ephemeral: ephemeralShapes(demand, env, cpu),
		mutation: { name: 'mutation at work', pod: make.pod({ containers: [plain] }), mutated: true },
		validation: { name: 'check at work', pod: make.pod({ containers: [plain] }, {}, false), mutated: false },
		bypass: {
			name: 'bypass check at work',
			pod: make.pod({ containers: [{ ...cpu, ...right, securityContext: { privileged: true } }] }),
			mutated: true,
		},
	};
}

/** A pod that stays: never scheduled, in order, so that ephemeral containers can join it in a dry run. */
export function basePod(demand: PodDemand, copy: Copy, name: string, mutated: boolean): Pod {
	const make = new Maker(demand, copy);
	const containers = [{ name: 'main', image, resources: gpu, ...make.env['right values'] }];
	return make.pod({ containers }, { name }, mutated);
}

function ephemeralShapes(demand: PodDemand, env: Readonly<Record<string, EnvShape>>, cpu: PodContainer): EphemeralShape[] {
	const shapes: EphemeralShape[] = [];
	const ephemeral: PodContainer = { ...cpu, name: 'debug', terminationMessagePolicy: 'File', imagePullPolicy: 'IfNotPresent' };
	if (demand.variables.length > 0) {
		const governed = demand.containers === 'All';
		for (const name of governed ? ['no env', 'wrong values', 'valueFrom', 'right values'] : ['wrong values']) {
			const container = { ...ephemeral, ...env[name] };
			shapes.push({ name: `ephemeral container, ${name}`, mutated: true, container });
			if (governed) shapes.push({ name: `ephemeral container, ${name}, only checked`, mutated: false, container });
		}
	}
	if (demand.bypass !== 'Allow') {
		const privileged = { ...ephemeral, ...env['right values'], securityContext: { privileged: true } };
		shapes.push({ name: 'privileged ephemeral container', mutated: true, container: privileged });
	}
	return shapes;
}

interface EnvShape {
	readonly env?: readonly PodEnv[];
	readonly envFrom?: readonly object[];
}

class Maker {
	readonly #demand: PodDemand;
	readonly #copy: Copy;
	/** Labels under which no exemption counts, and those under which each exemption by pods does. */
	readonly all: { readonly judged: Labels; readonly exempt: readonly Labels[] };
	readonly env: ReturnType<typeof envShapes>;

	constructor(demand: PodDemand, copy: Copy) {
		this.#demand = demand;
		this.#copy = copy;
		this.all = witnessLabels(demand, copy);
		this.env = envShapes(demand);
	}

	pod(spec: Partial<Pod['spec']>, metadata: Partial<Pod['metadata'] & object> = {}, mutated = true): Pod {
		const labels = { ...(metadata.labels ?? this.all.judged), ...probeLabels(this.#demand.policy, this.#copy, mutated) };
		return {
			metadata: { name: 'gpupolicy-probe', ...metadata, labels },
			spec: {
				automountServiceAccountToken: false,
				schedulingGates: [{ name: 'gpupolicy.dev/probe' }],
				terminationGracePeriodSeconds: 0,
				containers: [],
				...spec,
			},
		};
	}
}

/** Exemptions of namespaces never count in the probe namespace; of those by pods alone, labels are found that dodge them all. */
function witnessLabels(demand: PodDemand, copy: Copy): Maker['all'] {
	const byPods = demand.exemptions.filter(({ namespaceSelector }) => namespaceSelector === undefined);
	const ours = requirementsOf({ matchLabels: { ...probeLabels(demand.policy, copy, true) } });
	const dodged = satisfiable({ namespace: [], pod: ours }, exclusionsOf({ exemptions: byPods }));
	return {
		judged: dodged.state === 'Satisfiable' ? dodged.witness.pod : {},
		exempt: byPods.slice(0, 3).flatMap(({ podSelector }) => {
			const labels = labelsFor([...ours, ...requirementsOf(podSelector)]);
			return labels ? [labels] : [];
		}),
	};
}

/** What env a container may come with. */
function envShapes({ variables }: PodDemand) {
	const [first] = variables;
	const wrong = variables.map(({ name, value }) => ({ name, value: value === 'wrong' ? 'other' : 'wrong' }));
	const other: PodEnv = { name: 'GPUPOLICY_PROBE_OTHER', value: 'x' };
	const name = first?.name ?? other.name;
	const from: PodEnv = { name, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } };
	const secret: PodEnv = { name, valueFrom: { secretKeyRef: { name: 'none', key: 'none', optional: true } } };
	return {
		'no env': {},
		'empty env': { env: [] },
		'other env': { env: [other] },
		'some env': { env: [other, ...variables.slice(0, 1)] },
		'wrong values': { env: [other, ...wrong] },
		'right values': { env: [...variables] },
		'right values in another order': {
			env: [{ name: 'GPUPOLICY_PROBE_USES', value: `$(${name})/x` }, ...variables.toReversed(), other],
		},
		'one wrong of all': { env: [...wrong.slice(0, 1), ...variables.slice(1)] },
		valueFrom: { env: [other, from] },
		'a secret': { env: [secret, ...variables.slice(1)] },
		'no value': { env: [{ name }, other] },
		'a variable twice': { env: [...wrong.slice(0, 1), ...variables] },
		envFrom: { envFrom: [{ configMapRef: { name: 'none', optional: true } }] },
		'unprintable values': {
			env: variables.map((variable, index) => ({ name: variable.name, value: index === 0 ? 'a\nb\u001b' : 'é'.repeat(60) })),
		},
	} as const satisfies Readonly<Record<string, EnvShape>>;
}
