import process from 'node:process';
import { getFromCluster } from '../../app/cluster/get.ts';
import { watchPolicies } from '../../app/cluster/watch-policies.ts';
import { type GpuPolicyList, listOf } from '../../app/get.ts';
import { followingGet } from '../../render/get.ts';
import type { ClusterChoice } from '../cluster-flags.ts';
import { renderEach } from '../get-output.ts';

interface Asked {
	readonly name: string | undefined;
	readonly selector: string | undefined;
}

/** `get --context X`. */
export async function clusterGet(cluster: ClusterChoice, asked: Asked): Promise<GpuPolicyList> {
	return listOf({ items: await getFromCluster(cluster, asked) }, undefined);
}

/** `get --context X -w`: prints until it is stopped. */
export async function clusterGetWatch(cluster: ClusterChoice, asked: Asked, format: string): Promise<void> {
	const table = format === 'table' || format === 'wide' ? followingGet(format === 'wide') : null;
	const each = renderEach(format);
	process.exitCode = await watchPolicies(cluster, asked, {
		show: (objects) => {
			// As kubectl: no header before there is a row under it.
			if (objects.length > 0) process.stdout.write(table ? table(objects, Date.now()) : objects.map(each).join(''));
		},
		note: (line) => void process.stderr.write(`note: ${line}\n`),
	});
}
