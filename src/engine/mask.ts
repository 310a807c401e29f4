const pair = /([A-Za-z_][A-Za-z0-9_.-]*)(\s*[:=]\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,{}[\]"'][^,{}[\]\n]*)/g;

/**
 * Masks every value of a dotenv or YAML line but those of the named variables: a neighbour on the same line may be a secret
 * that no policy knows.
 */
export function maskOtherValues(line: string, variables: ReadonlySet<string>): string {
	return line.replace(pair, (whole, name: string, separator: string) => (variables.has(name) ? whole : `${name}${separator}***`));
}
