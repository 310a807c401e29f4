/** Pretty JSON with a final newline; `--json` and `-o json` print the same bytes. Bigints become strings, maps objects. */
export function renderJson(value: unknown): string {
	return `${JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? v.toString() : v instanceof Map ? Object.fromEntries(v) : v), 2)}\n`;
}
