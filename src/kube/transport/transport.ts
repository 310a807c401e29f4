import { type ClientRequest, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { Account } from '../connection/account.ts';
import { Credentials } from '../connection/credentials.ts';
import { Agents, type ConnectionLimits } from './agents.ts';
import { TransportError, unreachable } from './transport-error.ts';

/** How long requests may be sent: until the signal aborts, and only while `holds`. */
export interface Permission {
	readonly signal: AbortSignal;
	/** Asked right before bytes are written: a process that was stopped for a while may run this before its timers. */
	holds(): boolean;
}

export interface HttpRequest {
	readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	/** With the query. */
	readonly path: string;
	readonly contentType?: string;
	readonly body?: string;
	/**
	 * Milliseconds from when it could be written until the answer is complete; of `open` until its head is there. Getting a connection has
	 * a limit of its own: a server that takes 5 s for each step must not look dead because there are three.
	 */
	readonly limitMs: number;
	readonly signal?: AbortSignal | undefined;
	readonly permission?: Permission | null;
}

export interface HttpAnswer {
	readonly status: number;
	readonly message: IncomingMessage;
	readonly body: Buffer;
}

export interface TransportSettings {
	/** `gpupolicy/0.1.0`. */
	readonly userAgent: string;
	/** Milliseconds until there is a connection to write to: a free place, the handshake. */
	readonly connectMs: number;
}

/** A credential plugin may have to send a person to a browser. */
const credentialsMs = 120_000;
/** Bodies over this are refused: a page of 500 objects is far smaller. */
const maxBodyBytes = 512 * 1024 * 1024;
const resets = new Set(['ECONNRESET', 'EPIPE']);

/** Requests to one API server as one account, over connections that are kept. Rejects with a TransportError only. */
export class Transport {
	readonly account: Account;
	readonly #credentials: Credentials;
	readonly #agents: Agents;
	readonly #userAgent: string;
	readonly #connectMs: number;

	constructor(
		account: Account,
		options: TransportSettings & { readonly connections: ConnectionLimits; readonly credentials?: Credentials },
	) {
		this.account = account;
		this.#credentials = options.credentials ?? new Credentials(account);
		this.#agents = new Agents(account, options.connections);
		this.#userAgent = options.userAgent;
		this.#connectMs = options.connectMs;
	}

	/** A transport of the same account with connections of its own. */
	fresh(connections: ConnectionLimits): Transport {
		return new Transport(this.account, {
			userAgent: this.#userAgent,
			connectMs: this.#connectMs,
			connections,
			credentials: this.#credentials,
		});
	}

	/** Sends a request and reads the whole answer. */
	async send(request: HttpRequest): Promise<HttpAnswer> {
		return this.#limited(request, async (call) => {
			const message = await call.answered(request);
			const chunks: Buffer[] = [];
			let size = 0;
			try {
				for await (const chunk of message as AsyncIterable<Buffer>) {
					size += chunk.length;
					if (size > maxBodyBytes) throw new Error(`the answer is over ${maxBodyBytes} bytes`);
					chunks.push(chunk);
				}
			} catch (error) {
				throw unreachable(this.account.server, error);
			}
			return { status: message.statusCode ?? 0, message, body: Buffer.concat(chunks) };
		});
	}

	/** Sends a request and resolves with the head of the answer; its body ends with an error when the signal aborts. */
	async open(request: HttpRequest): Promise<IncomingMessage> {
		return this.#limited(request, async (call) => {
			const message = await call.answered(request);
			message.socket.setKeepAlive(true, 15_000);
			const stop = (): void => void message.destroy(new TransportError('Aborted', 'the caller gave up'));
			for (const signal of signals(request)) {
				signal.addEventListener('abort', stop, { once: true });
				message.once('close', () => signal.removeEventListener('abort', stop));
			}
			return message;
		});
	}

	/** Cuts all connections. */
	async destroy(): Promise<void> {
		await this.#agents.destroy();
	}

	/** Runs a call until it ends, its time limit passes or a signal aborts, whichever is first. */
	async #limited<T>(request: HttpRequest, run: (call: Call) => Promise<T>): Promise<T> {
		const aborts = signals(request);
		const { host } = this.account.server;
		let timer: NodeJS.Timeout | undefined;
		let over = false;
		let stop: (error: TransportError) => void = () => undefined;
		const limit = (ms: number, what: string): void => {
			clearTimeout(timer);
			// What was given up may still learn that it has a connection.
			if (over) return;
			timer = setTimeout(() => {
				stop(new TransportError('TimedOut', `${what} within ${ms} ms`));
				void this.#agents.dropIdle().catch(() => undefined);
			}, ms);
		};
		const call = new Call(this.account.server, this.#credentials, this.#agents, this.#userAgent, (phase) => {
			if (phase === 'answer') limit(request.limitMs, `${host} did not answer`);
			else limit(this.#connectMs, `${host} gave no connection`);
		});
		const stopped = new Promise<never>((_, reject) => {
			stop = (error) => {
				call.end(error);
				reject(error);
			};
		});
		const onAbort = (): void => stop(new TransportError('Aborted', 'the caller gave up'));
		limit(credentialsMs, 'the credential plugin gave no answer');
		for (const signal of aborts) signal.addEventListener('abort', onAbort, { once: true });
		if (aborts.some((signal) => signal.aborted)) onAbort();
		try {
			return await Promise.race([stopped, run(call)]);
		} finally {
			over = true;
			clearTimeout(timer);
			for (const signal of aborts) signal.removeEventListener('abort', onAbort);
		}
	}
}

function signals({ signal, permission }: HttpRequest): readonly AbortSignal[] {
	return [signal, permission?.signal].filter((entry) => entry !== undefined);
}

/** One request on the wire, or the few that it takes where kept connections turn out to be dead. */
class Call {
	readonly #server: URL;
	readonly #credentials: Credentials;
	readonly #agents: Agents;
	readonly #userAgent: string;
	readonly #onPhase: (phase: 'connection' | 'answer') => void;
	#ended: TransportError | undefined;
	#current: ClientRequest | undefined;

	constructor(
		server: URL,
		credentials: Credentials,
		agents: Agents,
		userAgent: string,
		onPhase: (phase: 'connection' | 'answer') => void,
	) {
		this.#server = server;
		this.#credentials = credentials;
		this.#agents = agents;
		this.#userAgent = userAgent;
		this.#onPhase = onPhase;
	}

	/** Cuts its connection: what was not written yet never will be. */
	end(error: TransportError): void {
		this.#ended = error;
		this.#current?.destroy(error);
	}

	/** The head of the answer. A kept connection that the server closed in the same moment says nothing about a read: it goes out again. */
	async answered(request: HttpRequest): Promise<IncomingMessage> {
		for (;;) {
			try {
				const message = await this.#once(request);
				if (message.statusCode === 401) this.#credentials.refused();
				return message;
			} catch (error) {
				if (error instanceof TransportError) throw error;
				const code = (error as NodeJS.ErrnoException).code ?? '';
				const stale = this.#current?.reusedSocket === true && request.method === 'GET' && resets.has(code);
				if (!stale) throw unreachable(this.#server, error);
			}
		}
	}

	async #once(request: HttpRequest): Promise<IncomingMessage> {
		let proof: Awaited<ReturnType<Credentials['current']>>;
		try {
			proof = await this.#credentials.current();
		} catch (error) {
			throw new TransportError('Unauthorized', error instanceof Error ? error.message : String(error), error);
		}
		this.#onPhase('connection');
		const agent = await this.#agents.of(proof.tls);
		const headers: OutgoingHttpHeaders = { Accept: 'application/json', 'User-Agent': this.#userAgent };
		for (const [name, value] of Object.entries(proof.headers)) headers[name] = typeof value === 'string' ? value : [...value];
		if (request.body !== undefined) {
			headers['Content-Type'] = request.contentType ?? 'application/json';
			headers['Content-Length'] = Buffer.byteLength(request.body);
		}
		if (this.#ended) throw this.#ended;
		return new Promise((resolve, reject) => {
			const server = this.#server;
			const send = server.protocol === 'http:' ? httpRequest : httpsRequest;
			const path = `${server.pathname.replace(/\/$/, '')}${request.path}`;
			const outgoing = send({
				host: server.hostname.replace(/^\[|\]$/g, ''),
				port: server.port || defaultPort(server),
				method: request.method,
				path,
				headers,
				agent,
			});
			this.#current = outgoing;
			outgoing.once('response', resolve);
			outgoing.on('error', reject);
			whenWritable(outgoing, () => {
				if (request.permission?.holds() === false) outgoing.destroy(new TransportError('Aborted', 'the right to act has ended'));
				else this.#onPhase('answer');
			});
			outgoing.end(request.body);
		});
	}
}

function defaultPort(server: URL): number {
	return server.protocol === 'http:' ? 80 : 443;
}

/** Calls `run` when the connection is there, right before the request is written to it. */
function whenWritable(outgoing: ClientRequest, run: () => void): void {
	outgoing.once('socket', (socket: Socket & { readonly secureConnecting?: boolean }) => {
		if (socket.secureConnecting === true) socket.prependOnceListener('secureConnect', run);
		else if (socket.connecting) socket.prependOnceListener('connect', run);
		else run();
	});
}
