/**
 * A string as a CEL literal. JSON's escapes are CEL's as long as nothing is written as a surrogate, so that text beyond ASCII
 * stays as it is. The API server holds no lone surrogates.
 */
export function celString(text: string): string {
	return JSON.stringify(text.toWellFormed());
}

/** A list of CEL expressions. */
export function celList(items: readonly string[]): string {
	return `[${items.join(', ')}]`;
}

/** A list of strings. */
export function celStrings(items: readonly string[]): string {
	return celList(items.map(celString));
}
