import type { TestCluster } from './start-cluster.ts';
import { until } from './until.ts';

/** What an account may do, or not. */
export interface Right {
	/** `namespace/name` of the service account. */
	readonly account: string;
	readonly verb: string;
	readonly group: string;
	/** `pods`, `pods/eviction`. */
	readonly resource: string;
	/** Where it counts for one namespace only. */
	readonly namespace?: string | undefined;
}

/** Waits until the API server goes by a role that was given or taken away: its authoriser follows roles by a watch. */
export async function untilRight(
	cluster: Pick<TestCluster, 'request'>,
	{ account, verb, group, resource: path, namespace }: Right,
	allowed: boolean,
): Promise<void> {
	const [accountNamespace, name] = account.split('/');
	const [resource, subresource] = path.split('/');
	const spec = {
		user: `system:serviceaccount:${accountNamespace}:${name}`,
		groups: ['system:serviceaccounts', `system:serviceaccounts:${accountNamespace}`, 'system:authenticated'],
		resourceAttributes: { verb, group, resource, subresource, namespace },
	};
	await until(
		`${account} ${allowed ? 'may' : 'may not'} ${verb} ${path}`,
		async () => {
			const { body } = await cluster.request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', { spec });
			return body.status?.allowed === allowed;
		},
		60_000,
	);
}
