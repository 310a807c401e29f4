import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { NodeAgent } from '../../agent/node-agent.ts';
import { PodResourcesReader } from '../../kubelet/pod-resources/pod-resources.ts';
import type { ExitCode } from '../../runtime/errors.ts';
import { jsonLog } from '../../runtime/log.ts';
import type { PolicyLocation } from '../load-policies.ts';
import { packageVersion } from '../version.ts';
import { FileReport } from './file-report.ts';
import { FolderOrders } from './folder-orders.ts';
import { KubeletAllocations } from './kubelet-allocations.ts';
import { type NodeAgentSetting, runNodeAgent } from './run-node-agent.ts';
import { openStateDirectory } from './state-directory.ts';

export interface LocalAgentOptions extends NodeAgentSetting {
	/** Where the policies are. */
	readonly location: PolicyLocation;
	/** Where the report is kept. */
	readonly report: string;
}

/** On one machine a write costs nothing. */
const schedule = { heartbeatMs: 60_000, minorMs: 1_000, startSpreadMs: 0 };

/** Runs the agent of a machine without a cluster: policies of a folder, the report in a file. Rejects with a CodedError where it cannot start. */
export async function runLocally(options: LocalAgentOptions): Promise<ExitCode> {
	const version = packageVersion();
	const log = jsonLog((line) => void process.stderr.write(line));
	const state = openStateDirectory(options.stateDirectory, log);
	const node = hostname();
	log('info', 'started', { version, node, report: options.report });
	let agent: NodeAgent | null = null;
	const remembered = (): readonly string[] => state.readMemory().inForce.map(({ policy }) => policy.name);
	const orders = new FolderOrders(options.location, log, () => agent?.wake(), remembered);
	await orders.read();
	// Without a kubelet nothing but a process exposes a device.
	const hasKubelet = existsSync(path.join(options.kubeletDirectory, 'pod-resources'));
	const allocations = hasKubelet ? new KubeletAllocations(new PodResourcesReader(options), null, node) : null;
	const again = setInterval(() => void orders.read(), options.intervalMs);
	const stopListening = state.onChange(() => agent?.wake());
	try {
		const parts = {
			...{ node, orders, allocations, state, schedule },
			...{ pods: null, events: null },
			sink: new FileReport(path.resolve(options.report)),
			trouble: () => orders.trouble,
			started: (made: NodeAgent) => {
				agent = made;
			},
		};
		return await runNodeAgent(options, parts, version, log);
	} finally {
		clearInterval(again);
		stopListening();
		allocations?.close();
	}
}
