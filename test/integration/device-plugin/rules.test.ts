import assert from 'node:assert/strict';
import { existsSync, linkSync, renameSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { allowedUuid, device, forbiddenUuid } from '../../../src/core/device-answer/device-answer.fixture.ts';
import { empty, healthy } from '../../../src/kubelet/device-plugin/index.ts';
import { bytesField, varintField } from '../../../src/kubelet/wire/index.ts';
import { until } from '../../cluster/until.ts';
import { decode, encode } from './api.ts';
import { allocated, failing } from './fake-plugin.ts';
import { both, enforced, gpu, Stage, turned } from './stage.ts';

/** The rules that were learnt on a real kubelet, each as it was learnt. */
describe('the twelve rules of the device-plugin proxy', () => {
	let stage: Stage;
	afterEach(() => stage.close());

	async function enforcedStage(): Promise<ReturnType<Stage['plugin']>> {
		stage = await Stage.open(enforced);
		const plugin = await stage.plugin().start(both);
		await stage.healthy([allowedUuid]);
		return plugin;
	}

	it('1. never takes a device from the list, not even during an allocation; Healthy is what the plugin and the policy both say', async () => {
		const plugin = await enforcedStage();
		const held = Promise.withResolvers<void>();
		plugin.allocate = async (request) => {
			await held.promise;
			return allocated(request);
		};
		const running = stage.kubelet.allocate(gpu, [allowedUuid]);
		await until('the plugin allocates', async () => plugin.called('allocate').length === 1);
		stage.answer(turned);
		await stage.healthy([forbiddenUuid]);
		plugin.say([{ ID: allowedUuid }, { ID: forbiddenUuid, health: 'Unhealthy' }]);
		await stage.healthy([]);
		held.resolve();
		await assert.rejects(running, /policy rtx3090-only forbids device/);
		stage.answer(enforced);
		await stage.healthy([allowedUuid]);
		for (const list of stage.kubelet.endpoints.get(gpu)?.lists ?? [])
			assert.deepEqual(
				decode('ListAndWatchResponse', list).devices.map(({ ID }: { ID: string }) => ID),
				[allowedUuid, forbiddenUuid],
			);
	});

	it('2. answers Allocate in a bounded time, whatever the plugin does, and other calls meanwhile', async () => {
		const plugin = await enforcedStage();
		const ended = Promise.withResolvers<void>();
		plugin.allocate = (_, signal) => {
			signal.addEventListener('abort', () => ended.resolve());
			return new Promise<Uint8Array>(() => {});
		};
		const began = performance.now();
		const running = stage.kubelet.allocate(gpu, [allowedUuid]);
		running.catch(() => {});
		await until('the plugin allocates', async () => plugin.called('allocate').length === 1);
		plugin.prefer = () => encode('PreferredAllocationResponse', { container_responses: [{ deviceIDs: [allowedUuid] }] });
		assert.deepEqual(await stage.kubelet.prefer(gpu, [allowedUuid, forbiddenUuid], 1), [allowedUuid]);
		await assert.rejects(running, {
			code: 'DEADLINE_EXCEEDED',
			message: 'gpupolicy: the device plugin did not answer Allocate in time',
		});
		assert.ok(performance.now() - began >= 4_900);
		await ended.promise;
	});

	it('3. adds the variables of the policy to each container, in the place of those of the plugin, and leaves the rest to admission', async () => {
		const plugin = await enforcedStage();
		plugin.allocate = () =>
			encode('AllocateResponse', {
				container_responses: [
					{ envs: { NVIDIA_VISIBLE_DEVICES: allowedUuid, CUDA_DEVICE_ORDER: 'FASTEST_FIRST' }, annotations: { a: 'b' } },
					{},
				],
			});
		const { client } = stage.kubelet.endpoints.get(gpu) ?? assert.fail();
		const request = encode('AllocateRequest', {
			container_requests: [{ devices_ids: [allowedUuid] }, { devices_ids: [allowedUuid] }],
		});
		const answer = decode('AllocateResponse', await client.unary('/v1beta1.DevicePlugin/Allocate', request));
		assert.deepEqual(
			answer.container_responses.map(({ envs }: { envs: object }) => envs),
			[{ NVIDIA_VISIBLE_DEVICES: allowedUuid, CUDA_DEVICE_ORDER: 'PCI_BUS_ID' }, { CUDA_DEVICE_ORDER: 'PCI_BUS_ID' }],
		);
		assert.deepEqual(answer.container_responses[0].annotations, { a: 'b' });
	});

	it('4. demands PreStartContainer and refuses there to start a container again on a device that was forbidden since', async () => {
		const plugin = await enforcedStage();
		await stage.kubelet.run('trainer', gpu, 1);
		assert.equal(plugin.called('preStartContainer').length, 0, 'the plugin did not ask for it');
		stage.answer(turned);
		await stage.healthy([forbiddenUuid]);
		const text = `gpupolicy: policy rtx3090-only forbids device ${allowedUuid} of ${gpu}: turned`;
		await assert.rejects(stage.kubelet.restartContainer('trainer'), { code: 'FAILED_PRECONDITION', message: text });
		await until('the agent is told', async () => stage.state().refusals.length === 1);
		const { at, ...refusal } = stage.state().refusals[0] ?? assert.fail();
		assert.deepEqual(refusal, { resource: gpu, id: allowedUuid, policy: 'rtx3090-only', reason: 'turned' });
		assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000);
		stage.answer(enforced);
		await stage.healthy([allowedUuid]);
		await stage.kubelet.restartContainer('trainer');
	});

	it('4. passes PreStartContainer on to a plugin that demands it itself', async () => {
		stage = await Stage.open(enforced);
		const plugin = stage.plugin();
		plugin.options = encode('DevicePluginOptions', { pre_start_required: true });
		await plugin.start(both);
		await stage.healthy([allowedUuid]);
		await stage.kubelet.run('trainer', gpu, 1);
		assert.deepEqual(decode('PreStartContainerRequest', plugin.called('preStartContainer')[0] ?? assert.fail()), {
			devices_ids: [allowedUuid],
		});
		plugin.preStart = async () => {
			stage.answer(turned);
			await stage.healthy([forbiddenUuid]);
			return empty;
		};
		await assert.rejects(
			stage.kubelet.restartContainer('trainer'),
			{ code: 'FAILED_PRECONDITION' },
			'turned while the plugin was at it',
		);
		stage.answer(enforced);
		await stage.healthy([allowedUuid]);
		plugin.preStart = failing('INTERNAL', 'the device does not reset');
		await assert.rejects(stage.kubelet.restartContainer('trainer'), { code: 'INTERNAL', message: 'the device does not reset' });
	});

	it('5. leaves a container alone whose device is forbidden while it runs', async () => {
		const plugin = await enforcedStage();
		const container = await stage.kubelet.run('trainer', gpu, 1);
		const calls = plugin.calls.length;
		stage.answer(turned);
		await stage.healthy([forbiddenUuid]);
		assert.deepEqual(container.ids, [allowedUuid]);
		assert.equal(plugin.calls.length, calls, 'the plugin was not told to do anything');
		assert.deepEqual(stage.state().refusals, []);
	});

	it('6. answers GetPreferredAllocation with nothing where the plugin fails, hangs or talks nonsense', {
		timeout: 60_000,
	}, async () => {
		const plugin = await enforcedStage();
		for (const wrong of [
			failing('INTERNAL', 'no idea'),
			() => new Promise<Uint8Array>(() => {}),
			() => Buffer.from('ffff', 'hex'),
		]) {
			plugin.prefer = wrong;
			assert.deepEqual(await stage.kubelet.prefer(gpu, [allowedUuid, forbiddenUuid], 1), []);
		}
		assert.equal(plugin.called('preferredAllocation').length, 3);
		await stage.kubelet.run('trainer', gpu, 1);
	});

	it('6. keeps forbidden devices out of what the plugin may choose, and out of what it chose all the same', async () => {
		const plugin = await enforcedStage();
		plugin.prefer = () =>
			encode('PreferredAllocationResponse', { container_responses: [{ deviceIDs: [forbiddenUuid, allowedUuid] }] });
		assert.deepEqual(await stage.kubelet.prefer(gpu, [forbiddenUuid, allowedUuid], 1), [allowedUuid]);
		const request = decode('PreferredAllocationRequest', plugin.called('preferredAllocation')[0] ?? assert.fail());
		assert.deepEqual(request.container_requests, [
			{ available_deviceIDs: [allowedUuid], must_include_deviceIDs: [], allocation_size: 1 },
		]);
	});

	it('7. ends the old stream before it registers again, which the kubelet would take for the end of the new one', async () => {
		const plugin = await enforcedStage();
		const first = stage.kubelet.endpoints.get(gpu) ?? assert.fail();
		assert.equal(first.options.get_preferred_allocation_available, true);
		plugin.options = encode('DevicePluginOptions', {});
		await plugin.register();
		await until(
			'the kubelet has the new options',
			async () => stage.kubelet.endpoints.get(gpu)?.options.get_preferred_allocation_available === false,
		);
		await stage.healthy([allowedUuid]);
		await pause(100);
		assert.equal(first.connected, false);
		assert.equal(stage.kubelet.endpoints.get(gpu)?.connected, true);
		assert.equal(stage.kubelet.registrations.length, 2);
	});

	it('7. registers again within a second when the kubelet restarts, though the inode of its socket may be the same, and when it drops the stream', async () => {
		await enforcedStage();
		for (let round = 0; round < 3; round++) {
			await stage.kubelet.restart();
			const began = performance.now();
			await stage.healthy([allowedUuid]);
			const took = performance.now() - began;
			assert.ok(took < againMs, `${took.toFixed(0)} ms`);
		}
		stage.kubelet.drop(gpu);
		assert.deepEqual(stage.kubelet.healthy(gpu), []);
		await stage.healthy([allowedUuid]);
		assert.ok(stage.kubelet.registrations.length >= 5);
	});

	it('7. registers again when the kubelet was away for long', async () => {
		await enforcedStage();
		await stage.kubelet.stop();
		await stage.logged('the kubelet is not there');
		await pause(1_500);
		assert.equal(stage.said('the kubelet is not there'), 1, 'said once');
		await stage.kubelet.start();
		const began = performance.now();
		await stage.healthy([allowedUuid]);
		const took = performance.now() - began;
		assert.ok(took < againMs, `${took.toFixed(0)} ms`);
	});

	it("8. has its sockets in a directory of its own, where the kubelet's clean-up leaves them", async () => {
		await enforcedStage();
		const { endpoint } = stage.kubelet.endpoints.get(gpu) ?? assert.fail();
		assert.equal(endpoint, 'gpupolicy/nvidia.com_gpu.sock');
		const path = join(stage.directories.kubeletDir, endpoint);
		await stage.kubelet.restart();
		assert.ok(existsSync(path));
		await stage.stopProxy();
		assert.ok(!existsSync(path), 'and takes them away when it ends');
	});

	it('9. answers Register at once, before it calls a plugin that serves only then', async () => {
		stage = await Stage.open(enforced);
		const plugin = stage.plugin();
		plugin.say(both);
		await plugin.register();
		await stage.logged('device plugin registered');
		await plugin.serve();
		await stage.healthy([allowedUuid]);
		assert.ok(stage.kubelet.registrations.length >= 1);
	});

	it('9. unlinks stale sockets, its own and the one for plugins', async () => {
		await enforcedStage();
		await stage.stopProxy();
		const { kubeletDir, pluginDir } = stage.directories;
		const stale = [join(pluginDir, 'kubelet.sock'), join(kubeletDir, 'gpupolicy', 'nvidia.com_gpu.sock')];
		for (const path of stale) await leaveStaleSocket(path);
		await stage.startProxy();
		await stage.healthy([allowedUuid]);
	});

	it('10. passes fields on that it does not know, in every message and both ways', async () => {
		stage = await Stage.open(enforced);
		const future = Buffer.concat([bytesField(2_000, 'future'), varintField(2_001, 7)]);
		const plugin = stage.plugin();
		plugin.options = Buffer.concat([encode('DevicePluginOptions', {}), future]);
		const devices = both.map(({ ID }) =>
			bytesField(1, Buffer.concat([future, bytesField(1, ID), bytesField(2, healthy), future])),
		);
		plugin.list = Buffer.concat([future, ...devices, future]);
		plugin.allocate = (request) => Buffer.concat([future, allocated(request), future]);
		await plugin.serve();
		const request = encode('RegisterRequest', { version: 'v1beta1', endpoint: plugin.endpoint, resource_name: gpu });
		await plugin.registerBytes(Buffer.concat([request, future]));
		await stage.healthy([allowedUuid]);

		const hidden = bytesField(1, Buffer.concat([future, bytesField(1, forbiddenUuid), bytesField(2, 'Unhealthy'), future]));
		const list = Buffer.from(stage.kubelet.endpoints.get(gpu)?.lists.at(-1) ?? assert.fail());
		assert.deepEqual(list, Buffer.concat([future, devices[0] ?? assert.fail(), hidden, future]));
		assert.ok(Buffer.from(stage.kubelet.registrations[0] ?? assert.fail()).includes(future));

		const { client } = stage.kubelet.endpoints.get(gpu) ?? assert.fail();
		const asked = Buffer.concat([encode('AllocateRequest', { container_requests: [{ devices_ids: [allowedUuid] }] }), future]);
		const answer = Buffer.from(await client.unary('/v1beta1.DevicePlugin/Allocate', asked));
		assert.ok(answer.subarray(0, future.length).equals(future) && answer.subarray(-future.length).equals(future));
		assert.deepEqual(Buffer.from(plugin.called('allocate')[0] ?? assert.fail()), asked);
		const options = Buffer.from(await client.unary('/v1beta1.DevicePlugin/GetDevicePluginOptions', Buffer.alloc(0)));
		assert.deepEqual(options, Buffer.concat([future, varintField(1, true)]));
	});

	it('11. takes a share for its device and a MIG device for itself, and passes topology and options through', async () => {
		const mig = 'MIG-11111111-aaaa-bbbb-cccc-000000000003';
		const migOfForbidden = 'MIG-11111111-aaaa-bbbb-cccc-000000000004';
		stage = await Stage.open({
			...enforced,
			devices: [
				...enforced.devices,
				device(mig, 0, { parent: allowedUuid }),
				device(migOfForbidden, 0, { parent: forbiddenUuid, verdict: 'Forbidden', reason: 'its GPU' }),
			],
		});
		const topology = { nodes: [{ ID: 1 }] };
		const shared = stage.plugin({ endpoint: 'shared.sock', resource: 'nvidia.com/gpu.shared' });
		await shared.start([`${allowedUuid}::0`, `${allowedUuid}::1`, `${forbiddenUuid}::0`].map((ID) => ({ ID, topology })));
		await stage.healthy([`${allowedUuid}::0`, `${allowedUuid}::1`], shared.resource);
		const slices = stage.plugin({ endpoint: 'mig.sock', resource: 'nvidia.com/mig-1g.10gb' });
		await slices.start([{ ID: mig }, { ID: migOfForbidden }]);
		await stage.healthy([mig], slices.resource);
		const list = stage.kubelet.endpoints.get(shared.resource)?.lists.at(-1) ?? assert.fail();
		for (const each of decode('ListAndWatchResponse', list).devices) assert.deepEqual(each.topology, topology);
		assert.equal(stage.kubelet.endpoints.get(shared.resource)?.options.get_preferred_allocation_available, true);
		await until(
			'the agent is told',
			() => stage.state().resources.filter(({ registered, devices }) => registered && devices > 0).length === 2,
		);
		assert.deepEqual(
			stage.state().resources.map(({ name, registered, devices }) => [name, registered, devices]),
			[
				[shared.resource, true, 3],
				[slices.resource, true, 2],
			],
		);
	});

	it('12. frees no device when it ends: all go Unhealthy, and come back as they were', async () => {
		const plugin = await enforcedStage();
		await stage.kubelet.run('trainer', gpu, 1);
		await stage.stopProxy();
		await stage.healthy([]);
		await assert.rejects(stage.kubelet.restartContainer('trainer'));
		assert.equal(stage.state().resources[0]?.registered, false);
		await stage.startProxy();
		await stage.healthy([allowedUuid]);
		await stage.kubelet.restartContainer('trainer');
		for (const list of stage.kubelet.endpoints.get(gpu)?.lists ?? [])
			assert.ok(
				!decode('ListAndWatchResponse', list).devices.some(
					({ ID, health }: { ID: string; health: string }) => ID === forbiddenUuid && health === healthy,
				),
			);
		assert.equal(plugin.called('allocate').length, 1);
	});
});

/** A second, with room for a machine that has other things to do; plugins on Kubernetes' Stub take ten. The benchmark has the real figure. */
const againMs = 5_000;

/** As kill -9 leaves one: the name of a socket on which nobody listens. */
async function leaveStaleSocket(path: string): Promise<void> {
	const server = createServer().listen(`${path}.x`);
	await new Promise((resolve) => server.once('listening', resolve));
	linkSync(`${path}.x`, `${path}.y`);
	await new Promise((resolve) => server.close(resolve));
	renameSync(`${path}.y`, path);
}
