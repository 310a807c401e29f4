import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { toolPath } from './build.ts';
import { useOf } from './go.ts';
import { withLock } from './lock.ts';
import { type ToolName, tools } from './tool.ts';
import { fetchToolchain, toolchainVersion } from './toolchain.ts';

const scratch = mkdtempSync(join(tmpdir(), 'gpupolicy-tools-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const versions: readonly [tool: ToolName, args: readonly string[], expected: RegExp][] = [
	['etcd', ['--version'], /etcd Version: 3\.([6-9]|\d\d)\./],
	['kube-apiserver', ['--version'], /^Kubernetes v1\.36\.\d+$/m],
	['kube-controller-manager', ['--version'], /^Kubernetes v1\.36\.\d+$/m],
	['kube-scheduler', ['--version'], /^Kubernetes v1\.36\.\d+$/m],
	['kubectl', ['version', '--client'], /Client Version: v1\.36\.\d+/],
	['kwok', ['--version'], /kwok version v0\.\d+\.\d+/],
	['helm', ['version', '--short'], /^v4\.\d+\.\d+/],
];

for (const [tool, args, expected] of versions) {
	it(`${tool} is built, and says the version that its go.mod pins`, async () => {
		assert.match(execFileSync(await toolPath(tool), args, { encoding: 'utf8' }), expected);
	});
}

it('every tool is a tool directive of its module, with a replace of each of the 33 staging modules for Kubernetes', () => {
	for (const { module, package: path } of Object.values(tools)) {
		if (path.startsWith('.')) continue;
		const goMod = readFileSync(join(import.meta.dirname, '..', '..', 'tools', module, 'go.mod'), 'utf8');
		assert.ok(goMod.includes(`\t${path}\n`) || goMod.includes(`tool ${path}\n`), path);
		if (module === 'kubernetes') assert.equal(goMod.match(/^\tk8s\.io\/\S+ => k8s\.io\/\S+ v0\.36\.\d+$/gm)?.length, 33);
	}
});

it('a Go from before its tools is used to fetch a newer one, and one that cannot do so is not used', () => {
	assert.equal(useOf('go version go1.26.8 linux/amd64'), 'as it is');
	assert.equal(useOf('go version go1.27rc1 linux/amd64'), 'as it is');
	assert.equal(useOf('go version go2.0 linux/amd64'), 'as it is');
	assert.equal(useOf('go version go1.21.13 linux/amd64'), 'switches');
	assert.equal(useOf('go version go1.20.14 linux/amd64'), 'is no use');
	assert.equal(useOf('go version devel +abc linux/amd64'), 'is no use');
	assert.equal(useOf(undefined), 'is no use');
});

it('a machine without Go gets one from the module proxy, whose files have the pinned checksum', async () => {
	const go = await fetchToolchain();
	const said = execFileSync(go, ['version'], {
		cwd: scratch,
		encoding: 'utf8',
		env: { ...process.env, GOTOOLCHAIN: 'local', GOROOT: '' },
	});
	assert.ok(said.startsWith(`go version ${toolchainVersion} `), said);
});

it('KUBEBUILDER_ASSETS wins for what it holds, and the rest is built', async () => {
	const own = join(scratch, process.platform === 'win32' ? 'kubectl.exe' : 'kubectl');
	writeFileSync(own, '');
	chmodSync(own, 0o755);
	process.env['KUBEBUILDER_ASSETS'] = scratch;
	try {
		assert.equal(await toolPath('kubectl'), own);
		assert.notEqual(await toolPath('etcd'), join(scratch, 'etcd'));
	} finally {
		delete process.env['KUBEBUILDER_ASSETS'];
	}
});

it('where nothing can be fetched, the error says what to type', async () => {
	const cache = join(scratch, 'empty');
	const child = spawn(
		process.execPath,
		['-e', `import(${JSON.stringify(join(import.meta.dirname, 'build.ts'))}).then((m) => m.toolPath('kubectl'))`],
		{
			env: { PATH: scratch, XDG_CACHE_HOME: cache, HOME: scratch, GOPROXY: 'http://127.0.0.1:1' },
			stdio: ['ignore', 'ignore', 'pipe'],
		},
	);
	let said = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		said += text;
	});
	const [code] = await once(child, 'close');
	assert.notEqual(code, 0);
	assert.match(said, /kubectl could not be built: there is no Go from 1\.21 on, and go1\.26\.\d+ could not be fetched/);
	assert.match(said, /type: cd test\/tools\/kubernetes && CGO_ENABLED=0 go build -o \S+ k8s\.io\/kubernetes\/cmd\/kubectl/);
	assert.match(said, /KUBEBUILDER_ASSETS=.* node test\/run\.ts cluster/);
});

it('processes that want the same tool at once do the work one after the other', async () => {
	const file = join(scratch, 'lock');
	let inside = 0;
	let most = 0;
	const waited: number[] = [];
	const work = (): Promise<void> =>
		withLock(
			file,
			(pid) => waited.push(pid),
			async () => {
				most = Math.max(most, ++inside);
				await new Promise((resolve) => setTimeout(resolve, 50));
				inside--;
			},
		);
	await Promise.all([work(), work(), work()]);
	assert.equal(most, 1);
	assert.equal(waited.length, 2);
	assert.ok(!existsSync(file));
});

it('the lock of a process that was killed is taken over', async () => {
	const file = join(scratch, 'dead-lock');
	const child = spawn(process.execPath, ['-e', '']);
	await once(child, 'exit');
	writeFileSync(file, String(child.pid));
	assert.equal(
		await withLock(
			file,
			() => assert.fail('it waits for a dead process'),
			async () => 'done',
		),
		'done',
	);
});
