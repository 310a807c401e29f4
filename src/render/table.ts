/** What a table shows of an object. */
export interface Columns<T> {
	readonly header: readonly string[];
	/** `now`: what ages are reckoned to, milliseconds since the epoch. */
	row(object: T, now: number): readonly string[];
}

/** Columns separated by three spaces, as kubectl prints them; the last column is not padded. `null`: no header. */
export function renderTable(header: readonly string[] | null, rows: readonly (readonly string[])[]): string {
	const all = header === null ? rows : [header, ...rows];
	const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
	return all
		.map((row) =>
			row
				.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
				.join('   ')
				.trimEnd(),
		)
		.map((line) => `${line}\n`)
		.join('');
}
