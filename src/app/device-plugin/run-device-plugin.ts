import { mkdirSync, statSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { DevicePluginProxy, type ProxyDirectories, type ProxyTelemetry } from '../../device-plugin/index.ts';
import { CodedError, type ExitCode, errorCode, exitCodes } from '../../runtime/errors.ts';
import { jsonLog } from '../../runtime/log.ts';
import { type ListenAddress, serveProbes } from '../process/serve-probes.ts';
import { untilSignal } from '../process/until-signal.ts';
import { packageVersion } from '../version.ts';
import { proxyMetrics } from './proxy-metrics.ts';
import { keepHeapSmall } from './small-heap.ts';

export interface DevicePluginOptions extends ProxyDirectories {
	/** `null`: none. */
	readonly bindAddress: ListenAddress | null;
}

/** Runs the proxy until SIGTERM or Ctrl-C. Rejects with a CodedError where it cannot start. */
export async function runDevicePlugin(options: DevicePluginOptions): Promise<ExitCode> {
	keepHeapSmall();
	const log = jsonLog((line) => void process.stderr.write(line));
	const version = packageVersion();
	const directories = {
		stateDir: resolve(options.stateDir),
		kubeletDir: resolve(options.kubeletDir),
		pluginDir: resolve(options.pluginDir),
		endpointDir: options.endpointDir,
	};
	prepare(directories);
	await leaveToOther(directories.pluginDir);
	log('info', 'started', { version, ...directories });
	const stop = new AbortController();
	const exit = untilSignal(stop, log);
	let proxy: DevicePluginProxy | null = null;
	const { metrics, telemetry } = proxyMetrics(version, log, () => proxy);
	proxy = await start(directories, telemetry);
	try {
		const probes = { healthz: () => null, readyz: () => unready(proxy), metrics: () => metrics.text() };
		const served = options.bindAddress ? await serveProbes(probes, options.bindAddress, log) : null;
		const code = await exit;
		await served?.close();
		return code;
	} finally {
		await proxy.stop();
		log('info', 'stopped');
	}
}

/** Why a container that wants a device would not get one; `null` where the proxy does its work. */
function unready(proxy: DevicePluginProxy | null): string | null {
	if (proxy === null) return 'starting';
	if (proxy.waiting !== null) return proxy.waiting;
	const deaf = Array.from(proxy.resources, ({ state }) => state).filter(({ registered }) => !registered);
	return deaf.length === 0 ? null : `the kubelet does not listen for ${deaf.map(({ name }) => name).join(', ')}`;
}

function prepare({ stateDir, pluginDir, kubeletDir }: ProxyDirectories): void {
	for (const [flag, directory] of [
		['--state-dir', stateDir],
		['--plugin-dir', pluginDir],
	] as const) {
		try {
			mkdirSync(directory, { recursive: true, mode: 0o755 });
		} catch (cause) {
			throw new CodedError('GP4501', `the directory ${directory} cannot be made: ${errorCode(cause) ?? String(cause)}`, {
				hint: `name another one with ${flag}, or run the proxy as root`,
				cause,
			});
		}
	}
	const kubelet = statSync(kubeletDir, { throwIfNoEntry: false });
	const plugins = statSync(pluginDir);
	if (kubelet?.dev === plugins.dev && kubelet.ino === plugins.ino)
		throw new CodedError('GP4502', `${pluginDir} is the directory of the kubelet itself`, {
			hint: "name another one with --plugin-dir, and mount it over the device plugin's /var/lib/kubelet/device-plugins",
			exit: exitCodes.usage,
		});
}

/** Two proxies over one directory would take each other's socket away. Rejects with a CodedError where one is there. */
async function leaveToOther(pluginDir: string): Promise<void> {
	const path = join(pluginDir, 'kubelet.sock');
	const answered = await new Promise<boolean>((resolve) => {
		const socket = createConnection(path);
		socket.once('connect', () => {
			socket.destroy();
			resolve(true);
		});
		socket.once('error', () => resolve(false));
	});
	if (answered)
		throw new CodedError('GP4503', `somebody serves at ${path} already`, {
			hint: 'stop the other proxy, or name another directory with --plugin-dir',
		});
}

async function start(directories: ProxyDirectories, telemetry: ProxyTelemetry): Promise<DevicePluginProxy> {
	try {
		return await DevicePluginProxy.start(directories, telemetry);
	} catch (cause) {
		const { message } = cause as Error;
		throw new CodedError('GP4504', `device plugins cannot be served in ${directories.pluginDir}: ${message}`, {
			hint: 'name a directory with a short path that may be written to with --plugin-dir; nothing but a socket may be in the place of its kubelet.sock',
			cause,
		});
	}
}
