import type { IncomingMessage } from 'node:http';
import { ClusterError } from '../../core/ports/cluster.ts';
import type { HttpAnswer, HttpRequest, Permission, Transport } from '../transport/transport.ts';
import { TransportError } from '../transport/transport-error.ts';
import { pause } from '../watch/backoff.ts';
import { answeredFailure, type RequestPlace, unansweredFailure } from './failure.ts';

export type ApiRequest = Omit<HttpRequest, 'permission'> & { readonly place: RequestPlace };

/** How often a request goes out that the server puts off. */
const attempts = 4;
/** A server that asks for more is told of as a failure at once, in milliseconds. */
const longestPauseMs = 3_000;

/** Requests whose failures are ClusterErrors, under a permission or none. */
export class Requester {
	readonly transport: Transport;
	readonly #permission: Permission | null;

	constructor(transport: Transport, permission: Permission | null = null) {
		this.transport = transport;
		this.#permission = permission;
	}

	/** The same connections, for as long as the permission lasts. */
	under(permission: Permission): Requester {
		return new Requester(this.transport, permission);
	}

	/** The same permission over another transport. */
	over(transport: Transport): Requester {
		return new Requester(transport, this.#permission);
	}

	/** A successful answer, whole. What the server puts off unread (429 with Retry-After) goes out again a few times. */
	async send(request: ApiRequest): Promise<HttpAnswer> {
		for (let attempt = 1; ; attempt++) {
			const answer = await this.#translated(request, () => this.transport.send({ ...request, permission: this.#permission }));
			if (isSuccess(answer.status)) return answer;
			const failure = answeredFailure(request.place, answer.status, answer.message.headers, answer.body);
			// An eviction that a disruption budget refuses is no matter of seconds.
			const later = failure.failure === 'TooManyRequests' && request.place.verb !== 'evict' ? failure.retryAfterMs : null;
			if (later === null || later > longestPauseMs || attempt === attempts) throw failure;
			await pause(later * (1 + Math.random() / 2), this.#until(request));
		}
	}

	#until({ signal }: ApiRequest): AbortSignal {
		return AbortSignal.any([signal, this.#permission?.signal].filter((one) => one !== undefined));
	}

	/** A successful answer as JSON. */
	async json<T>(request: ApiRequest): Promise<{ readonly value: T; readonly answer: HttpAnswer }> {
		const answer = await this.send(request);
		try {
			return { value: JSON.parse(answer.body.toString('utf8')) as T, answer };
		} catch (cause) {
			const { verb, resource } = request.place;
			throw new ClusterError('ServerFailed', `${verb} ${resource}: the answer is not JSON; is that an API server?`, {
				...request.place,
				status: answer.status,
				cause,
			});
		}
	}

	/** The head of a successful answer, to be read piece by piece. */
	async open(request: ApiRequest): Promise<IncomingMessage> {
		const message = await this.#translated(request, () => this.transport.open({ ...request, permission: this.#permission }));
		if (isSuccess(message.statusCode ?? 0)) return message;
		const chunks: Buffer[] = [];
		const timer = setTimeout(() => message.destroy(new TransportError('TimedOut', 'the answer does not end')), request.limitMs);
		try {
			for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
		} catch {
			// The head says enough.
		} finally {
			clearTimeout(timer);
		}
		throw answeredFailure(request.place, message.statusCode ?? 0, message.headers, Buffer.concat(chunks));
	}

	async #translated<T>({ place }: ApiRequest, run: () => Promise<T>): Promise<T> {
		try {
			return await run();
		} catch (error) {
			if (error instanceof TransportError) throw unansweredFailure(place, error);
			throw error;
		}
	}
}

function isSuccess(status: number): boolean {
	return status >= 200 && status < 300;
}
