import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Authority, type Certificate, createAuthority } from '../../src/runtime/pki/certificate.ts';

/** Who a client is: a certificate's user and groups, or the bearer of a token. */
export type Identity = Certificate | { readonly token: string };

/** Authority and keys of one cluster, with the files that its components read. */
export interface Credentials {
	readonly authority: Authority;
	/** `system:masters`, which no authoriser refuses. */
	readonly admin: Certificate;
	readonly files: {
		readonly authority: string;
		readonly server: string;
		readonly serverKey: string;
		readonly serviceAccountKey: string;
	};
}

export function createCredentials(folder: string): Credentials {
	const write = (name: string, text: string): string => {
		const path = join(folder, name);
		writeFileSync(path, text, { mode: 0o600 });
		return path;
	};
	const authority = createAuthority('gpupolicy-test');
	const server = authority.server(['localhost', '127.0.0.1', 'kubernetes', 'kubernetes.default.svc']);
	const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
	return {
		authority,
		admin: authority.client('admin', ['system:masters']),
		files: {
			authority: write('ca.crt', authority.certificate),
			server: write('server.crt', server.certificate),
			serverKey: write('server.key', server.key),
			serviceAccountKey: write('service-account.key', privateKey.export({ type: 'pkcs8', format: 'pem' }) as string),
		},
	};
}

/** A kubeconfig with everything in it; JSON, which every reader of YAML takes. */
export function kubeconfig(url: string, authority: Authority, identity: Identity): string {
	const data = (text: string): string => Buffer.from(text).toString('base64');
	const user =
		'token' in identity
			? { token: identity.token }
			: { 'client-certificate-data': data(identity.certificate), 'client-key-data': data(identity.key) };
	return JSON.stringify(
		{
			apiVersion: 'v1',
			kind: 'Config',
			clusters: [{ name: 'test', cluster: { server: url, 'certificate-authority-data': data(authority.certificate) } }],
			users: [{ name: 'test', user }],
			contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
			'current-context': 'test',
		},
		null,
		'\t',
	);
}
