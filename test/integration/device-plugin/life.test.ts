import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { allowedUuid, answer, forbiddenUuid } from '../../../src/core/device-answer/device-answer.fixture.ts';
import { formatDeviceAnswer, parseDeviceAnswer } from '../../../src/core/device-answer/index.ts';
import { GrpcError } from '../../../src/kubelet/grpc/index.ts';
import { until } from '../../cluster/until.ts';
import { encode } from './api.ts';
import { allocated } from './fake-plugin.ts';
import { audited, both, enforced, gpu, Stage, turned, unpoliced } from './stage.ts';

describe('the device-plugin proxy and the answer of the agent', () => {
	let stage: Stage;
	afterEach(() => stage.close());

	it('hands out nothing before the first answer, says why, and goes on when it comes', async () => {
		stage = await Stage.open(null);
		const plugin = await stage.plugin().start(both);
		await stage.healthy([]);
		assert.equal(stage.kubelet.devices(gpu).length, 2);
		const why = 'no answer of the agent yet: answer.json is not there';
		assert.equal(stage.state().waiting, why);
		assert.equal(stage.said(`every device is Unhealthy: ${why}`), 1);
		await assert.rejects(stage.kubelet.allocate(gpu, [allowedUuid]), {
			code: 'UNAVAILABLE',
			message: `gpupolicy: device ${allowedUuid} of ${gpu} is not handed out: ${why}`,
		});
		assert.equal(plugin.called('allocate').length, 0);
		stage.answer(enforced);
		await stage.healthy([allowedUuid]);
		await until('the agent is told', () => stage.state().waiting === null);
	});

	it('passes every byte where no policy selects the node, and where they only audit', async () => {
		for (const passing of [unpoliced, audited]) {
			stage = await Stage.open(passing);
			const plugin = await stage.plugin().start(both);
			await stage.healthy([allowedUuid, forbiddenUuid]);
			assert.deepEqual(
				Buffer.from(stage.kubelet.endpoints.get(gpu)?.lists[0] ?? assert.fail()),
				Buffer.from(plugin.list ?? assert.fail()),
			);
			plugin.allocate = () => Buffer.from('not a message');
			const { client } = stage.kubelet.endpoints.get(gpu) ?? assert.fail();
			const request = encode('AllocateRequest', { container_requests: [{ devices_ids: [forbiddenUuid] }] });
			assert.equal(Buffer.from(await client.unary('/v1beta1.DevicePlugin/Allocate', request)).toString(), 'not a message');
			await until('the agent is told', () => stage.state().resources[0]?.registered === true);
			assert.deepEqual(stage.state().resources[0]?.hidden, []);
			await stage.close();
		}
		stage = await Stage.open();
	});

	it('follows a policy that is turned, time after time', async () => {
		stage = await Stage.open(enforced);
		await stage.plugin().start(both);
		for (let round = 0; round < 5; round++) {
			stage.answer(turned);
			await stage.healthy([forbiddenUuid]);
			stage.answer(enforced);
			await stage.healthy([allowedUuid]);
			stage.answer(unpoliced);
			await stage.healthy([allowedUuid, forbiddenUuid]);
		}
		assert.equal(stage.kubelet.registrations.length, 1);
	});

	it('keeps the last good answer when the next is half-written, wrong or gone, says so once, and takes the next good one', async () => {
		stage = await Stage.open(enforced);
		await stage.plugin().start(both);
		await stage.healthy([allowedUuid]);
		const text = formatDeviceAnswer(unpoliced);
		const path = join(stage.directories.stateDir, 'answer.json');
		// Not by a rename, as no agent would do it: byte for byte.
		for (let length = 0; length < text.length; length += 40) {
			writeFileSync(path, text.slice(0, length));
			await pause(2);
		}
		await stage.logged('the last answer of the agent stays: answer.json: is no JSON');
		stage.answerText(text.replace('"version": 1', '"version": 2'));
		await stage.logged('the last answer of the agent stays: answer.json: version is 2, not 1');
		rmSync(path);
		await stage.logged('the last answer of the agent stays: answer.json is not there');
		mkdirSync(path);
		await stage.logged('answer.json cannot be read: EISDIR');
		assert.deepEqual(stage.kubelet.healthy(gpu), [allowedUuid]);
		rmSync(path, { recursive: true });
		stage.answer(turned);
		await stage.healthy([forbiddenUuid]);
	});

	it('goes by the last good answer after a restart, also where the agent left half of one', async () => {
		stage = await Stage.open(enforced);
		await stage.plugin().start(both);
		await stage.healthy([allowedUuid]);
		for (const left of ['{"version": 1, "no', null]) {
			await stage.stopProxy();
			if (left === null) rmSync(join(stage.directories.stateDir, 'answer.json'));
			else stage.answerText(left);
			await stage.startProxy();
			await stage.healthy([allowedUuid]);
			assert.equal(stage.state().waiting, null);
		}
		assert.equal(stage.said('going by the answer that was kept at the last run'), 2);
	});

	it('keeps an answer for a restart as soon as there is room for it', async () => {
		stage = await Stage.open(enforced);
		const copy = join(stage.directories.stateDir, 'device-plugin-answer.json');
		rmSync(copy);
		mkdirSync(copy);
		stage.answer(turned);
		await stage.logged('the answer cannot be kept for a restart: EISDIR');
		rmSync(copy, { recursive: true });
		await until('the answer is kept', () => existsSync(copy));
		assert.equal(stage.said('the answer cannot be kept for a restart'), 1);
		assert.deepEqual(parseDeviceAnswer(readFileSync(copy, 'utf8')), turned);
	});

	it('follows the answer in a directory that is made anew', async () => {
		stage = await Stage.open(enforced);
		await stage.plugin().start(both);
		await stage.healthy([allowedUuid]);
		rmSync(stage.directories.stateDir, { recursive: true });
		mkdirSync(stage.directories.stateDir);
		stage.answer(turned);
		await stage.healthy([forbiddenUuid]);
		await until('the agent is told again', () => readdirSync(stage.directories.stateDir).includes('device-plugin.json'));
	});

	it('writes its files anew where somebody removed them, once the agent answers again', async () => {
		stage = await Stage.open(enforced);
		const { stateDir } = stage.directories;
		await stage.plugin().start(both);
		await stage.healthy([allowedUuid]);
		await until('the agent is told', () => stage.state().resources[0]?.registered === true);
		for (const name of readdirSync(stateDir)) rmSync(join(stateDir, name));
		await stage.logged('answer.json is not there');
		stage.answer({ ...enforced, at: '2026-11-21T12:00:00Z' });
		await until('both are there', () =>
			['device-plugin.json', 'device-plugin-answer.json'].every((name) => readdirSync(stateDir).includes(name)),
		);
		assert.equal(stage.state().resources[0]?.name, gpu);
	});

	it('keeps back a device that the agent does not know, and one of which it is not sure', async () => {
		const [first, second] = enforced.devices;
		assert.ok(first && second);
		stage = await Stage.open(answer({ devices: [{ ...first, verdict: 'Unknown', reason: 'NVML did not answer' }] }));
		await stage.plugin().start(both);
		await stage.healthy([]);
		await until('the agent is told', () => stage.state().resources[0]?.hidden.length === 2);
		assert.deepEqual(stage.state().resources[0]?.hidden, [
			{ id: allowedUuid, reason: 'unknown whether it is allowed: NVML did not answer' },
			{ id: forbiddenUuid, reason: `unknown device: no GPU of this node is "${forbiddenUuid}"` },
		]);
	});
});

describe('the device-plugin proxy and several plugins', () => {
	let stage: Stage;
	afterEach(() => stage.close());

	it('serves several resources of several plugins apart, each with its own end', async () => {
		stage = await Stage.open(enforced);
		const resources = ['nvidia.com/gpu', 'nvidia.com/gpu.shared', 'amd.com/gpu', 'example.com/a_b'];
		const plugins = await Promise.all(
			resources.map((resource, index) => stage.plugin({ resource, endpoint: `p${index}.sock` }).start(both)),
		);
		for (const resource of resources) await stage.healthy([allowedUuid], resource);
		await plugins[1]?.stop();
		await stage.healthy([], resources[1]);
		for (const resource of [resources[0], resources[2], resources[3]]) await stage.healthy([allowedUuid], resource);
		assert.deepEqual((await stage.kubelet.run('one', 'amd.com/gpu', 1)).ids, [allowedUuid]);
		assert.equal(plugins[2]?.called('allocate').length, 1);
		assert.equal(plugins[0]?.called('allocate').length, 0);
	});

	it('takes the plugin that registered last for a resource, as the kubelet does, and says that another one took over', async () => {
		stage = await Stage.open(enforced);
		const first = await stage.plugin({ endpoint: 'first.sock' }).start(both);
		await stage.healthy([allowedUuid]);
		const second = await stage.plugin({ endpoint: 'second.sock' }).start([{ ID: `${allowedUuid}::9` }]);
		await stage.healthy([`${allowedUuid}::9`]);
		await stage.logged('another device plugin takes over');
		await until('the first one is left', () => first.streams.size === 0);
		await stage.kubelet.run('trainer', gpu, 1);
		assert.deepEqual([first.called('allocate').length, second.called('allocate').length], [0, 1]);
		await first.stop();
		await pause(100);
		assert.deepEqual(stage.kubelet.healthy(gpu), [`${allowedUuid}::9`], 'the end of the old one is nothing to the new one');
		assert.equal(stage.kubelet.registrations.length, 1);
	});

	it('holds an allocation while its plugin registers again', async () => {
		stage = await Stage.open(enforced);
		const plugin = await stage.plugin().start(both);
		await stage.healthy([allowedUuid]);
		plugin.options = null;
		await plugin.register();
		const running = stage.kubelet.allocate(gpu, [allowedUuid]);
		plugin.options = encode('DevicePluginOptions', { get_preferred_allocation_available: true });
		assert.equal((await running).envs.NVIDIA_VISIBLE_DEVICES, allowedUuid);
	});

	it('holds an allocation over a restart of its plugin, which registers anew', async () => {
		stage = await Stage.open(enforced);
		const plugin = await stage.plugin().start(both);
		await stage.healthy([allowedUuid]);
		await plugin.stop();
		await stage.healthy([]);
		const running = stage.kubelet.allocate(gpu, [allowedUuid]);
		await pause(100);
		await plugin.serve();
		await plugin.register();
		assert.equal((await running).envs.NVIDIA_VISIBLE_DEVICES, allowedUuid);
	});

	it('has nothing left to wait for when its plugin ends beside it, during an allocation', async () => {
		stage = await Stage.open(enforced);
		await stage.stopProxy();
		await stage.startProxy(300);
		const plugin = await stage.plugin().start(both);
		await stage.healthy([allowedUuid]);
		plugin.allocate = () => new Promise(() => {});
		const failed = assert.rejects(stage.kubelet.allocate(gpu, [allowedUuid]));
		await until('the plugin allocates', () => plugin.called('allocate').length === 1);
		const stopped = stage.stopProxy();
		await pause(50);
		await plugin.stop();
		await Promise.all([failed, stopped]);
		await stage.logged('the device plugin is not there');
		await pause(600);
		assert.equal(stage.said('gone for good'), 0);
	});

	it('lets a plugin that registers again finish what it was asked before', async () => {
		stage = await Stage.open(enforced);
		const plugin = await stage.plugin().start(both);
		await stage.healthy([allowedUuid]);
		const held = Promise.withResolvers<void>();
		plugin.allocate = async (request) => {
			await held.promise;
			return allocated(request);
		};
		const running = stage.kubelet.allocate(gpu, [allowedUuid]);
		await until('the plugin allocates', () => plugin.called('allocate').length === 1);
		await plugin.register();
		await until('it is asked for its devices again', () => plugin.called('options').length === 2);
		held.resolve();
		assert.equal((await running).envs.NVIDIA_VISIBLE_DEVICES, allowedUuid);
		await until('one stream is left', () => plugin.streams.size === 1);
	});

	it('gives up a plugin that stays away with its socket, and takes it again when it comes back', async () => {
		stage = await Stage.open(enforced);
		await stage.stopProxy();
		await stage.startProxy(200);
		const plugin = await stage.plugin().start(both);
		await stage.healthy([allowedUuid]);
		for (let round = 0; round < 3; round++) {
			await plugin.stop();
			await until('it is forgotten', () => stage.said('gone for good') === round + 1);
			await plugin.serve();
			await plugin.register();
			await stage.healthy([allowedUuid]);
		}
		await until(
			'the agent is told',
			() =>
				stage
					.state()
					.resources.map(({ name }) => name)
					.join() === gpu,
		);
	});

	it('goes on with the plugins of its last run at once, whether or not they notice', async () => {
		stage = await Stage.open(enforced);
		await stage.plugin({ endpoint: 'a.sock' }).start(both);
		await stage.healthy([allowedUuid]);
		await stage.stopProxy();
		await stage.startProxy();
		await stage.healthy([allowedUuid]);
	});

	it('knows of a plugin from the moment at which it is answered', async () => {
		stage = await Stage.open(enforced);
		const plugin = stage.plugin();
		await plugin.serve();
		await plugin.register();
		assert.deepEqual(
			stage.state().resources.map(({ endpoint }) => endpoint),
			[plugin.endpoint],
		);
	});

	it('knows its plugins, and what the agent was not told yet, after a start that failed too', async () => {
		stage = await Stage.open(enforced);
		await stage.plugin().start(both);
		await stage.healthy([allowedUuid]);
		await assert.rejects(stage.kubelet.allocate(gpu, [forbiddenUuid]));
		await until('the refusal is written down', () => stage.state().refusals.length === 1);
		const { refusals } = stage.state();
		await stage.stopProxy();
		const inTheWay = join(stage.directories.pluginDir, 'kubelet.sock');
		mkdirSync(inTheWay);
		await assert.rejects(stage.startProxy());
		rmSync(inTheWay, { recursive: true });
		await stage.startProxy();
		assert.deepEqual(stage.state().refusals, refusals);
		await stage.healthy([allowedUuid]);
	});

	it('is not led astray by what the file of its last run says', async () => {
		stage = await Stage.open(enforced);
		await stage.plugin().start(both);
		await stage.healthy([allowedUuid]);
		for (const said of [
			{ resources: [{ name: gpu, endpoint: '../kubelet/kubelet.sock', registered: true, devices: 1, hidden: [] }] },
			'half of',
		]) {
			await stage.stopProxy();
			const left = typeof said === 'string' ? said : JSON.stringify({ ...stage.state(), ...said });
			writeFileSync(join(stage.directories.stateDir, 'device-plugin.json'), left);
			await stage.startProxy();
			assert.deepEqual(stage.state().resources, []);
		}
	});
});

describe('the device-plugin proxy and a kubelet that is not as it should be', () => {
	let stage: Stage;
	afterEach(() => stage.close());

	it('serves its socket anew where somebody emptied the directory of the kubelet', async () => {
		stage = await Stage.open(enforced);
		await stage.plugin().start(both);
		await stage.healthy([allowedUuid]);
		rmSync(join(stage.directories.kubeletDir, stage.directories.endpointDir), { recursive: true });
		await stage.kubelet.restart();
		await stage.healthy([allowedUuid]);
	});

	it('serves the socket for plugins anew where somebody took it away, with its directory or without', async () => {
		stage = await Stage.open(enforced);
		const { pluginDir } = stage.directories;
		const socket = join(pluginDir, 'kubelet.sock');
		const first = await stage.plugin().start(both);
		await stage.healthy([allowedUuid]);
		for (const taken of [socket, pluginDir]) {
			rmSync(taken, { recursive: true });
			await until('the socket is served', () => existsSync(socket), 30_000);
		}
		// As after a restart of the kubelet, a plugin registers where it sees the socket anew.
		await first.stop();
		await stage.plugin().start([{ ID: allowedUuid }]);
		await until('the new list is there', () => stage.kubelet.devices(gpu).length === 1, 30_000);
		await stage.healthy([allowedUuid]);
		assert.equal(stage.said('is there again'), 2);
	});

	it('serves the socket for plugins anew also where it is taken away again before anybody saw it', async () => {
		stage = await Stage.open(enforced);
		await stage.stopProxy();
		const socket = join(stage.directories.pluginDir, 'kubelet.sock');
		const { log } = stage.telemetry;
		let taken = 0;
		Object.assign(stage.telemetry, {
			log: (...[level, message, fields]: Parameters<typeof log>) => {
				log(level, message, fields);
				if (message.endsWith('is there again') && taken++ < 2) rmSync(socket);
			},
		});
		await stage.startProxy();
		rmSync(socket);
		await until('it is there for good', () => taken === 3 && existsSync(socket));
	});

	it('leaves a kubelet that listens in peace while its socket is missing, whatever the plugin says of its options', async () => {
		stage = await Stage.open(enforced);
		const plugin = await stage.plugin().start(both);
		await stage.healthy([allowedUuid]);
		rmSync(join(stage.directories.kubeletDir, 'kubelet.sock'));
		plugin.options = encode('DevicePluginOptions', {});
		await plugin.register();
		await until('it is asked for its options again', () => plugin.called('options').length === 2);
		await pause(500);
		assert.deepEqual(stage.kubelet.healthy(gpu), [allowedUuid]);
		await stage.kubelet.restart();
		await stage.healthy([allowedUuid]);
		assert.equal(stage.kubelet.endpoints.get(gpu)?.options.get_preferred_allocation_available, false);
	});

	it('registers when the kubelet comes up later, also where its directory was not there', async () => {
		stage = await Stage.open(enforced);
		await stage.kubelet.stop();
		rmSync(stage.directories.kubeletDir, { recursive: true });
		await stage.plugin().start(both);
		await stage.logged('ENOENT');
		mkdirSync(stage.directories.kubeletDir);
		await stage.kubelet.start();
		await stage.healthy([allowedUuid]);
	});

	it('says once why the kubelet does not take it, and tries on', async () => {
		stage = await Stage.open(enforced);
		stage.kubelet.refuse = new GrpcError('UNKNOWN', 'not today');
		await stage.plugin().start(both);
		await until('it tried twice', () => stage.kubelet.registrations.length > 1);
		assert.equal(stage.said('the kubelet did not take the registration: UNKNOWN not today'), 1);
		assert.equal(stage.state().resources[0]?.registered, false);
		stage.kubelet.refuse = null;
		await stage.healthy([allowedUuid]);
	});

	it('says what is in the way of its sockets, and goes on when it is gone', async () => {
		stage = await Stage.open(enforced);
		const place = join(stage.directories.kubeletDir, 'gpupolicy');
		writeFileSync(place, 'a file');
		await stage.plugin().start(both);
		await stage.logged(`cannot serve at ${join(place, 'nvidia.com_gpu.sock')}: ENOTDIR`);
		rmSync(place);
		mkdirSync(join(place, 'nvidia.com_gpu.sock'), { recursive: true });
		await stage.logged(`cannot serve at ${join(place, 'nvidia.com_gpu.sock')}: EADDRINUSE`);
		rmSync(place, { recursive: true });
		await stage.healthy([allowedUuid]);
	});

	it('has a short socket for a resource with a long name', async () => {
		stage = await Stage.open(enforced);
		const resource = `${'long.'.repeat(12)}example.com/${'g'.repeat(60)}`;
		const plugin = stage.plugin({ resource });
		plugin.allocate = allocated;
		await plugin.start(both);
		await stage.healthy([allowedUuid], resource);
		assert.match(stage.kubelet.endpoints.get(resource)?.endpoint ?? '', /^gpupolicy\/[0-9a-f]{12}\.sock$/);
	});

	it('leaves nothing behind in the directories of others', async () => {
		stage = await Stage.open(enforced);
		const plugin = await stage.plugin().start(both);
		await stage.healthy([allowedUuid]);
		await stage.stopProxy();
		assert.deepEqual(readdirSync(stage.directories.pluginDir), [plugin.endpoint]);
		assert.deepEqual(readdirSync(join(stage.directories.kubeletDir, 'gpupolicy')), []);
	});
});
