import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { allowedUuid, device, forbiddenUuid } from '../../../src/core/device-answer/device-answer.fixture.ts';
import type { DeviceAnswer } from '../../../src/core/device-answer/index.ts';
import { generator } from '../cluster/faults/random.ts';
import { decode } from './api.ts';
import type { FakePlugin } from './fake-plugin.ts';
import { enforced, gpu, Stage, turned } from './stage.ts';

const rounds = process.env.SOAK === '1' ? 1_500 : 60;
const seed = Number(process.env.FC_SEED ?? Date.now() % 2 ** 31);

/** Forbidden by every answer. */
const never = 'GPU-deadbeef-aaaa-bbbb-cccc-000000000009';
const devices = [allowedUuid, forbiddenUuid, never].map((ID) => ({ ID }));
const withNever = (answer: DeviceAnswer): DeviceAnswer => ({
	...answer,
	devices: [...answer.devices, device(never, 9, { verdict: 'Forbidden', reason: 'deny[1]' })],
});

it(`keeps a device from the kubelet through ${rounds} faults of everybody, and comes to rest as the last answer says (seed ${seed})`, async () => {
	const random = generator(seed);
	const stage = await Stage.open(withNever(enforced));
	let lists = 0;
	try {
		const plugin = await stage.plugin().start(devices);
		let allowed = allowedUuid;
		const answer = (said: DeviceAnswer): void => {
			allowed = said.devices.find(({ verdict }) => verdict === 'Allowed')?.uuid ?? '';
			stage.answer(withNever(said));
		};
		const faults: Record<string, () => unknown> = {
			'the policy is turned': () => answer(turned),
			'the policy is turned back': () => answer(enforced),
			'half an answer': () => writeFileSync(join(stage.directories.stateDir, 'answer.json'), '{"version": 1, "policies": []'),
			'the kubelet restarts': () => stage.kubelet.restart(),
			'the kubelet drops the stream': () => stage.kubelet.drop(gpu),
			'the plugin restarts': () => restart(plugin),
			'the plugin restarts and does not register': async () => {
				await plugin.stop();
				await plugin.serve();
			},
			'the plugin registers again': () => plugin.register().catch(() => {}),
			'the plugin ends its list': () => {
				for (const stream of plugin.streams) stream.end();
			},
			'the plugin sends nonsense once': () => {
				for (const stream of plugin.streams) stream.send(Buffer.from('ffff', 'hex'));
			},
			'the proxy restarts': async () => {
				await stage.stopProxy();
				await stage.startProxy();
			},
		};
		for (let round = 0; round < rounds; round++) {
			const names = Object.keys(faults);
			const picked = Array.from(
				{ length: 1 + Math.floor(random() * 3) },
				() => names[Math.floor(random() * names.length)] as string,
			);
			for (const name of picked) {
				await faults[name]?.();
				if (random() < 0.5) await pause(random() * 60);
			}
			// What was half an answer is made whole by the agent.
			answer(allowed === allowedUuid ? enforced : turned);
			await stage.healthy([allowed]).catch((error: Error) => {
				throw new Error(
					`round ${round}, after ${picked.join(', ')}: ${error.message}\n${JSON.stringify(stage.log.slice(-12), null, 1)}`,
				);
			});
			for (const list of stage.kubelet.received.splice(0)) {
				const shown: { ID: string; health: string }[] = decode('ListAndWatchResponse', list).devices;
				assert.equal(shown.find(({ ID }) => ID === never)?.health, 'Unhealthy', `round ${round}, after ${picked.join(', ')}`);
				lists++;
			}
		}
		assert.ok(lists >= rounds / 2, `${lists} lists in ${rounds} rounds`);
		assert.ok((await stage.kubelet.run('at rest', gpu, 1)).ids.includes(allowed));
	} finally {
		await stage.close();
	}
});

async function restart(plugin: FakePlugin): Promise<void> {
	await plugin.stop();
	await plugin.serve();
	await plugin.register().catch(() => {}); // The proxy may be away: it knows the plugin from before.
}
