/** A place in a text: 1-based, columns count characters (code points). `endColumn` is exclusive and on the same line. */
export interface TextPlace {
	readonly line: number;
	readonly column: number;
	readonly endColumn: number;
}

/** A text with an index of its lines. Lines end at LF, CRLF or CR, as YAML has it. */
export class SourceText {
	readonly text: string;
	readonly #starts: number[] = [0];

	constructor(text: string) {
		this.text = text;
		for (const match of text.matchAll(/\r\n|\n|\r/g)) this.#starts.push(match.index + match[0].length);
	}

	/** The place of a half-open range of offsets; a range over several lines ends with its first line. At least one column wide. */
	place(start: number, end: number): TextPlace {
		const line = this.#lineAt(start);
		const lineStart = this.#starts[line - 1] ?? 0;
		const text = this.line(line);
		const column = 1 + length(text.slice(0, Math.max(0, start - lineStart)));
		const endColumn = 1 + length(text.slice(0, Math.max(0, end - lineStart)));
		return { line, column, endColumn: Math.max(column + 1, endColumn) };
	}

	/** The text of a 1-based line without its line ending. */
	line(line: number): string {
		const start = this.#starts[line - 1] ?? this.text.length;
		const end = this.#starts[line] ?? this.text.length;
		return this.text.slice(start, end).replace(/[\r\n]+$/, '');
	}

	#lineAt(offset: number): number {
		let low = 0;
		let high = this.#starts.length - 1;
		while (low < high) {
			const middle = (low + high + 1) >> 1;
			if ((this.#starts[middle] ?? 0) <= offset) low = middle;
			else high = middle - 1;
		}
		return low + 1;
	}
}

function length(text: string): number {
	let count = 0;
	for (let at = 0; at < text.length; at++) if ((text.charCodeAt(at) & 0xfc00) !== 0xdc00) count++;
	return count;
}
