import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GpuPolicy } from '../../../src/api/v1alpha1.generated.ts';
import { startCluster, type TestCluster } from '../../cluster/index.ts';
import type { Answer } from '../../cluster/requests.ts';
import { RunningController } from '../../integration/cluster/controller/running-controller.ts';
import { imageFlags } from '../image-flags.ts';
import { policyName } from './objects.ts';
import type { Size } from './size.ts';

const policiesPath = '/apis/gpupolicy.dev/v1alpha1/gpupolicies';
const lease = '/apis/coordination.k8s.io/v1/namespaces/gpupolicy-system/leases/gpupolicy-controller';
/** The controller is measured as the image runs it. */
const nodeArgs = imageFlags();

/** The requests of the bench itself stand in no log: it writes more than everything that is measured. The body of each status does. */
const auditPolicy = {
	apiVersion: 'audit.k8s.io/v1',
	kind: 'Policy',
	omitStages: ['ResponseStarted'],
	rules: [
		{ level: 'None', users: ['bench'] },
		{ level: 'None', nonResourceURLs: ['/healthz*', '/livez*', '/readyz*'] },
		{ level: 'Request', resources: [{ group: 'gpupolicy.dev', resources: ['gpupolicies/status'] }] },
		{ level: 'Metadata' },
	],
};

/** A cluster for the benchmark, and what every part of it does with one. */
export class Stage {
	readonly cluster: TestCluster;
	readonly size: Size;
	readonly #bench: ReturnType<TestCluster['user']>;
	readonly #folder: string;

	private constructor(cluster: TestCluster, size: Size, folder: string) {
		this.cluster = cluster;
		this.size = size;
		this.#folder = folder;
		this.#bench = cluster.user('bench', ['system:masters']);
	}

	static async open(size: Size): Promise<Stage> {
		const folder = mkdtempSync(join(tmpdir(), 'gpupolicy-bench-cluster-'));
		const file = join(folder, 'audit-policy.json');
		writeFileSync(file, JSON.stringify(auditPolicy));
		const stage = new Stage(await startCluster({ args: { 'kube-apiserver': [`--audit-policy-file=${file}`] } }), size, folder);
		for (const name of ['gpupolicy-system', 'gpupolicy-probe'])
			await stage.send('POST', '/api/v1/namespaces', { metadata: { name } });
		return stage;
	}

	async close(): Promise<void> {
		await this.cluster.stop();
		rmSync(this.#folder, { recursive: true, force: true });
	}

	/** A request that the audit log does not show. */
	send(method: string, path: string, body?: unknown): Promise<Answer> {
		return this.cluster.request(method, path, body, { as: this.#bench, timeout: 120_000 });
	}

	/** The controller as the image runs it, alone: nobody else holds the lease. */
	async startController(): Promise<{ readonly controller: RunningController; readonly began: number }> {
		await this.send('DELETE', lease);
		const began = performance.now();
		return { controller: new RunningController(this.cluster, { nodeArgs }), began };
	}

	async createPolicy(object: object): Promise<void> {
		const { status, body } = await this.send('POST', policiesPath, object);
		if (status !== 201) throw new Error(`a policy is refused: ${JSON.stringify(body)}`);
	}

	async editPolicy(name: string, spec: unknown): Promise<void> {
		const { status, body } = await this.send('PATCH', `${policiesPath}/${name}`, { spec });
		if (status !== 200) throw new Error(`an edit is refused: ${JSON.stringify(body)}`);
	}

	async policy(name: string): Promise<GpuPolicy> {
		return (await this.send('GET', `${policiesPath}/${name}`)).body as GpuPolicy;
	}

	async policies(): Promise<readonly GpuPolicy[]> {
		return (await this.send('GET', policiesPath)).body.items as GpuPolicy[];
	}

	/** Takes every status away, so that each has to be written again. */
	async forgetStatuses(): Promise<void> {
		for (let i = 0; i < this.size.policies; i++)
			await this.send('PATCH', `${policiesPath}/${policyName(i)}/status`, { status: null });
	}

	/** Milliseconds since `began` until every policy fits. */
	async until(fits: (policy: GpuPolicy) => boolean, began: number, limitMs: number, what: string): Promise<number> {
		let shownAt = performance.now();
		for (;;) {
			const all = await this.policies();
			const count = all.filter(fits).length;
			const now = performance.now();
			if (all.length > 0 && count === all.length) return now - began;
			if (now - began > limitMs) throw new Error(`${count} of ${all.length} policies are ${what} after ${limitMs / 1000} s`);
			if (now - shownAt > 5_000) {
				shownAt = now;
				say(`  ${count} of ${all.length} policies are ${what}, ${Math.round((now - began) / 1000)} s`);
			}
			// A list of all policies costs the API server some, which is then not there for what is measured.
			await new Promise((resolve) => setTimeout(resolve, 250));
		}
	}

	/** Takes the policies away, with all that they put in place. */
	async withoutPolicies(): Promise<void> {
		if ((await this.policies()).length === 0) return;
		say('deleting the policies');
		await this.send('DELETE', policiesPath);
		const { controller } = await this.startController();
		const limit = performance.now() + 180_000;
		while ((await this.policies()).length > 0) {
			if (performance.now() > limit) throw new Error('the policies are still being deleted after three minutes');
			await new Promise((resolve) => setTimeout(resolve, 250));
		}
		await controller.end();
	}
}

/** Whether a status speaks of the spec as it is. */
export function hasStatus({ metadata, status }: GpuPolicy): boolean {
	const { generation } = metadata as { readonly generation?: number };
	return status?.observedGeneration === generation && status?.conditions?.some(({ type }) => type === 'Ready') === true;
}

/** Whether every duty has said what it found, and nothing is under way. */
export function isSettled(policy: GpuPolicy): boolean {
	const { generation } = policy.metadata as { readonly generation?: number };
	const { conditions = [] } = policy.status ?? {};
	return (
		hasStatus(policy) &&
		conditions.every(
			({ type, reason, observedGeneration }) =>
				type !== 'Reconciling' && reason !== 'NotYetObserved' && observedGeneration === generation,
		)
	);
}

/** Whether it is settled, and all is well. */
export function isAllTrue(policy: GpuPolicy): boolean {
	return isSettled(policy) && (policy.status?.conditions ?? []).every(({ status }) => status === 'True');
}

/** Highest resident memory of a process so far, in MB; `NaN` where the system does not tell. */
export function peakMB(pid: number): number {
	return statusField(pid, 'VmHWM');
}

/** Resident memory of a process now, in MB. */
export function residentMB(pid: number): number {
	return statusField(pid, 'VmRSS');
}

function statusField(pid: number, field: string): number {
	try {
		return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1000;
	} catch {
		return Number.NaN;
	}
}

/** Seconds of processor time that a process has taken, all threads together. */
export function cpuSeconds(pid: number): number {
	const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
		.replace(/^.*\) /s, '')
		.split(' ');
	// utime and stime, counted in hundredths of a second on every Linux that Node runs on.
	return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Progress, beside the table. */
export function say(text: string): void {
	process.stderr.write(`${text}\n`);
}
