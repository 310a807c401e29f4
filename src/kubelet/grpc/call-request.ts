import type { HeaderField } from '../http2/index.ts';
import { isGrpc } from './content-type.ts';
import { GrpcError } from './grpc-error.ts';
import { parseTimeout } from './grpc-timeout.ts';
import { byName } from './read-headers.ts';

/** What a client asks for. */
export interface CallRequest {
	/** `/package.Service/Method` */
	readonly path: string;
	/** `null`: it waits for as long as it takes. */
	readonly timeoutMs: number | null;
	/** How its messages are compressed where they are. */
	readonly encoding: string;
}

/** Why that is no call: told as a status of gRPC, and as one of HTTP to a client that speaks no gRPC. */
export interface NoCall {
	readonly httpStatus: string;
	readonly error: GrpcError;
}

export function readCallRequest(fields: readonly HeaderField[]): CallRequest | NoCall {
	const all = byName(fields);
	const { ':method': verb = '', ':path': path = '', 'content-type': type = '', 'grpc-timeout': timeout } = all;
	if (verb !== 'POST')
		return { httpStatus: '405', error: new GrpcError('INTERNAL', `a call is a POST, and this is a ${JSON.stringify(verb)}`) };
	if (!isGrpc(type))
		return { httpStatus: '415', error: new GrpcError('INVALID_ARGUMENT', `no gRPC: content type ${JSON.stringify(type)}`) };
	const timeoutMs = timeout === undefined ? null : parseTimeout(timeout);
	if (timeout !== undefined && timeoutMs === null)
		return { httpStatus: '200', error: new GrpcError('INTERNAL', `malformed grpc-timeout ${JSON.stringify(timeout)}`) };
	return { path, timeoutMs, encoding: all['grpc-encoding'] ?? '' };
}
