import type { ProxyDirectories } from '../../../src/device-plugin/index.ts';
import { RunningCommand } from '../running-command.ts';

/** `gpupolicy device-plugin` as it is built. */
export function runProxy(
	{ stateDir, kubeletDir, pluginDir, endpointDir }: ProxyDirectories,
	more: readonly string[] = [],
): RunningCommand {
	const directories = [
		'--state-dir',
		stateDir,
		'--kubelet-dir',
		kubeletDir,
		'--plugin-dir',
		pluginDir,
		'--endpoint-dir',
		endpointDir,
	];
	return new RunningCommand(['device-plugin', ...directories, '--bind-address', '127.0.0.1:0', ...more]);
}
