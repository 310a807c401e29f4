/** A table of which rows come one after the other: its columns get wider with what is seen and never narrower. */
export class GrowingTable {
	readonly #header: readonly string[] | null;
	#widths: readonly number[] | null = null;

	/** `null`: no header. */
	constructor(header: readonly string[] | null) {
		this.#header = header;
	}

	/** Lines for these rows; the first call begins with the header. */
	print(rows: readonly (readonly string[])[]): string {
		const before = this.#widths;
		const shown = before === null && this.#header !== null ? [this.#header, ...rows] : rows;
		const widths = (before ?? shown[0] ?? []).map((_, column) =>
			Math.max(before?.[column] ?? 0, ...shown.map((row) => (row[column] ?? '').length)),
		);
		this.#widths = widths;
		return shown
			.map(
				(row) =>
					`${row
						.map((cell, column) => cell.padEnd(widths[column] ?? 0))
						.join('   ')
						.trimEnd()}\n`,
			)
			.join('');
	}
}
