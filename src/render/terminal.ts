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
