import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * What the proxy does with connections:
 * - `pass`: forwards both ways
 * - `swallow`: accepts, keeps connections open, forwards nothing; as a half-open connection, or a host that vanished. What it swallowed is lost:
 *   when forwarding resumes, connections that lost bytes are reset
 * - `refuse`: resets each new connection at once, leaving open ones alone
 */
export type ProxyMode = 'pass' | 'swallow' | 'refuse';

/** A TCP proxy in front of a server, to break the way to it. */
export class TcpProxy {
	/** `https://127.0.0.1:PORT` */
	readonly url: string;
	/** Bytes forwarded since the start. */
	readonly bytes = { toServer: 0, toClient: 0 };
	readonly #server: Server;
	readonly #pairs = new Set<Pair>();
	#mode: ProxyMode = 'pass';
	#delay = 0;
	#target: number;

	private constructor(server: Server, port: number, target: number) {
		this.#server = server;
		this.#target = target;
		this.url = `https://127.0.0.1:${port}`;
	}

	/** Listens on a free port and forwards to this port of the loopback address. */
	static async open(target: number): Promise<TcpProxy> {
		const server = createServer();
		await new Promise<void>((resolve, reject) => {
			server.once('error', reject);
			server.listen(0, '127.0.0.1', resolve);
		});
		const address = server.address();
		if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
		const proxy = new TcpProxy(server, address.port, target);
		server.on('connection', (client) => proxy.#accept(client));
		server.unref();
		return proxy;
	}

	/** Connections that are open now. */
	get connections(): number {
		return this.#pairs.size;
	}

	/** Changes what happens from now on. */
	set(mode: ProxyMode): void {
		this.#mode = mode;
		if (mode === 'pass') for (const pair of this.#pairs) if (pair.lost) pair.reset();
	}

	/** Forwards new connections to another port from now on; open ones stay where they are. */
	forwardTo(target: number): void {
		this.#target = target;
	}

	/** Holds every chunk for so many milliseconds in each direction. */
	delay(milliseconds: number): void {
		this.#delay = milliseconds;
	}

	/** Ends every open connection in order (FIN). */
	cut(): void {
		for (const pair of this.#pairs) pair.end();
	}

	/** Resets every open connection (RST). */
	reset(): void {
		for (const pair of this.#pairs) pair.reset();
	}

	/** Closes the port and resets what is open. */
	async close(): Promise<void> {
		const closed = new Promise((resolve) => this.#server.close(resolve));
		this.reset();
		await closed;
	}

	#accept(client: Socket): void {
		if (this.#mode === 'refuse') {
			client.on('error', () => {});
			reset(client);
			return;
		}
		const pair = new Pair(client, connect(this.#target, '127.0.0.1'));
		this.#pairs.add(pair);
		pair.onClose(() => this.#pairs.delete(pair));
		this.#forward(pair, pair.client, pair.server, 'toServer');
		this.#forward(pair, pair.server, pair.client, 'toClient');
	}

	#forward(pair: Pair, from: Socket, to: Socket, direction: 'toServer' | 'toClient'): void {
		let queue = Promise.resolve();
		from.on('data', (chunk) => {
			const due = performance.now() + this.#delay;
			queue = queue.then(async () => {
				if (due > performance.now()) await pause(due - performance.now());
				if (this.#mode === 'swallow') {
					pair.lost = true;
					return;
				}
				this.bytes[direction] += chunk.length;
				if (to.destroyed || to.write(chunk)) return;
				from.pause();
				to.once('drain', () => from.resume());
			});
		});
		from.on('end', () => {
			queue = queue.then(() => {
				if (this.#mode !== 'swallow') to.end();
				else pair.lost = true;
			});
		});
	}
}

/** The two halves of a forwarded connection. */
class Pair {
	readonly client: Socket;
	readonly server: Socket;
	/** Whether bytes were swallowed, after which the connection can never go on. */
	lost = false;

	constructor(client: Socket, server: Socket) {
		this.client = client;
		this.server = server;
		for (const socket of [client, server]) {
			socket.setNoDelay(true);
			socket.on('error', () => {});
		}
		// What a server that is down does to its clients.
		server.once('error', () => reset(client));
		server.once('close', () => client.destroySoon());
		client.once('close', () => server.destroySoon());
	}

	onClose(done: () => void): void {
		this.client.once('close', done);
	}

	end(): void {
		this.client.end();
		this.server.end();
	}

	reset(): void {
		reset(this.client);
		reset(this.server);
	}
}

/**
 * Sends RST. `resetAndDestroy` would shut the socket down first, and the system resets none while that goes on: Node then loses the handle,
 * and the process never ends. So at once, or, where it is being shut down already, not at all.
 */
function reset(socket: Socket): void {
	if (!socket.writableEnded) (socket as Socket & { resetAndClosing: boolean }).resetAndClosing = true;
	socket.destroy();
}
