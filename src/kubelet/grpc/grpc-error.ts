import { status } from '@grpc/grpc-js';

/** https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
export type GrpcCode = Exclude<keyof typeof status, 'OK'>;

/** A call that failed, here or at the other end. */
export class GrpcError extends Error {
	readonly code: GrpcCode;

	constructor(code: GrpcCode, message: string, options?: { readonly cause?: unknown }) {
		super(message, options);
		this.name = 'GrpcError';
		this.code = code;
	}
}

/** Any error of a call as a GrpcError: of the library by its status, our own as it is, anything else as INTERNAL. */
export function grpcError(error: unknown): GrpcError {
	if (error instanceof GrpcError) return error;
	const { code, details } = (error ?? {}) as { code?: unknown; details?: unknown };
	const name = typeof code === 'number' ? status[code] : undefined;
	if (name === undefined || name === 'OK')
		return new GrpcError('INTERNAL', String((error as Error)?.message ?? error), { cause: error });
	return new GrpcError(name as GrpcCode, typeof details === 'string' ? details : '', { cause: error });
}
