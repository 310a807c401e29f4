import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { allowedUuid, forbiddenUuid } from '../../../src/core/device-answer/device-answer.fixture.ts';
import { type DeviceAnswer, formatDeviceAnswer, parseDevicePluginState } from '../../../src/core/device-answer/index.ts';
import { endAll, type RunningCommand } from '../running-command.ts';
import { FakePlugin } from './fake-plugin.ts';
import { runProxy } from './running-proxy.ts';
import { both, enforced, gpu, turned, unpoliced } from './stage.ts';

/** What a test asks of a kubelet, whichever it is. */
export interface KubeletUnderTest {
	/** Of its socket. */
	readonly kubeletDir: string;
	/** An empty folder for a proxy that plays the kubelet. */
	readonly pluginDir: string;
	/** How many devices it may hand out, and how many it knows; `undefined`: it knows no such resource. */
	count(resource: string): Promise<{ readonly allocatable: number; readonly capacity: number } | undefined>;
	/** Runs a container with devices and gives the environment that the runtime got. Rejects with what the status of the pod says. */
	run(name: string, resource: string, devices: number): Promise<Readonly<Record<string, string>>>;
	/** Ends the container of a pod once, and resolves when it was started again. Rejects with what an event says. */
	startAgain(name: string): Promise<void>;
	/** kill -9, and a start. */
	restart(): Promise<void>;
	close(): Promise<void>;
}

/** What holds for the proxy as it is built, on any kubelet. */
export function proxyOnKubelet(name: string, open: () => Promise<KubeletUnderTest>): void {
	describe(`the device-plugin proxy on ${name}`, () => {
		let kubelet: KubeletUnderTest;
		let proxy: RunningCommand;
		let plugin: FakePlugin;
		const stateDir = mkdtempSync(join(tmpdir(), 'gpupolicy-state-'));

		before(async () => {
			kubelet = await open();
			plugin = new FakePlugin(kubelet.pluginDir);
			proxy = start();
			await served();
			await plugin.start(both);
		});
		after(async () => {
			await endAll();
			await plugin?.stop();
			await kubelet?.close();
			rmSync(stateDir, { recursive: true, force: true });
		});

		const start = (): RunningCommand =>
			runProxy({ stateDir, kubeletDir: kubelet.kubeletDir, pluginDir: kubelet.pluginDir, endpointDir: 'gpupolicy' });
		const served = () => proxy.says(({ msg }) => msg === 'serving probes and metrics');
		const state = () => parseDevicePluginState(readFileSync(join(stateDir, 'device-plugin.json'), 'utf8'));
		function answer(said: DeviceAnswer): void {
			writeFileSync(join(stateDir, 'answer.new'), formatDeviceAnswer(said));
			renameSync(join(stateDir, 'answer.new'), join(stateDir, 'answer.json'));
		}
		const counts = (allocatable: number, capacity = 2) =>
			proxy.until(`the kubelet has ${allocatable} of ${capacity}`, async () => {
				const count = await kubelet.count(gpu);
				return count?.allocatable === allocatable && count.capacity === capacity;
			});

		it('shows every device and hands out none before the agent has answered', async () => {
			await counts(0);
			await assert.rejects(kubelet.run('early', gpu, 1));
		});

		it('hands out the allowed device alone, with what the plugin and the policy say in its environment', async () => {
			answer(enforced);
			await counts(1);
			const env = await kubelet.run('first', gpu, 1);
			assert.deepEqual([env.NVIDIA_VISIBLE_DEVICES, env.CUDA_DEVICE_ORDER], [allowedUuid, 'PCI_BUS_ID']);
			await assert.rejects(kubelet.run('second', gpu, 1));
		});

		it('gives the other device to new containers when the policy is turned, and leaves the one that runs alone', async () => {
			answer(turned);
			const env = await proxy.until('a container gets the other device', () =>
				kubelet.run(unique('turned'), gpu, 1).catch(() => undefined),
			);
			assert.equal(env.NVIDIA_VISIBLE_DEVICES, forbiddenUuid);
			await counts(1);
		});

		it('does not start a container again on a device that was forbidden since, and says which policy and device', async () => {
			await assert.rejects(kubelet.startAgain('first'), (error: Error) =>
				error.message.includes(`gpupolicy: policy rtx3090-only forbids device ${allowedUuid} of ${gpu}: turned`),
			);
			await proxy.until('the agent is told', () => state().refusals.some(({ id }) => id === allowedUuid));
		});

		it('is there again after a restart of the kubelet, for containers that start again too', async () => {
			answer(enforced);
			await counts(1);
			await kubelet.restart();
			await proxy.until('it is registered', () => state().resources[0]?.registered);
			await counts(1);
			answer(unpoliced);
			await counts(2);
			answer(enforced);
			await counts(1);
		});

		it('takes every device away when it ends, and is there again when it starts, though the plugin did not notice', async () => {
			assert.equal(await proxy.end(), 0);
			const gone = async () => (await kubelet.count(gpu))?.allocatable === 0;
			for (const limit = performance.now() + 60_000; !(await gone()); ) assert.ok(performance.now() < limit, 'devices are left');
			proxy = start();
			await counts(1);
		});

		it('shows the devices of a plugin that is gone as unhealthy, and has them again with it', async () => {
			await plugin.stop();
			await counts(0);
			await plugin.serve();
			await counts(1);
			assert.deepEqual(proxy.strays, []);
		});
	});
}

/** A directory for plugins beside what a kubelet has. */
export function pluginDirIn(folder: string): string {
	const directory = join(folder, 'plugins');
	mkdirSync(directory, { recursive: true });
	return directory;
}

let names = 0;
const unique = (name: string): string => `${name}-${names++}`;
