import assert from 'node:assert/strict';
import type { ApiObject } from '../../../../src/core/ports/cluster.ts';
import { type Identity, type TestCluster, until } from '../../../cluster/index.ts';
import { RunningController } from '../controller/running-controller.ts';
import { argumentsOf, render } from './chart.ts';

const account = { namespace: 'gpupolicy-system', name: 'gpupolicy-controller' };

/** The chart in a cluster with certain values, and the controller as its Deployment would run it, as the account that it gives. */
export class Installation {
	readonly cluster: TestCluster;
	readonly objects: readonly ApiObject[];
	readonly identity: Identity;
	readonly #kubeconfig: string;

	private constructor(cluster: TestCluster, objects: readonly ApiObject[], identity: Identity) {
		this.cluster = cluster;
		this.objects = objects;
		this.identity = identity;
		this.#kubeconfig = cluster.kubeconfigFor(identity);
	}

	/** Rights that an installation before this one gave are taken back first. */
	static async apply(cluster: TestCluster, values: readonly string[] = []): Promise<Installation> {
		const objects = await render(['namespaces.createRelease=true', ...values]);
		const kinds = 'clusterroles,clusterrolebindings,roles,rolebindings,validatingadmissionpolicies';
		const ours = ['-A', '-l', 'app.kubernetes.io/part-of=gpupolicy'];
		const gone = await cluster.kubectl(['delete', kinds, ...ours, '--ignore-not-found']);
		assert.equal(gone.code, 0, gone.stderr);
		// The Deployment's pods would run nothing here: its controller is started below.
		const input = JSON.stringify({
			apiVersion: 'v1',
			kind: 'List',
			items: objects.filter(({ kind }) => kind !== 'Deployment').toSorted((a, b) => order(a) - order(b)),
		});
		const applied = await cluster.kubectl(['apply', '--server-side', '-f', '-'], { input });
		assert.equal(applied.code, 0, applied.stderr);
		await until('the CRDs are served', async () => {
			const path = '/apis/gpupolicy.dev/v1alpha1';
			const answers = await Promise.all(
				[`${path}/gpupolicies`, `${path}/gpunodereports`].map((one) => cluster.request('GET', one)),
			);
			return answers.every(({ status }) => status === 200);
		});
		return new Installation(cluster, objects, await cluster.serviceAccount(account.namespace, account.name));
	}

	/** The controller, with the arguments of its Deployment and further ones. */
	start(...args: readonly string[]): RunningController {
		return new RunningController(this.cluster, {
			kubeconfig: this.#kubeconfig,
			args: [...argumentsOf(this.objects, 'Deployment'), ...args],
		});
	}
}

/** Namespaces before what lies in them. */
function order({ kind }: ApiObject): number {
	return kind === 'Namespace' || kind === 'CustomResourceDefinition' ? 0 : 1;
}
