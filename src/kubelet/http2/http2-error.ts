import { errorCodes, type Http2ErrorCode } from './constants.ts';

/** Why a stream or a whole connection ends: RFC 9113, section 7. */
export class Http2Error extends Error {
	readonly code: Http2ErrorCode;

	constructor(code: Http2ErrorCode, message: string, options?: { readonly cause?: unknown }) {
		super(message, options);
		this.name = 'Http2Error';
		this.code = code;
	}
}

/** The name of a code as the other end sent it; what it may mean in the future is INTERNAL_ERROR, as the RFC has it. */
export function errorCodeName(number: number): Http2ErrorCode {
	const name = (Object.keys(errorCodes) as Http2ErrorCode[]).find((known) => errorCodes[known] === number);
	return name ?? 'INTERNAL_ERROR';
}
