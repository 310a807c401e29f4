import { ExecAuth } from '@kubernetes/client-node/dist/exec_auth.js';
import type { Account, BearerSource } from './account.ts';

/** What a credential plugin answered. */
export interface PluginAnswer {
	readonly token: string | undefined;
	/** PEM. */
	readonly cert: string | undefined;
	readonly key: string | undefined;
	/** Milliseconds that the answer may be kept for. */
	readonly validForMs: number;
}

/** A credential is asked for anew so long before it ends. */
const marginMs = 10_000;

/**
 * Runs a credential plugin once through client-node, and adds what client-node leaves out: `KUBERNETES_EXEC_INFO`, which several
 * plugins refuse to work without.
 *
 * @throws Error the plugin cannot be started, fails, or answers no ExecCredential; with `installHint` where there is one
 */
export async function runPlugin(
	account: Account,
	{ user, exec }: Extract<BearerSource, { kind: 'exec' }>,
): Promise<PluginAnswer> {
	const info = {
		apiVersion: exec.apiVersion ?? 'client.authentication.k8s.io/v1',
		kind: 'ExecCredential',
		spec: { interactive: false, ...(exec.provideClusterInfo === true ? { cluster: clusterInfo(account) } : {}) },
	};
	const env = [...(exec.env ?? []), { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }];
	const answer: { headers?: Record<string, string>; cert?: string; key?: string } = { headers: {} };
	// One object for each run: ExecAuth keeps what it was told and judges its end by the wall clock, with no margin.
	const auth = new Credential();
	try {
		await auth.applyAuthentication({ name: user, exec: { ...exec, env } }, answer);
	} catch (cause) {
		const hint = exec.installHint === undefined ? '' : `; ${exec.installHint.trim()}`;
		throw new Error(`the credential plugin ${exec.command} failed: ${firstLine(cause)}${hint}`, { cause });
	}
	return {
		token: answer.headers?.Authorization?.replace(/^Bearer /, ''),
		cert: answer.cert,
		key: answer.key,
		validForMs: auth.endsAt === null ? Number.POSITIVE_INFINITY : Math.max(0, auth.endsAt - Date.now() - marginMs),
	};
}

/** Tells the end of what the plugin answered, which ExecAuth knows and does not say. */
class Credential extends ExecAuth {
	/** Milliseconds since 1970; `null` for no end. */
	get endsAt(): number | null {
		const cache = Reflect.get(this, 'tokenCache') as Record<string, { status?: { expirationTimestamp?: string } } | null>;
		const end = Object.values(cache)[0]?.status?.expirationTimestamp;
		return end === undefined ? null : Date.parse(end);
	}
}

function clusterInfo({ server, tls }: Account): object {
	return {
		server: server.href.replace(/\/$/, ''),
		...(tls.serverName === null ? {} : { 'tls-server-name': tls.serverName }),
		...(tls.insecure ? { 'insecure-skip-tls-verify': true } : {}),
		...(tls.ca?.kind === 'data' ? { 'certificate-authority-data': tls.ca.pem.toString('base64') } : {}),
		config: null,
	};
}

function firstLine(error: unknown): string {
	return (error instanceof Error ? error.message : String(error)).trim().split('\n')[0] ?? '';
}
