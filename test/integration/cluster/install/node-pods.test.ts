import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { execa } from 'execa';
import { chart, configurations, helm, render, root } from './chart.ts';
import { type Container, type PodSpec, podsOf, risks } from './pods.ts';

const account = '/var/run/secrets/kubernetes.io/serviceaccount';

interface Node {
	readonly spec: PodSpec;
	readonly of: (name: string) => Container;
	readonly names: readonly string[];
	/** Path on the host by name of the volume. */
	readonly host: Readonly<Record<string, string>>;
	readonly strategy: { readonly type: string; readonly rollingUpdate?: { readonly maxSurge: number } };
}

/** The DaemonSet of a rendering. */
async function node(values: readonly string[] = [], file?: string): Promise<Node | undefined> {
	const objects = await render(values, file === undefined ? {} : { file });
	const set = objects.find(({ kind }) => kind === 'DaemonSet');
	const [pod] = set ? podsOf(set) : [];
	if (!set || !pod) return undefined;
	const { spec } = pod;
	const all = [...(spec.initContainers ?? []), ...spec.containers];
	const volumes = (spec.volumes ?? []) as readonly { name: string; hostPath?: { path: string } }[];
	return {
		spec,
		names: all.map(({ name }) => name),
		of: (name) => {
			const found = all.find((one) => one.name === name);
			assert.ok(found, `there is no container ${name}`);
			return found;
		},
		host: Object.fromEntries(volumes.flatMap(({ name, hostPath }) => (hostPath ? [[name, hostPath.path]] : []))),
		strategy: (set.spec as { updateStrategy: Node['strategy'] }).updateStrategy,
	};
}

async function sure(...values: readonly string[]): Promise<Node> {
	const found = await node(values);
	assert.ok(found);
	return found;
}

const mountsOf = (container: Container): Record<string, string> =>
	Object.fromEntries((container.volumeMounts ?? []).map(({ name, mountPath }) => [name, mountPath]));
const flag = (container: Container, name: string): string | undefined =>
	container.args?.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);

describe('the pod on a node', () => {
	for (const [mode, names] of [
		['sidecar', ['device-plugin-proxy', 'agent', 'device-plugin']],
		['proxy-only', ['device-plugin-proxy', 'agent']],
		['off', ['agent']],
	] as const)
		it(`holds ${names.join(', ')} with devicePlugin.mode=${mode}`, async () => {
			assert.deepEqual((await sure(`devicePlugin.mode=${mode}`)).names, names);
		});

	it('is not there with node.enabled=false, nor is an account, a role or a fence less', async () => {
		const objects = await render(['node.enabled=false']);
		assert.ok(!objects.some(({ kind }) => kind === 'DaemonSet'));
		assert.ok(!objects.some(({ metadata }) => metadata.name === 'gpupolicy-agent'));
		assert.ok(
			objects.some(({ metadata }) => metadata.name === 'gpupolicy-agent-fence'),
			'what is enforced may outlive its cause',
		);
	});

	for (const [name, file] of configurations)
		it(`gives credentials of the API to the agent alone, ${name}`, async () => {
			const found = await node([], file);
			if (!found) return assert.equal(name, 'controller-only');
			assert.equal(found.spec['automountServiceAccountToken'], false);
			const holders = found.names.filter((one) =>
				Object.values(mountsOf(found.of(one))).some((path) => path.startsWith('/var/run/secrets')),
			);
			assert.deepEqual(holders, ['agent']);
			assert.equal(mountsOf(found.of('agent'))['token'], account);
		});

	it('lets nobody but the agent look into other processes, and nobody be privileged', async () => {
		const { spec, of } = await sure();
		assert.deepEqual(
			risks(spec).sort(),
			[
				'capabilities',
				'hostPID',
				'hostPath',
				'hostPath',
				'hostPath',
				'hostPath',
				'no resources',
				'runs as root',
				'writable root',
			].filter((one) => one !== 'no resources'),
		);
		assert.deepEqual(of('agent').securityContext?.['capabilities'], { drop: ['ALL'], add: ['SYS_PTRACE', 'DAC_READ_SEARCH'] });
		for (const name of ['device-plugin-proxy', 'device-plugin'])
			assert.deepEqual(of(name).securityContext?.['capabilities'], { drop: ['ALL'] }, name);
	});

	it('gives each container of the host what it needs and no more', async () => {
		const { of, host, spec } = await sure();
		assert.deepEqual(host, {
			state: '/run/gpupolicy',
			'pod-resources': '/var/lib/kubelet/pod-resources',
			'device-plugins': '/var/lib/kubelet/device-plugins',
			plugins: '/run/gpupolicy/plugins',
		});
		assert.deepEqual(Object.keys(mountsOf(of('agent'))).sort(), ['pod-resources', 'state', 'token']);
		assert.deepEqual(Object.keys(mountsOf(of('device-plugin-proxy'))).sort(), ['device-plugins', 'state']);
		assert.deepEqual(Object.keys(mountsOf(of('device-plugin'))), ['plugins']);
		assert.ok(!spec['hostNetwork']);
	});

	it('shows the plugin the directory in which the proxy serves, as that of the kubelet', async () => {
		for (const dir of ['/var/lib/kubelet', '/var/lib/k0s/kubelet']) {
			const { of, host } = await sure(`node.kubeletDir=${dir}`);
			const proxy = of('device-plugin-proxy');
			const state = mountsOf(proxy)['state'] ?? '';
			assert.equal(flag(proxy, 'plugin-dir')?.replace(state, host['state'] ?? ''), host['plugins']);
			assert.equal(mountsOf(of('device-plugin'))['plugins'], '/var/lib/kubelet/device-plugins');
			assert.equal(flag(proxy, 'kubelet-dir'), `${dir}/device-plugins`);
			assert.equal(mountsOf(proxy)['device-plugins'], host['device-plugins']);
			assert.equal(flag(proxy, 'kubelet-dir'), host['device-plugins']);
			assert.equal(flag(of('agent'), 'kubelet-dir'), dir);
			assert.equal(mountsOf(of('agent'))['pod-resources'], `${dir}/pod-resources`);
			assert.equal(flag(of('agent'), 'state-dir'), flag(proxy, 'state-dir'));
		}
	});

	it('has the proxy serve before the plugin starts, and until it has ended', async () => {
		const { of, spec } = await sure();
		assert.deepEqual(
			spec.initContainers?.map(({ name }) => name),
			['device-plugin-proxy'],
		);
		const { restartPolicy, startupProbe } = of('device-plugin-proxy') as Container & { startupProbe?: object };
		assert.equal(restartPolicy, 'Always');
		assert.ok(startupProbe);
	});

	it('is never there twice on a node', async () => {
		assert.equal((await sure()).strategy.rollingUpdate?.maxSurge, 0);
		assert.deepEqual((await sure('node.updateStrategy.type=OnDelete')).strategy, { type: 'OnDelete' });
	});

	it('runs the plugin as its vendor ships it', async () => {
		const { command, args, env } = (await sure()).of('device-plugin');
		assert.deepEqual([command, args], [undefined, undefined]);
		assert.deepEqual(
			env?.map(({ name }) => name),
			['NVIDIA_VISIBLE_DEVICES', 'NVIDIA_DRIVER_CAPABILITIES'],
		);
	});

	it('sees the driver by its container runtime, or by the files of the host', async () => {
		const seen = async (...values: readonly string[]) => {
			const { of, spec } = await sure(...values);
			const env = Object.fromEntries((of('agent').env ?? []).map(({ name, value }) => [name, value]));
			return [
				spec['runtimeClassName'],
				env['NVIDIA_VISIBLE_DEVICES'],
				env['NVIDIA_DRIVER_CAPABILITIES'],
				mountsOf(of('agent'))['driver'],
			];
		};
		assert.deepEqual(await seen('node.driver.runtimeClassName=nvidia'), ['nvidia', 'all', 'utility', undefined]);
		assert.deepEqual(await seen('node.driver.root=/'), [undefined, 'void', 'utility', '/run/nvidia/driver']);
		const { of } = await sure('node.driver.root=/');
		for (const name of ['agent', 'device-plugin']) assert.equal(of(name).securityContext?.['privileged'], true);
		assert.equal(of('device-plugin-proxy').securityContext?.['privileged'], undefined);
	});

	it('is there too where somebody takes a default away', async () => {
		for (const path of [
			'devicePlugin.securityContext',
			'devicePlugin.resources',
			'node.affinity',
			'node.tolerations',
			'agent.resources',
		])
			assert.equal((await sure(`${path}=null`)).names.length, 3, path);
	});

	it('stays on a node that a policy has tainted', async () => {
		assert.deepEqual((await sure()).spec['tolerations'], [{ operator: 'Exists' }]);
	});

	it('is given flags that the commands have', async () => {
		const { of } = await sure();
		for (const name of ['agent', 'device-plugin-proxy']) {
			const [command = '', ...flags] = of(name).args ?? [];
			const { stdout } = await execa(process.execPath, [join(root, 'bin', 'gpupolicy.js'), command, '--help']);
			assert.ok(flags.length > 2);
			for (const one of flags)
				assert.ok(
					stdout.includes(`${one.split('=')[0]} `) || stdout.includes(`${one.split('=')[0]}=`),
					`${command} ${one}\n${stdout}`,
				);
		}
	});

	it('says after an installation what to type next', async () => {
		const notes = async (...values: readonly string[]): Promise<string> => {
			const set = values.flatMap((value) => ['--set', value]);
			const { code, stdout, stderr } = await helm([
				'install',
				'gpupolicy',
				chart,
				'-n',
				'gpupolicy-system',
				'--dry-run=client',
				...set,
			]);
			assert.equal(code, 0, stderr);
			return stdout.split(/^NOTES:$/m)[1] ?? '';
		};
		const usual = await notes();
		for (const line of [
			'rollout status deployment/gpupolicy-controller',
			'helm test gpupolicy --namespace gpupolicy-system',
			'kubectl apply -f -',
			'kubectl describe gpol',
		])
			assert.ok(usual.includes(line), line);
		assert.match(await notes('devicePlugin.mode=proxy-only'), /kubectl -n gpu-operator delete pods/);
		assert.match(
			await notes('devicePlugin.mode=proxy-only,devicePlugin.redirect.enabled=false'),
			/mount \/run\/gpupolicy\/plugins/,
		);
		assert.match(await notes('devicePlugin.mode=off'), /goes on giving them out/);
		assert.match(await notes('node.enabled=false,controller.admission=off'), /no device is hidden/);
	});
});
