import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeKubelet } from './fake-kubelet.ts';
import { pluginDirIn, proxyOnKubelet } from './kubelet-contract.ts';

proxyOnKubelet('a kubelet of the tests', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'gpupolicy-kubelet-'));
	const kubeletDir = join(folder, 'kubelet');
	mkdirSync(kubeletDir);
	const kubelet = new FakeKubelet(kubeletDir);
	await kubelet.start();
	return {
		kubeletDir,
		pluginDir: pluginDirIn(folder),
		count: async (resource) => ({ allocatable: kubelet.healthy(resource).length, capacity: kubelet.devices(resource).length }),
		run: async (name, resource, devices) => (await kubelet.run(name, resource, devices)).response.envs,
		startAgain: async (name) => void (await kubelet.restartContainer(name)),
		restart: () => kubelet.restart(),
		close: async () => {
			await kubelet.stop();
			rmSync(folder, { recursive: true, force: true });
		},
	};
});
