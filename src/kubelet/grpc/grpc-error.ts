import type { GrpcCode } from './status.ts';

/** A call that failed, here or at the other end. */
export class GrpcError extends Error {
	readonly code: GrpcCode;

	constructor(code: GrpcCode, message: string, options?: { readonly cause?: unknown }) {
		super(message, options);
		this.name = 'GrpcError';
		this.code = code;
	}
}

/** Any error of a handler as a GrpcError: our own as it is, anything else as INTERNAL. */
export function grpcError(error: unknown): GrpcError {
	if (error instanceof GrpcError) return error;
	return new GrpcError('INTERNAL', String((error as Error | null)?.message ?? error), { cause: error });
}
