import type { ManifestDiagnostic } from '../manifest/index.ts';
import { renderDiagnostic } from './diagnostic.ts';
import { paint, type Terminal } from './terminal.ts';

/** A manifest that could not be read as it is shown. */
export interface ManifestFailureView {
	readonly code: string;
	readonly file: string;
	readonly message: string;
	readonly hint: string;
}

/** Something that an API server has to say about a manifest, at its place there. */
export interface ServerDiagnostic extends Omit<ManifestDiagnostic, 'code'> {
	readonly code: string;
}

/** What `validate` prints; the fields of its result that are shown. */
export interface ValidateView {
	/** The cluster that was asked too. */
	readonly cluster?: { readonly context: string; readonly server: string };
	readonly files: readonly string[];
	readonly policies: readonly { readonly name: string; readonly mode: string; readonly file: string; readonly line: number }[];
	readonly diagnostics: readonly (ManifestDiagnostic | ServerDiagnostic)[];
	readonly failures: readonly ManifestFailureView[];
}

/** One fault or warning, with its line, carets and the way out. */
export function renderManifestDiagnostic(diagnostic: ManifestDiagnostic | ServerDiagnostic, terminal: Terminal): string {
	const { severity, message, ...rest } = diagnostic;
	return renderDiagnostic({ ...rest, message: severity === 'warning' ? `warning: ${message}` : message }, terminal);
}

/** A manifest that could not be read. */
export function renderManifestFailure(failure: ManifestFailureView, terminal: Terminal): string {
	return renderDiagnostic({ ...failure, line: null, column: null, endColumn: null, sourceLine: null }, terminal);
}

/** Every fault and warning, the policies in order, and one line that sums up. */
export function renderValidate(view: ValidateView, terminal: Terminal): string {
	const blocks = [
		...view.failures.map((failure) => `${renderManifestFailure(failure, terminal)}\n`),
		...view.diagnostics.map((diagnostic) => `${renderManifestDiagnostic(diagnostic, terminal)}\n`),
		...view.policies.map(({ name, mode, file, line }) => `${paint(terminal, 'good', '✓')} ${name}  ${file}:${line}  ${mode}\n`),
	];
	const errors = view.diagnostics.filter(({ severity }) => severity === 'error').length + view.failures.length;
	const warnings = view.diagnostics.length + view.failures.length - errors;
	const parts = [
		`${count(view.policies.length, 'policy', 'policies')} in order`,
		...(errors > 0 ? [paint(terminal, 'bad', count(errors, 'error', 'errors'))] : []),
		...(warnings > 0 ? [paint(terminal, 'warn', count(warnings, 'warning', 'warnings'))] : []),
	];
	const asked = view.cluster ? `; asked ${view.cluster.server} (context ${view.cluster.context})` : '';
	return `${blocks.join('')}${count(view.files.length, 'file', 'files')}: ${parts.join(', ')}${asked}.\n`;
}

function count(number: number, one: string, many: string): string {
	return `${number} ${number === 1 ? one : many}`;
}
