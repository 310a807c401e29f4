import type { ManifestFailure } from '../host/manifest-files.ts';
import type { ManifestDiagnostic } from '../manifest/index.ts';
import type { ServerDiagnostic } from '../render/validate.ts';
import { type LoadedPolicies, loadPolicies, type PolicyLocation } from './load-policies.ts';

/** A policy that is in order. */
export interface ValidPolicy {
	readonly name: string;
	readonly mode: 'Enforce' | 'Audit';
	/** sha256 of the canonical spec, hex. */
	readonly digest: string;
	readonly file: string;
	readonly line: number;
}

/** What `gpupolicy validate` found. */
export interface ValidateResult {
	/** The cluster that was asked too; absent where none was. */
	readonly cluster?: { readonly context: string; readonly server: string };
	/** No error, nothing unreadable, and at least one policy. */
	readonly valid: boolean;
	readonly root: string;
	readonly files: readonly string[];
	readonly policies: readonly ValidPolicy[];
	readonly diagnostics: readonly (ManifestDiagnostic | ServerDiagnostic)[];
	readonly failures: readonly ManifestFailure[];
}

/** Reads and validates manifests; nothing is changed, and no GPU or cluster is asked. */
export async function validate(location: PolicyLocation): Promise<ValidateResult> {
	return validated(await loadPolicies(location));
}

/** What was read as a result. */
export function validated(loaded: LoadedPolicies): ValidateResult {
	const { root, files, policies, diagnostics, failures, incomplete } = loaded;
	return {
		valid: !incomplete && policies.length > 0,
		root,
		files,
		policies: policies.map(({ policy, digest, file, line }) => ({
			name: policy.metadata.name,
			mode: policy.spec.mode,
			digest,
			file,
			line,
		})),
		diagnostics,
		failures,
	};
}
