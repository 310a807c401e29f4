import type { ConditionReason } from '../../api/conditions.ts';
import type { DutyOutcome } from '../duty.ts';

/** Why the last run of a duty brought no outcome. */
export type DutyFailure =
	| { readonly kind: 'stalled'; readonly reason: ConditionReason<'Stalled'>; readonly message: string }
	| { readonly kind: 'retry'; readonly message: string };

/** Where one duty stands with one policy. */
export interface DutyState {
	/** The last outcome of this term, and the generation that it speaks of. */
	readonly last: { readonly generation: number; readonly outcome: DutyOutcome } | null;
	/** Of the run after it. */
	readonly failure: DutyFailure | null;
	/** The clean-up of a deleted policy is done. */
	readonly cleaned: boolean;
}

const nothing: DutyState = { last: null, failure: null, cleaned: false };

/** What every duty last said of every policy. A policy that is deleted and made anew (another uid) begins with an empty row. */
export class Board {
	readonly #rows = new Map<string, { readonly uid: string; readonly duties: Map<string, DutyState> }>();

	state(policy: { readonly name: string; readonly uid: string }, duty: string): DutyState {
		const row = this.#rows.get(policy.name);
		return (row?.uid === policy.uid ? row.duties.get(duty) : undefined) ?? nothing;
	}

	report(policy: { readonly name: string; readonly uid: string }, duty: string, change: Partial<DutyState>): void {
		const row = this.#rows.get(policy.name);
		const duties = row?.uid === policy.uid ? row.duties : new Map<string, DutyState>();
		duties.set(duty, { ...(duties.get(duty) ?? nothing), ...change });
		this.#rows.set(policy.name, { uid: policy.uid, duties });
	}

	forget(name: string): void {
		this.#rows.delete(name);
	}
}
