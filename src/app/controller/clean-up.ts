import { cleanUpAll } from '../../controller/gpupolicy/clean-up.ts';
import { ClusterError, type Resource } from '../../core/ports/cluster.ts';
import type { Connection } from '../../kube/index.ts';
import { examinePolicy } from '../../manifest/index.ts';
import { type ExitCode, exitCodes } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import { type DutyChoice, dutiesFor } from './duties.ts';

const deployments: Resource = { group: 'apps', version: 'v1', resource: 'deployments', kind: 'Deployment', namespaced: true };
const leases: Resource = { group: 'coordination.k8s.io', version: 'v1', resource: 'leases', kind: 'Lease', namespaced: true };

export interface CleanUp {
	readonly connection: Connection;
	readonly choice: DutyChoice;
	/** Of the Lease, and of the Deployment that runs the controller. */
	readonly name: string;
	/** Of this process in the Lease. */
	readonly identity: string;
	readonly log: Log;
	/** Aborts when it is to be given up. */
	readonly stop: AbortSignal;
}

/** Stops the controller of a cluster and takes back what it put in place. Exit code 1 where something is left; `null` where it was given up. */
export async function cleanUpCluster({ connection, choice, name, identity, log, stop }: CleanUp): Promise<ExitCode | null> {
	const { namespace } = choice;
	await stopController(connection, { namespace, name }, log, stop);
	const done = new AbortController();
	let failures: readonly string[] = [];
	const election = connection.elect({
		namespace,
		name,
		identity,
		// Who holds the lease may still be at work: what is taken away would come back.
		onChange: ({ holder, leading }) => {
			if (!leading && holder !== null && holder !== identity)
				log('info', 'waiting for the controller to stop', { leader: holder });
		},
		onTrouble: ({ message }) => log('warn', message, { lease: `${namespace}/${name}` }),
	});
	await election.run(
		async (term) => {
			const signal = AbortSignal.any([term.signal, stop]);
			failures = await cleanUpAll({
				cluster: connection.cluster.under({ signal, holds: () => term.holds() && !signal.aborted }),
				watcher: connection.watcher.under(term),
				examine: examinePolicy,
				makeDuties: dutiesFor(choice),
				log,
				signal,
			});
			done.abort();
		},
		AbortSignal.any([stop, done.signal]),
	);
	if (!done.signal.aborted) return null;
	for (const failure of failures) log('error', failure);
	if (failures.length > 0) return exitCodes.failed;
	await connection.cluster.delete(leases, { namespace, name });
	log('info', 'cleaned up: nothing is left but the policies and what was installed');
	return exitCodes.ok;
}

/** By its Deployment; where there is none, somebody else runs it, and ends it. */
async function stopController(
	{ cluster }: Connection,
	deployment: { readonly namespace: string; readonly name: string },
	log: Log,
	signal: AbortSignal,
): Promise<void> {
	try {
		await cluster.patch(deployments, deployment, { spec: { replicas: 0 } }, { subresource: 'scale', signal });
		log('info', 'scaled the Deployment of the controller to none', { ...deployment });
	} catch (error) {
		if (!(error instanceof ClusterError)) throw error;
		if (error.failure !== 'NotFound') log('warn', error.message, { failure: error.failure });
	}
}
