import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GpuNodeReportStatus } from '../../../../src/api/v1alpha1.generated.ts';
import type { DeviceAnswer } from '../../../../src/core/device-answer/index.ts';
import { parseDeviceAnswer } from '../../../../src/core/device-answer/index.ts';
import type { TestCluster } from '../../../cluster/index.ts';
import type { Stub } from '../../../nvml-stub/index.ts';
import { endAll, RunningCommand } from '../../running-command.ts';

export interface AgentSetting {
	readonly node: string;
	/** Whose devices it sees; `null`: a machine without a driver. */
	readonly stub: Pick<Stub, 'environment'> | null;
	readonly kubeconfig: string;
	/** Default: one of its own, which goes with the agent. */
	readonly stateDirectory?: string;
	readonly args?: readonly string[];
	/** Between two looks at the devices; default `1s`. */
	readonly interval?: string;
	/** Its /sys; default: none, since that of the machine tells of the machine. */
	readonly sys?: string;
	/** Of Node itself. */
	readonly nodeArgs?: readonly string[];
	readonly environment?: Readonly<Record<string, string>>;
}

/** `gpupolicy agent` as it is built. */
export class RunningAgent extends RunningCommand {
	readonly stateDirectory: string;
	readonly #ownState: boolean;

	constructor({
		node,
		stub,
		kubeconfig,
		stateDirectory,
		args = [],
		interval = '1s',
		sys = '/nonexistent',
		nodeArgs = [],
		environment = {},
	}: AgentSetting) {
		const state = stateDirectory ?? mkdtempSync(join(tmpdir(), 'agent-state-'));
		const own = ['--node-name', node, '--kubeconfig', kubeconfig, '--state-dir', state, '--sys', sys];
		const { LD_LIBRARY_PATH: _, ...bare } = process.env;
		super(['agent', ...own, '--interval', interval, '--bind-address', '127.0.0.1:0', ...args], {
			nodeArgs,
			// Named, since what else would tell of a driver is the same for all tests of a machine.
			env: {
				...(stub?.environment ?? { ...bare, PATH: '/nonexistent', GPUPOLICY_NVML_LIBRARY: '/nonexistent' }),
				...environment,
			},
		});
		this.stateDirectory = state;
		this.#ownState = stateDirectory === undefined;
	}

	/** What the proxy is told; `null` before the first answer. */
	answer(): DeviceAnswer | null {
		try {
			return parseDeviceAnswer(readFileSync(join(this.stateDirectory, 'answer.json'), 'utf8'));
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
			throw error;
		}
	}

	/** Verdicts of the answer, by product of the stub's uuid: `{ 'GPU-…': 'Allowed' }`. */
	verdicts(): Record<string, string> {
		return Object.fromEntries((this.answer()?.devices ?? []).map(({ uuid, verdict }) => [uuid, verdict]));
	}

	/** Keeps the state directory that a test gave. */
	override async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
		const code = await super.end(signal);
		if (this.#ownState) rmSync(this.stateDirectory, { recursive: true, force: true });
		return code;
	}
}

/** Ends what a failed test left. */
export async function endAllAgents(): Promise<void> {
	await endAll('SIGKILL', (one) => one instanceof RunningAgent);
}

/** The status of the report of a node; `null` where there is none or it is empty. */
export async function reportOf(server: TestCluster, node: string): Promise<GpuNodeReportStatus | null> {
	const { status, body } = await server.request('GET', `/apis/gpupolicy.dev/v1alpha1/gpunodereports/${node}`);
	return status === 200 ? (body.status ?? null) : null;
}
