import type { HeaderField } from '../http2/index.ts';
import { isGrpc } from './content-type.ts';
import { GrpcError } from './grpc-error.ts';
import { parseMessage } from './grpc-message.ts';
import { byName } from './read-headers.ts';
import { statusCode } from './status.ts';
import { httpStatus } from './transport-status.ts';

/** What the headers that a server sent are. */
export type CallAnswer =
	/** Of HTTP itself: the answer is still to come. */
	| { readonly kind: 'informational' }
	/** Before messages, which are compressed by `encoding` where they are. */
	| { readonly kind: 'begin'; readonly encoding: string }
	/** The end of a call; `null`: it went well. */
	| { readonly kind: 'end'; readonly error: GrpcError | null }
	/** Nothing that a server may send. */
	| { readonly kind: 'wrong'; readonly error: GrpcError };

/** `first`: nothing but informational headers came before; `ended`: nothing comes behind. */
export function readCallAnswer(fields: readonly HeaderField[], first: boolean, ended: boolean): CallAnswer {
	const all = byName(fields);
	const { ':status': status = '', 'content-type': type = '', 'grpc-status': code, 'grpc-message': message = '' } = all;
	if (first && !ended && /^1\d\d$/.test(status)) return { kind: 'informational' };
	if (first && code === undefined && (status !== '200' || !isGrpc(type)))
		return { kind: 'wrong', error: httpStatus(status, type) };
	if (first && !ended) return { kind: 'begin', encoding: all['grpc-encoding'] ?? '' };
	if (!ended) return { kind: 'wrong', error: new GrpcError('INTERNAL', 'headers came within an answer') };
	if (code === undefined) return { kind: 'end', error: new GrpcError('UNKNOWN', 'the server ended the call without a status') };
	const name = statusCode(code);
	return { kind: 'end', error: name === 'OK' ? null : new GrpcError(name, parseMessage(message)) };
}
