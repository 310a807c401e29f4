import type { HeaderField, Http2Stream, StreamFailure, StreamListener } from '../http2/index.ts';
import { readCallAnswer } from './call-answer.ts';
import { GrpcError } from './grpc-error.ts';
import { compressedError, MessageReader } from './message-reader.ts';
import { failureStatus } from './transport-status.ts';

export interface ClientCallOptions {
	/** What it throws as a GrpcError ends the call. */
	onMessage(message: Uint8Array): void;
	/** Once; `null`: it went well. `unprocessed`: the server did nothing for it. */
	onOver(error: GrpcError | null, unprocessed: boolean): void;
}

/** The answer to one call, as it comes. */
export class ClientCall implements StreamListener {
	/** To be set before anything comes. */
	stream: Http2Stream | null = null;
	readonly #options: ClientCallOptions;
	readonly #messages: MessageReader;
	#encoding = '';
	#headed = false;
	/** How the server says that it ended; `null`: well. */
	#status: GrpcError | null | undefined;
	#over = false;

	constructor(options: ClientCallOptions) {
		this.#options = options;
		this.#messages = new MessageReader(
			(message) => options.onMessage(message),
			// The client names no encoding that it takes: an answer in one is an error of the server.
			() => new GrpcError('INTERNAL', compressedError(this.#encoding).message),
		);
	}

	/** Ends it, for both ends. */
	cancel(error: GrpcError): void {
		this.#finish(error);
		this.stream?.reset('CANCEL');
	}

	onHeaders(fields: readonly HeaderField[], ended: boolean): void {
		const answer = readCallAnswer(fields, !this.#headed, ended);
		if (answer.kind === 'informational') return;
		this.#headed = true;
		if (answer.kind === 'begin') this.#encoding = answer.encoding;
		else if (answer.kind === 'end') this.#status = answer.error;
		else this.cancel(answer.error);
	}

	onData(bytes: Buffer): void {
		if (this.#over) return;
		try {
			if (!this.#headed) throw new GrpcError('INTERNAL', 'data came before the headers of an answer');
			this.#messages.push(bytes);
		} catch (error) {
			if (!(error instanceof GrpcError)) throw error;
			this.cancel(error);
		}
	}

	onEnd(): void {
		if (this.#status === undefined) this.#finish(new GrpcError('INTERNAL', 'the server ended the call without a status'));
		else if (this.#status === null && this.#messages.partial)
			this.#finish(new GrpcError('INTERNAL', 'the last message is cut off'));
		else this.#finish(this.#status);
	}

	onClose(failure: StreamFailure | null): void {
		if (failure === null) this.#finish(new GrpcError('CANCELLED', 'cancelled'));
		else this.#finish(failureStatus(failure), failure.unprocessed);
	}

	#finish(error: GrpcError | null, unprocessed = false): void {
		if (this.#over) return;
		this.#over = true;
		this.#options.onOver(error, unprocessed);
	}
}
