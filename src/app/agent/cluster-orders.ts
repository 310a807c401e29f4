import type { OrderSource, Orders } from '../../agent/ports.ts';
import { gpuPolicies } from '../../controller/gpupolicy/resource.ts';
import { PolicyReader } from '../../controller/gpupolicy/stored-policy.ts';
import { nodes } from '../../controller/nodes/resources.ts';
import { type PolicyState, policyState } from '../../core/node-report/agent-policy.ts';
import type { ClusterError, ObjectCache, Watcher } from '../../core/ports/cluster.ts';
import { sameJson } from '../../core/same-json.ts';
import type { Labels } from '../../core/workloads/label-selector.ts';
// Not by the index: reading YAML takes memory for good, and nothing here is YAML.
import { examinePolicy } from '../../manifest/examine.ts';

/** The node, as far as the agent looks at it. */
interface OwnNode {
	readonly uid: string;
	readonly labels: Labels;
}

/** Policies of a cluster, and the node that they may select. What was read stays while the server is out of reach. */
export class ClusterOrders implements OrderSource {
	readonly #node: string;
	readonly #policies: ObjectCache<PolicyState>;
	readonly #nodes: ObjectCache<OwnNode>;
	#seen = false;
	#lastNode: OwnNode | null = null;

	constructor(watcher: Watcher, node: string, onChange: () => void) {
		this.#node = node;
		const reader = new PolicyReader(examinePolicy);
		this.#policies = watcher.watch(gpuPolicies, {
			project: (object) => {
				const { policy, problems } = reader.read(object);
				return policyState(policy.object, { digest: policy.digest, deleting: policy.deleting, problems });
			},
			differs: (before, after) => !sameJson(before, after),
			onChange: ({ name }, _, after) => {
				if (!after) reader.forget(name);
				onChange();
			},
		});
		this.#nodes = watcher.watch(nodes, {
			fieldSelector: `metadata.name=${node}`,
			project: ({ metadata }) => ({ uid: metadata.uid ?? '', labels: metadata.labels ?? {} }),
			differs: (before, after) => !sameJson(before, after),
			onChange: (_, __, after) => {
				if (after) this.#lastNode = after;
				onChange();
			},
		});
		Promise.all([this.#policies.whenSynced(), this.#nodes.whenSynced()]).then(
			() => {
				this.#seen = true;
				onChange();
			},
			() => undefined, // Stopped before.
		);
	}

	current(): Orders | null {
		if (!this.#seen || this.#lastNode === null) return null;
		return { policies: [...this.#policies.values()], labels: this.#lastNode.labels };
	}

	/** UID of the node; `null` before it was seen. */
	get nodeUid(): string | null {
		return this.#lastNode?.uid ?? null;
	}

	/** Why there are no orders, or what is known of them is out of date; `null` where it is fresh. */
	get trouble(): string | null {
		const error: ClusterError | undefined = this.#policies.trouble?.error ?? this.#nodes.trouble?.error;
		if (error) return error.message;
		if (!this.#seen) return 'the policies have not been read yet';
		return this.#lastNode === null ? `the cluster has no node ${this.#node}` : null;
	}

	async stop(): Promise<void> {
		await Promise.all([this.#policies.stop(), this.#nodes.stop()]);
	}
}
