import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GpuNodeReportStatus } from '../../../../src/api/v1alpha1.generated.ts';
import { type GrpcServer, serveGrpc } from '../../../../src/kubelet/grpc/index.ts';
import { bytesField } from '../../../../src/kubelet/wire/index.ts';
import { type ClusterOptions, type Identity, startCluster, type TestCluster } from '../../../cluster/index.ts';
import type { Stub } from '../../../nvml-stub/index.ts';
import { createNode, type NodeShape, NodesRig, nodeOf, ok } from '../nodes/rig.ts';
import { type AgentSetting, endAllAgents, RunningAgent, reportOf } from './running-agent.ts';

const manifests = join(import.meta.dirname, '../../../../manifests');

/** A cluster with the controller's nodes duty, where each agent has the rights that the release ships and the token of its own node. */
export class Fleet {
	readonly server: TestCluster;
	readonly rig: NodesRig;
	readonly #kubeconfigs = new Map<string, string>();
	readonly #folders: string[] = [];
	readonly #servers: GrpcServer[] = [];

	private constructor(server: TestCluster) {
		this.server = server;
		this.rig = new NodesRig(server);
	}

	static async start(options: ClusterOptions = {}): Promise<Fleet> {
		const server = await startCluster(options);
		await server.serviceAccount('gpupolicy-node', 'gpupolicy-agent');
		for (const file of ['node/rbac.yaml', 'admission/agent-fence.yaml']) {
			const { code, stderr } = await server.kubectl(['apply', '-f', join(manifests, file)]);
			if (code !== 0) throw new Error(stderr);
		}
		return new Fleet(server);
	}

	/** Creates a node; its agents come with a token that is bound to it. */
	async node(name: string, shape: NodeShape = {}): Promise<void> {
		await createNode(this.server, name, shape);
		this.#kubeconfigs.set(name, this.server.kubeconfigFor(await this.token(name)));
	}

	/** What an agent of the node proves its identity with. */
	async token(name: string): Promise<Identity> {
		const { uid } = (await nodeOf(this.server, name)).metadata;
		const spec = { expirationSeconds: 3_600, boundObjectRef: { kind: 'Node', apiVersion: 'v1', name, uid } };
		const url = '/api/v1/namespaces/gpupolicy-node/serviceaccounts/gpupolicy-agent/token';
		return { token: (await ok(this.server.request('POST', url, { spec }))).body.status.token };
	}

	/** Starts an agent of a node, of a machine without a kubelet where no directory of one is named. */
	agent(node: string, stub: Pick<Stub, 'environment'> | null, more: Partial<AgentSetting> = {}): RunningAgent {
		const kubeconfig = this.#kubeconfigs.get(node) ?? this.server.kubeconfig;
		return new RunningAgent({ node, stub, kubeconfig, ...more });
	}

	/** Waits for a report that fits. */
	seen(agent: RunningAgent, node: string, what: string, fits: (status: GpuNodeReportStatus) => boolean, limitMs?: number) {
		const ask = async (): Promise<GpuNodeReportStatus | null> => {
			const status = await reportOf(this.server, node);
			return status !== null && fits(status) ? status : null;
		};
		return agent.until(what, ask, limitMs);
	}

	/** A folder that goes with the test. */
	folder(): string {
		const folder = mkdtempSync(join(tmpdir(), 'agent-'));
		this.#folders.push(folder);
		return folder;
	}

	/** A /proc with one process, in a container of a pod, or in none. */
	proc(pid: number, environ: string, container?: { readonly podUid: string; readonly containerId: string }): string {
		const root = this.folder();
		mkdirSync(join(root, `${pid}`));
		const write = (name: string, text: string): void => writeFileSync(join(root, `${pid}`, name), text);
		write('stat', `${pid} (python) S ${Array.from({ length: 18 }, () => 0).join(' ')} 4711 0\n`);
		write('environ', environ);
		write('cgroup', container ? `0::/kubepods/burstable/pod${container.podUid}/${container.containerId}\n` : '0::/user.slice\n');
		return root;
	}

	/** A /sys that shows these PCI devices, by address: `10de:2d04`. */
	sys(devices: Readonly<Record<string, string>>): string {
		const root = this.folder();
		for (const [address, id] of Object.entries(devices)) {
			const folder = join(root, 'bus/pci/devices', address);
			mkdirSync(folder, { recursive: true });
			const [vendor, device] = id.split(':');
			writeFileSync(join(folder, 'vendor'), `0x${vendor}\n`);
			writeFileSync(join(folder, 'device'), `0x${device}\n`);
		}
		return root;
	}

	/** The directory of a kubelet that answers PodResources as the test says at each call; `null` never answers. */
	async kubelet(answer: () => Allocated | null): Promise<string> {
		const folder = this.folder();
		mkdirSync(join(folder, 'pod-resources'));
		const reply = (of: (allocated: Allocated) => Uint8Array) => async (): Promise<Uint8Array> => {
			const allocated = answer();
			return allocated === null ? new Promise<never>(() => undefined) : of(allocated);
		};
		const server = await serveGrpc(join(folder, 'pod-resources', 'kubelet.sock'), {
			unary: {
				'/v1.PodResourcesLister/List': reply(({ containers }) => message(containers.map((one) => bytesField(1, podOf(one))))),
				'/v1.PodResourcesLister/GetAllocatableResources': reply(({ allocatable }) =>
					message(allocatable.map((one) => devices(1, one))),
				),
			},
		});
		this.#servers.push(server);
		return folder;
	}

	/** Ends agents, removes nodes, policies and reports. */
	async clear(): Promise<void> {
		await endAllAgents();
		for (const server of this.#servers.splice(0)) await server.close();
		for (const folder of this.#folders.splice(0)) rmSync(folder, { recursive: true, force: true });
		await this.rig.removeAll();
		for (const path of [
			'/api/v1/nodes',
			'/apis/gpupolicy.dev/v1alpha1/gpunodereports',
			'/apis/resource.k8s.io/v1/resourceslices',
		])
			await ok(this.server.request('DELETE', path));
	}

	async stop(): Promise<void> {
		await endAllAgents();
		await this.rig.stop();
		await this.server.stop();
	}
}

interface Ids {
	readonly resource: string;
	readonly ids: readonly string[];
}

interface Container {
	readonly namespace: string;
	readonly pod: string;
	readonly container: string;
	readonly devices?: readonly Ids[];
	readonly claims?: readonly { readonly driver: string; readonly pool: string; readonly device: string }[];
}

/** What a kubelet allocated, and can allocate. */
export interface Allocated {
	readonly containers: readonly Container[];
	readonly allocatable: readonly Ids[];
}

function message(fields: readonly Uint8Array[]): Uint8Array {
	return Buffer.concat(fields);
}

function devices(field: number, { resource, ids }: Ids): Uint8Array {
	return bytesField(field, message([bytesField(1, resource), ...ids.map((id) => bytesField(2, id))]));
}

function podOf({ namespace, pod, container, devices: given = [], claims = [] }: Container): Uint8Array {
	const dynamic = claims.map(({ driver, pool, device }) =>
		bytesField(5, bytesField(4, message([bytesField(2, driver), bytesField(3, pool), bytesField(4, device)]))),
	);
	const inside = message([bytesField(1, container), ...given.map((one) => devices(2, one)), ...dynamic]);
	return message([bytesField(1, pod), bytesField(2, namespace), bytesField(3, inside)]);
}
