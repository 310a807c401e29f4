/**
 * What JSON leaves as it is and YAML refuses (C1 controls, the byte order mark, non-characters), or folds as the end of a line (next line, line
 * and paragraph separators).
 */
const unsafeInYaml = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** The body of a server-side apply: JSON, as an API server reads it, which is by its reader of YAML. */
export function applyBody(object: unknown): string {
	return JSON.stringify(object).replace(
		unsafeInYaml,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
}
