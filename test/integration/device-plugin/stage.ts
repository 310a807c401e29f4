import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allowedUuid, answer, forbiddenUuid } from '../../../src/core/device-answer/device-answer.fixture.ts';
import {
	type DeviceAnswer,
	type DevicePluginState,
	formatDeviceAnswer,
	parseDevicePluginState,
} from '../../../src/core/device-answer/index.ts';
import { DevicePluginProxy, type ProxyTelemetry } from '../../../src/device-plugin/index.ts';
import { until } from '../../cluster/until.ts';
import { FakeKubelet } from './fake-kubelet.ts';
import { type FakeDevice, FakePlugin } from './fake-plugin.ts';

export const gpu = 'nvidia.com/gpu';
export const both: readonly FakeDevice[] = [{ ID: allowedUuid }, { ID: forbiddenUuid }];

/** One policy that enforces, and one device of two that it forbids. */
export const enforced = answer({ env: [{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID', policy: 'rtx3090-only' }] });
export const turned: DeviceAnswer = {
	...enforced,
	devices: enforced.devices.map((device) => ({
		...device,
		verdict: device.verdict === 'Allowed' ? 'Forbidden' : 'Allowed',
		reason: 'turned',
	})),
};
export const unpoliced = answer({ policies: [] });
export const audited = answer({ policies: [{ name: 'rtx3090-only', digest: '5f1c', mode: 'Audit' }] });

/** A node in a folder: a kubelet, device plugins, the proxy between them, and what the agent says. */
export class Stage {
	readonly folder = mkdtempSync(join(tmpdir(), 'gpupolicy-proxy-'));
	readonly directories = {
		stateDir: join(this.folder, 'state'),
		kubeletDir: join(this.folder, 'kubelet'),
		pluginDir: join(this.folder, 'plugins'),
		endpointDir: 'gpupolicy',
	};
	readonly kubelet = new FakeKubelet(this.directories.kubeletDir);
	/** Lines of the proxy's log. */
	readonly log: { readonly level: string; readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[] = [];
	readonly telemetry: ProxyTelemetry = {
		log: (level, message, fields = {}) => void this.log.push({ level, message, fields }),
		called: () => {},
		registered: () => {},
		listed: () => {},
	};
	proxy: DevicePluginProxy | null = null;
	readonly #plugins: FakePlugin[] = [];

	/** With a kubelet and the proxy; `null`: the agent says nothing. */
	static async open(answer: DeviceAnswer | null = enforced): Promise<Stage> {
		const stage = new Stage();
		const { stateDir, kubeletDir, pluginDir } = stage.directories;
		for (const directory of [stateDir, kubeletDir, pluginDir]) mkdirSync(directory);
		if (answer) stage.answer(answer);
		await stage.kubelet.start();
		await stage.startProxy();
		return stage;
	}

	async startProxy(goneMs?: number): Promise<void> {
		this.proxy = await DevicePluginProxy.start(this.directories, this.telemetry, goneMs);
	}

	async stopProxy(): Promise<void> {
		await this.proxy?.stop();
		this.proxy = null;
	}

	/** What the agent says, as it writes it. */
	answer(answer: DeviceAnswer): void {
		this.answerText(formatDeviceAnswer(answer));
	}

	answerText(text: string): void {
		const path = join(this.directories.stateDir, 'answer.json');
		writeFileSync(`${path}.new`, text);
		renameSync(`${path}.new`, path);
	}

	plugin(options?: ConstructorParameters<typeof FakePlugin>[1]): FakePlugin {
		const plugin = new FakePlugin(this.directories.pluginDir, options);
		this.#plugins.push(plugin);
		return plugin;
	}

	/** What the proxy tells the agent. */
	state(): DevicePluginState {
		return parseDevicePluginState(readFileSync(join(this.directories.stateDir, 'device-plugin.json'), 'utf8'));
	}

	/** Waits until the kubelet has these devices to hand out, in any order, and no other. */
	async healthy(ids: readonly string[], resource = gpu): Promise<void> {
		const wanted = ids.toSorted().join();
		await until(
			`the kubelet hands out ${wanted || 'nothing'} of ${resource}`,
			async () => this.kubelet.devices(resource).length > 0 && this.kubelet.healthy(resource).toSorted().join() === wanted,
			30_000,
		);
	}

	async logged(text: string): Promise<void> {
		await until(`the log says ${text}`, async () => this.said(text) > 0, 30_000);
	}

	/** How many lines of the log contain a text. */
	said(text: string): number {
		return this.log.filter((line) => JSON.stringify(line).includes(text)).length;
	}

	async close(): Promise<void> {
		await this.stopProxy();
		await this.kubelet.stop();
		for (const plugin of this.#plugins) await plugin.stop();
		rmSync(this.folder, { recursive: true, force: true });
	}
}
