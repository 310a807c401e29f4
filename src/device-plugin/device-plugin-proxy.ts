import { existsSync, readFileSync } from 'node:fs';
import { type DevicePluginState, parseDevicePluginState, type Refusal } from '../core/device-answer/index.ts';
import { apiVersion, empty, writeRegistration } from '../kubelet/device-plugin/index.ts';
import { AnswerFile } from './answer-file.ts';
import { acceptPlugin, PluginRegistrations } from './plugin-registrations.ts';
import { ProxiedResource, type RegisteredPlugin } from './proxied-resource.ts';
import { endpointOf } from './resource-endpoint.ts';
import { StateFile } from './state-file.ts';
import type { ProxyTelemetry } from './telemetry.ts';

export interface ProxyDirectories {
	/** Shared with the agent. */
	readonly stateDir: string;
	/** Of the kubelet's socket. */
	readonly kubeletDir: string;
	/** What device plugins take for that. */
	readonly pluginDir: string;
	/** Of our sockets, below the kubelet's directory: the kubelet clears its own at a start, and not those in it. */
	readonly endpointDir: string;
}

/** How many refusals are told. */
const maxRefusals = 32;

/** The proxy between the device plugins of a node and its kubelet. */
export class DevicePluginProxy {
	readonly #directories: ProxyDirectories;
	readonly #telemetry: ProxyTelemetry;
	readonly #answer: AnswerFile;
	readonly #state: StateFile;
	readonly #resources = new Map<string, ProxiedResource>();
	/** Resources that are being left. */
	readonly #leaving = new Map<string, Promise<void>>();
	readonly #goneMs: number;
	#refusals: readonly Refusal[] = [];
	#registrations: PluginRegistrations | null = null;

	private constructor(directories: ProxyDirectories, telemetry: ProxyTelemetry, goneMs: number) {
		this.#directories = directories;
		this.#goneMs = goneMs;
		this.#telemetry = telemetry;
		this.#state = new StateFile(directories.stateDir, telemetry.log, () => this.#current());
		this.#answer = new AnswerFile(directories.stateDir, telemetry.log, () => {
			for (const resource of this.#resources.values()) resource.judgeAgain();
			this.#state.changed();
		});
	}

	/**
	 * Rejects with what keeps the socket for plugins from being served.
	 *
	 * @param goneMs a plugin that stays away for so long is gone for good; by default as long as the kubelet itself waits (`endpointStopGracePeriod`)
	 */
	static async start(directories: ProxyDirectories, telemetry: ProxyTelemetry, goneMs = 5 * 60_000): Promise<DevicePluginProxy> {
		const proxy = new DevicePluginProxy(directories, telemetry, goneMs);
		const { log } = telemetry;
		try {
			proxy.#registrations = await PluginRegistrations.serve({
				pluginDir: directories.pluginDir,
				onRegistered: (plugin) => {
					const { resource, endpoint } = plugin.registration;
					log('info', 'device plugin registered', { resource, endpoint });
					proxy.#register(plugin);
				},
				onRefused: (error) => log('warn', 'device plugin refused', { error: error.message }),
				log,
			});
		} catch (error) {
			await proxy.stop();
			throw error;
		}
		proxy.#resume();
		proxy.#state.begin();
		return proxy;
	}

	/** Why nothing is handed out; `null` once the agent has answered. */
	get waiting(): string | null {
		const { ruling } = this.#answer;
		return ruling.kind === 'waiting' ? ruling.why : null;
	}

	get resources(): Iterable<ProxiedResource> {
		return this.#resources.values();
	}

	/** Takes no more plugins, lets the calls of the kubelet end, and leaves it. */
	async stop(): Promise<void> {
		await this.#registrations?.close();
		await Promise.all(Array.from(this.#resources.values(), (resource) => resource.close()));
		this.#answer.close();
		this.#state.write();
		this.#state.close();
	}

	/** Written down before the plugin is answered: it registers once, and a proxy that is killed then must know of it. */
	#register(plugin: RegisteredPlugin): void {
		this.#take(plugin);
		this.#state.write();
	}

	#take(plugin: RegisteredPlugin): void {
		const { resource: name } = plugin.registration;
		const known = this.#resources.get(name);
		if (known) {
			known.replace(plugin);
			return;
		}
		const leaving = this.#leaving.get(name);
		if (leaving) {
			// Two would serve one socket, and the end of the first one take it away.
			void leaving.then(() => this.#register(plugin));
			return;
		}
		const { kubeletDir, endpointDir } = this.#directories;
		const resource = new ProxiedResource(plugin, {
			name,
			kubeletDir,
			endpoint: endpointOf(name, kubeletDir, endpointDir),
			telemetry: this.#telemetry,
			goneMs: this.#goneMs,
			ruling: () => this.#answer.ruling,
			onRefused: (id, policy, reason) => {
				const refusal = { at: new Date().toISOString(), resource: name, id, policy, reason };
				this.#refusals = [...this.#refusals, refusal].slice(-maxRefusals);
				this.#state.changed();
			},
			onChange: () => this.#state.changed(),
			onGone: () => this.#forget(name),
		});
		this.#resources.set(name, resource);
	}

	#forget(name: string): void {
		this.#telemetry.log('warn', 'the device plugin is gone for good', { resource: name });
		const closed = this.#resources.get(name)?.close() ?? Promise.resolve();
		this.#resources.delete(name);
		this.#leaving.set(name, closed);
		void closed.then(() => this.#leaving.delete(name));
		this.#state.changed();
	}

	/**
	 * Goes on with the plugins of the last run, since not every plugin notices soon that what it takes for the kubelet is a new one, and with what it refused,
	 * which the agent may not have told yet.
	 */
	#resume(): void {
		const last = this.#lastRun();
		this.#refusals = [...(last?.refusals ?? []), ...this.#refusals].slice(-maxRefusals);
		for (const { name, endpoint } of last?.resources ?? []) {
			if (this.#resources.has(name)) continue;
			const request = writeRegistration({ version: apiVersion, endpoint, resource: name, options: empty });
			try {
				const plugin = acceptPlugin(request, this.#directories.pluginDir);
				if (existsSync(plugin.socketPath)) this.#take(plugin);
			} catch {
				// What the file says is no plugin: whoever it was registers by itself.
			}
		}
	}

	#lastRun(): DevicePluginState | null {
		try {
			return parseDevicePluginState(readFileSync(StateFile.pathIn(this.#directories.stateDir), 'utf8'));
		} catch {
			return null;
		}
	}

	#current(): Omit<DevicePluginState, 'at'> {
		return {
			version: 1,
			waiting: this.waiting,
			resources: Array.from(this.#resources.values(), ({ state }) => state),
			refusals: this.#refusals,
		};
	}
}
