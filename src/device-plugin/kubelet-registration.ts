import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { registerMethod } from '../kubelet/device-plugin/index.ts';
import { GrpcClient, GrpcError, type GrpcMethods, type GrpcServer, type ServerStream, serveGrpc } from '../kubelet/grpc/index.ts';
import { errorCode } from '../runtime/errors.ts';
import { PathWatch } from './path-watch.ts';

export interface KubeletRegistrationOptions {
	/** Directory of the kubelet's socket. */
	readonly kubeletDir: string;
	/** Our socket, relative to that directory. */
	readonly endpoint: string;
	/** What is answered there. */
	readonly methods: GrpcMethods;
	/** The `RegisterRequest` as it is to be now. */
	request(): Uint8Array;
	/** It registered, or why it cannot. */
	onTried(trouble: string | null): void;
	/** The kubelet listens, or does so no more. */
	onStream(listening: boolean): void;
}

const registerTimeoutMs = 10_000;
/** From a registration to the kubelet asking for the devices. */
const streamTimeoutMs = 5_000;
/** The kubelet gets this time to let go of what it knew. */
const letGoMs = 1_000;
/** After the kubelet closed its connection it still marks the devices of the old stream: kubelet/cm/devicemanager, `PluginDisconnected`. */
const markMs = 20;
const firstRetryMs = 100;
const longestRetryMs = 2_000;

/**
 * Our side of one resource towards the kubelet: serves the endpoint, registers it, and does so again whenever the kubelet does not listen or its
 * socket is another one. The old stream ends first, since the kubelet takes the end of it for that of the new one.
 */
export class KubeletRegistration {
	readonly #options: KubeletRegistrationOptions;
	readonly #stop = new AbortController();
	readonly #streams = new Set<ServerStream>();
	readonly #kubelet: PathWatch;
	readonly #kubeletSocket: string;
	#server: GrpcServer | null = null;
	/** The kubelet's socket when we registered: another one is another kubelet. */
	#registeredAt = '';
	#again = false;
	#changed = Promise.withResolvers<void>();
	#running: Promise<void> = Promise.resolve();

	constructor(options: KubeletRegistrationOptions) {
		this.#options = options;
		this.#kubeletSocket = join(options.kubeletDir, 'kubelet.sock');
		this.#kubelet = new PathWatch(this.#kubeletSocket, () => this.#wake());
	}

	get listening(): boolean {
		return this.#streams.size > 0;
	}

	/** Sends the list to whoever listens. */
	send(list: Uint8Array): void {
		for (const stream of this.#streams) stream.send(list);
	}

	/** A handler for ListAndWatch: the kubelet listens from here on. */
	listen(stream: ServerStream): void {
		this.#streams.add(stream);
		this.#options.onStream(true);
		this.#wake();
		void stream.closed.then(() => {
			this.#streams.delete(stream);
			this.#options.onStream(this.listening);
			this.#wake();
		});
	}

	/** The request is another one than before. */
	renew(): void {
		this.#again = true;
		this.#wake();
	}

	start(): void {
		this.#running = this.#run();
	}

	async close(): Promise<void> {
		this.#stop.abort();
		this.#wake();
		this.#kubelet.close();
		await this.#running;
		await this.#server?.close();
	}

	async #run(): Promise<void> {
		let retryMs = firstRetryMs;
		let tried = '';
		while (!this.#stop.signal.aborted) {
			const changed = this.#nextChange();
			if (!this.#isDue()) {
				await changed;
				continue;
			}
			const signature = this.#kubelet.signature;
			if (signature !== tried) retryMs = firstRetryMs;
			tried = signature;
			try {
				await this.#register(signature);
				retryMs = firstRetryMs;
				this.#options.onTried(null);
			} catch (error) {
				if (this.#stop.signal.aborted) return;
				this.#options.onTried((error as Error).message);
				await Promise.race([changed, this.#pause(retryMs)]);
				retryMs = Math.min(2 * retryMs, longestRetryMs);
			}
		}
	}

	#isDue(): boolean {
		const signature = this.#kubelet.signature;
		// Without its socket a kubelet that listens is left in peace.
		return !this.listening || (signature !== '' && (this.#again || signature !== this.#registeredAt));
	}

	async #register(signature: string): Promise<void> {
		const server = await this.#served();
		for (const stream of this.#streams) stream.end();
		await Promise.race([server.idle().then(() => this.#pause(markMs)), this.#pause(letGoMs)]);
		if (signature === '') throw new Error(`the kubelet is not there: no socket ${this.#kubeletSocket}`);
		this.#again = false;
		const client = new GrpcClient(this.#kubeletSocket);
		try {
			await client.unary(registerMethod, this.#options.request(), { timeoutMs: registerTimeoutMs, signal: this.#stop.signal });
		} catch (error) {
			const { code, message } = error as GrpcError;
			throw new Error(`the kubelet did not take the registration: ${code} ${message}`);
		} finally {
			client.close();
		}
		this.#registeredAt = signature;
		const asked = performance.now();
		while (!this.listening && performance.now() - asked < streamTimeoutMs && !this.#stop.signal.aborted)
			await Promise.race([this.#nextChange(), this.#pause(streamTimeoutMs)]);
		if (!this.listening) throw new Error('the kubelet took the registration and does not ask for the devices');
	}

	/** Who empties the kubelet's directory takes our socket too: a registration would then name one that is not there. */
	async #served(): Promise<GrpcServer> {
		const { kubeletDir, endpoint } = this.#options;
		if (this.#server !== null && existsSync(join(kubeletDir, endpoint))) return this.#server;
		await this.#server?.close();
		this.#server = null;
		this.#server = await this.#serve();
		return this.#server;
	}

	async #serve(): Promise<GrpcServer> {
		const { kubeletDir, endpoint, methods } = this.#options;
		const path = join(kubeletDir, endpoint);
		try {
			makeDirectory(dirname(path));
			return await serveGrpc(path, methods);
		} catch (error) {
			throw error instanceof GrpcError ? error : new Error(`cannot serve at ${path}: ${errorCode(error) ?? error}`);
		}
	}

	#nextChange(): Promise<void> {
		return this.#changed.promise;
	}

	#wake(): void {
		this.#changed.resolve();
		this.#changed = Promise.withResolvers();
	}

	#pause(ms: number): Promise<void> {
		return pause(ms, undefined, { signal: this.#stop.signal }).catch(() => {});
	}
}

/** Never the kubelet's own directory: where that is missing, there is no kubelet or it is elsewhere. */
function makeDirectory(path: string): void {
	try {
		mkdirSync(path, { mode: 0o750 });
	} catch (error) {
		if (errorCode(error) !== 'EEXIST') throw error;
	}
}
