import { setTimeout as pause } from 'node:timers/promises';
import {
	empty,
	type ListedDevice,
	type PluginOptions,
	pluginMethods,
	readDevices,
	readOptions,
} from '../kubelet/device-plugin/index.ts';
import { type CallLimits, GrpcClient, GrpcError } from '../kubelet/grpc/index.ts';
import { WireMessage } from '../kubelet/wire/index.ts';

/** A list as a plugin sent it. */
export interface PluginList {
	readonly message: WireMessage;
	readonly devices: readonly ListedDevice[];
}

export interface PluginConnectionOptions {
	/** Of the plugin itself. */
	readonly socketPath: string;
	/** What the plugin said of its options when it registered, for one that does not answer when it is asked. */
	readonly options: Uint8Array;
	/** Calls that wait for a plugin, of every connection for one resource: whichever lists its devices next gets them. */
	readonly waiting: Set<(client: GrpcClient) => void>;
	/** A list that is another one than the last. */
	onList(list: PluginList): void;
	/** What it listed counts no more: it is gone, or says what cannot be read. The connection is tried again. */
	onLost(why: string): void;
}

const optionsTimeoutMs = 2_000;
/** A plugin that says nothing for this long after it was asked for its devices is as good as gone. */
const firstListMs = 10_000;
/** Lists come at most this often; of those between the newest counts. */
const listPauseMs = 50;
const firstRetryMs = 50;
/** A plugin that ends its list sooner is not asked again at once, time after time. */
const steadyMs = 10_000;
const longestRetryMs = 5_000;

/** The connection to one plugin, made again until it is closed. */
export class PluginConnection {
	readonly #options: PluginConnectionOptions;
	readonly #stop = new AbortController();
	#pluginOptions: Uint8Array;
	/** Of a plugin that has listed its devices. */
	#client: GrpcClient | null = null;
	/** Calls that it has not answered yet. */
	readonly #calls = new Set<Promise<Uint8Array>>();

	constructor(options: PluginConnectionOptions) {
		this.#options = options;
		this.#pluginOptions = options.options;
	}

	/** `DevicePluginOptions` as the plugin gave them last. */
	get optionBytes(): Uint8Array {
		return this.#pluginOptions;
	}

	get pluginOptions(): PluginOptions {
		return readOptions(this.#pluginOptions);
	}

	/** Runs until it is closed. */
	async run(): Promise<void> {
		for (let retryMs = firstRetryMs; !this.#stop.signal.aborted; retryMs = Math.min(2 * retryMs, longestRetryMs)) {
			const client = new GrpcClient(this.#options.socketPath);
			const began = performance.now();
			const { listed, why } = await this.#follow(client);
			this.#client = null;
			// What it was asked before it was left, it may still answer.
			void Promise.allSettled(this.#calls).then(() => client.close());
			if (this.#stop.signal.aborted) return;
			this.#options.onLost(why);
			if (listed && performance.now() - began > steadyMs) retryMs = firstRetryMs;
			await pause(retryMs, undefined, { signal: this.#stop.signal }).catch(() => {});
		}
	}

	/** A call of the kubelet, passed on once the plugin is there, within the same time. Rejects with a GrpcError. */
	async call(method: string, request: Uint8Array, { timeoutMs, signal }: Required<CallLimits>): Promise<Uint8Array> {
		const began = performance.now();
		const client = this.#client ?? (await this.#connected(timeoutMs));
		const answer = client.unary(method, request, { timeoutMs: Math.max(1, timeoutMs - (performance.now() - began)), signal });
		this.#calls.add(answer);
		return answer.finally(() => this.#calls.delete(answer));
	}

	close(): void {
		this.#stop.abort();
	}

	#connected(timeoutMs: number): Promise<GrpcClient> {
		const { waiting } = this.#options;
		return new Promise((resolve, reject) => {
			const connected = (client: GrpcClient): void => {
				clearTimeout(late);
				waiting.delete(connected);
				resolve(client);
			};
			const late = setTimeout(() => {
				waiting.delete(connected);
				reject(new GrpcError('UNAVAILABLE', 'the device plugin is not there'));
			}, timeoutMs);
			waiting.add(connected);
		});
	}

	/** Until the plugin ends its list, fails or is silent. */
	async #follow(client: GrpcClient): Promise<{ readonly listed: boolean; readonly why: string }> {
		const broken = new AbortController();
		const signal = AbortSignal.any([this.#stop.signal, broken.signal]);
		let listed = false;
		const lists = new NewestList(
			(list) => {
				listed = true;
				this.#client = client;
				for (const connected of this.#options.waiting) connected(client);
				this.#options.onList(list);
			},
			(error) => broken.abort(error),
		);
		const silent = setTimeout(() => {
			if (!listed) this.#options.onLost(`the device plugin listed no devices within ${firstListMs / 1000} s`);
		}, firstListMs);
		try {
			await this.#askOptions(client, signal);
			await client.stream(pluginMethods.listAndWatch, empty, (bytes) => lists.take(bytes), { signal });
			return { listed, why: 'the device plugin ended its list' };
		} catch (error) {
			const { message, code } = error as GrpcError;
			if (broken.signal.aborted)
				return { listed, why: `the device plugin sent what cannot be read: ${(broken.signal.reason as Error).message}` };
			return { listed, why: `the device plugin is not there: ${code} ${message}` };
		} finally {
			clearTimeout(silent);
			lists.close();
		}
	}

	/** Any failure but that of the connection leaves what it said before: options are what it may leave unanswered. */
	async #askOptions(client: GrpcClient, signal: AbortSignal): Promise<void> {
		try {
			const options = await client.unary(pluginMethods.options, empty, { timeoutMs: optionsTimeoutMs, signal });
			readOptions(options);
			this.#pluginOptions = options;
		} catch (error) {
			if (error instanceof GrpcError && (error.code === 'UNAVAILABLE' || error.code === 'CANCELLED')) throw error;
		}
	}
}

/** Reads the newest of the lists that come, at its own pace: a plugin that floods costs no more than one that does not. */
class NewestList {
	readonly #onList: (list: PluginList) => void;
	readonly #onError: (error: unknown) => void;
	#read: Uint8Array | null = null;
	#waiting: Uint8Array | null = null;
	#pause: NodeJS.Timeout | null = null;

	constructor(onList: (list: PluginList) => void, onError: (error: unknown) => void) {
		this.#onList = onList;
		this.#onError = onError;
	}

	take(bytes: Uint8Array): void {
		this.#waiting = bytes;
		if (this.#pause === null) this.#next();
	}

	close(): void {
		if (this.#pause) clearTimeout(this.#pause);
		this.#waiting = null;
	}

	#next(): void {
		this.#pause = null;
		const bytes = this.#waiting;
		if (bytes === null) return;
		this.#waiting = null;
		this.#pause = setTimeout(() => this.#next(), listPauseMs);
		if (this.#read !== null && Buffer.compare(this.#read, bytes) === 0) return;
		this.#read = bytes;
		try {
			const message = new WireMessage(bytes);
			this.#onList({ message, devices: readDevices(message) });
		} catch (error) {
			this.#onError(error);
		}
	}
}
