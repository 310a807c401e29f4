import type { OrderSource, Orders } from '../../agent/ports.ts';
import { type PolicyState, policyState } from '../../core/node-report/agent-policy.ts';
import { sameJson } from '../../core/same-json.ts';
import { CodedError, errorCode } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import { loadPolicies, type PolicyLocation } from '../load-policies.ts';

/**
 * Policies of a folder, without a cluster: every one with a `nodes` block counts, since there are no labels to select by. What could not be read
 * is not gone: a policy that was there before, also before the agent was started anew, stays as it was.
 */
export class FolderOrders implements OrderSource {
	readonly #location: PolicyLocation;
	readonly #log: Log;
	readonly #onChange: () => void;
	readonly #remembered: () => readonly string[];
	#policies: readonly PolicyState[] | null = null;
	#trouble: string | null = 'the policies have not been read yet';

	/** `remembered`: names of the policies that were in force when the agent last ran. */
	constructor(location: PolicyLocation, log: Log, onChange: () => void, remembered: () => readonly string[]) {
		this.#location = location;
		this.#log = log;
		this.#onChange = onChange;
		this.#remembered = remembered;
	}

	current(): Orders | null {
		return this.#policies && { policies: this.#policies, labels: {} };
	}

	/** What is wrong with the manifests; `null` where nothing is. */
	get trouble(): string | null {
		return this.#trouble;
	}

	/** Reads the manifests again. Never rejects for what they hold, nor where the folder cannot be read. */
	async read(): Promise<void> {
		let policies: readonly PolicyState[];
		let trouble: string | null = null;
		try {
			const loaded = await loadPolicies(this.#location);
			const good = loaded.policies.map(({ policy, digest }) => {
				const { name, held, policy: own } = policyState(policy, { digest, deleting: false, problems: [] });
				return { name, held, policy: own && { ...own, nodes: {} } };
			});
			if (loaded.incomplete) trouble = 'some manifests cannot be used; gpupolicy validate shows why';
			const names = new Set(good.map(({ name }) => name));
			const missing = loaded.incomplete ? this.#before().filter(({ name }) => !names.has(name)) : [];
			policies = [...good, ...missing];
		} catch (error) {
			if (!(error instanceof CodedError) && errorCode(error) === undefined) throw error;
			// No manifest at all, or no folder: what said something before stays, as with one that is broken.
			trouble = (error as Error).message;
			policies = this.#before();
		}
		if (trouble !== null && trouble !== this.#trouble) this.#log('warn', trouble);
		this.#trouble = trouble;
		const changed = this.#policies === null || !sameJson(policies, this.#policies);
		this.#policies = policies;
		if (changed) this.#onChange();
	}

	/** Every policy that said something before, held as it was. */
	#before(): readonly PolicyState[] {
		const read = (this.#policies ?? []).map((one) => ({ ...one, held: true }));
		const names = new Set(read.map(({ name }) => name));
		const older = this.#remembered().filter((name) => !names.has(name));
		return [...read, ...older.map((name) => ({ name, held: true, policy: null }))];
	}
}
