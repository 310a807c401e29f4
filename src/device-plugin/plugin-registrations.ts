import { isAbsolute, join, relative } from 'node:path';
import { apiVersion, demandPreStart, empty, readRegistration, registerMethod } from '../kubelet/device-plugin/index.ts';
import { GrpcError, type GrpcServer, serveGrpc, socketPathExcess } from '../kubelet/grpc/index.ts';
import { WireError } from '../kubelet/wire/index.ts';
import type { RegisteredPlugin } from './proxied-resource.ts';
import { isExtendedResourceName } from './resource-endpoint.ts';

/**
 * Serves what device plugins take for the kubelet's socket. A plugin is answered at once, before it is called: it may serve only when it was answered.
 * Rejects where the socket cannot be served.
 */
export function servePluginRegistrations(
	pluginDir: string,
	onRegistered: (plugin: RegisteredPlugin) => void,
	onRefused: (error: Error) => void,
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
	return serveGrpc(join(pluginDir, 'kubelet.sock'), { unary: { [registerMethod]: register } });
}

/** A line break in a path is none to the gRPC library, and NUL none to the system. */
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
