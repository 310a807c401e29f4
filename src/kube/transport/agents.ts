import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Account, TlsIdentity } from '../connection/account.ts';
import { socksAgent } from '../connection/retired.ts';

/** A connection that nothing uses is closed before the server does it (Kubernetes: after 90 s), so that no request meets its end. */
const defaultIdleMs = 60_000;
/** TCP probes begin after so long without a byte; libuv then sends ten, one a second. */
const probeMs = 15_000;

export interface ConnectionLimits {
	/** Connections at once; further requests wait for one. */
	readonly maxSockets: number;
	/** Milliseconds that an unused connection is kept. */
	readonly idleMs?: number;
}

/** Kept connections to one server; a new set for each TLS identity. */
export class Agents {
	readonly #account: Account;
	readonly #maxSockets: number;
	readonly #idleMs: number;
	#tls: TlsIdentity | undefined;
	#agent: HttpAgent | Promise<HttpAgent> | undefined;

	constructor(account: Account, { maxSockets, idleMs = defaultIdleMs }: ConnectionLimits) {
		this.#account = account;
		this.#maxSockets = maxSockets;
		this.#idleMs = idleMs;
	}

	/** The agent for an identity. Connections of the one before finish what they do and are then closed. */
	async of(tls: TlsIdentity): Promise<HttpAgent> {
		if (this.#agent === undefined || this.#tls !== tls) {
			this.#tls = tls;
			this.#agent = this.#create(tls);
		}
		return this.#agent;
	}

	/** Closes the connections that nothing uses: where one was found dead the others may be too. */
	async dropIdle(): Promise<void> {
		const agent = await this.#agent;
		for (const sockets of Object.values(agent?.freeSockets ?? {})) for (const socket of sockets ?? []) socket.destroy();
	}

	/** Cuts all connections. */
	async destroy(): Promise<void> {
		const agent = await this.#agent;
		this.#agent = undefined;
		agent?.destroy();
	}

	#create(tls: TlsIdentity): HttpAgent | Promise<HttpAgent> {
		const { proxyUrl, server } = this.#account;
		if (proxyUrl?.startsWith('socks')) return socksAgent(this.#account, tls);
		const proxyEnv = proxyUrl === null ? process.env : { HTTPS_PROXY: proxyUrl, HTTP_PROXY: proxyUrl };
		const options = {
			keepAlive: true,
			keepAliveMsecs: probeMs,
			timeout: this.#idleMs,
			maxSockets: this.#maxSockets,
			// Last used first: those that a quiet time does not need end.
			scheduling: 'lifo' as const,
			proxyEnv,
		};
		return server.protocol === 'http:' ? new HttpAgent(options) : new HttpsAgent({ ...options, ...tls });
	}
}
