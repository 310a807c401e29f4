import { mkdirSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { apiVersion, demandPreStart, empty, readRegistration, registerMethod } from '../kubelet/device-plugin/index.ts';
import { GrpcError, type GrpcServer, serveGrpc, socketPathExcess } from '../kubelet/grpc/index.ts';
import { WireError } from '../kubelet/wire/index.ts';
import type { Log } from '../runtime/log.ts';
import { PathWatch } from './path-watch.ts';
import type { RegisteredPlugin } from './proxied-resource.ts';
import { isExtendedResourceName } from './resource-endpoint.ts';
import { ToldOnce } from './told-once.ts';

/** Where nothing can be served now, it is tried again. */
const retryMs = 1_000;

export interface PluginRegistrationsOptions {
	/** What device plugins take for the kubelet's directory. */
	readonly pluginDir: string;
	onRegistered(plugin: RegisteredPlugin): void;
	onRefused(error: Error): void;
	readonly log: Log;
}

/**
 * Serves what device plugins take for the kubelet's socket, and serves it anew where somebody took it away, which plugins take for a restart of the kubelet.
 * A plugin is answered at once, before it is called: it may serve only when it was answered.
 */
export class PluginRegistrations {
	readonly #options: PluginRegistrationsOptions;
	readonly #path: string;
	readonly #trouble: ToldOnce;
	readonly #watch: PathWatch;
	#server: GrpcServer;
	#again: Promise<void> | null = null;
	#retry: NodeJS.Timeout | null = null;
	#closed = false;

	private constructor(options: PluginRegistrationsOptions, path: string, server: GrpcServer) {
		this.#options = options;
		this.#path = path;
		this.#server = server;
		this.#trouble = new ToldOnce(options.log);
		this.#watch = new PathWatch(path, () => this.#look());
	}

	/** Rejects where the socket cannot be served. */
	static async serve(options: PluginRegistrationsOptions): Promise<PluginRegistrations> {
		const path = join(options.pluginDir, 'kubelet.sock');
		return new PluginRegistrations(options, path, await serveRegistrations(path, options));
	}

	async close(): Promise<void> {
		this.#closed = true;
		this.#watch.close();
		if (this.#retry) clearTimeout(this.#retry);
		await this.#again;
		await this.#server.close();
	}

	#look(): void {
		if (this.#closed || this.#again || this.#watch.signature !== '') return;
		this.#again = this.#serveAgain().then((served) => {
			this.#again = null;
			// Taken away once more before anybody saw it: no event tells of that.
			if (served) this.#look();
		});
	}

	async #serveAgain(): Promise<boolean> {
		const { log, pluginDir } = this.#options;
		await this.#server.close();
		try {
			mkdirSync(pluginDir, { recursive: true });
			this.#server = await serveRegistrations(this.#path, this.#options);
			this.#trouble.tell(null);
			log('warn', 'the socket for device plugins was taken away, and is there again', { socket: this.#path });
			return true;
		} catch (error) {
			this.#trouble.tell(`the socket for device plugins was taken away: ${(error as Error).message}`, { socket: this.#path });
			if (!this.#closed) this.#retry = setTimeout(() => this.#look(), retryMs);
			return false;
		}
	}
}

function serveRegistrations(
	path: string,
	{ pluginDir, onRegistered, onRefused }: PluginRegistrationsOptions,
): Promise<GrpcServer> {
	const register = (request: Uint8Array): Uint8Array => {
		try {
			onRegistered(acceptPlugin(request, pluginDir));
			return empty;
		} catch (error) {
			onRefused(error as Error);
			throw error;
		}
	};
	return serveGrpc(path, { unary: { [registerMethod]: register } });
}

/** NUL ends a path for the system, and nobody names a socket with a line break. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/** What a plugin asks for, where the kubelet would take it. Throws a GrpcError, in the kubelet's words where it has any. */
export function acceptPlugin(request: Uint8Array, pluginDir: string): RegisteredPlugin {
	const registration = read(request);
	const { version, resource, endpoint } = registration;
	if (version !== apiVersion)
		throw refused(
			`requested API version ${JSON.stringify(version)} is not supported by kubelet. Supported version is ["${apiVersion}"]`,
		);
	if (!isExtendedResourceName(resource)) throw refused(`the ResourceName ${JSON.stringify(resource)} is invalid`);
	const socketPath = join(pluginDir, endpoint);
	const inside = relative(pluginDir, socketPath);
	if (inside === '' || inside === 'kubelet.sock' || inside.startsWith('..') || isAbsolute(inside) || unprintable.test(endpoint))
		throw refused(`the endpoint ${JSON.stringify(endpoint)} is no socket of a device plugin`);
	const excess = socketPathExcess(socketPath);
	if (excess > 0) throw refused(`the endpoint ${JSON.stringify(endpoint)} is ${excess} bytes too long in ${pluginDir}`);
	return { socketPath, request, registration };
}

function read(request: Uint8Array): ReturnType<typeof readRegistration> {
	try {
		const registration = readRegistration(request);
		demandPreStart(registration.options);
		return registration;
	} catch (error) {
		if (error instanceof WireError) throw refused(`the registration cannot be read: ${error.message}`);
		throw error;
	}
}

function refused(message: string): GrpcError {
	return new GrpcError('INVALID_ARGUMENT', message);
}
