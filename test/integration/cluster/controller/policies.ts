import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { GpuPolicy, GpuPolicyStatus } from '../../../../src/api/v1alpha1.generated.ts';
import { statusFaults } from '../../../../src/controller/gpupolicy/kstatus.fixture.ts';
import type { AuditMark } from '../../../cluster/audit.ts';
import type { TestCluster } from '../../../cluster/index.ts';
import { render } from '../install/chart.ts';
import { useAccount } from './running-controller.ts';

const path = '/apis/gpupolicy.dev/v1alpha1/gpupolicies';

/** The lease of the controller. */
export const controllerLease = '/apis/coordination.k8s.io/v1/namespaces/gpupolicy-system/leases/gpupolicy-controller';

/** A policy as the server holds it. */
export type Held = GpuPolicy & { readonly metadata: GpuPolicy['metadata'] & { readonly generation: number } };

/**
 * What an installation brings but its Deployment: namespaces, fences, and the account of the controller with every right that the chart can
 * give. Controllers of the cluster run as it from then on.
 */
export async function namespaces(cluster: TestCluster): Promise<void> {
	const objects = await render(['namespaces.createRelease=true', 'crds.install=false', 'controller.remediation.enabled=true']);
	const items = objects.filter(({ kind }) => kind !== 'Deployment');
	const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
	const { code, stderr } = await cluster.kubectl(['apply', '--server-side', '-f', '-'], { input });
	assert.equal(code, 0, stderr);
	useAccount(cluster, cluster.kubeconfigFor(await cluster.serviceAccount('gpupolicy-system', 'gpupolicy-controller')));
}

/** kubectl apply. */
export async function apply(cluster: TestCluster, name: string, spec: object): Promise<void> {
	const manifest = { apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', metadata: { name }, spec };
	const { code, stderr } = await cluster.kubectl(['apply', '-f', '-'], { input: JSON.stringify(manifest) });
	assert.equal(code, 0, stderr);
}

export async function read(cluster: TestCluster, name: string): Promise<Held | null> {
	const { status, body } = await cluster.request('GET', `${path}/${name}`);
	return status === 200 ? (body as Held) : null;
}

/** Ready of a status that speaks of the whole spec: `True/Converged`; `…` while it does not. */
export function ready(held: Held | null): string {
	if (!held || held.status?.observedGeneration !== held.metadata.generation) return '…';
	const one = held.status.conditions?.find(({ type }) => type === 'Ready');
	return one ? `${one.status}/${one.reason}` : '…';
}

export function condition(held: Held | null, type: string): string {
	const one = held?.status?.conditions?.find((found) => found.type === type);
	return one ? `${one.status}/${one.reason}` : 'absent';
}

export function message(held: Held | null, type: string): string {
	return held?.status?.conditions?.find((found) => found.type === type)?.message ?? '';
}

/** Every status that a policy has had, checked against the rules that hold at each step. */
export class Followed {
	readonly statuses: GpuPolicyStatus[] = [];
	readonly faults: string[] = [];
	readonly #cluster: TestCluster;
	readonly #name: string;
	#version = '';
	readonly #mark: AuditMark;
	/** Writes of the status that had reached the server when the last one was seen. */
	#writes = 0;

	constructor(cluster: TestCluster, name: string) {
		this.#cluster = cluster;
		this.#name = name;
		this.#mark = cluster.audit.mark();
	}

	/** Looks until `fits`; each distinct status on the way is kept. */
	async until(fits: (held: Held) => boolean, what: string, limitMs = 120_000): Promise<Held> {
		const limit = performance.now() + limitMs;
		for (;;) {
			const held = await read(this.#cluster, this.#name).catch(() => null);
			if (held) {
				this.#see(held);
				if (fits(held)) return held;
			}
			if (performance.now() > limit)
				throw new Error(`not ${what} within ${limitMs} ms: ${JSON.stringify(held?.status, null, 1)}`);
			await pause(25);
		}
	}

	/** Written to the audit log before they are handled. */
	#writesSoFar(): number {
		return this.#cluster.audit
			.soFar(this.#mark, 'RequestReceived')
			.filter(({ verb, objectRef }) => verb === 'patch' && objectRef?.name === this.#name && objectRef.subresource === 'status')
			.length;
	}

	#see(held: Held): void {
		if (held.metadata.resourceVersion === this.#version) return;
		this.#version = held.metadata.resourceVersion ?? '';
		const { status } = held;
		if (!status) return;
		const before = this.statuses.at(-1);
		if (JSON.stringify(before) === JSON.stringify(status)) return;
		this.statuses.push(status);
		const writes = this.#writesSoFar();
		// Where one may have come and gone between two looks, this one does not follow on the last that was seen.
		const missed = writes - this.#writes > 1;
		this.#writes = writes;
		for (const fault of statusFaults(status, missed ? undefined : before))
			this.faults.push(`${fault} in ${JSON.stringify(status.conditions)}`);
	}
}

/** Waits for the verdict, and checks every status on the way. */
export async function follow(cluster: TestCluster, name: string, verdict: string, limitMs = 120_000): Promise<Followed> {
	const followed = new Followed(cluster, name);
	await followed.until((held) => ready(held) === verdict, verdict, limitMs);
	assert.deepEqual(followed.faults, []);
	return followed;
}

/** Resolves when `fits`; rejects after a while, saying what. */
export async function eventually(fits: () => Promise<boolean>, what: string, limitMs = 60_000): Promise<void> {
	const limit = performance.now() + limitMs;
	while (!(await fits())) {
		if (performance.now() > limit) throw new Error(`not within ${limitMs} ms: ${what}`);
		await pause(50);
	}
}

/** Objects of ours, `kind/name`, whatever their kind. */
export async function owned(cluster: TestCluster): Promise<string[]> {
	const kinds =
		'mutatingadmissionpolicies,mutatingadmissionpolicybindings,validatingadmissionpolicies,validatingadmissionpolicybindings,controllerrevisions,pods';
	const { stdout, stderr } = await cluster.kubectl([
		'get',
		kinds,
		'-A',
		'-o',
		'name',
		'-l',
		'app.kubernetes.io/managed-by=gpupolicy',
	]);
	assert.doesNotMatch(stderr, /error/i);
	return stdout.split('\n').filter((line) => line !== '');
}
