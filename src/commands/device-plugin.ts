import process from 'node:process';
import { Flags } from '@oclif/core';
import { GpuPolicyCommand, wrongUsage } from './base.ts';
import { bindAddress } from './bind-address.ts';

export default class DevicePlugin extends GpuPolicyCommand {
	static override summary = 'Stand between the device plugins of a node and its kubelet; runs until it is stopped.';
	static override description =
		'Passes everything on between any device plugin and the kubelet, with the devices that a policy forbids Unhealthy and the variables of the policies in each allocation. Which devices those are comes from the agent of the node by a file; until there is one, every device is Unhealthy. Logs one JSON object a line on stderr; /healthz, /readyz and /metrics are served on one port. Exit codes: 0 stopped by SIGTERM, 130 by Ctrl-C, 1 failed, 64 usage.';
	static override examples = ['<%= config.bin %> device-plugin --plugin-dir /run/gpupolicy/plugins'];
	// It reads no manifest.
	static override baseFlags = {} as unknown as typeof GpuPolicyCommand.baseFlags;
	static override flags = {
		'state-dir': Flags.string({
			helpValue: 'DIR',
			default: '/run/gpupolicy',
			summary: 'Where it meets the agent of the node, and keeps what outlives it.',
		}),
		'kubelet-dir': Flags.string({
			helpValue: 'DIR',
			default: '/var/lib/kubelet/device-plugins',
			summary: 'Directory of the socket by which the kubelet takes device plugins.',
		}),
		'plugin-dir': Flags.string({
			helpValue: 'DIR',
			default: '/run/gpupolicy/plugins',
			summary: 'What the device plugins take for that directory: mounted there in their containers.',
		}),
		'endpoint-dir': Flags.string({
			helpValue: 'NAME',
			default: 'gpupolicy',
			summary: "Directory of its own sockets below the kubelet's, which clears only its own at a start.",
		}),
		'bind-address': Flags.string({
			helpValue: 'HOST:PORT',
			default: ':9102',
			summary: 'Where probes and metrics are served; without a host on every address, 0 for none.',
		}),
	};

	async run(): Promise<void> {
		const { flags } = await this.parse(DevicePlugin);
		const { runDevicePlugin } = await import('../app/device-plugin/run-device-plugin.ts'); // gRPC is paid for by those who use it
		process.exitCode = await runDevicePlugin({
			stateDir: flags['state-dir'],
			kubeletDir: flags['kubelet-dir'],
			pluginDir: flags['plugin-dir'],
			endpointDir: directoryName(flags['endpoint-dir']),
			bindAddress: bindAddress(flags['bind-address']),
		});
	}
}

function directoryName(text: string): string {
	if (/^[A-Za-z0-9][-A-Za-z0-9_.]*$/.test(text)) return text;
	throw wrongUsage(`${JSON.stringify(text)} is no name of a directory`, 'write letters, digits, dashes, dots and underscores');
}
