import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { AuditEntry } from '../../cluster/audit.ts';
import { Fleet } from '../../integration/cluster/agent/fleet.ts';
import type { RunningAgent } from '../../integration/cluster/agent/running-agent.ts';
import { openStub, type Stub, type StubDevice, twoDevices } from '../../nvml-stub/index.ts';
import { agentFlags } from '../image-flags.ts';
import { childrenOf } from './process-cost.ts';

/** How many devices a node has, and processes on them. */
export interface NodeShape {
	readonly devices: number;
	readonly processes: number;
}

/** Called once by each reading of the devices. */
const onceAReading = 'nvmlDeviceGetCount_v2';
/** In a pod of its own, and deviating from what the policy demands: the report says the most of such a process. */
const environ = `${Array.from({ length: 40 }, (_, i) => `SERVICE_${i}_PORT=tcp://10.0.0.${i}:443`).join('\0')}\0CUDA_DEVICE_ORDER=FASTEST_FIRST\0`;

/** The agent of one node as it is built and as the chart runs it, with its NVML child; the API server is a real one, driver, kubelet and /proc are played. */
export class AgentBed {
	readonly #fleet: Fleet;
	readonly #folder: string;
	#nodes = 0;

	private constructor(fleet: Fleet) {
		this.#fleet = fleet;
		this.#folder = mkdtempSync(join(tmpdir(), 'gpupolicy-bench-agent-'));
	}

	static async open(): Promise<AgentBed> {
		const fleet = await Fleet.start();
		const demand: object = { workloads: {}, env: [{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' }] };
		await fleet.rig.policy('bench', { devices: { allow: [{ productName: twoDevices[1].name }] }, nodes: {}, ...demand });
		return new AgentBed(fleet);
	}

	/** Starts the agent of a new node, and resolves when its report stands and it has come to rest. */
	async start(shape: NodeShape): Promise<AgentAtWork> {
		const node = `bench-${this.#nodes++}`;
		await this.#fleet.node(node);
		const devices = devicesOf(shape);
		const stub = openStub({ devices, faults: [{ call: onceAReading, seconds: 0 }] });
		const given = { resource: 'nvidia.com/gpu', ids: devices.map(({ uuid }) => uuid) };
		const kubelet = await this.#fleet.kubelet(() => ({ containers: [], allocatable: [given] }));
		const args = ['--kubelet-dir', kubelet, '--proc', this.#proc(node, devices)];
		const agent = this.#fleet.agent(node, stub, { args, nodeArgs: agentFlags(), interval: '15s' });
		await this.#fleet.seen(
			agent,
			node,
			'the report',
			(status) => status.devices?.length === shape.devices && (status.processes?.length ?? 0) > 0 === shape.processes > 0,
		);
		const [child, ...more] = childrenOf(agent.pid);
		if (child === undefined || more.length > 0) throw new Error('the agent has not one child');
		const work = new AgentAtWork(this.#fleet, agent, child, stub);
		// The start is over with the look after the one by which it reported: what policies ask for is read by then.
		const readings = work.readings;
		await agent.until('the next look at the devices', () => work.readings > readings);
		return work;
	}

	/** A /proc of the node with all processes that are on its devices. */
	#proc(node: string, devices: readonly StubDevice[]): string {
		const root = join(this.#folder, node);
		mkdirSync(root);
		for (const { pid } of devices.flatMap(({ processes }) => processes ?? [])) {
			const id = pid.toString(16).padStart(8, '0');
			mkdirSync(join(root, `${pid}`));
			const write = (name: string, text: string): void => writeFileSync(join(root, `${pid}`, name), text);
			write('stat', `${pid} (python) S ${Array.from({ length: 18 }, () => 0).join(' ')} ${pid} 0\n`);
			write('environ', environ);
			write('cgroup', `0::/kubepods/burstable/pod00000000-0000-4000-8000-0000${id}/${id.repeat(8)}\n`);
		}
		return root;
	}

	async close(): Promise<void> {
		await this.#fleet.clear();
		await this.#fleet.stop();
		rmSync(this.#folder, { recursive: true, force: true });
	}
}

/** An agent that has written its report. */
export class AgentAtWork {
	/** Of the agent, and of its child. */
	readonly pids: readonly [agent: number, child: number];
	readonly #fleet: Fleet;
	readonly #agent: RunningAgent;
	readonly #stub: Stub;

	constructor(fleet: Fleet, agent: RunningAgent, child: number, stub: Stub) {
		this.pids = [agent.pid, child];
		this.#fleet = fleet;
		this.#agent = agent;
		this.#stub = stub;
	}

	/** Readings of the devices so far. */
	get readings(): number {
		return this.#stub.struck().filter((call) => call === onceAReading).length;
	}

	/** Does nothing for so long, and resolves with what the agent asked of the API server meanwhile. */
	async idle(milliseconds: number): Promise<readonly AuditEntry[]> {
		const { audit } = this.#fleet.server;
		const mark = audit.mark();
		await pause(milliseconds);
		return (await audit.since(mark, 'RequestReceived')).filter(({ userAgent }) => userAgent?.includes('(agent)'));
	}

	async end(): Promise<void> {
		await this.#agent.end();
		this.#stub.remove();
	}
}

/** GPUs of both kinds in turn; processes are spread over them. */
function devicesOf({ devices, processes }: NodeShape): readonly StubDevice[] {
	return Array.from({ length: devices }, (_, index) => ({
		...(twoDevices[index % 2] as StubDevice),
		uuid: `GPU-00000000-0000-0000-0000-${String(index).padStart(12, '0')}`,
		bus: [0, index + 1, 0],
		processes: Array.from({ length: Math.ceil((processes - index) / devices) }, (_, n) => ({
			pid: 10_000 + n * devices + index,
			used: 2 ** 30,
			kind: 'C',
			name: '/usr/bin/python3',
		})),
	}));
}
