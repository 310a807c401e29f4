import { type ApiObject, type Cluster, ClusterError } from '../../core/ports/cluster.ts';
import type { Permission } from '../transport/transport.ts';
import { pause } from '../watch/backoff.ts';
import { heldBy, holderOf, leaseSpec, leases, recordOf, released } from './lease-record.ts';
import { Term } from './term.ts';

export interface ElectionSettings {
	readonly namespace: string;
	readonly name: string;
	/** Of this process and no other, also after a restart: `<pod>_<uuid>`. */
	readonly identity: string;
	/** Milliseconds that others wait, without seeing a renewal, before they take over; default 20 s. */
	readonly leaseMs?: number;
	/**
	 * Milliseconds after the last renewal was sent at which the leader stops acting. What is left of the lease then is for requests
	 * that are still on their way: the time limit of each request must be shorter than that. Default 12 s.
	 */
	readonly renewDeadlineMs?: number;
	/** Milliseconds between renewals, and between looks at the lease of another; default 2 s. */
	readonly retryMs?: number;
	readonly onChange?: (state: { readonly holder: string | null; readonly leading: boolean }) => void;
	/** A request for the lease failed; it is tried again. */
	readonly onTrouble?: (error: ClusterError) => void;
}

/** With the 7 s that a request may take: two in a row may fail, or each take 5 s. */
const defaults = { leaseMs: 20_000, renewDeadlineMs: 12_000, retryMs: 2_000 } as const;

/** A lease is given back within this time or left to end. */
const releaseLimitMs = 3_000;

/**
 * Leader election on a Lease. Clocks of different machines are never compared: a candidate waits for a whole lease on its own
 * monotonic clock after it saw the last change. A lease is no fence, so the leader stops by itself, before anyone else can begin.
 */
export class Election {
	readonly #cluster: Cluster;
	readonly #settings: ElectionSettings & Required<Pick<ElectionSettings, keyof typeof defaults>>;
	#lease: ApiObject | null = null;
	#record = '';
	/** Monotonic milliseconds at which the present record was first seen. */
	#seenAt = 0;
	#told = '';

	/** @param cluster must not itself be under a permission of the election */
	constructor(cluster: Cluster, settings: ElectionSettings) {
		this.#settings = { ...defaults, ...settings };
		const { leaseMs, renewDeadlineMs, retryMs } = this.#settings;
		if (!(retryMs * 2 <= renewDeadlineMs && renewDeadlineMs < leaseMs))
			throw new RangeError(
				`a lease of ${leaseMs} ms needs a shorter renewal deadline, and that two retries: ${renewDeadlineMs}, ${retryMs}`,
			);
		this.#cluster = cluster;
	}

	/**
	 * Waits for leadership, calls `lead`, and does so again when leadership was lost. `lead` must return when its term ends or `stop` aborts,
	 * whichever is first: after a stop it may use the rest of its term to finish; the lease is given back when it returned.
	 * Resolves when stopped, or when `lead` returned by itself; rejects when `lead` does.
	 */
	async run(lead: (term: Permission) => Promise<void>, stop: AbortSignal): Promise<void> {
		while (!stop.aborted) {
			const sent = await this.#acquire(stop);
			if (sent === null) return;
			const term = new Term(sent + this.#settings.renewDeadlineMs);
			const stopped = new AbortController();
			const renewing = this.#renew(term, stopped.signal);
			this.#tell(true);
			let lost: boolean;
			try {
				await lead(term);
			} finally {
				lost = !term.holds();
				stopped.abort();
				await renewing;
				term.end();
				this.#tell(false);
				if (!lost) await this.#release();
			}
			if (!lost) return;
		}
	}

	/** Resolves with the time at which the request that took the lease was sent; `null` when stopped. */
	async #acquire(stop: AbortSignal): Promise<number | null> {
		while (!stop.aborted) {
			try {
				const sent = await this.#attempt(stop);
				if (sent !== null) return sent;
			} catch (error) {
				if (!(error instanceof ClusterError)) throw error;
				if (stop.aborted) return null;
				// Another candidate was faster: that is how it should be.
				if (error.failure !== 'Conflict' && error.failure !== 'AlreadyExists') this.#settings.onTrouble?.(error);
			}
			await pause(this.#settings.retryMs * (1 + Math.random() / 5), stop);
		}
		return null;
	}

	async #attempt(signal: AbortSignal): Promise<number | null> {
		const { namespace, name, identity, leaseMs } = this.#settings;
		const lease = await this.#cluster.get(leases, { namespace, name }, { signal });
		this.#see(lease);
		if (lease !== null && holderOf(lease) !== null && performance.now() - this.#seenAt < this.#durationMs(lease)) return null;
		const sent = performance.now();
		const mine = heldBy(lease, { namespace, name }, identity, leaseMs);
		const { object } = await (lease === null
			? this.#cluster.create(leases, mine, { signal })
			: this.#cluster.update(leases, mine, { signal }));
		this.#see(object);
		return sent;
	}

	/** Of the record, since its holder counts on that; a record that says nothing gets ours. */
	#durationMs(lease: ApiObject): number {
		const seconds = leaseSpec(lease).leaseDurationSeconds;
		return seconds !== undefined && seconds > 0 ? seconds * 1000 : this.#settings.leaseMs;
	}

	/** Renews until stopped or the term has ended. */
	async #renew(term: Term, stop: AbortSignal): Promise<void> {
		const { retryMs, renewDeadlineMs, onTrouble } = this.#settings;
		const over = AbortSignal.any([stop, term.signal]);
		let due = performance.now() + retryMs;
		while (!stop.aborted && term.holds()) {
			await pause(due - performance.now(), over);
			if (stop.aborted || !term.holds()) return;
			const sent = performance.now();
			// Counted from the sending: with a slow server the next renewal is due when the answer comes.
			due = sent + retryMs;
			try {
				if (await this.#renewOnce(term.signal)) term.extend(sent + renewDeadlineMs);
				else term.end();
			} catch (error) {
				if (!(error instanceof ClusterError)) throw error;
				if (term.holds()) onTrouble?.(error);
			}
		}
	}

	/** False where another holds the lease. */
	async #renewOnce(signal: AbortSignal): Promise<boolean> {
		const { namespace, name, identity, leaseMs } = this.#settings;
		try {
			const mine = heldBy(this.#lease, { namespace, name }, identity, leaseMs);
			this.#see((await this.#cluster.update(leases, mine, { signal })).object);
			return true;
		} catch (error) {
			if (!(error instanceof ClusterError) || (error.failure !== 'Conflict' && error.failure !== 'NotFound')) throw error;
		}
		// Changed by somebody, or by a renewal of ours whose answer was lost; or deleted, and then free for all.
		const lease = await this.#cluster.get(leases, { namespace, name }, { signal });
		if (lease === null || holderOf(lease) !== identity) {
			this.#see(lease);
			return false;
		}
		this.#see((await this.#cluster.update(leases, heldBy(lease, { namespace, name }, identity, leaseMs), { signal })).object);
		return true;
	}

	/** Gives the lease back, if it is still ours; where that fails it ends by itself. */
	async #release(): Promise<void> {
		const { namespace, name, identity, onTrouble } = this.#settings;
		const signal = AbortSignal.timeout(releaseLimitMs);
		try {
			const lease = await this.#cluster.get(leases, { namespace, name }, { signal });
			if (lease === null || holderOf(lease) !== identity) return;
			this.#see((await this.#cluster.update(leases, released(lease), { signal })).object);
			this.#tell(false);
		} catch (error) {
			if (!(error instanceof ClusterError)) throw error;
			onTrouble?.(error);
		}
	}

	#see(lease: ApiObject | null): void {
		const record = lease === null ? '' : recordOf(lease);
		if (record !== this.#record) {
			this.#record = record;
			this.#seenAt = performance.now();
		}
		this.#lease = lease;
		if (lease !== null && holderOf(lease) !== this.#settings.identity) this.#tell(false);
	}

	#tell(leading: boolean): void {
		const state = { holder: this.#lease === null ? null : holderOf(this.#lease), leading };
		const text = JSON.stringify(state);
		if (text === this.#told) return;
		this.#told = text;
		this.#settings.onChange?.(state);
	}
}
