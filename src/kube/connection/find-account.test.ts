import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { dump } from 'js-yaml';
import { errorCode } from '../../runtime/errors.ts';
import { findAccount } from './find-account.ts';
import { inClusterAccount } from './in-cluster.ts';

const folder = mkdtempSync(join(tmpdir(), 'gpupolicy-kubeconfig-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, content: unknown): string {
	const path = join(folder, name);
	mkdirSync(join(path, '..'), { recursive: true });
	writeFileSync(path, typeof content === 'string' ? content : dump(content));
	return path;
}

function config(name: string, more: { user?: object; cluster?: object; current?: string } = {}): object {
	return {
		apiVersion: 'v1',
		kind: 'Config',
		clusters: [{ name: `${name}-cluster`, cluster: { server: `https://${name}.example:6443/`, ...more.cluster } }],
		users: [{ name: `${name}-user`, user: more.user ?? { token: `${name}-token` } }],
		contexts: [{ name, context: { cluster: `${name}-cluster`, user: `${name}-user`, namespace: 'own' } }],
		...(more.current === undefined ? {} : { 'current-context': more.current }),
	};
}

const one = file('one.yaml', config('one'));
const two = file('two.yaml', config('two', { current: 'two' }));
const empty = { HOME: join(folder, 'no-home') };

function code(run: () => unknown): string | undefined {
	try {
		run();
	} catch (error) {
		return errorCode(error);
	}
	return 'no error';
}

describe('the account of a cluster', () => {
	it('is that of the current context', () => {
		const account = findAccount({ kubeconfig: two, env: empty });
		assert.equal(account.server.href, 'https://two.example:6443/');
		assert.equal(account.context, 'two');
		assert.equal(account.namespace, 'own');
		assert.deepEqual(account.user.bearer, { kind: 'token', token: 'two-token' });
	});

	it('is found over several files of KUBECONFIG, of which missing ones do not matter', () => {
		const KUBECONFIG = [join(folder, 'missing'), one, '', two].join(delimiter);
		assert.equal(findAccount({ env: { KUBECONFIG } }).context, 'two');
		assert.equal(findAccount({ env: { KUBECONFIG }, context: 'one' }).server.hostname, 'one.example');
	});

	it('takes the first of several entries of one name, as kubectl does', () => {
		const other = file('other.yaml', config('two', { cluster: { server: 'https://other.example' }, current: 'other' }));
		const account = findAccount({ env: { KUBECONFIG: [two, other].join(delimiter) } });
		assert.equal(account.server.hostname, 'two.example');
	});

	it('is that of ~/.kube/config without any of it', () => {
		const home = join(folder, 'home');
		file('home/.kube/config', config('home', { current: 'home' }));
		assert.equal(findAccount({ env: { HOME: home } }).context, 'home');
	});

	it('takes paths relative to the file that they stand in, and data before files', () => {
		const ca = file('sub/ca.crt', 'CA');
		file('sub/token', 'T');
		const path = file(
			'sub/config',
			config('sub', { current: 'sub', cluster: { 'certificate-authority': 'ca.crt' }, user: { tokenFile: 'token' } }),
		);
		const account = findAccount({ kubeconfig: path, env: empty });
		assert.deepEqual(account.tls.ca, { kind: 'file', path: ca });
		assert.deepEqual(account.user.bearer, { kind: 'token-file', path: join(folder, 'sub', 'token') });
		const data = { 'certificate-authority': 'ca.crt', 'certificate-authority-data': Buffer.from('PEM').toString('base64') };
		const both = file('sub/both', config('sub', { current: 'sub', cluster: data }));
		assert.deepEqual(findAccount({ kubeconfig: both, env: empty }).tls.ca, { kind: 'data', pem: Buffer.from('PEM') });
	});

	it('carries a credential plugin, whose command is looked up beside the file only when it has a slash', () => {
		const exec = (command: string): object => ({ exec: { apiVersion: 'client.authentication.k8s.io/v1', command } });
		const command = (user: object): unknown => {
			const path = file('sub/exec', config('exec', { current: 'exec', user }));
			const { bearer } = findAccount({ kubeconfig: path, env: empty }).user;
			return bearer?.kind === 'exec' ? bearer.exec.command : bearer;
		};
		assert.equal(command(exec('./bin/get-token')), join(folder, 'sub', 'bin', 'get-token'));
		assert.equal(command(exec('get-token')), 'get-token');
		assert.deepEqual(command({ ...exec('get-token'), token: 'T' }), { kind: 'token', token: 'T' });
	});

	it('carries impersonation and the name that the certificate must have', () => {
		const user = { token: 'T', as: 'ann', 'as-groups': ['devs', 'ops'], 'as-user-extra': { 'why/so': ['x'] } };
		const path = file(
			'as',
			config('as', { current: 'as', user, cluster: { 'tls-server-name': 'inner', 'proxy-url': 'socks5://p:1' } }),
		);
		const account = findAccount({ kubeconfig: path, env: empty });
		assert.deepEqual(account.user.impersonation, {
			'Impersonate-User': 'ann',
			'Impersonate-Group': ['devs', 'ops'],
			'Impersonate-Extra-why%2Fso': ['x'],
		});
		assert.equal(account.tls.serverName, 'inner');
		assert.equal(account.proxyUrl, 'socks5://p:1');
	});

	it('is refused with what is missing and where', () => {
		assert.equal(
			code(() => findAccount({ env: empty })),
			'GP4101',
		);
		assert.equal(
			code(() => findAccount({ kubeconfig: join(folder, 'missing'), env: empty })),
			'GP4101',
		);
		assert.equal(
			code(() => findAccount({ kubeconfig: file('bad', 'a: [b'), env: empty })),
			'GP4102',
		);
		assert.equal(
			code(() => findAccount({ kubeconfig: file('list', '[]\n- a'), env: empty })),
			'GP4102',
		);
		assert.equal(
			code(() => findAccount({ kubeconfig: one, env: empty })),
			'GP4103',
		);
		assert.equal(
			code(() => findAccount({ kubeconfig: two, context: 'none', env: empty })),
			'GP4103',
		);
		const dangling = { ...config('d', { current: 'd' }), users: [] };
		assert.equal(
			code(() => findAccount({ kubeconfig: file('d', dangling), env: empty })),
			'GP4104',
		);
		const half = config('h', { current: 'h', user: { 'client-certificate-data': 'QQ==' } });
		assert.equal(
			code(() => findAccount({ kubeconfig: file('h', half), env: empty })),
			'GP4104',
		);
		const absent = config('a', { current: 'a', cluster: { 'certificate-authority': 'no.crt' } });
		assert.equal(
			code(() => findAccount({ kubeconfig: file('a', absent), env: empty })),
			'GP4104',
		);
	});

	it('is the service account of the pod where there is one', () => {
		const mounted = join(folder, 'sa');
		file('sa/token', 'T');
		file('sa/namespace', 'gpupolicy-system');
		const account = inClusterAccount({ KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' }, mounted);
		assert.equal(account?.server.href, 'https://[fd00::1]/');
		assert.equal(account?.namespace, 'gpupolicy-system');
		assert.equal(inClusterAccount({}, mounted), null);
		assert.equal(inClusterAccount({ KUBERNETES_SERVICE_HOST: '10.0.0.1' }, join(folder, 'none')), null);
	});
});
