import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { GpuPolicyStatus } from '../../api/v1alpha1.generated.ts';
import { gpuPolicies } from '../../controller/gpupolicy/resource.ts';
import type { Telemetry } from '../../controller/gpupolicy/telemetry.ts';
import type { ApiObject } from '../../core/ports/cluster.ts';
import type { Connection } from '../../kube/index.ts';
import type { LoadedPolicy } from '../../manifest/index.ts';
import type { ExitCode } from '../../runtime/errors.ts';
import { leadTerm } from '../controller/lead-term.ts';
import { leaseName } from '../controller/lease-name.ts';
import type { Local, LocalPassOptions } from '../local.ts';
import { type Companion, type WatchOutput, watchLocal } from '../watch.ts';
import { PolicyApplier, repoFieldManager } from './apply-policies.ts';
import { oneLine } from './failures.ts';
import { type ClusterRequest, withCluster } from './session.ts';

/** The same is said again after so long, in milliseconds. */
const repeatMs = 300_000;

export interface ClusterSide {
	/** Where the lease and the history of policies are. */
	readonly namespace: string;
	/** One line about the cluster, for a person. */
	readonly tell: (message: string) => void;
}

/**
 * Converges a repo and a cluster from one set of manifests, until a signal comes. The duties of the cluster run only while this process
 * holds the controller's lease; the repo never waits for the cluster.
 */
export async function watchBoth(
	request: ClusterRequest,
	local: Local,
	options: LocalPassOptions,
	output: WatchOutput,
	side: ClusterSide,
): Promise<ExitCode> {
	return withCluster(request, (connection) => watchLocal(local, options, output, new InCluster(connection, side)));
}

/** The part of a watch that is in the cluster. */
class InCluster implements Companion {
	readonly #connection: Connection;
	readonly #namespace: string;
	readonly #tell: (message: string) => void;
	readonly #applier: PolicyApplier;
	readonly #names = new Set<string>();
	readonly #said = new Map<string, number>();

	constructor(connection: Connection, { namespace, tell }: ClusterSide) {
		this.#connection = connection;
		this.#namespace = namespace;
		this.#tell = tell;
		this.#applier = new PolicyApplier(connection.cluster.as(repoFieldManager), tell);
	}

	policies(loaded: readonly LoadedPolicy[]): void {
		for (const { policy } of loaded) this.#names.add(policy.metadata.name);
		this.#applier.set(loaded);
	}

	async run(stop: AbortSignal): Promise<void> {
		const identity = `${hostname()}_${randomUUID()}`;
		const verdicts = this.#followVerdicts();
		const election = this.#connection.elect({
			namespace: this.#namespace,
			name: leaseName,
			identity,
			onChange: ({ holder, leading }) => {
				if (leading) this.#once('this process holds the lease: the duties of the cluster run here');
				else if (holder !== null && holder !== identity)
					this.#once(`${holder} holds the lease and does the duties of the cluster; here only the repo is converged`);
			},
			onTrouble: ({ message }) => this.#once(`the lease cannot be taken, and only the repo is converged: ${oneLine(message)}`),
		});
		const choice = { namespace: this.#namespace, admission: 'auto', webhook: null, manageNodes: true } as const;
		const term = { connection: this.#connection, choice, identity, telemetry: this.#telemetry() };
		try {
			// Leadership that is lost is sought again for as long as the watch goes on.
			await election.run((permission) => leadTerm(term, permission, stop), stop);
		} finally {
			await Promise.all([verdicts.stop(), this.#applier.drain()]);
		}
	}

	/** Tells what becomes of the policies of the repo, whoever does the duties. */
	#followVerdicts(): { stop(): Promise<void> } {
		return this.#connection.watcher.watch<string>(gpuPolicies, {
			project: readyOf,
			differs: (before, after) => before !== after,
			onChange: ({ name }, _, after) => {
				if (after !== undefined && after !== '' && this.#names.has(name)) this.#tell(`${name} ${after}`);
			},
		});
	}

	#telemetry(): Telemetry {
		return {
			log: (level, message, fields = {}) => {
				if (level === 'info') return;
				const { policy, duty } = fields as { readonly policy?: string; readonly duty?: string };
				this.#once([policy, duty, message].filter((part) => part !== undefined).join(': '));
			},
			ran: () => {},
			statusWritten: () => {},
		};
	}

	/** What lasts is said again now and then, not with every try. */
	#once(message: string): void {
		const now = performance.now();
		if (now - (this.#said.get(message) ?? Number.NEGATIVE_INFINITY) < repeatMs) return;
		for (const [old, at] of this.#said) if (now - at > repeatMs) this.#said.delete(old);
		this.#said.set(message, now);
		this.#tell(message);
	}
}

/** The verdict on a policy as it stands, in one line; empty while it is not known. */
function readyOf({ metadata, ...object }: ApiObject): string {
	const { observedGeneration, conditions = [] } = (object['status'] ?? {}) as GpuPolicyStatus;
	const ready = conditions.find(({ type }) => type === 'Ready');
	if (!ready || observedGeneration !== metadata.generation || ready.status === 'Unknown') return '';
	return `${ready.status === 'True' ? 'is ready' : 'is not ready'}: ${ready.reason}, ${oneLine(ready.message)}`;
}
