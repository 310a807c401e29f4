import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { Component } from '../cluster/component.ts';
import type { Supervised } from '../cluster/processes/supervised.ts';

/** Where the kubelet and every plugin look for the sockets of device plugins: a constant of the device plugin API. */
export const devicePluginPath = '/var/lib/kubelet/device-plugins';

/** A program with its arguments. */
export type Command = readonly [program: string, ...args: string[]];

/** What a node has of its own besides `/var/lib/kubelet`. */
export type Isolation =
	/** Users, where the system allows that: so it needs no root. */
	| 'user'
	/** Processes, for containers that run: they end with it. Needs root. */
	| 'processes';

/** The mount namespace of one node: a few folders are its own, and little else can be written there (`namespace.sh`). */
export class Namespace {
	/** What its `/var/lib` is outside. */
	readonly lib: string;
	readonly #nsenter: readonly string[];

	private constructor(folder: string, nsenter: readonly string[]) {
		this.lib = join(folder, 'lib');
		this.#nsenter = nsenter;
	}

	/** Rejects with what to do where the system allows no namespace. */
	static async open(folder: string, processes: Supervised, isolation: Isolation): Promise<Namespace> {
		for (const path of ['lib/kubelet', 'run/containerd', 'run/gpupolicy', 'log'])
			mkdirSync(join(folder, path), { recursive: true });
		const { unshare, nsenter, cgroups } = isolation === 'user' ? ofUser() : ofProcesses;
		const holder = new Component(
			{
				name: 'namespace',
				command: 'unshare',
				args: [...unshare, '--mount', 'sh', join(import.meta.dirname, 'namespace.sh'), folder, ...cgroups],
				log: join(folder, 'namespace.log'),
				isReady: async () => existsSync(join(folder, 'mounted')),
			},
			processes,
		);
		await holder.start();
		const pid = isolation === 'user' ? holder.pid : childOf(holder.pid);
		return new Namespace(folder, [`--target=${pid}`, '--mount', ...nsenter]);
	}

	/** The command that runs another one in the namespace. Its paths must be absolute. */
	enter(command: Command): Command {
		return ['nsenter', ...this.#nsenter, ...command];
	}

	/** As `enter`, with a folder mounted over that of the device plugins' sockets. */
	enterOver(folder: string, command: Command): Command {
		const script = `mount --rbind "$1" ${devicePluginPath} && shift && exec "$@"`;
		return this.enter(['unshare', '--mount', 'sh', '-c', script, 'sh', folder, ...command]);
	}
}

interface Way {
	/** Arguments that make the namespaces besides the one of mounts. */
	readonly unshare: readonly string[];
	/** Arguments that enter them. */
	readonly nsenter: readonly string[];
	/** Where cgroups are made, and so may be written. */
	readonly cgroups: readonly string[];
}

/** A process in another process namespace is a child of nsenter, which must not outlive it. */
const ofProcesses: Way = {
	unshare: ['--pid', '--fork', '--kill-child', '--mount-proc'],
	nsenter: ['--pid', 'setpriv', '--pdeathsig', 'KILL'],
	cgroups: ['/sys/fs/cgroup'],
};

/** Root goes without a user namespace where there is none. */
function ofUser(): Way {
	if (allows('--user', '--map-root-user')) {
		return { unshare: ['--user', '--map-root-user'], nsenter: ['--user', '--preserve-credentials'], cgroups: [] };
	}
	const why = whyNoNamespace();
	if (why !== undefined) throw new Error(`a node needs a mount namespace of its own, and ${why}`);
	return { unshare: [], nsenter: [], cgroups: [] };
}

/** Why no node can be on this machine, with what to do; undefined where one can. */
export function whyNoNamespace(): string | undefined {
	if (process.platform !== 'linux') return 'that needs Linux';
	if (allows('--user', '--map-root-user') || allows()) return undefined;
	return `\`unshare --user --map-root-user --mount true\` fails here: run as root, or allow user
namespaces (sysctl -w kernel.unprivileged_userns_clone=1; on Ubuntu from 24.04 on: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0)`;
}

function allows(...args: readonly string[]): boolean {
	return spawnSync('unshare', [...args, '--mount', 'true']).status === 0;
}

/** The process that `unshare --fork` has made. */
function childOf(pid: number): number {
	return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'));
}
