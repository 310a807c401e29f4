import type { Account } from './connection/account.ts';
import { Election, type ElectionSettings } from './lease/election.ts';
import { KubeCluster, pageSize, type RequestLimits } from './requests/cluster.ts';
import { Discovery } from './requests/discovery.ts';
import { Requester } from './requests/requester.ts';
import { Transport } from './transport/transport.ts';
import type { ReflectorSettings } from './watch/reflector.ts';
import { KubeWatcher } from './watch/watcher.ts';

export { findAccount } from './connection/find-account.ts';
export { KubeEventRecorder } from './events/recorder.ts';
export type { ElectionSettings } from './lease/election.ts';
export { rbacVerb } from './requests/failure.ts';
export type { Permission } from './transport/transport.ts';

/** A connection to the API server of an account; nothing is sent before something is asked. */
export interface Connection {
	readonly account: Account;
	readonly cluster: KubeCluster;
	readonly watcher: KubeWatcher;
	/** A candidate for a lease, over connections of its own: renewals wait for no other request. */
	elect(settings: ElectionSettings): Election;
	/** Cuts every connection. */
	close(): Promise<void>;
}

export interface ConnectionSettings extends Partial<RequestLimits>, Partial<ReflectorSettings> {
	/** `gpupolicy/0.1.0`. */
	readonly userAgent: string;
	/** Milliseconds until there is a connection; default 15 s. */
	readonly connectMs?: number;
	/** Requests at once, watches not counted; further ones wait. */
	readonly maxRequests?: number;
}

/** Connects to the API server of an account. Import this module only where a cluster is asked for. */
export function connect(account: Account, settings: ConnectionSettings): Connection {
	const limits: RequestLimits = { objectMs: settings.objectMs ?? 7_000, pageMs: settings.pageMs ?? 30_000 };
	const transport = new Transport(account, {
		userAgent: settings.userAgent,
		connectMs: settings.connectMs ?? 15_000,
		connections: { maxSockets: settings.maxRequests ?? 32 },
	});
	const cluster = new KubeCluster(new Requester(transport), new Discovery(), limits);
	const electing = new KubeCluster(new Requester(transport.fresh({ maxSockets: 2 })), new Discovery(), limits);
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
		elect: (election) => new Election(electing, election),
		close: async () => {
			await Promise.all([cluster.close(), electing.close(), watcher.close()]);
		},
	};
}
