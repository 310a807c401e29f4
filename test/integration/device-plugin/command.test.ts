import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { allowedUuid, forbiddenUuid } from '../../../src/core/device-answer/device-answer.fixture.ts';
import { exitCodes } from '../../../src/runtime/errors.ts';
import { endAll } from '../running-command.ts';
import { encode } from './api.ts';
import { runProxy } from './running-proxy.ts';
import { both, enforced, gpu, Stage, turned } from './stage.ts';

describe('gpupolicy device-plugin', () => {
	let stage: Stage;
	afterEach(async () => {
		await endAll();
		await stage.close();
	});

	async function withoutProxy(answer: Parameters<typeof Stage.open>[0] = enforced): Promise<Stage> {
		stage = await Stage.open(answer);
		await stage.stopProxy();
		return stage;
	}

	it('is alive at once, ready with an answer and the kubelet, and shows in its metrics what it hands out', async () => {
		await withoutProxy(null);
		const command = runProxy(stage.directories);
		await command.until('it is alive', async () => (await command.get('/healthz')).status === 200);
		assert.deepEqual(await command.get('/readyz'), {
			status: 503,
			body: 'no answer of the agent yet: answer.json is not there\n',
		});
		stage.answer(enforced);
		await command.until('it is ready', async () => (await command.get('/readyz')).status === 200);
		const plugin = await stage.plugin().start(both);
		await stage.healthy([allowedUuid]);
		await stage.kubelet.run('trainer', gpu, 1);
		await assert.rejects(stage.kubelet.allocate(gpu, [forbiddenUuid]));
		const lines = [
			'gpupolicy_device_plugin_answered 1',
			`gpupolicy_device_plugin_registered{resource="${gpu}"} 1`,
			`gpupolicy_device_plugin_devices{resource="${gpu}",state="allowed"} 1`,
			`gpupolicy_device_plugin_devices{resource="${gpu}",state="hidden"} 1`,
			`gpupolicy_device_plugin_devices{resource="${gpu}",state="unhealthy"} 0`,
			'gpupolicy_device_plugin_calls_total{method="Allocate",result="ok"} 1',
			'gpupolicy_device_plugin_calls_total{method="Allocate",result="refused"} 1',
			'gpupolicy_device_plugin_allocate_seconds_count 2',
			`gpupolicy_device_plugin_registrations_total{resource="${gpu}",result="ok"} 1`,
			`gpupolicy_device_plugin_lists_total{resource="${gpu}"} 1`,
		];
		for (const line of lines)
			await command.until(line, async () => (await command.get('/metrics')).body.split('\n').includes(line));
		await stage.kubelet.stop();
		await command.until(
			'it is not ready',
			async () => (await command.get('/readyz')).body === `the kubelet does not listen for ${gpu}\n`,
		);
		await plugin.stop();
		assert.deepEqual(command.strays, []);
	});

	it('ends by SIGTERM with 0 after the allocation that runs, and every device is Unhealthy', async () => {
		await withoutProxy();
		const command = runProxy(stage.directories);
		const plugin = stage.plugin();
		const held = Promise.withResolvers<Uint8Array>();
		const asked = Promise.withResolvers<void>();
		plugin.allocate = () => {
			asked.resolve();
			return held.promise;
		};
		await command.says(({ msg }) => msg === 'serving probes and metrics');
		await plugin.start(both);
		await stage.healthy([allowedUuid]);
		const running = stage.kubelet.allocate(gpu, [allowedUuid]);
		await asked.promise;
		command.signal('SIGTERM');
		await command.says(({ msg }) => msg === 'stopping');
		held.resolve(encode('AllocateResponse', { container_responses: [{}] }));
		assert.deepEqual((await running).envs, { CUDA_DEVICE_ORDER: 'PCI_BUS_ID' });
		assert.equal(await command.ended(), exitCodes.ok);
		await stage.healthy([]);
		assert.ok(!existsSync(join(stage.directories.pluginDir, 'kubelet.sock')));
	});

	it('goes on after kill -9 with what it knew, and the plugin need not notice', async () => {
		await withoutProxy();
		const first = runProxy(stage.directories);
		await first.says(({ msg }) => msg === 'serving probes and metrics');
		await stage.plugin().start(both);
		await stage.healthy([allowedUuid]);
		await first.until('the agent is told', () => stage.state().resources[0]?.registered);
		assert.equal(await first.end('SIGKILL'), null);
		await stage.healthy([]);
		const second = runProxy(stage.directories);
		await second.until('the device is there again', () => stage.kubelet.healthy(gpu).length === 1);
		stage.answer(turned);
		await stage.healthy([forbiddenUuid]);
	});

	it('leaves a directory to the proxy that is there, and the socket of the kubelet to the kubelet', async () => {
		stage = await Stage.open();
		const { directories } = stage;
		const second = runProxy(directories);
		assert.equal(await second.ended(), exitCodes.failed);
		assert.match(second.strays.join('\n'), /somebody serves at .*plugins\/kubelet\.sock already.*\[GP4503\]/);
		const own = runProxy({ ...directories, pluginDir: directories.kubeletDir });
		assert.equal(await own.ended(), exitCodes.usage);
		assert.match(own.strays.join('\n'), /is the directory of the kubelet itself.*\[GP4502\]/);
		await stage.plugin().start(both);
		await stage.healthy([allowedUuid]);
	});

	it('says what is wrong with its directories and its socket, and ends', async () => {
		await withoutProxy();
		const { directories, folder } = stage;
		writeFileSync(join(folder, 'file'), '');
		const place = join(folder, 'place');
		mkdirSync(join(place, 'kubelet.sock'), { recursive: true });
		const long = join(folder, 'x'.repeat(90));
		const wrong: [object, RegExp][] = [
			[
				{ stateDir: join(folder, 'file', 'x') },
				/the directory .*file\/x cannot be made: ENOTDIR[\s\S]*--state-dir[\s\S]*\[GP4501\]|\[GP4501\][\s\S]*--state-dir/,
			],
			[{ pluginDir: join(folder, 'file') }, /the directory .*file cannot be made: EEXIST/],
			[{ pluginDir: place }, /device plugins cannot be served in .*place: .*EADDRINUSE.*\[GP4504\]/],
			[{ pluginDir: long }, /the path of the socket is \d+ bytes too long.*\[GP4504\]/],
		];
		for (const [over, message] of wrong) {
			const command = runProxy({ ...directories, ...over });
			assert.equal(await command.ended(), exitCodes.failed);
			assert.match(command.strays.join('\n'), message);
		}
		const usage = runProxy({ ...directories, endpointDir: '../x' });
		assert.equal(await usage.ended(), exitCodes.usage);
		const address = runProxy(directories, ['--bind-address', 'nowhere']);
		assert.equal(await address.ended(), exitCodes.usage);
	});
});
