import type { Http2ErrorCode, StreamFailure } from '../http2/index.ts';
import { GrpcError } from './grpc-error.ts';
import type { GrpcCode } from './status.ts';

/** "HTTP2 Transport Mapping" of https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md, "Errors"; every other one is INTERNAL. */
const ofReset: Readonly<Partial<Record<Http2ErrorCode, GrpcCode>>> = {
	REFUSED_STREAM: 'UNAVAILABLE',
	CANCEL: 'CANCELLED',
	ENHANCE_YOUR_CALM: 'RESOURCE_EXHAUSTED',
	INADEQUATE_SECURITY: 'PERMISSION_DENIED',
};

/** https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md; every other one is UNKNOWN. */
const ofHttp: Readonly<Record<string, GrpcCode>> = {
	400: 'INTERNAL',
	401: 'UNAUTHENTICATED',
	403: 'PERMISSION_DENIED',
	404: 'UNIMPLEMENTED',
	429: 'UNAVAILABLE',
	502: 'UNAVAILABLE',
	503: 'UNAVAILABLE',
	504: 'UNAVAILABLE',
};

/** How a call ended whose stream failed below it. */
export function failureStatus({ kind, error }: StreamFailure): GrpcError {
	const code = kind === 'lost' ? 'UNAVAILABLE' : kind === 'broken' ? 'INTERNAL' : (ofReset[error.code] ?? 'INTERNAL');
	return new GrpcError(code, error.message, { cause: error });
}

/** How a call ended that was answered by somebody who does not speak gRPC. */
export function httpStatus(status: string, contentType: string): GrpcError {
	return new GrpcError(
		ofHttp[status] ?? 'UNKNOWN',
		`the answer is no gRPC: HTTP status ${JSON.stringify(status)}, content type ${JSON.stringify(contentType)}`,
	);
}
