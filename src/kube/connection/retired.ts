import type { Agent, RequestOptions } from 'node:https';
import type { Account, BearerSource, TlsIdentity } from './account.ts';

/**
 * What only the whole of client-node's KubeConfig can do: retired auth providers and SOCKS proxies. It brings every generated
 * class of the API (260 ms, 85 MB), so it is loaded only for those who need it.
 */
async function wholeOptions(account: Account, user: object, tls?: TlsIdentity): Promise<RequestOptions> {
	const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
	const config = new KubeConfig();
	config.loadFromClusterAndUser(
		{
			name: 'cluster',
			server: account.server.href,
			skipTLSVerify: account.tls.insecure,
			...(tls?.ca === undefined ? {} : { caData: tls.ca.toString('base64') }),
			...(tls?.servername === undefined ? {} : { tlsServerName: tls.servername }),
			...(account.proxyUrl === null ? {} : { proxyUrl: account.proxyUrl }),
		},
		{ name: 'user', ...user },
	);
	const options: RequestOptions = { headers: {} };
	await config.applyToHTTPSOptions(options);
	return options;
}

/** Headers of an `auth-provider`. */
export async function providerHeaders(
	account: Account,
	{ user, authProvider }: Extract<BearerSource, { kind: 'auth-provider' }>,
): Promise<{ readonly Authorization?: string }> {
	const { headers } = await wholeOptions({ ...account, proxyUrl: null }, { name: user, authProvider });
	return (headers ?? {}) as { Authorization?: string };
}

/** An agent that connects through a SOCKS proxy. */
export async function socksAgent(account: Account, tls: TlsIdentity): Promise<Agent> {
	const base64 = (pem: Buffer | string): string => Buffer.from(pem).toString('base64');
	const user = tls.cert === undefined || tls.key === undefined ? {} : { certData: base64(tls.cert), keyData: base64(tls.key) };
	return (await wholeOptions(account, user, tls)).agent as Agent;
}
