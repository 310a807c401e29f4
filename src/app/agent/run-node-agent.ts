import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { NodeAgent, type NodeAgentOptions } from '../../agent/node-agent.ts';
import { defaultSchedule, type ScheduleOptions } from '../../agent/report-schedule.ts';
import type { InventorySource } from '../../core/ports/inventory-source.ts';
import { liveInventory } from '../../gpu/live.ts';
import { whereHardware } from '../../gpu/where-hardware.ts';
import { type Claim, claim } from '../../host/claim.ts';
import { ProcReader } from '../../host/proc/read-process.ts';
import type { ExitCode } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import { type ListenAddress, serveProbes } from '../process/serve-probes.ts';
import { untilSignal } from '../process/until-signal.ts';
import { agentMetrics } from './agent-metrics.ts';
import type { NodeStateDirectory } from './state-directory.ts';

/** What an agent is told wherever its orders come from. */
export interface NodeAgentSetting {
	readonly stateDirectory: string;
	readonly kubeletDirectory: string;
	/** `/proc` of the host. */
	readonly proc: string;
	/** `/sys` of the host. */
	readonly sys: string;
	/** A recorded inventory instead of the devices. */
	readonly inventory: string | undefined;
	/** Milliseconds between two looks at the devices. */
	readonly intervalMs: number;
	/** `null`: none. */
	readonly bindAddress: ListenAddress | null;
}

/** What differs with where the orders come from. */
export interface NodeAgentParts extends Pick<NodeAgentOptions, 'node' | 'orders' | 'pods' | 'allocations' | 'sink' | 'events'> {
	readonly state: NodeStateDirectory;
	/** Where it is not that of a fleet. */
	readonly schedule?: Partial<ScheduleOptions>;
	/** Why there are no orders; `null` where there are. */
	trouble(): string | null;
	/** Told of the agent, once it runs. */
	started(agent: NodeAgent): void;
}

/** A reading of the devices ends after this time, in milliseconds. */
const observeMs = 10_000;
/** Milliseconds after which an agent that stands by looks whether the other one is gone. */
const standByMs = 2_000;

/**
 * Runs the agent until SIGTERM or Ctrl-C: reads devices and processes, serves probes. Of several with one state directory one works and the others
 * stand by. Rejects with a CodedError where it cannot start.
 */
export async function runNodeAgent(
	setting: NodeAgentSetting,
	parts: NodeAgentParts,
	version: string,
	log: Log,
): Promise<ExitCode> {
	const stop = new AbortController();
	const exit = untilSignal(stop, log);
	let agent: NodeAgent | null = null;
	const { metrics, telemetry } = agentMetrics(version, () => agent);
	const readyz = (): string | null => {
		if (!agent) return 'another agent works in this state directory; this one stands by';
		const { lookedAt, judged } = agent.view;
		if (lookedAt === null) return 'the devices have not been looked at yet';
		return judged ? null : (parts.trouble() ?? 'nothing was judged yet');
	};
	const endpoints = { healthz: () => null, readyz, metrics: () => metrics.text() };
	const served = setting.bindAddress ? await serveProbes(endpoints, setting.bindAddress, log) : null;
	const held = await standBy(path.resolve(setting.stateDirectory, 'agent.sock'), log, stop.signal);
	const inventory = await openInventory(setting);
	if (!stop.signal.aborted) {
		agent = new NodeAgent({
			...parts,
			version,
			inventory,
			processes: new ProcReader({ root: setting.proc }),
			schedule: { ...defaultSchedule, random: Math.random, ...parts.schedule },
			intervalMs: setting.intervalMs,
			observeMs,
			now: () => performance.now(),
			date: () => new Date().toISOString(),
			log,
			telemetry,
		});
		parts.started(agent);
	}
	const code = await exit;
	await agent?.stop();
	await inventory.close();
	await held?.release();
	await served?.close();
	log('info', 'stopped', { exit: code });
	return code;
}

/** Resolves when no other agent works in the state directory, or the signal aborts. `null`: that cannot be told there, and does not keep us from work. */
async function standBy(socket: string, log: Log, signal: AbortSignal): Promise<Claim | null> {
	let told = false;
	while (!signal.aborted) {
		try {
			const held = await claim(socket);
			if (held) return held;
		} catch (error) {
			log('warn', `whether another agent works here cannot be told: ${(error as Error).message}`);
			return null;
		}
		if (!told) log('warn', 'another agent works in this state directory; this one stands by', { socket });
		told = true;
		await pause(standByMs, undefined, { signal }).catch(() => undefined);
	}
	return null;
}

async function openInventory({ inventory, proc, sys }: NodeAgentSetting): Promise<InventorySource> {
	if (inventory === undefined) return whereHardware(liveInventory({ procRoot: proc, frugal: true }), sys);
	const { recordedSource } = await import('../../gpu/index.ts'); // reads YAML, which takes memory for good
	return recordedSource(path.resolve(inventory), inventory);
}
