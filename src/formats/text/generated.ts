import type { Diagnostic, Span } from '../../core/ports/format.ts';

/** Markers by which generators say that a file is theirs. Case matters: our own block says "do not edit" in lower case. */
const MARKER = /@generated\b|\bDO NOT EDIT\b/;

/** A refusing `file/generated` diagnostic where the header comments (a `byteText` and their spans) claim the file for a generator. */
export function generatedProblem(text: string, headerComments: readonly Span[]): Diagnostic | null {
	for (const { start, end } of headerComments) {
		const marker = MARKER.exec(text.slice(start, end));
		if (marker === null) continue;
		const message = `generated file ("${marker[0]}" in its header); change what generates it`;
		return { rule: 'file/generated', message, span: { start, end }, refuses: true };
	}
	return null;
}
