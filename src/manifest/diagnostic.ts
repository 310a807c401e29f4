import type { ManifestCode } from './codes.ts';
import type { Path } from './path.ts';
import type { SourceText } from './source-text.ts';

/** Something wrong, or worth a warning, at one place of a manifest. */
export interface ManifestDiagnostic {
	readonly code: ManifestCode;
	/** The policy of a document with an error is not used. */
	readonly severity: 'error' | 'warning';
	/** As it was given to `parseManifest`. */
	readonly file: string;
	/** 1-based. */
	readonly line: number;
	/** 1-based, in characters. */
	readonly column: number;
	/** Exclusive, on the same line. */
	readonly endColumn: number;
	/** `spec.devices.allow[0].minMemory`; empty where the document as a whole is meant. */
	readonly path: string;
	/** What is wrong, without place and path: `"20 gigs" is not a quantity`. */
	readonly message: string;
	/** What was expected: `a quantity`, `a string`, `Enforce or Audit`. */
	readonly expected?: string;
	/** What to do: `write 20Gi or 24576Mi`, `did you mean "include"?`. */
	readonly hint?: string;
	/** The line of the file, without its line ending. */
	readonly sourceLine: string;
}

/** A diagnostic before it has a place: what `at` adds. */
export interface Complaint {
	readonly code: ManifestCode;
	readonly message: string;
	readonly expected?: string | undefined;
	readonly hint?: string | undefined;
}

/** A complaint about the value at a path, or about its key. */
export interface PathComplaint extends Complaint {
	readonly path: Path;
	/** Point at the name of the field, not at its value. */
	readonly atKey?: boolean;
}

/** Joins a complaint with its place. The severity follows from the code. */
export function diagnose(
	file: string,
	source: SourceText,
	range: readonly [number, number],
	path: string,
	complaint: Complaint,
): ManifestDiagnostic {
	const place = source.place(range[0], range[1]);
	const { code, message, expected, hint } = complaint;
	return {
		code,
		severity: code.startsWith('GP11') ? 'warning' : 'error',
		file,
		...place,
		path,
		message,
		...(expected === undefined ? {} : { expected }),
		...(hint === undefined ? {} : { hint }),
		sourceLine: source.line(place.line),
	};
}
