import type { Setting, Span } from '../../core/ports/format.ts';
import type { Command, Script } from '../text/shell/command.ts';

/** Where exports that a script misses are put. */
export interface Anchor {
	/** Start of the line before which they go; the end of the text where they go behind everything. */
	readonly at: number;
	/** Indentation of the line that they follow. */
	readonly indent: string;
}

/**
 * Behind the first group of top-level exports of policy variables, so that every program started later sees what is added;
 * else behind the header: shebang, leading comments and `set` lines.
 */
export function anchorOf(text: string, start: number, script: Script, settings: readonly Setting[]): Anchor {
	let group: Anchor | null = null;
	let behind = start;
	for (const command of script.commands) {
		// a substitution inside the command before it
		if (command.span.end <= behind) continue;
		if (command.standing !== 'top') break;
		behind = command.span.end;
		const line = wholeLine(text, command.span);
		const sets = settings.some(({ effect, span }) => effect === 'sets' && inside(span, command.span));
		if (sets && line !== null && isExport(command)) group = line;
		else if (!isPreparation(command)) break;
	}
	return group ?? { at: headerEnd(text, start), indent: '' };
}

/** The line of a command that stands alone on it, a comment behind it allowed. */
function wholeLine(text: string, { start, end }: Span): Anchor | null {
	const before = text.lastIndexOf('\n', start - 1) + 1;
	const indent = text.slice(before, start).replace(/^\xef\xbb\xbf/, '');
	const rest = /[ \t]*(#[^\r\n]*)?(\r?\n|$)/y;
	rest.lastIndex = end;
	const match = rest.exec(text);
	if (!/^[ \t]*$/.test(indent) || match === null) return null;
	return { at: end + match[0].length, indent };
}

function isExport({ words }: Command): boolean {
	const name = words[0]?.value.kind === 'literal' ? words[0].value.text : '';
	return name === 'export' || name === 'declare' || name === 'typeset';
}

/** Commands that start no program: assignments, `set`, `cd`, `source` and their like. */
function isPreparation({ words }: Command): boolean {
	const name = words[0]?.value.kind === 'literal' ? words[0].value.text : '';
	return (
		words.length === 0 || /^(export|declare|typeset|readonly|set|shopt|unset|cd|source|\.|:|ulimit|umask|module|trap)$/.test(name)
	);
}

function inside(inner: Span, outer: Span): boolean {
	return outer.start <= inner.start && inner.end <= outer.end;
}

/** Behind the shebang, the comments and `set` lines that a script starts with; a comment to us stays with the line below it. */
function headerEnd(text: string, start: number): number {
	const line = /[ \t]*(?:(#[^\r\n]*)|(set[ \t]+[-+][A-Za-z \t+-]*)(?:#[^\r\n]*)?|)(\r?\n|$)/y;
	let end = start;
	for (let at = start; at < text.length; ) {
		line.lastIndex = at;
		const match = line.exec(text);
		if (match === null || /gpupolicy:[ \t]*ignore[ \t]*\[/.test(match[1] ?? '')) break;
		at += match[0].length;
		if (match[1] !== undefined || match[2] !== undefined) end = at;
	}
	return end;
}
