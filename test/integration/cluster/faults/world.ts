import { setTimeout as pause } from 'node:timers/promises';
import { resumeTaintsPatch } from '../../../../src/core/nodes/taint-halt.ts';
import type { ApiObject } from '../../../../src/core/ports/cluster.ts';
import { resumePatch } from '../../../../src/core/workloads/remediation-state.ts';
import { isWrite, startCluster, type TestCluster, untilRight } from '../../../cluster/index.ts';
import { condition, controllerLease, eventually, Followed, type Held } from '../controller/policies.ts';
import type { RunningController } from '../controller/running-controller.ts';
import { Installation } from '../install/installation.ts';
import { createNode, ok, report, reported, slice } from '../nodes/rig.ts';
import { bad, good, type Variant, variants } from './variants.ts';

type AuditMark = ReturnType<TestCluster['audit']['mark']>;
export type AuditEntry = Awaited<ReturnType<TestCluster['audit']['since']>>[number];

export const policiesPath = '/apis/gpupolicy.dev/v1alpha1/gpupolicies';
const applied = { contentType: 'application/apply-patch+yaml' };

/**
 * A cluster in which every duty has work: pods that live, owners that replace them, nodes with devices; and the controller as it is built,
 * with the rights that the chart gives and no others.
 */
export class World {
	readonly cluster: TestCluster;
	readonly installation: Installation;
	controller: RunningController;

	private constructor(installation: Installation, controller: RunningController) {
		this.cluster = installation.cluster;
		this.installation = installation;
		this.controller = controller;
	}

	static async start(): Promise<World> {
		const cluster = await startCluster({
			crds: false,
			audit: 'Request',
			components: ['kube-controller-manager', 'kwok'],
			args: {
				// What moves the pods, and nothing else: less to start again after each kill, and nobody marks pods as lost meanwhile.
				'kube-controller-manager': [
					'--controllers=deployment-controller,replicaset-controller,statefulset-controller,garbage-collector-controller,namespace-controller',
				],
				'kube-apiserver': [
					'--audit-log-maxsize=4096',
					'--feature-gates=DRADeviceTaintRules=true',
					'--runtime-config=resource.k8s.io/v1beta2=true',
				],
			},
		});
		const installation = await Installation.apply(cluster, ['controller.remediation.enabled=true']);
		for (const name of ['gpupolicy-probe', 'default']) await cluster.serviceAccount(name, 'default');
		await createNode(cluster, 'runs-pods');
		const controller = installation.start();
		await controller.leads(60_000);
		return new World(installation, controller);
	}

	/** Applies the chart again, after something of it was deleted. */
	async install(): Promise<void> {
		const items = this.installation.objects.filter(({ kind }) => kind !== 'Deployment');
		const kinds = ['Namespace', 'CustomResourceDefinition'];
		for (const first of [true, false]) {
			const input = JSON.stringify({
				apiVersion: 'v1',
				kind: 'List',
				items: items.filter(({ kind }) => kinds.includes(kind) === first),
			});
			const { code, stderr } = await this.cluster.kubectl(['apply', '--server-side', '-f', '-'], { input });
			if (code !== 0) throw new Error(stderr);
		}
		await this.cluster.serviceAccount('gpupolicy-probe', 'default');
		await eventually(async () => (await this.cluster.request('GET', policiesPath)).status === 200, 'the CRDs are served');
	}

	/** Takes one verb on one resource from a role of the chart; resolves what gives it back. */
	async takeAway(role: string, verb: string, resource: string): Promise<() => Promise<void>> {
		const given = this.installation.objects.find(({ kind, metadata }) => kind.endsWith('Role') && metadata.name === role);
		if (!given) throw new Error(`the chart has no role ${role}`);
		const { namespace } = given.metadata;
		const rbac = '/apis/rbac.authorization.k8s.io/v1';
		const path = namespace === undefined ? `${rbac}/clusterroles/${role}` : `${rbac}/namespaces/${namespace}/roles/${role}`;
		const rules = given['rules'] as readonly {
			readonly apiGroups: readonly string[];
			readonly resources: readonly string[];
			readonly verbs: readonly string[];
		}[];
		const without = rules.flatMap((rule) => {
			if (!rule.resources.includes(resource)) return [rule];
			const others = rule.resources.filter((one) => one !== resource);
			return [
				...(others.length > 0 ? [{ ...rule, resources: others }] : []),
				{ ...rule, resources: [resource], verbs: rule.verbs.filter((one) => one !== verb) },
			].filter(({ verbs }) => verbs.length > 0);
		});
		const group = rules.find((rule) => rule.resources.includes(resource))?.apiGroups[0] ?? '';
		const right = { account: 'gpupolicy-system/gpupolicy-controller', verb, group, resource, namespace };
		const put = async (wanted: readonly object[], allowed: boolean): Promise<void> => {
			await ok(this.cluster.request('PATCH', path, { rules: wanted }));
			await untilRight(this.cluster, right, allowed);
		};
		await put(without, false);
		return () => put(rules, true);
	}

	/** What a policy of this name is about: a namespace with three pods of two owners, and two nodes, one with each device. */
	async stage(name: string): Promise<void> {
		const { cluster } = this;
		await cluster.serviceAccount(name, 'default');
		await this.#owner(name, 'deployments', { replicas: 2 });
		await this.#owner(name, 'statefulsets', { replicas: 1, serviceName: 'set' });
		for (const [kind, productName] of [
			['good', good],
			['bad', bad],
		] as const) {
			const node = `${name}-${kind}`;
			await createNode(cluster, node, { labels: { pool: name } });
			await slice(cluster, node, [{ name: 'gpu-0', uuid: `GPU-${node}`, productName }]);
		}
	}

	/** Pods of all that was staged are ready. */
	async staged(...names: readonly string[]): Promise<void> {
		for (const name of names)
			await eventually(
				async () => (await this.pods(name)).filter(isReady).length === 3,
				`the pods of ${name} are ready`,
				120_000,
			);
	}

	/** Applies a policy as a user does; where the name is still being freed, once it is. */
	async apply(name: string, variant: Variant, changes: object = {}): Promise<void> {
		const body = {
			apiVersion: 'gpupolicy.dev/v1alpha1',
			kind: 'GpuPolicy',
			metadata: { name },
			spec: { ...variants[variant](name), ...changes },
		};
		await ok(this.cluster.request('PATCH', `${policiesPath}/${name}?fieldManager=user&force=true`, body, applied));
	}

	async remove(name: string): Promise<void> {
		await ok(this.cluster.request('DELETE', `${policiesPath}/${name}`));
	}

	/**
	 * Waits until nothing is under way any more, as a user does who answers the circuit breaker: what he was asked about is meant. Every status
	 * on the way keeps the rules.
	 */
	async settled(name: string, limitMs = 120_000): Promise<Held> {
		const followed = new Followed(this.cluster, name);
		const held = await followed.until(
			(one) => {
				if (condition(one, 'Stalled') === 'True/RemediationHalted') void this.#resume(one).catch(() => undefined);
				return (
					one.status?.observedGeneration === one.metadata.generation &&
					one.metadata.deletionTimestamp === undefined &&
					condition(one, 'Reconciling') === 'absent' &&
					condition(one, 'Stalled') === 'absent' &&
					['True/Converged', 'True/AuditOnly', 'False/NodesNonCompliant', 'False/DriftDetected'].includes(condition(one, 'Ready'))
				);
			},
			'settled',
			limitMs,
		);
		if (followed.faults.length > 0) throw new Error(`${name}: ${followed.faults.join('\n')}`);
		return held;
	}

	async gone(name: string, limitMs = 120_000): Promise<void> {
		const path = `${policiesPath}/${name}`;
		const found = async (): Promise<number> => (await this.cluster.request('GET', path).catch(() => null))?.status ?? 0;
		await eventually(async () => (await found()) === 404, `${name} is gone`, limitMs);
	}

	/** The agents of the nodes of a policy say what the driver publishes too: which device each has, and that it can be used. */
	async agentsReport(name: string): Promise<void> {
		await report(this.cluster, `${name}-good`, { devices: [reported(0, good)] });
		await report(this.cluster, `${name}-bad`, { devices: [reported(0, bad)] });
	}

	async pods(namespace: string): Promise<readonly ApiObject[]> {
		return (await ok(this.cluster.request('GET', `/api/v1/namespaces/${namespace}/pods`))).body.items;
	}

	/** It comes to rest: two seconds pass in which it writes nothing. */
	async quiet(limitMs = 60_000): Promise<void> {
		const wrote = async (): Promise<readonly AuditEntry[]> => {
			const mark = this.cluster.audit.mark();
			await pause(2_000);
			return this.writesSince(mark);
		};
		await eventually(async () => (await wrote()).length === 0, 'nothing is written any more', limitMs);
	}

	/** How often the template of each owner was changed, by `namespace/kind/name`. */
	async restarts(): Promise<ReadonlyMap<string, number>> {
		const lists = await Promise.all(
			['deployments', 'statefulsets'].map(async (kind) => {
				const { items } = (await ok(this.cluster.request('GET', `/apis/apps/v1/${kind}`))).body as { items: ApiObject[] };
				return items.map(({ metadata }): [string, number] => [
					`${metadata.namespace}/${kind}/${metadata.name}`,
					metadata.generation ?? 0,
				]);
			}),
		);
		return new Map(lists.flat());
	}

	/** kill -9, and another one that takes the lease over at once: that it has to end first is tried elsewhere. */
	async killController(meanwhile: () => Promise<void> = async () => undefined): Promise<void> {
		await this.controller.end('SIGKILL');
		await meanwhile();
		await this.cluster.request('DELETE', controllerLease);
		this.controller = this.installation.start();
		await this.controller.leads(60_000);
	}

	/** kill -9 of a server, and its return. */
	async killServer(victim: 'kube-apiserver' | 'etcd', downMs: number): Promise<void> {
		const { components } = this.cluster;
		await components[victim].kill();
		await pause(downMs);
		await components[victim].start();
		await eventually(
			async () => (await this.cluster.request('GET', '/readyz').catch(() => null))?.status === 200,
			`the server is back after ${victim} was killed`,
			60_000,
		);
		// What moves the pods is not under test: its own back-off would grow from round to round.
		await Promise.all([components['kube-controller-manager']?.restart(), components.kwok?.restart()]);
	}

	/** Requests of the controller that the server carried out and that changed something, leases and events aside. */
	async writesSince(mark: AuditMark): Promise<readonly AuditEntry[]> {
		return (await this.cluster.audit.since(mark)).filter(
			(entry) => isOurs(entry) && isWrite(entry) && (entry.responseStatus?.code ?? 500) < 300,
		);
	}

	/** `gpupolicy resume`. */
	async #resume({ metadata }: Held): Promise<void> {
		const now = metadata.annotations ?? {};
		const annotations = { ...resumePatch(now, 'user'), ...resumeTaintsPatch(now, 'user') };
		await this.cluster.request('PATCH', `${policiesPath}/${metadata.name}`, { metadata: { annotations } });
	}

	async #owner(namespace: string, kind: 'deployments' | 'statefulsets', spec: object): Promise<void> {
		const name = kind === 'deployments' ? 'fleet' : 'set';
		const template = {
			metadata: { labels: { app: name } },
			spec: {
				nodeName: 'runs-pods',
				terminationGracePeriodSeconds: 0,
				containers: [{ name: 'main', image: 'none', resources: { limits: { 'nvidia.com/gpu': '1' } } }],
			},
		};
		await ok(
			this.cluster.request('POST', `/apis/apps/v1/namespaces/${namespace}/${kind}`, {
				metadata: { name },
				spec: { selector: { matchLabels: { app: name } }, template, ...spec },
			}),
		);
	}
}

/** A request of the controller, those that only say that it is there left out. */
export function isOurs({ userAgent, objectRef }: AuditEntry): boolean {
	return userAgent?.includes('(controller)') === true && !['leases', 'events'].includes(objectRef?.resource ?? '');
}

function isReady(pod: ApiObject): boolean {
	const { conditions = [] } = (pod['status'] ?? {}) as { conditions?: { type: string; status: string }[] };
	return (
		pod.metadata.deletionTimestamp === undefined && conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
	);
}
