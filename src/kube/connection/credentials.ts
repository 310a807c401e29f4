import { readFileSync } from 'node:fs';
import type { Account, BearerSource, PemSource, TlsIdentity } from './account.ts';
import type { PluginAnswer } from './exec-plugin.ts';
import { providerHeaders } from './retired.ts';

/** What proves who we are to the server, for one request. */
interface Proof {
	readonly tls: TlsIdentity;
	readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/** Files are read again after so many milliseconds, as client-go does: the kubelet renews a pod's token in place. */
const rereadMs = 60_000;

/** Proves who we are, request by request, following tokens and certificates that are renewed in place. */
export class Credentials {
	readonly #account: Account;
	/** Monotonic: a wall clock that is set back must not keep an ended token in use. */
	readonly #now: () => number;
	#readAt = Number.NEGATIVE_INFINITY;
	#token: string | undefined;
	#tls: TlsIdentity | undefined;
	#plugin: { readonly answer: Promise<PluginAnswer>; endsAt: number } | undefined;

	constructor(account: Account, now: () => number = () => performance.now()) {
		this.#account = account;
		this.#now = now;
	}

	/** Rejects where a file cannot be read or a plugin fails. */
	async current(): Promise<Proof> {
		const { user } = this.#account;
		const plugin = user.bearer?.kind === 'exec' ? await this.#fromPlugin(user.bearer) : undefined;
		this.#read(plugin);
		const authorization = plugin?.token === undefined ? await this.#authorization(user.bearer) : `Bearer ${plugin.token}`;
		return {
			tls: this.#tls as TlsIdentity,
			headers: authorization === undefined ? user.impersonation : { ...user.impersonation, Authorization: authorization },
		};
	}

	/** The server did not accept it (401): what was kept is asked for again next time. */
	refused(): void {
		this.#readAt = Number.NEGATIVE_INFINITY;
		this.#plugin = undefined;
	}

	#read(plugin: PluginAnswer | undefined): void {
		const { user, tls } = this.#account;
		if (this.#now() - this.#readAt >= rereadMs) {
			const next: TlsIdentity = {
				ca: bytes(tls.ca),
				cert: bytes(user.certificate?.cert ?? null),
				key: bytes(user.certificate?.key ?? null),
				servername: tls.serverName ?? undefined,
				rejectUnauthorized: !tls.insecure,
			};
			this.#keep(plugin ? { ...next, cert: plugin.cert ?? next.cert, key: plugin.key ?? next.key } : next);
			if (user.bearer?.kind === 'token-file') this.#token = readFileSync(user.bearer.path, 'utf8').trim();
			this.#readAt = this.#now();
		} else if (plugin?.cert !== undefined && this.#tls !== undefined)
			this.#keep({ ...this.#tls, cert: plugin.cert, key: plugin.key });
	}

	#keep(next: TlsIdentity): void {
		const same = (a: Buffer | string | undefined, b: Buffer | string | undefined): boolean => String(a ?? '') === String(b ?? '');
		const kept = this.#tls;
		if (!kept || !same(kept.ca, next.ca) || !same(kept.cert, next.cert) || !same(kept.key, next.key)) this.#tls = next;
	}

	async #authorization(bearer: BearerSource | null): Promise<string | undefined> {
		switch (bearer?.kind) {
			case 'token':
				return `Bearer ${bearer.token}`;
			case 'token-file':
				return `Bearer ${this.#token}`;
			case 'basic':
				return `Basic ${Buffer.from(`${bearer.username}:${bearer.password}`).toString('base64')}`;
			case 'auth-provider':
				return (await providerHeaders(this.#account, bearer)).Authorization;
			default:
				return undefined;
		}
	}

	/** One run of the plugin at a time; its answer is kept until shortly before it ends. */
	async #fromPlugin(bearer: Extract<BearerSource, { kind: 'exec' }>): Promise<PluginAnswer> {
		if (this.#plugin === undefined || this.#now() >= this.#plugin.endsAt) {
			// Loaded here: it brings what starts processes, and few accounts need it.
			const answer = import('./exec-plugin.ts').then(({ runPlugin }) => runPlugin(this.#account, bearer));
			const run = { answer, endsAt: Number.POSITIVE_INFINITY };
			this.#plugin = run;
			run.answer.then(
				(answer) => {
					run.endsAt = this.#now() + answer.validForMs;
				},
				() => {
					if (this.#plugin === run) this.#plugin = undefined;
				},
			);
		}
		return this.#plugin.answer;
	}
}

function bytes(source: PemSource | null): Buffer | undefined {
	if (source === null) return undefined;
	return source.kind === 'data' ? source.pem : readFileSync(source.path);
}
