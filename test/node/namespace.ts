import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Component } from '../cluster/component.ts';
import type { Supervised } from '../cluster/processes/supervised.ts';

/** Where the kubelet and every plugin look for the sockets of device plugins: a constant of the device plugin API. */
export const devicePluginPath = '/var/lib/kubelet/device-plugins';

/** A program with its arguments. */
export type Command = readonly [program: string, ...args: string[]];

/**
 * The mount namespace of one node, in which `/var/lib/kubelet` is a folder of ours. It is in a user namespace too where the system allows one,
 * so that nothing of it needs root, and the kubelet can change nothing of the machine.
 */
export class Namespace {
	/** What its `/var/lib` is outside. */
	readonly lib: string;
	readonly #user: readonly string[];
	readonly #holder: Component;

	private constructor(folder: string, user: readonly string[], holder: Component) {
		this.lib = join(folder, 'lib');
		this.#user = user;
		this.#holder = holder;
	}

	/** Rejects with what to do where the system allows no namespace. */
	static async open(folder: string, processes: Supervised): Promise<Namespace> {
		const user = userNamespace();
		mkdirSync(join(folder, 'lib', 'kubelet'), { recursive: true });
		mkdirSync(join(folder, 'log'));
		const holder = new Component(
			{
				name: 'namespace',
				command: 'unshare',
				args: [...user.unshare, '--mount', 'sh', join(import.meta.dirname, 'namespace.sh'), folder],
				log: join(folder, 'namespace.log'),
				isReady: async () => existsSync(join(folder, 'mounted')),
			},
			processes,
		);
		await holder.start();
		return new Namespace(folder, user.nsenter, holder);
	}

	/** The command that runs another one in the namespace. Its paths must be absolute. */
	enter(command: Command): Command {
		return ['nsenter', `--target=${this.#holder.pid}`, ...this.#user, '--mount', ...command];
	}

	/** As `enter`, with a folder mounted over that of the device plugins' sockets. */
	enterOver(folder: string, command: Command): Command {
		const script = `mount --rbind "$1" ${devicePluginPath} && shift && exec "$@"`;
		return this.enter(['unshare', '--mount', 'sh', '-c', script, 'sh', folder, ...command]);
	}
}

/** How a user namespace is made and entered; root goes without one where there is none. */
function userNamespace(): { readonly unshare: readonly string[]; readonly nsenter: readonly string[] } {
	const allows = (...args: string[]): boolean => spawnSync('unshare', [...args, '--mount', 'true']).status === 0;
	if (allows('--user', '--map-root-user')) {
		return { unshare: ['--user', '--map-root-user'], nsenter: ['--user', '--preserve-credentials'] };
	}
	if (allows()) return { unshare: [], nsenter: [] };
	throw new Error(
		`a node needs a mount namespace of its own, and \`unshare --user --map-root-user --mount true\` fails here: run as root, or allow user
namespaces (sysctl -w kernel.unprivileged_userns_clone=1; on Ubuntu from 24.04 on: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0)`,
	);
}
