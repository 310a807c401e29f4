import process from 'node:process';
import { type ClusterSide, watchBoth } from '../../app/cluster/watch-both.ts';
import type { Local, LocalPassOptions } from '../../app/local.ts';
import type { WatchOutput } from '../../app/watch.ts';
import { renderClusterLine } from '../../render/watch.ts';
import type { ExitCode } from '../../runtime/errors.ts';
import type { ClusterChoice } from '../cluster-flags.ts';

/** `reconcile --watch --context X`. */
export function clusterWatch(
	cluster: ClusterChoice,
	namespace: string,
	local: Local,
	options: LocalPassOptions,
	output: WatchOutput,
): Promise<ExitCode> {
	// On stderr: stdout is of the repo, a line or an object a pass.
	const tell: ClusterSide['tell'] = (message) => void process.stderr.write(renderClusterLine(new Date().toISOString(), message));
	return watchBoth(cluster, local, options, output, { namespace, tell });
}
