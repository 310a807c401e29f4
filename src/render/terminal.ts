/** What the output goes to, so that rendering stays pure. */
export interface Terminal {
	/** Use colour: a terminal, and neither NO_COLOR nor CI. Colour marks the verdict only. */
	readonly color: boolean;
	/** Columns; tables are cut to it and never wrap. `Infinity` in a pipe. */
	readonly width: number;
}

export const plainTerminal: Terminal = { color: false, width: Number.POSITIVE_INFINITY };

export type Tone = 'good' | 'bad' | 'warn' | 'dim' | 'bold';

const codes: Record<Tone, readonly [number, number]> = {
	good: [32, 39],
	bad: [31, 39],
	warn: [33, 39],
	dim: [2, 22],
	bold: [1, 22],
};

export function paint(terminal: Terminal, tone: Tone, text: string): string {
	if (!terminal.color) return text;
	const [open, close] = codes[tone];
	return `\u001b[${open}m${text}\u001b[${close}m`;
}

/** Text of a repo, such as a file's name, without control characters or changes of direction: it cannot write on the terminal. */
export function printable(text: string): string {
	return text.replace(
		// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced
		/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
		(char) =>
			char <= '\u00ff' ? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}` : `\\u${char.charCodeAt(0).toString(16)}`,
	);
}
