/** https://grpc.github.io/grpc/core/md_doc_statuscodes.html: the number of each code is its place. */
const codes = [
	'OK',
	'CANCELLED',
	'UNKNOWN',
	'INVALID_ARGUMENT',
	'DEADLINE_EXCEEDED',
	'NOT_FOUND',
	'ALREADY_EXISTS',
	'PERMISSION_DENIED',
	'RESOURCE_EXHAUSTED',
	'FAILED_PRECONDITION',
	'ABORTED',
	'OUT_OF_RANGE',
	'UNIMPLEMENTED',
	'INTERNAL',
	'UNAVAILABLE',
	'DATA_LOSS',
	'UNAUTHENTICATED',
] as const;

/** How a call ended, unless it went well. */
export type GrpcCode = Exclude<(typeof codes)[number], 'OK'>;

export function statusNumber(code: GrpcCode): number {
	return codes.indexOf(code);
}

/** `grpc-status` as it was sent; what is no code of today is UNKNOWN, as in every implementation. */
export function statusCode(number: string): GrpcCode | 'OK' {
	return (/^\d{1,3}$/.test(number) ? codes[Number(number)] : undefined) ?? 'UNKNOWN';
}
