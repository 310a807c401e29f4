import { Agent, request } from 'node:https';
import type { Credentials, Identity } from './credentials.ts';

/** An answer of the API server. */
export interface Answer {
	readonly status: number;
	/** Parsed JSON, or the text where it is none. */
	// biome-ignore lint/suspicious/noExplicitAny: tests look into objects of every kind
	readonly body: any;
	/** Texts of the Warning headers. */
	readonly warnings: readonly string[];
}

export interface RequestOptions {
	/** Default: `application/json`, for PATCH `application/merge-patch+json`. */
	readonly contentType?: string;
	/** Default: the admin. */
	readonly as?: Identity;
	/** Milliseconds; default 30000. */
	readonly timeout?: number;
}

/** Plain requests to the API server, with nothing of a client library between a test and what it says. */
export class Requests {
	readonly #port: number;
	readonly #credentials: Credentials;
	readonly #agents = new Map<Identity, Agent>();

	constructor(port: number, credentials: Credentials) {
		this.#port = port;
		this.#credentials = credentials;
	}

	/** Rejects only where no answer came. */
	send(method: string, path: string, body?: unknown, options: RequestOptions = {}): Promise<Answer> {
		const identity = options.as ?? this.#credentials.admin;
		const plain = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
		return new Promise((resolve, reject) => {
			const sent = request(
				{
					host: '127.0.0.1',
					port: this.#port,
					method,
					path,
					agent: this.#agent(identity),
					timeout: options.timeout ?? 30_000,
					headers: {
						...(body === undefined ? {} : { 'content-type': options.contentType ?? plain }),
						...('token' in identity ? { authorization: `Bearer ${identity.token}` } : {}),
						accept: 'application/json',
						'user-agent': 'gpupolicy-test',
					},
				},
				(response) => {
					let text = '';
					response.setEncoding('utf8').on('data', (chunk: string) => {
						text += chunk;
					});
					response.once('error', reject);
					response.once('end', () => {
						// Not `headers.warning`, which holds several as one text.
						const warnings = (response.headersDistinct['warning'] ?? []).map(warningText);
						resolve({ status: response.statusCode ?? 0, body: parse(text), warnings });
					});
				},
			);
			sent.once('timeout', () => sent.destroy(new Error(`no answer to ${method} ${path} in time`)));
			sent.once('error', reject);
			sent.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
		});
	}

	/** Closes the idle connections. */
	close(): void {
		for (const agent of this.#agents.values()) agent.destroy();
	}

	#agent(identity: Identity): Agent {
		let agent = this.#agents.get(identity);
		if (agent === undefined) {
			const own = 'token' in identity ? {} : { cert: identity.certificate, key: identity.key };
			agent = new Agent({ keepAlive: true, ca: this.#credentials.authority.certificate, ...own });
			this.#agents.set(identity, agent);
		}
		return agent;
	}
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

/** The quoted text of `299 - "text"`. */
function warningText(header: string): string {
	const quoted = /"((?:[^"\\]|\\.)*)"/.exec(header)?.[1] ?? header;
	return quoted.replaceAll(/\\(.)/g, '$1');
}
