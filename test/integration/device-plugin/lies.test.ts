import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { allowedUuid, device, forbiddenUuid } from '../../../src/core/device-answer/device-answer.fixture.ts';
import { GrpcError } from '../../../src/kubelet/grpc/index.ts';
import { bytesField } from '../../../src/kubelet/wire/index.ts';
import { until } from '../../cluster/until.ts';
import { decode, encode } from './api.ts';
import { allocated } from './fake-plugin.ts';
import { both, enforced, gpu, Stage, unpoliced } from './stage.ts';

/** The invariant of all of them: the kubelet never has a forbidden device as Healthy, and an honest plugin is served beside the liar. */
describe('a device plugin that lies', () => {
	const honest = 'example.com/honest';
	let stage: Stage;
	beforeEach(async () => {
		stage = await Stage.open(enforced);
		await stage.plugin({ endpoint: 'honest.sock', resource: honest }).start([{ ID: allowedUuid }, { ID: forbiddenUuid }]);
		await stage.healthy([allowedUuid], honest);
	});
	afterEach(async () => {
		try {
			await stage.healthy([allowedUuid], honest);
			assert.deepEqual((await stage.kubelet.run('beside', honest, 1)).ids, [allowedUuid]);
		} finally {
			await stage.close();
		}
	});

	it('lists one device twice: forbidden it is Unhealthy at both places, and with two healths at none Healthy', async () => {
		const plugin = await stage.plugin().start([{ ID: forbiddenUuid }, { ID: allowedUuid }, { ID: forbiddenUuid }]);
		await stage.healthy([allowedUuid]);
		plugin.say([{ ID: allowedUuid }, { ID: allowedUuid, health: 'Unhealthy' }, { ID: `${allowedUuid}::1` }]);
		await stage.healthy([`${allowedUuid}::1`]);
		assert.equal(stage.kubelet.devices(gpu).length, 3);
		await until('the agent is told', () => stage.state().resources.at(-1)?.hidden[0]?.id === allowedUuid);
		assert.deepEqual(stage.state().resources.at(-1)?.hidden, [
			{ id: allowedUuid, reason: 'the device plugin lists it as healthy and as unhealthy' },
		]);
	});

	it('knows a health of its own: it is passed on, and is unhealthy to the kubelet', async () => {
		await stage
			.plugin()
			.start([{ ID: allowedUuid, health: 'Splendid' }, { ID: forbiddenUuid, health: '' }, { ID: `${allowedUuid}::1` }]);
		await stage.healthy([`${allowedUuid}::1`]);
		assert.deepEqual(
			stage.kubelet.devices(gpu).map(({ health }) => health),
			['Splendid', '', 'Healthy'],
		);
	});

	it('has 10,000 devices, of which a policy forbids half', { timeout: 120_000 }, async () => {
		const uuids = Array.from({ length: 10_000 }, (_, index) => `GPU-00000000-0000-0000-0000-${String(index).padStart(12, '0')}`);
		stage.answer({
			...enforced,
			devices: [
				...enforced.devices,
				...uuids.map((uuid, index) => device(uuid, index + 2, index % 2 === 0 ? { verdict: 'Forbidden', reason: 'even' } : {})),
			],
		});
		const topology = { nodes: [{ ID: 0 }] };
		await stage.plugin().start(uuids.map((ID) => ({ ID, topology })));
		await until(
			'half of them are Healthy',
			() => stage.kubelet.devices(gpu).length === 10_000 && stage.kubelet.healthy(gpu).length === 5_000,
			60_000,
		);
		assert.ok(stage.kubelet.healthy(gpu).every((id) => Number(id.slice(-12)) % 2 === 1));
	});

	it('lists nothing at all, and something again', async () => {
		const plugin = await stage.plugin().start([]);
		await until('it is registered', () => stage.kubelet.endpoints.get(gpu)?.lists.length === 1);
		assert.deepEqual(stage.kubelet.devices(gpu), []);
		plugin.say(both);
		await stage.healthy([allowedUuid]);
		plugin.say([]);
		await until('the list is empty again', () => stage.kubelet.devices(gpu).length === 0);
	});

	it('registers with what the kubelet would not take, and is told so in its words', async () => {
		const plugin = stage.plugin();
		await plugin.serve();
		const wrong: [object, RegExp][] = [
			[{ version: 'v0' }, /^requested API version "v0" is not supported by kubelet\. Supported version is \["v1beta1"\]$/],
			[{ version: '' }, /requested API version "" is not supported/],
			[{ resource_name: 'gpu' }, /^the ResourceName "gpu" is invalid$/],
			[{ resource_name: 'kubernetes.io/gpu' }, /is invalid/],
			[{ resource_name: 'nvidia.com/../../x' }, /is invalid/],
			[{ resource_name: 'NVIDIA.com/gpu' }, /is invalid/],
			[{ resource_name: '' }, /is invalid/],
			[{ endpoint: '' }, /^the endpoint "" is no socket of a device plugin$/],
			[{ endpoint: '../kubelet/gpupolicy/x.sock' }, /no socket of a device plugin/],
			[{ endpoint: 'a\nb.sock' }, /no socket of a device plugin/],
			[{ endpoint: 'a\0b.sock' }, /no socket of a device plugin/],
			[{ endpoint: 'a\u2028b.sock' }, /no socket of a device plugin/],
			[{ endpoint: 'kubelet.sock' }, /no socket of a device plugin/],
			[{ endpoint: 'x'.repeat(200) }, /bytes too long/],
		];
		for (const [over, message] of wrong) await assert.rejects(plugin.register(over), { code: 'INVALID_ARGUMENT', message });
		await assert.rejects(plugin.registerBytes(Buffer.from('0aff', 'hex')), { message: /cannot be read: byte 1/ });
		await assert.rejects(plugin.registerBytes(bytesField(4, Buffer.from([0xff]))), { message: /cannot be read/ });
		assert.equal(stage.kubelet.registrations.length, 1, 'of the honest one');
		assert.equal(stage.said('device plugin refused'), wrong.length + 2);
	});

	it('never answers anything: it is not registered, and registers properly later', async () => {
		const plugin = stage.plugin();
		plugin.options = null;
		plugin.list = null;
		await plugin.serve();
		await plugin.register();
		await until('it is asked for its devices all the same', () => plugin.streams.size === 1, 30_000);
		assert.ok(!stage.kubelet.endpoints.has(gpu));
		assert.equal(stage.state().resources.at(-1)?.registered, false);
		plugin.say(both);
		await stage.healthy([allowedUuid]);
	});

	it('floods lists: the kubelet gets few of them, and the last', { timeout: 60_000 }, async () => {
		const plugin = await stage.plugin().start(both);
		await stage.healthy([allowedUuid]);
		const before = stage.kubelet.endpoints.get(gpu)?.lists.length ?? 0;
		const began = performance.now();
		for (let index = 0; index < 5_000; index++) {
			plugin.say([{ ID: allowedUuid, health: index % 2 === 0 ? 'Healthy' : 'Unhealthy' }, { ID: `flood-${index}` }]);
			if (index % 50 === 0) await pause(1);
		}
		plugin.say([{ ID: allowedUuid }, { ID: 'the last' }]);
		await until('the last list is there', () => stage.kubelet.devices(gpu).some(({ ID }) => ID === 'the last'));
		const lists = (stage.kubelet.endpoints.get(gpu)?.lists.length ?? 0) - before;
		const most = (performance.now() - began) / 50 + 2;
		assert.ok(lists <= most, `${lists} lists, at most ${most} at one in 50 ms`);
	});

	it('says the same again and again: the kubelet is told once', async () => {
		const plugin = await stage.plugin().start(both);
		await stage.healthy([allowedUuid]);
		for (let index = 0; index < 5; index++) {
			plugin.say(both);
			await pause(60);
		}
		assert.equal(stage.kubelet.endpoints.get(gpu)?.lists.length, 1);
	});

	it('sends bytes that are no list: its devices are Unhealthy, the log says at which byte, and a good list mends it', async () => {
		const plugin = await stage.plugin().start(both);
		await stage.healthy([allowedUuid]);
		const good = plugin.list;
		plugin.sayBytes(Buffer.from('0a020aff', 'hex'));
		await stage.healthy([]);
		await stage.logged('sent what cannot be read: byte 3: the message ends inside of a number');
		plugin.list = good;
		await stage.healthy([allowedUuid]);
		plugin.sayBytes(encode('ListAndWatchResponse', { devices: [{ ID: 'x'.repeat(5 * 1024 * 1024), health: 'Healthy' }] }));
		await stage.healthy([]);
	});

	it('ends its list time after time: its devices are Unhealthy while it is not there, and the kubelet keeps one stream', async () => {
		const plugin = await stage.plugin().start(both);
		await stage.healthy([allowedUuid]);
		for (let round = 0; round < 3; round++) {
			for (const stream of plugin.streams) stream.end();
			await stage.healthy([allowedUuid]);
		}
		assert.equal(stage.kubelet.registrations.length, 2, 'with the honest one');
		plugin.list = null;
		for (const stream of plugin.streams) stream.end();
		await stage.healthy([]);
		await assert.rejects(stage.kubelet.run('trainer', gpu, 1), /Available: 0/);
	});

	it('is gone: its devices are Unhealthy within a second, and there again when it is', async () => {
		const plugin = await stage.plugin().start(both);
		await stage.healthy([allowedUuid]);
		await plugin.stop();
		await stage.healthy([]);
		assert.equal(stage.kubelet.devices(gpu).length, 2, 'as the kubelet keeps them');
		await plugin.serve();
		await stage.healthy([allowedUuid]);
	});

	it('answers Allocate with an error, with nonsense or with nothing: the kubelet gets what it said', async () => {
		const plugin = await stage.plugin().start(both);
		await stage.healthy([allowedUuid]);
		plugin.allocate = () => {
			throw new GrpcError('RESOURCE_EXHAUSTED', 'no memory left on it');
		};
		await assert.rejects(stage.kubelet.allocate(gpu, [allowedUuid]), {
			code: 'RESOURCE_EXHAUSTED',
			message: 'no memory left on it',
		});
		stage.answer({ ...enforced, env: [{ name: 'A', value: '1', policy: 'p' }] });
		plugin.allocate = () => Buffer.from('0aff', 'hex');
		await until('the variables are known', async () => {
			const failed: GrpcError = await stage.kubelet.allocate(gpu, [allowedUuid]).then(
				() => assert.fail('it was allocated'),
				(error) => error,
			);
			return failed.code === 'INTERNAL' && /^gpupolicy: Allocate carries what cannot be read: byte 1/.test(failed.message);
		});
		plugin.allocate = () => encode('AllocateResponse', {});
		await assert.rejects(stage.kubelet.allocate(gpu, [allowedUuid]), /no containers return/);
		plugin.allocate = allocated;
		assert.deepEqual((await stage.kubelet.allocate(gpu, [allowedUuid])).envs, { NVIDIA_VISIBLE_DEVICES: allowedUuid, A: '1' });
	});

	it('prefers a device that is forbidden: the kubelet never gets it', async () => {
		const plugin = await stage.plugin().start([...both, { ID: `${allowedUuid}::1` }]);
		await stage.healthy([allowedUuid, `${allowedUuid}::1`]);
		plugin.prefer = () => encode('PreferredAllocationResponse', { container_responses: [{ deviceIDs: [forbiddenUuid] }] });
		assert.notEqual((await stage.kubelet.run('trainer', gpu, 1)).ids[0], forbiddenUuid);
		await assert.rejects(stage.kubelet.allocate(gpu, [forbiddenUuid]), { code: 'FAILED_PRECONDITION' });
		assert.ok(
			plugin
				.called('allocate')
				.every((request) => !decode('AllocateRequest', request).container_requests[0].devices_ids.includes(forbiddenUuid)),
		);
	});

	it('may lie as it likes where no policy is in force: not a byte is changed', async () => {
		stage.answer(unpoliced);
		const list = encode('ListAndWatchResponse', {
			devices: [...both, { ID: forbiddenUuid, health: 'Healthy' }, { ID: 'x', health: 'Healthy' }],
		});
		const plugin = stage.plugin();
		plugin.list = list;
		await plugin.serve();
		await plugin.register();
		await until('the list is there', () => stage.kubelet.endpoints.get(gpu)?.lists.length === 1);
		assert.deepEqual(Buffer.from(stage.kubelet.endpoints.get(gpu)?.lists[0] ?? assert.fail()), Buffer.from(list));
		stage.answer(enforced);
	});
});
