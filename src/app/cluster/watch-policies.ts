import process from 'node:process';
import type { GpuPolicy } from '../../api/v1alpha1.generated.ts';
import { gpuPolicies } from '../../controller/gpupolicy/resource.ts';
import type { ClusterError, ObjectCache } from '../../core/ports/cluster.ts';
import { type ExitCode, exitCodes } from '../../runtime/errors.ts';
import { forGood, oneLine } from './failures.ts';
import { type PolicyQuery, readPolicyObjects, shown } from './policies.ts';
import { type ClusterRequest, withCluster } from './session.ts';

/** Who is told of what happens while policies are followed. */
export interface PolicyListener {
	/** The policies as they are now at first, then each that changed or went away. */
	show(objects: readonly GpuPolicy[]): void;
	/** One line: the watch broke, or is back. */
	note(line: string): void;
}

/** Follows policies until Ctrl-C (130) or SIGTERM (0). A watch that breaks is taken up again; a right that is missing ends it. */
export async function watchPolicies(request: ClusterRequest, query: PolicyQuery, listener: PolicyListener): Promise<ExitCode> {
	return withCluster(request, async ({ cluster, watcher }) => {
		// One request first: what is wrong with the account or the cluster is said at once and ends the command.
		await readPolicyObjects(cluster, query);
		let failed: (error: ClusterError) => void = () => undefined;
		const failure = new Promise<never>((_, reject) => {
			failed = reject;
		});
		let begun = false;
		let broken = false;
		const cache: ObjectCache<GpuPolicy> = watcher.watch<GpuPolicy>(gpuPolicies, {
			...(query.name === undefined ? {} : { fieldSelector: `metadata.name=${query.name}` }),
			...(query.selector === undefined ? {} : { labelSelector: query.selector }),
			project: shown,
			onChange: (_, before, after) => {
				const object = after ?? before;
				if (begun && object) listener.show([object]);
			},
			onTrouble: (trouble) => {
				if (trouble && forGood(trouble.error)) return failed(trouble.error);
				if (trouble && !broken) listener.note(`the watch broke and is taken up again: ${oneLine(trouble.error.message)}`);
				if (!trouble && broken) listener.note('the watch is back');
				broken = trouble !== null;
			},
		});
		const { signal, stop } = untilSignal();
		try {
			const ended = new Promise<ExitCode>((resolve) => {
				signal.addEventListener('abort', () => resolve(signal.reason as ExitCode), { once: true });
			});
			const synced = cache.whenSynced(signal).then(
				() => {
					begun = true;
					listener.show([...cache.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)));
				},
				(error: unknown) => {
					if (!signal.aborted) throw error;
				},
			);
			return await Promise.race([failure, synced.then(() => ended)]);
		} finally {
			stop();
			await cache.stop();
		}
	});
}

/** A signal of the process as an AbortSignal, its reason the exit code. */
function untilSignal(): { readonly signal: AbortSignal; stop(): void } {
	const controller = new AbortController();
	const interrupt = (): void => controller.abort(exitCodes.interrupted);
	const terminate = (): void => controller.abort(exitCodes.ok);
	process.once('SIGINT', interrupt);
	process.once('SIGTERM', terminate);
	return {
		signal: controller.signal,
		stop: () => {
			process.off('SIGINT', interrupt);
			process.off('SIGTERM', terminate);
		},
	};
}
