import process from 'node:process';
import { Flags } from '@oclif/core';
import { packageVersion } from '../app/version.ts';
import { type ClusterVersions, renderClusterVersions } from '../render/cluster/version.ts';
import { exitCodes } from '../runtime/errors.ts';
import { GpuPolicyCommand } from './base.ts';
import { type ClusterChoice, chosenCluster, clusterFlags, controllerFlags } from './cluster-flags.ts';

/** What runs, and on what. */
export interface VersionResult {
	readonly gpupolicy: string;
	readonly node: string;
	/** `linux-x64`. */
	readonly platform: string;
	/** What runs in the cluster that was asked; absent where none was. */
	readonly cluster?: ClusterVersions;
}

export default class Version extends GpuPolicyCommand {
	static override summary = 'Print the version of gpupolicy and of what it runs on.';
	static override description =
		'With --context or --kubeconfig: also of the controller and the agents in a cluster, and of its API server.';
	static override flags = {
		...clusterFlags,
		...controllerFlags,
		output: Flags.string({ char: 'o', options: ['text', 'json', 'yaml'], default: 'text', summary: 'Format of the result.' }),
	};

	async run(): Promise<VersionResult> {
		const { flags } = await this.parse(Version);
		const own = { gpupolicy: packageVersion(), node: process.version, platform: `${process.platform}-${process.arch}` };
		const chosen = chosenCluster(flags, this.config.bin);
		const cluster = chosen && (await clusterVersions(chosen, flags['controller-namespace']));
		const result = cluster ? { ...own, cluster } : own;
		const line = `gpupolicy ${own.gpupolicy} node ${own.node} ${own.platform}\n`;
		const text = () => (cluster ? renderClusterVersions(line, own.gpupolicy, cluster) : line);
		return this.show(result, flags.json ? 'json' : flags.output, { text }, exitCodes.ok);
	}
}

async function clusterVersions(cluster: ClusterChoice, namespace: string): Promise<ClusterVersions> {
	const { versionsInCluster } = await import('../app/cluster/version.ts'); // the client of a cluster is paid for by those who use one
	return versionsInCluster(cluster, namespace);
}
