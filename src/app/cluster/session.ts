import { type Connection, connect, findAccount } from '../../kube/index.ts';
import { packageVersion } from '../version.ts';
import { clusterFailure } from './failures.ts';

/** Which cluster a command is asked about. */
export interface ClusterRequest {
	/** `--kubeconfig`; absent: KUBECONFIG, `~/.kube/config`. */
	readonly kubeconfig?: string | undefined;
	/** `--context`; absent: the current one. */
	readonly context?: string | undefined;
}

/**
 * Asks a cluster, for one command.
 *
 * @throws CodedError GP41xx no such cluster, GP43xx what the cluster answered
 */
export async function withCluster<T>(request: ClusterRequest, use: (connection: Connection) => Promise<T>): Promise<T> {
	const account = findAccount(request);
	const connection = connect(account, { userAgent: `gpupolicy/${packageVersion()} (command line)` });
	try {
		return await use(connection);
	} catch (error) {
		throw clusterFailure(error, account);
	} finally {
		await connection.close();
	}
}
