import type { Account } from './connection/account.ts';
import { KubeCluster, pageSize, type RequestLimits } from './requests/cluster.ts';
import { Discovery } from './requests/discovery.ts';
import { Requester } from './requests/requester.ts';
import { Transport } from './transport/transport.ts';
import type { ReflectorSettings } from './watch/reflector.ts';
import { KubeWatcher } from './watch/watcher.ts';

export { findAccount } from './connection/find-account.ts';
export { KubeEventRecorder } from './events/recorder.ts';
export { Election, type ElectionSettings, electionDefaults } from './lease/election.ts';
export type { Permission } from './transport/transport.ts';

/** A connection to the API server of an account; nothing is sent before something is asked. */
export interface Connection {
	readonly account: Account;
	readonly cluster: KubeCluster;
	readonly watcher: KubeWatcher;
	/** Cuts every connection. */
	close(): Promise<void>;
}

export interface ConnectionSettings extends Partial<RequestLimits>, Partial<ReflectorSettings> {
	/** `gpupolicy/0.1.0`. */
	readonly userAgent: string;
	/** Requests at once, watches not counted; further ones wait. */
	readonly maxRequests?: number;
}

/** Connects to the API server of an account. Import this module only where a cluster is asked for. */
export function connect(account: Account, settings: ConnectionSettings): Connection {
	const limits: RequestLimits = { objectMs: settings.objectMs ?? 7_000, pageMs: settings.pageMs ?? 30_000 };
	const transport = new Transport(account, {
		userAgent: settings.userAgent,
		connections: { maxSockets: settings.maxRequests ?? 32 },
	});
	const cluster = new KubeCluster(new Requester(transport), new Discovery(), limits);
	const watcher = new KubeWatcher(new Requester(transport.fresh({ maxSockets: Number.POSITIVE_INFINITY })), {
		headMs: 15_000,
		listSilenceMs: 30_000,
		watchSilenceMs: 150_000,
		lists: 'auto',
		pageSize,
		maxPauseMs: 30_000,
		random: Math.random,
		...settings,
	});
	return {
		account,
		cluster,
		watcher,
		close: async () => {
			await Promise.all([cluster.close(), watcher.close()]);
		},
	};
}
