import { type LoadedPolicy, type ManifestDiagnostic, parseManifest } from '../manifest/index.ts';
import type { KeptReadings } from './kept-readings.ts';

interface Reading {
	readonly policies: readonly Pick<LoadedPolicy, 'policy' | 'digest' | 'line'>[];
	readonly diagnostics: readonly ManifestDiagnostic[];
}

/** `parseManifest`, recalled where the same bytes were read before and nothing was wrong with them. */
export function readManifest(
	bytes: Uint8Array,
	file: string,
	kept: KeptReadings | null,
): { readonly policies: readonly LoadedPolicy[]; readonly diagnostics: readonly ManifestDiagnostic[] } {
	// What comes through a pipe may be meant to stay nowhere.
	if (kept === null || file === 'stdin') return parseManifest(bytes, file);
	let parsed: ReturnType<typeof parseManifest> | undefined;
	const parse = (): ReturnType<typeof parseManifest> => (parsed ??= parseManifest(bytes, file));
	const read = (): Reading => {
		const { policies, diagnostics } = parse();
		return { policies: policies.map(({ policy, digest, line }) => ({ policy, digest, line })), diagnostics };
	};
	const inOrder = ({ policies, diagnostics }: Reading): boolean =>
		policies.length > 0 && diagnostics.every(({ severity }) => severity !== 'error');
	const { policies, diagnostics } = kept.reading('manifest', file, bytes, read, inOrder);
	return {
		policies: policies.map((policy, at) => ({
			...policy,
			file,
			// Asked for only where something is wrong with policies beside each other.
			position: (where) => (parse().policies[at] as LoadedPolicy).position(where),
			written: () => (parse().policies[at] as LoadedPolicy).written(),
			sourceLine: (line) => (parse().policies[at] as LoadedPolicy).sourceLine(line),
		})),
		diagnostics,
	};
}
