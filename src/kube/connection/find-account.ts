import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { CodedError } from '../../runtime/errors.ts';
import type { Account } from './account.ts';
import { inClusterAccount } from './in-cluster.ts';
import { kubeconfigAccount } from './kubeconfig.ts';

/** What the command line says about the cluster. */
export interface AccountRequest {
	/** `--kubeconfig`: this file and no other. */
	readonly kubeconfig?: string | undefined;
	/** `--context`; default: the current one. */
	readonly context?: string | undefined;
	/** Default: that of the process. */
	readonly env?: NodeJS.ProcessEnv | undefined;
}

/**
 * The account to use, found as kubectl finds it: `--kubeconfig`, else the files of `KUBECONFIG` (those that exist), else
 * `~/.kube/config`, else the service account of the pod.
 *
 * @throws CodedError GP4101 nothing of it is there, GP4102 to GP4104 a kubeconfig that cannot be used
 */
export function findAccount({ kubeconfig, context, env = process.env }: AccountRequest = {}): Account {
	const named = kubeconfig !== undefined ? [kubeconfig] : (env.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '');
	const home = join(env.HOME || homedir(), '.kube', 'config');
	const candidates = named.length > 0 ? named : [home];
	const files = candidates.filter((file) => existsSync(file));
	if (files.length > 0) return kubeconfigAccount(files, context ?? null);
	const pod = kubeconfig === undefined && context === undefined ? inClusterAccount(env) : null;
	if (pod) return pod;
	throw new CodedError(
		'GP4101',
		`no cluster is configured: ${candidates.join(', ')} ${candidates.length > 1 ? 'do' : 'does'} not exist`,
		{
			hint: 'name a kubeconfig with --kubeconfig FILE or KUBECONFIG',
		},
	);
}
