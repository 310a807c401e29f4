import { gpuPolicies } from '../../controller/gpupolicy/resource.ts';
import { type ApiObject, type Cluster, ClusterError } from '../../core/ports/cluster.ts';
import { durationMs } from '../../manifest/duration.ts';
import type { LoadedPolicy } from '../../manifest/index.ts';
import { WorkQueue } from '../../runtime/work-queue.ts';
import { oneLine } from './failures.ts';

/** Who the fields belong to that a repo applies. The controller, which writes status and annotations, is another. */
export const repoFieldManager = 'gpupolicy-repo';

/** What another owner holds is tried again after so long, in milliseconds: it may have given it up. */
const conflictRetryMs = 60_000;

/** Applies the policies of a repo to a cluster, each whenever it changes and at its interval. Never forces, and never deletes. */
export class PolicyApplier {
	readonly #cluster: Cluster;
	readonly #tell: (message: string) => void;
	readonly #wanted = new Map<string, { readonly object: ApiObject; readonly intervalMs: number; readonly text: string }>();
	/** What was said of a policy last: the same is not said again. */
	readonly #said = new Map<string, string>();
	readonly #queue: WorkQueue;

	/** @param cluster as `repoFieldManager` */
	constructor(cluster: Cluster, tell: (message: string) => void) {
		this.#cluster = cluster;
		this.#tell = tell;
		this.#queue = new WorkQueue({
			handle: (name) => this.#apply(name),
			onError: (name, error) => this.#say(name, `is not applied, and tried again: ${oneLine(messageOf(error))}`),
			minBackoffMs: 1_000,
			maxBackoffMs: 60_000,
		});
	}

	/** The policies as they stand in the repo now. */
	set(policies: readonly LoadedPolicy[]): void {
		const standing = new Set(policies.map(({ policy }) => policy.metadata.name));
		for (const name of this.#wanted.keys()) {
			if (standing.has(name)) continue;
			this.#wanted.delete(name);
			this.#say(name, `is no longer in the repo; it stays in the cluster until kubectl delete gpol ${name}`);
		}
		for (const loaded of policies) {
			const { name } = loaded.policy.metadata;
			const object = written(loaded);
			const text = JSON.stringify(object);
			if (this.#wanted.get(name)?.text === text) continue;
			this.#wanted.set(name, { object, text, intervalMs: durationMs(loaded.policy.spec.interval ?? '10m') });
			this.#queue.add(name);
		}
	}

	async drain(): Promise<void> {
		await this.#queue.drain();
	}

	async #apply(name: string): Promise<{ readonly requeueAfterMs?: number }> {
		const wanted = this.#wanted.get(name);
		if (!wanted) return {};
		try {
			const { object, warnings } = await this.#cluster.apply(gpuPolicies, wanted.object);
			this.#say(name, `is applied: generation ${object.metadata.generation ?? '-'}`);
			for (const warning of warnings) this.#tell(`${name}: the server warns: ${oneLine(warning)}`);
			return { requeueAfterMs: wanted.intervalMs };
		} catch (error) {
			if (!(error instanceof ClusterError)) throw error;
			switch (error.failure) {
				case 'FieldManagerConflict':
					this.#say(
						name,
						`is not applied: ${ownersIn(error)}; change it there, or take the fields out here: we never force [GP4309]`,
					);
					return { requeueAfterMs: conflictRetryMs };
				case 'Invalid':
				case 'Denied':
					this.#say(name, `is not applied: ${oneLine(error.message)} [GP4306]`);
					return { requeueAfterMs: wanted.intervalMs };
				default:
					throw error;
			}
		}
	}

	#say(name: string, message: string): void {
		if (this.#said.get(name) === message) return;
		this.#said.set(name, message);
		this.#tell(`${name} ${message}`);
	}
}

/** What is applied of a manifest: nothing that a server fills in, should it stand there. */
function written(loaded: LoadedPolicy): ApiObject {
	const { apiVersion, kind, metadata, spec } = loaded.written() as ApiObject;
	const { name, labels, annotations } = metadata;
	return { apiVersion, kind, metadata: { name, ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) }, spec };
}

/** `spec.mode belongs to "kubectl-edit"`: each owner with its fields. */
function ownersIn({ causes, message }: ClusterError): string {
	const owners = new Map<string, string[]>();
	for (const { field, message: text } of causes) {
		const [, owner] = /conflict with "([^"]*)"/.exec(text) ?? [];
		if (owner !== undefined) owners.set(owner, [...(owners.get(owner) ?? []), field.replace(/^\./, '')]);
	}
	if (owners.size === 0) return oneLine(message);
	return [...owners]
		.map(([owner, fields]) => `${fields.join(', ')} ${fields.length === 1 ? 'belongs' : 'belong'} to ${JSON.stringify(owner)}`)
		.join('; ');
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
