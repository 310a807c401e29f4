import { paint, printable, type Terminal } from './terminal.ts';

/** Anything that is wrong at a place of a file: a manifest's field or a finding of `check`. */
export interface DiagnosticView {
	readonly file: string;
	/** 1-based; `null` where the file as a whole is meant. */
	readonly line: number | null;
	readonly column: number | null;
	/** Exclusive, on the same line. */
	readonly endColumn: number | null;
	/** Rule id, before the message: `device/ordinal`. */
	readonly rule?: string;
	/** Path of a field, before the message: `spec.devices.allow[0].minMemory`. */
	readonly path?: string;
	readonly message: string;
	/** Error code, after the message: `GP1004`. */
	readonly code?: string;
	/** The line itself; `null` or empty where it must not be shown. */
	readonly sourceLine: string | null;
	/** What to do. */
	readonly hint?: string | undefined;
	/** What asks for it: `rtx3090-only spec.files[0].deviceOrdinal`. */
	readonly footer?: string;
}

const MAX_LINE = 160;

/** A place as editors and terminals link it: `src/train.py:31:14`. */
function place(view: Pick<DiagnosticView, 'file' | 'line' | 'column'>): string {
	return [printable(view.file), view.line, view.column].filter((part) => part !== null).join(':');
}

/** Cuts a long line around the marked columns. */
function excerptAround(
	line: string,
	from: number,
	to: number,
): { readonly text: string; readonly from: number; readonly to: number } {
	const chars = [...line.replace(/\t/g, ' ')];
	if (chars.length <= MAX_LINE) return { text: chars.join(''), from, to };
	const start = Math.max(0, Math.min(from - 1 - 40, chars.length - MAX_LINE));
	const text = `${start > 0 ? '…' : ''}${chars.slice(start, start + MAX_LINE).join('')}${start + MAX_LINE < chars.length ? '…' : ''}`;
	const shift = start > 0 ? start - 1 : 0;
	return { text, from: from - shift, to: Math.min(to - shift, MAX_LINE + 2) };
}

/** The shape of rustc and ruff: place and message, the line with carets under it and the way out, then what asks for it. */
export function renderDiagnostic(view: DiagnosticView, terminal: Terminal): string {
	const subject = [view.rule ? paint(terminal, 'bad', view.rule) : '', view.path ? `${view.path}:` : '', printable(view.message)]
		.filter(Boolean)
		.join(view.rule ? '  ' : ' ');
	const lines = [`${paint(terminal, 'bold', place(view))}: ${subject}${view.code ? ` [${view.code}]` : ''}`];
	const hint = view.hint ?? '';
	if (view.line !== null && view.column !== null && view.sourceLine) {
		const gutter = String(view.line).padStart(5);
		const shown = excerptAround(view.sourceLine, view.column, view.endColumn ?? view.column + 1);
		lines.push(`${gutter} | ${printable(shown.text)}`);
		const carets = '^'.repeat(Math.max(1, shown.to - shown.from));
		lines.push(`      | ${' '.repeat(Math.max(0, shown.from - 1))}${paint(terminal, 'bad', carets)}${hint ? ` ${hint}` : ''}`);
	} else if (hint) {
		lines.push(`      | ${hint}`);
	}
	if (view.footer) lines.push(`       ${paint(terminal, 'dim', view.footer)}`);
	return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}
