import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Account, UserCredentials } from './account.ts';
import { Credentials } from './credentials.ts';

const folder = mkdtempSync(join(tmpdir(), 'gpupolicy-credentials-'));
after(() => rmSync(folder, { recursive: true }));

function account(user: Partial<UserCredentials>): Account {
	return {
		context: 'test',
		namespace: null,
		server: new URL('https://server.example'),
		tls: { ca: { kind: 'data', pem: Buffer.from('CA') }, serverName: null, insecure: false },
		proxyUrl: null,
		user: { certificate: null, bearer: null, impersonation: {}, ...user },
	};
}

/** A plugin that counts its runs in a file and answers what `status` says. */
function plugin(name: string, status: string): { readonly bearer: UserCredentials['bearer']; runs(): number } {
	const path = join(folder, name);
	const log = `${path}.log`;
	writeFileSync(log, '');
	const script = `require('fs').appendFileSync(${JSON.stringify(log)}, process.env.KUBERNETES_EXEC_INFO + '\\n'); ${status}`;
	writeFileSync(`${path}.cjs`, script);
	chmodSync(`${path}.cjs`, 0o600);
	return {
		bearer: { kind: 'exec', user: name, exec: { command: process.execPath, args: [`${path}.cjs`], installHint: 'install it\n' } },
		runs: () =>
			readFileSync(log, 'utf8')
				.split('\n')
				.filter((line) => JSON.parse(line || 'null')?.kind === 'ExecCredential').length,
	};
}

const answer = (status: object): string =>
	`console.log(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: ${JSON.stringify(status)} }))`;

describe('credentials', () => {
	it('follow a token that is renewed in place, by a monotonic clock, and at once when it was refused', async () => {
		let now = 0;
		const path = join(folder, 'token');
		const credentials = new Credentials(account({ bearer: { kind: 'token-file', path } }), () => now);
		const sent = async (): Promise<unknown> => (await credentials.current()).headers.Authorization;
		writeFileSync(path, 'first\n');
		assert.equal(await sent(), 'Bearer first');
		writeFileSync(path, 'second');
		now = 59_000;
		assert.equal(await sent(), 'Bearer first');
		now = 60_000;
		assert.equal(await sent(), 'Bearer second');
		writeFileSync(path, 'third');
		credentials.refused();
		assert.equal(await sent(), 'Bearer third');
	});

	it('keep one TLS identity until a certificate changes', async () => {
		let now = 0;
		const cert = join(folder, 'cert');
		const key = join(folder, 'key');
		writeFileSync(cert, 'CERT');
		writeFileSync(key, 'KEY');
		const certificate = { cert: { kind: 'file', path: cert }, key: { kind: 'file', path: key } } as const;
		const credentials = new Credentials(account({ certificate }), () => now);
		const first = (await credentials.current()).tls;
		now = 120_000;
		assert.equal((await credentials.current()).tls, first);
		writeFileSync(cert, 'RENEWED');
		now = 240_000;
		const second = (await credentials.current()).tls;
		assert.notEqual(second, first);
		assert.equal(String(second.cert), 'RENEWED');
	});

	it('run a plugin once for many requests, until shortly before its answer ends', async () => {
		let now = 0;
		const end = new Date(Date.now() + 3_600_000).toISOString();
		const { bearer, runs } = plugin('token', answer({ token: 'T', expirationTimestamp: end }));
		const credentials = new Credentials(account({ bearer }), () => now);
		const all = await Promise.all([credentials.current(), credentials.current(), credentials.current()]);
		assert.deepEqual(
			all.map(({ headers }) => headers.Authorization),
			['Bearer T', 'Bearer T', 'Bearer T'],
		);
		assert.equal(runs(), 1);
		now = 3_500_000;
		await credentials.current();
		assert.equal(runs(), 1);
		now = 3_595_000;
		await credentials.current();
		assert.equal(runs(), 2);
		credentials.refused();
		await credentials.current();
		assert.equal(runs(), 3);
	});

	it('take a client certificate from a plugin', async () => {
		const { bearer } = plugin('certificate', answer({ clientCertificateData: 'CERT', clientKeyData: 'KEY' }));
		const { tls, headers } = await new Credentials(account({ bearer })).current();
		assert.equal(tls.cert, 'CERT');
		assert.equal(tls.key, 'KEY');
		assert.equal(headers.Authorization, undefined);
	});

	it('say which plugin failed and how to install it, and ask it again next time', async () => {
		const { bearer, runs } = plugin('failing', "console.error('no session'); process.exit(1)");
		const credentials = new Credentials(account({ bearer }));
		await assert.rejects(credentials.current(), /the credential plugin .* failed: no session; install it$/);
		await assert.rejects(credentials.current(), /no session/);
		assert.equal(runs(), 2);
		const missing = { kind: 'exec', user: 'u', exec: { command: join(folder, 'no-such-plugin') } } as const;
		await assert.rejects(new Credentials(account({ bearer: missing })).current(), /no-such-plugin failed: .*ENOENT/);
	});

	it('are sent as Basic for a name and a password', async () => {
		const bearer = { kind: 'basic', username: 'ann', password: 'a:b' } as const;
		const { headers } = await new Credentials(account({ bearer })).current();
		assert.equal(headers.Authorization, `Basic ${Buffer.from('ann:a:b').toString('base64')}`);
	});
});
