import process from 'node:process';
import { type ManifestFailure, readManifestFiles } from '../host/manifest-files.ts';
import { checkTogether, type LoadedPolicy, type ManifestDiagnostic, maxManifestBytes } from '../manifest/index.ts';
import { CodedError } from '../runtime/errors.ts';
import { declaredBeside } from './declared-policies.ts';
import { keptReadings } from './kept-readings.ts';
import { locateRoot } from './locate-root.ts';
import { readManifest } from './read-manifest.ts';

/** Where the flags `-C` and `-f` point; every local command takes them. */
export interface PolicyLocation {
	/** `-C`; absent: the current directory, up to the nearest policy or git root. */
	readonly directory?: string | undefined;
	/** `-f`, as often as given; empty or absent: the default manifests at the root. */
	readonly filenames?: readonly string[] | undefined;
}

/** Everything that was read from the manifests. */
export interface LoadedPolicies {
	/** Absolute, real path of the root. */
	readonly root: string;
	/** Files that were read, as they are shown. */
	readonly files: readonly string[];
	/** The good ones, by name; of two with one name the first. */
	readonly policies: readonly LoadedPolicy[];
	readonly diagnostics: readonly ManifestDiagnostic[];
	readonly failures: readonly ManifestFailure[];
	/** Something could not be read or is wrong: what is not among `policies` is not gone. */
	readonly incomplete: boolean;
	/** Names of every policy that is declared, also beside what `-f` names; `null` where that cannot be told: then none is gone. */
	readonly declared: ReadonlySet<string> | null;
}

/** The error for manifests that hold no policy that can be used. */
export function noUsablePolicy({ files, failures }: Pick<LoadedPolicies, 'files' | 'failures'>): CodedError {
	return new CodedError('GP2004', `no usable policy in ${[...files, ...failures.map(({ file }) => file)].join(', ')}`, {
		hint: 'gpupolicy validate shows what is wrong with each manifest',
	});
}

/** Reads and validates every manifest. Rejects only where the root is unusable or there is no manifest at all. */
export async function loadPolicies(location: PolicyLocation): Promise<LoadedPolicies> {
	const cwd = process.cwd();
	const root = locateRoot(location.directory, cwd);
	const names = location.filenames ?? [];
	const { files, failures } = await readManifestFiles({
		root,
		cwd,
		names,
		maxBytes: maxManifestBytes,
		// Node makes the stream when it is first asked for, which takes a while.
		get stdin() {
			return process.stdin;
		},
	});
	if (files.length === 0 && failures.length === 0) {
		throw new CodedError('GP3503', `no policy in ${root}: there is no gpupolicy.yaml, .gpupolicy.yaml or *.gpupolicy.yaml`, {
			hint: 'Run gpupolicy init to write one, or name a manifest with -f.',
		});
	}
	const kept = keptReadings(root);
	const parsed = files.map(({ file, bytes }) => readManifest(bytes, file, kept));
	const all = parsed.flatMap(({ policies }) => policies);
	const diagnostics = [...parsed.flatMap((manifest) => manifest.diagnostics), ...checkTogether(all)];
	const policies = all
		.filter((loaded, index) => all.findIndex(({ policy }) => policy.metadata.name === loaded.policy.metadata.name) === index)
		.sort((a, b) => (a.policy.metadata.name < b.policy.metadata.name ? -1 : 1));
	const incomplete = failures.length > 0 || diagnostics.some(({ severity }) => severity === 'error');
	const beside = incomplete ? null : await declaredBeside({ root, cwd, names });
	return {
		root,
		files: files.map(({ file }) => file),
		policies,
		diagnostics,
		failures,
		incomplete,
		declared: beside === null ? null : new Set([...all.map(({ policy }) => policy.metadata.name), ...beside]),
	};
}
