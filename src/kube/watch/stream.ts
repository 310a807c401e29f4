import type { ApiObject } from '../../core/ports/cluster.ts';
import { LineSplitter } from '../../runtime/lines.ts';
import { type ApiStatus, type RequestPlace, statusFailure, unansweredFailure } from '../requests/failure.ts';
import type { ApiRequest, Requester } from '../requests/requester.ts';
import { TransportError, unreachable } from '../transport/transport-error.ts';
import { ListItems } from './list-items.ts';

/** One line of a watch. */
export interface WatchEvent {
	readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
	readonly object: ApiObject;
}

export interface StreamRequest {
	readonly path: string;
	readonly place: RequestPlace;
	/** Milliseconds until the head of the answer. */
	readonly headMs: number;
	readonly signal: AbortSignal;
}

/** How often the limit of silence is asked for, since it changes. */
const maxLookMs = 10_000;

/** Reads a body chunk by chunk; fails with `TimedOut` after `silenceMs()` without a byte (asked anew each time; `null` for no limit). */
async function readBody(
	requester: Requester,
	request: StreamRequest,
	onOpen: () => void,
	silenceMs: () => number | null,
	take: (chunk: Buffer) => void,
): Promise<void> {
	const { path, place, headMs: limitMs, signal } = request;
	const message = await requester.open({ method: 'GET', path, place, limitMs, signal } satisfies ApiRequest);
	let heard = performance.now();
	let timer: NodeJS.Timeout | undefined;
	const watchSilence = (): void => {
		const limit = silenceMs();
		const left = limit === null ? maxLookMs : limit - (performance.now() - heard);
		if (limit !== null && left <= 0) {
			const server = requester.transport.account.server.host;
			message.destroy(new TransportError('TimedOut', `${server} sent nothing for ${limit} ms on an open connection`));
		} else timer = setTimeout(watchSilence, Math.min(left, maxLookMs));
	};
	try {
		onOpen();
		watchSilence();
		for await (const chunk of message as AsyncIterable<Buffer>) {
			heard = performance.now();
			take(chunk);
		}
	} catch (error) {
		// A failure that `take` found is told as it is.
		if (error instanceof TransportError) throw unansweredFailure(place, error);
		if (isSystemError(error)) throw unansweredFailure(place, unreachable(requester.transport.account.server, error));
		throw error;
	} finally {
		clearTimeout(timer);
		message.destroy();
	}
}

function isSystemError(error: unknown): boolean {
	return error instanceof Error && 'code' in error;
}

/** Reads a watch until the server ends it. An ERROR event rejects, as a refused request would. */
export async function readWatch(
	requester: Requester,
	request: StreamRequest,
	handlers: { onOpen(): void; silenceMs(): number | null; onEvent(event: WatchEvent): void },
): Promise<void> {
	const lines = new LineSplitter();
	await readBody(requester, request, handlers.onOpen, handlers.silenceMs, (chunk) =>
		lines.push(chunk, (line) => {
			if (line === '') return;
			const event = JSON.parse(line) as { readonly type: string; readonly object: ApiObject };
			if (event.type === 'ERROR') throw statusFailure(request.place, event.object as unknown as ApiStatus);
			handlers.onEvent(event as WatchEvent);
		}),
	);
}

/** Reads one page of a list, item by item. Returns its version, and where the next page begins. */
export async function readPage(
	requester: Requester,
	request: StreamRequest & { readonly silenceMs: number },
	take: (item: ApiObject) => void,
): Promise<{ readonly resourceVersion: string; readonly token: string | undefined }> {
	const items = new ListItems();
	await readBody(
		requester,
		request,
		() => undefined,
		() => request.silenceMs,
		(chunk) => items.push(chunk, (item) => take(JSON.parse(item) as ApiObject)),
	);
	if (!items.complete)
		throw unansweredFailure(request.place, new TransportError('Unreachable', 'the list ended before it was complete'));
	const { metadata } = items.envelope<{ metadata?: { resourceVersion?: string; continue?: string } }>();
	return { resourceVersion: metadata?.resourceVersion ?? '', token: metadata?.continue || undefined };
}
