import process from 'node:process';
import { Flags } from '@oclif/core';
import type { GpuPolicy } from '../api/v1alpha1.generated.ts';
import type { LoadedPolicies } from '../app/load-policies.ts';
import { type Local, type LocalFlags, openLocal, type ProgressListener } from '../app/local.ts';
import { namedPolicies } from '../app/named-policies.ts';
import type { Terminal } from '../render/terminal.ts';
import { renderManifestDiagnostic, renderManifestFailure } from '../render/validate.ts';
import { type ExitCode, exitCodes } from '../runtime/errors.ts';

/** Flags of every command that runs a pass over the repo. */
export const localFlags = {
	inventory: Flags.string({
		helpValue: 'FILE',
		summary: 'Recorded inventory to rest values on; default: gpupolicy.inventory.yaml beside the policy, where there is one.',
	}),
	timeout: Flags.string({
		default: '5s',
		helpValue: 'DURATION',
		summary: 'Time limit for reading the devices, e.g. 5s or 500ms.',
	}),
};

/** Opens the root for a command: what is wrong with manifests, notices and progress go to stderr. */
export function openForCommand(flags: LocalFlags, terminal: Terminal, options = { progress: true }): Promise<Local> {
	// A watch reads the manifests with each pass: what is wrong with them is said when it changes.
	let said = '';
	const report = (loaded: LoadedPolicies): void => {
		const text = manifestReport(loaded, terminal);
		if (text !== said) process.stderr.write(text);
		said = text;
	};
	return openLocal(flags, {
		onProgress: options.progress ? progressTo(process.stderr) : undefined,
		onLoaded: report,
		onNotice: (message) => process.stderr.write(`note: ${message}\n`),
	});
}

/** What is wrong with manifests, on stderr. */
export function reportManifests(loaded: LoadedPolicies, terminal: Terminal): void {
	process.stderr.write(manifestReport(loaded, terminal));
}

function manifestReport({ failures, diagnostics }: LoadedPolicies, terminal: Terminal): string {
	const errors = diagnostics.filter(({ severity }) => severity === 'error');
	const parts = [
		...failures.map((failure) => renderManifestFailure(failure, terminal)),
		...errors.map((diagnostic) => renderManifestDiagnostic(diagnostic, terminal)),
	];
	return parts.map((part) => `${part}\n`).join('');
}

/**
 * The policies that `-f` narrows a command to which only looks at what passes stored; `null` for all. What is wrong with those
 * manifests goes to stderr, and `exit` says so.
 */
export async function narrowedTo(flags: LocalFlags, terminal: Terminal): Promise<Narrowed | null> {
	const loaded = await namedPolicies({ directory: flags.directory, filenames: flags.filename });
	if (loaded === null) return null;
	reportManifests(loaded, terminal);
	const policies = loaded.policies.map(({ policy }) => policy);
	return {
		policies,
		names: new Set(policies.map((policy) => policy.metadata.name)),
		exit: loaded.incomplete ? exitCodes.failed : exitCodes.ok,
	};
}

/** Policies that `-f` names. */
export interface Narrowed {
	readonly policies: readonly GpuPolicy[];
	readonly names: ReadonlySet<string>;
	readonly exit: ExitCode;
}

/** Progress on stderr: only on a terminal, and only after 300 ms. */
function progressTo(stream: NodeJS.WriteStream): ProgressListener | undefined {
	if (!stream.isTTY || process.env.CI) return undefined;
	const started = performance.now();
	let shown = 0;
	const names = { listing: 'listing', reading: 'reading', writing: 'writing' } as const;
	return (phase, done, total) => {
		const now = performance.now();
		if (phase === 'end') {
			if (shown > 0) stream.write('\r\u001b[K');
			return;
		}
		if (now - started < 300 || now - shown < 100) return;
		shown = now;
		const left = done > 0 && total > 0 ? Math.ceil((((now - started) / done) * (total - done)) / 1000) : 0;
		const of = total > 0 ? ` of ${total.toLocaleString('en')} files${left > 0 ? `  ETA ${left} s` : ''}` : ' files';
		stream.write(`\r\u001b[K${names[phase]} ${done.toLocaleString('en')}${of}`);
	};
}
