/** What a policy wants a variable to be: known, or unknown because it rests on a fact that could not be read. */
export type DesiredValue =
	| { readonly state: 'known'; readonly text: string }
	| { readonly state: 'unknown'; readonly message: string };

/** One entry of `spec.env` that targets files, resolved for this machine. */
export interface DesiredVariable {
	readonly name: string;
	readonly value: DesiredValue;
	/** From `valueFrom.file`: never printed, never put into source code or a tracked file. */
	readonly secret: boolean;
	/** Path of the field, for messages: `spec.env[1]`. */
	readonly field: string;
}

/**
 * Whether the policy may change the file: `enforce`; `audit` reports only; `held` after a rollback put the file back
 * under the same policy digest.
 */
export type Application =
	| { readonly kind: 'enforce' }
	| { readonly kind: 'audit' }
	| { readonly kind: 'held'; readonly revision: number };

/** What one policy wants of one file. */
export interface FilePolicy {
	readonly name: string;
	readonly digest: string;
	readonly application: Application;
	/** Where the policy stands: `gpupolicy.yaml:1`. */
	readonly origin: string;
	readonly variables: readonly DesiredVariable[];
	/** Path of the `spec.files[]` entry that selected the file: `spec.files[0]`. */
	readonly field: string;
	/** `deviceOrdinal` of that entry; `null` when absent. */
	readonly ordinal: number | null;
	/** How many devices the policy makes visible; `null` when unknown. Ordinals are judged only where it is known. */
	readonly visibleCount: number | null;
	/** The policy includes the file by its exact name. */
	readonly declared: boolean;
}
