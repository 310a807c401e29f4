/** Why no answer came. */
export type TransportFailure = 'TimedOut' | 'Unreachable' | 'Unauthorized' | 'Aborted';

/** A request that got no answer. */
export class TransportError extends Error {
	readonly failure: TransportFailure;

	constructor(failure: TransportFailure, message: string, cause?: unknown) {
		super(message, cause === undefined ? {} : { cause });
		this.name = 'TransportError';
		this.failure = failure;
	}
}

/** Says in words what a system or TLS error means for a connection to `server`. */
export function unreachable(server: URL, error: unknown): TransportError {
	const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
	const message = error instanceof Error ? error.message : String(error);
	const what = words[code] ?? (message === '' ? code : message);
	return new TransportError('Unreachable', `${server.host}: ${what}`, error);
}

const words: Readonly<Record<string, string>> = {
	ECONNREFUSED: 'nothing listens there (connection refused)',
	ECONNRESET: 'the connection was reset',
	EPIPE: 'the connection was reset',
	ENOTFOUND: 'no such host',
	EAI_AGAIN: 'its name cannot be looked up now',
	ETIMEDOUT: 'the connection timed out',
	EHOSTUNREACH: 'no route to the host',
	ENETUNREACH: 'no route to the network',
	CERT_HAS_EXPIRED: "the server's certificate has ended",
	DEPTH_ZERO_SELF_SIGNED_CERT: "the server's certificate is not signed by the cluster's authority",
	SELF_SIGNED_CERT_IN_CHAIN: "the server's certificate is not signed by the cluster's authority",
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the server's certificate is not signed by the cluster's authority",
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the server's certificate is not signed by the cluster's authority",
};
