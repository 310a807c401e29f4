import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { ProxiedResource as ResourceState } from '../core/device-answer/index.ts';
import {
	demandPreStart,
	healthy,
	pluginMethods,
	type Registration,
	redirectRegistration,
} from '../kubelet/device-plugin/index.ts';
import { type EffectiveList, effectiveList } from './effective-list.ts';
import { kubeletCalls } from './kubelet-calls.ts';
import { KubeletRegistration } from './kubelet-registration.ts';
import { PluginConnection, type PluginList } from './plugin-connection.ts';
import type { Ruling } from './ruling.ts';
import type { ProxyTelemetry } from './telemetry.ts';
import { ToldOnce } from './told-once.ts';

/** An answer that was given takes no longer to reach the kubelet. */
const answerMs = 100;

/** A plugin as it registered. */
export interface RegisteredPlugin {
	/** Its own socket. */
	readonly socketPath: string;
	/** Its `RegisterRequest` as it was sent, and as it reads. */
	readonly request: Uint8Array;
	readonly registration: Registration;
}

export interface ProxiedResourceOptions {
	/** `nvidia.com/gpu`. */
	readonly name: string;
	readonly kubeletDir: string;
	/** Our socket, relative to the kubelet's directory. */
	readonly endpoint: string;
	readonly telemetry: ProxyTelemetry;
	/** A plugin that stays away for so long is gone for good, in milliseconds. */
	readonly goneMs: number;
	ruling(): Ruling;
	onRefused(id: string, policy: string | null, reason: string): void;
	/** What it tells of itself is another than before. */
	onChange(): void;
	/** Its plugin is gone for good. */
	onGone(): void;
}

/** One resource between its plugin and the kubelet. */
export class ProxiedResource {
	readonly #options: ProxiedResourceOptions;
	readonly #pluginTrouble: ToldOnce;
	readonly #kubeletTrouble: ToldOnce;
	readonly #kubelet: KubeletRegistration;
	readonly #running = new Set<Promise<unknown>>();
	readonly #waiting: ConstructorParameters<typeof PluginConnection>[0]['waiting'] = new Set();
	#plugin: RegisteredPlugin;
	#connection: PluginConnection;
	#list: PluginList | null = null;
	/** Why the list counts no more. */
	#lost: string | null = null;
	#goneTimer: NodeJS.Timeout | null = null;
	#closing = false;
	#sent: EffectiveList | null = null;
	#advertised: Uint8Array = new Uint8Array(0);

	constructor(plugin: RegisteredPlugin, options: ProxiedResourceOptions) {
		this.#options = options;
		const { name, kubeletDir, endpoint, telemetry, ruling, onRefused } = options;
		this.#pluginTrouble = new ToldOnce(telemetry.log);
		this.#kubeletTrouble = new ToldOnce(telemetry.log);
		const calls = kubeletCalls({
			resource: name,
			telemetry,
			ruling,
			onRefused,
			options: () => this.#connection.pluginOptions,
			plugin: (method, request, limits) => this.#connection.call(method, request, limits),
		});
		const drained = Object.entries(calls).map(([method, handle]): [string, typeof handle] => [
			method,
			(request, signal) => this.#track(Promise.resolve(handle(request, signal))),
		]);
		this.#kubelet = new KubeletRegistration({
			kubeletDir,
			endpoint,
			methods: {
				unary: { [pluginMethods.options]: () => this.#advertise(), ...Object.fromEntries(drained) },
				stream: {
					[pluginMethods.listAndWatch]: (_, stream) => {
						this.#kubelet.listen(stream);
						if (this.#sent) stream.send(this.#sent.bytes);
					},
				},
			},
			request: () => redirectRegistration(this.#plugin.request, { endpoint, options: this.#advertise() }),
			onTried: (trouble) => this.#registered(trouble),
			onStream: () => options.onChange(),
		});
		this.#plugin = plugin;
		this.#connection = this.#connect();
	}

	/** The plugin registered again, or another one for the same resource: it takes the place of the old one. */
	replace(plugin: RegisteredPlugin): void {
		const { log } = this.#options.telemetry;
		if (plugin.socketPath !== this.#plugin.socketPath && this.#lost === null)
			log('warn', 'another device plugin takes over', {
				resource: this.#options.name,
				from: this.#plugin.socketPath,
				to: plugin.socketPath,
			});
		this.#connection.close();
		this.#plugin = plugin;
		this.#connection = this.#connect();
	}

	/** The ruling is another one than before. */
	judgeAgain(): void {
		this.#publish();
	}

	get state(): ResourceState {
		return {
			name: this.#options.name,
			endpoint: this.#plugin.registration.endpoint,
			registered: this.#kubelet.listening,
			devices: this.#list?.devices.length ?? 0,
			hidden: this.#sent?.hidden ?? [],
		};
	}

	/** How many devices are in which state. */
	get counts(): { readonly allowed: number; readonly hidden: number; readonly unhealthy: number } {
		const devices = this.#list?.devices ?? [];
		const unhealthy = devices.filter(({ health }) => health !== healthy).length;
		const hidden = this.#sent?.hidden.length ?? 0;
		return { allowed: devices.length - unhealthy - hidden, hidden, unhealthy };
	}

	/** Lets calls that run end, and then leaves the kubelet, for which every device is Unhealthy from there on. */
	async close(): Promise<void> {
		// A plugin that ends beside us is not waited for, and a process waits for a timer.
		this.#closing = true;
		if (this.#goneTimer) clearTimeout(this.#goneTimer);
		if (this.#running.size > 0) {
			await Promise.allSettled(this.#running);
			// With the end of the list the kubelet drops its connection, and an answer on it.
			await pause(answerMs);
		}
		await this.#kubelet.close();
		this.#connection.close();
	}

	#connect(): PluginConnection {
		const { socketPath, registration } = this.#plugin;
		const connection: PluginConnection = new PluginConnection({
			socketPath,
			options: registration.options,
			waiting: this.#waiting,
			onList: (list) => this.#connection === connection && this.#listed(list),
			onLost: (why) => this.#connection === connection && this.#lose(why),
		});
		void connection.run();
		return connection;
	}

	#listed(list: PluginList): void {
		const first = this.#list === null;
		this.#list = list;
		this.#lost = null;
		this.#pluginTrouble.tell(null);
		if (this.#goneTimer) clearTimeout(this.#goneTimer);
		this.#goneTimer = null;
		this.#publish();
		if (first) this.#kubelet.start();
		else if (Buffer.compare(this.#advertised, demandPreStart(this.#connection.optionBytes)) !== 0) this.#kubelet.renew();
	}

	/** Its devices are Unhealthy at once, and it is forgotten when it stays away. */
	#lose(why: string): void {
		this.#lost = why;
		this.#pluginTrouble.tell(why, { resource: this.#options.name, socket: this.#plugin.socketPath });
		this.#publish();
		if (this.#closing) return;
		this.#goneTimer ??= setTimeout(() => {
			this.#goneTimer = null;
			if (!existsSync(this.#plugin.socketPath)) this.#options.onGone();
		}, this.#options.goneMs);
	}

	#publish(): void {
		if (this.#list === null) return;
		const before = this.#sent;
		this.#sent = effectiveList(this.#list, this.#options.ruling(), this.#lost);
		if (before === null || Buffer.compare(before.bytes, this.#sent.bytes) !== 0) {
			this.#kubelet.send(this.#sent.bytes);
			this.#options.telemetry.listed(this.#options.name);
		}
		this.#options.onChange();
	}

	#advertise(): Uint8Array {
		this.#advertised = demandPreStart(this.#connection.optionBytes);
		return this.#advertised;
	}

	#registered(trouble: string | null): void {
		const { name, endpoint, telemetry } = this.#options;
		telemetry.registered(name, trouble === null ? 'ok' : 'failed');
		this.#kubeletTrouble.tell(trouble, { resource: name });
		if (trouble === null) telemetry.log('info', 'registered with the kubelet', { resource: name, endpoint });
	}

	#track<T>(call: Promise<T>): Promise<T> {
		this.#running.add(call);
		const ended = (): void => void this.#running.delete(call);
		call.then(ended, ended);
		return call;
	}
}
