import { PolicyController } from '../../controller/gpupolicy/policy-controller.ts';
import type { Telemetry } from '../../controller/gpupolicy/telemetry.ts';
import { type Connection, KubeEventRecorder, type Permission } from '../../kube/index.ts';
import { examinePolicy } from '../../manifest/index.ts';
import { type DutyChoice, dutiesFor } from './duties.ts';
import { ToldWatcher } from './told-watcher.ts';

/** After a stop, what runs may take this long to finish before its requests are cut. */
const graceMs = 5_000;

export interface TermOptions {
	readonly connection: Connection;
	readonly choice: DutyChoice;
	/** Of this process, in events. */
	readonly identity: string;
	readonly telemetry: Telemetry;
	/** Told of what runs, and of the end of it. */
	readonly onRunning?: (running: RunningTerm | null) => void;
}

/** The controller while this process holds the lease. */
export interface RunningTerm {
	readonly controller: PolicyController;
	readonly events: KubeEventRecorder;
	readonly watcher: ToldWatcher;
}

/** One term of leadership: ends with the term, or after a stop within the grace that is left. */
export async function leadTerm(
	{ connection, choice, identity, telemetry, onRunning }: TermOptions,
	term: Permission,
	stop: AbortSignal,
): Promise<void> {
	const cut = new AbortController();
	const signal = AbortSignal.any([term.signal, cut.signal]);
	const cluster = connection.cluster.under({ signal, holds: () => term.holds() && !signal.aborted });
	const events = new KubeEventRecorder(cluster, { controller: 'gpupolicy.dev/controller', instance: identity });
	const watcher = new ToldWatcher(connection.watcher.under(term), telemetry.log);
	const controller = new PolicyController({
		cluster,
		watcher,
		events,
		telemetry,
		examine: examinePolicy,
		makeDuties: dutiesFor(choice),
		signal,
	});
	onRunning?.({ controller, events, watcher });
	await ended(AbortSignal.any([stop, term.signal]));
	const grace = setTimeout(() => cut.abort(), graceMs);
	try {
		await controller.drain();
		await events.close();
	} finally {
		clearTimeout(grace);
		cut.abort();
		onRunning?.(null);
	}
}

function ended(signal: AbortSignal): Promise<void> {
	if (signal.aborted) return Promise.resolve();
	return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
