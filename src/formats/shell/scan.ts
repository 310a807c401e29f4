import type { Carrier, Diagnostic, Interest, Scan, Source, Span } from '../../core/ports/format.ts';
import { bomLength } from '../text/bom.ts';
import { byteText } from '../text/bytes.ts';
import { encodingProblem } from '../text/encoding.ts';
import { generatedProblem } from '../text/generated.ts';
import { ignoreComments } from '../text/ignores.ts';
import { refused } from '../text/refused.ts';
import { type Script, ShellSyntaxError } from '../text/shell/command.ts';
import { shellDevices } from '../text/shell/devices.ts';
import { handedOn } from '../text/shell/handed-on.ts';
import { type NestedCommand, nestedCommands } from '../text/shell/nested.ts';
import { parseShell, type ShellDialect } from '../text/shell/parser.ts';
import { anchorOf } from './anchor.ts';
import { commandCarriers, handedOnCarriers, nestedCarriers, scriptSettings } from './environment.ts';

/** Reads a shell script: the carrier `script`, and one for each command with variables of its own. */
export function scanShell(source: Source, interest: Interest): Scan {
	const encoding = encodingProblem(source.bytes);
	if (encoding !== null) return refused([encoding]);
	const text = byteText(source.bytes);
	const mark = markProblem(text);
	if (mark !== null) return refused([mark]);
	const foreign = foreignInterpreter(text, interest);
	if (foreign !== null) return refused([foreign]);
	const parsed = parseScript(source.path, text, bomLength(source.bytes));
	if (!parsed.ok) return refused([parsed.problem]);
	const { script } = parsed;
	const ignores = ignoreComments(text, script.comments, (line) => statementAt(script, line));
	const settings = scriptSettings(script, interest);
	const anchor = anchorOf(text, bomLength(source.bytes), script, settings);
	const known = [...commandCarriers(script, interest, settings, anchor.at), ...nestedCarriers(parsed.nested, interest)];
	const whole: Carrier = { id: 'script', gpu: 'undetermined', whole: true, settings, supply: 'entries' };
	const further = handedOn(text, script, parsed.dialect, interest.variables);
	const commands = [...known, ...handedOnCarriers(further, [whole, ...known])];
	const devices = interest.ordinals ? shellDevices(text, script) : [];
	const concerned = settings.length + commands.length + devices.length > 0;
	const generated = generatedProblem(text, headerOf(script));
	if (generated !== null) return refused([generated], ignores);
	return {
		carriers: [whole, ...commands],
		devices,
		blocks: [],
		diagnostics: concerned ? carriageReturns(text) : [],
		ignores,
	};
}

/** A shell takes a byte order mark as part of the first command: harmless in a comment, a broken command elsewhere. */
function markProblem(text: string): Diagnostic | null {
	if (!/^\xef\xbb\xbf(?![ \t]*#)/.test(text)) return null;
	const message = 'a byte order mark, which a shell takes as part of the first command; remove it';
	return { rule: 'file/encoding', message, span: { start: 0, end: 3 }, refuses: true };
}

/** A script whose first line names another interpreter is no shell text, whatever its name ends with. */
function foreignInterpreter(text: string, interest: Interest): Diagnostic | null {
	const line = /^(?:\xef\xbb\xbf)?#![^\n\r]*/.exec(text)?.[0];
	if (line === undefined || ![...interest.variables].some((name) => text.includes(name))) return null;
	const [program, ...operands] = line
		.slice(line.indexOf('#!') + 2)
		.trim()
		.split(/\s+/)
		.map((word) => word.slice(word.lastIndexOf('/') + 1));
	const name = (program === 'env' ? operands.find((word) => !/^-|=/.test(word)) : program) ?? '';
	if (!/^(?:t?csh|fish|xonsh|nu|elvish|i?python[\d.]*|perl|ruby|node|pwsh|expect|tclsh|Rscript)$/.test(name)) return null;
	return {
		rule: 'file/syntax',
		message: `a script for ${name}, not for a POSIX shell`,
		span: { start: 0, end: line.length },
		refuses: true,
	};
}

type Parsed =
	| { readonly ok: true; readonly script: Script; readonly nested: readonly NestedCommand[]; readonly dialect: ShellDialect }
	| { readonly ok: false; readonly problem: Diagnostic };

/** The commands of a script, or why it is left as it is. `start` is behind a byte order mark. */
export function parseScript(path: string, text: string, start: number): Parsed {
	try {
		const dialect = { crlf: isCrlf(text), ansiQuotes: readsAnsiQuotes(path, text) };
		const script = parseShell(text, { start, end: text.length }, dialect);
		return { ok: true, script, nested: nestedCommands(text, script, dialect), dialect };
	} catch (error) {
		if (!(error instanceof ShellSyntaxError)) throw error;
		const at = Math.min(error.at, Math.max(0, text.length - 1));
		const span = { start: at, end: Math.min(at + 1, text.length) };
		return { ok: false, problem: { rule: 'file/syntax', message: error.message, span, refuses: true } };
	}
}

/** True where every line ends in CRLF: such a script only runs under a shell that takes CRLF for a line ending. */
export function isCrlf(text: string): boolean {
	return text.includes('\r\n') && !/(^|[^\r])\n/.test(text);
}

function readsAnsiQuotes(path: string, text: string): boolean {
	const shebang = /^(?:\xef\xbb\xbf)?#![^\n]*/.exec(text)?.[0];
	if (shebang !== undefined) return /\b(bash|zsh|ksh)\b/.test(shebang);
	return /(\.(bash|zsh|ksh)|\/?\.(envrc|bash\w+|z\w+|kshrc))$/.test(path);
}

/** Truth about CRLF: the values below are right only where a shell drops the carriage return. */
function carriageReturns(text: string): Diagnostic[] {
	if (!isCrlf(text)) return [];
	const at = text.indexOf('\r');
	const message = 'CRLF line endings: a POSIX shell takes the carriage return as part of each value; convert the file to LF';
	return [{ rule: 'file/syntax', message, span: { start: at, end: at + 1 }, refuses: false }];
}

/** Widens a line to the commands that start on it. */
function statementAt(script: Script, line: Span): Span {
	let { end } = line;
	for (const { span } of script.commands) if (span.start >= line.start && span.start <= line.end) end = Math.max(end, span.end);
	return { start: line.start, end };
}

function headerOf(script: Script): Span[] {
	const first = script.commands[0]?.span.start ?? Number.POSITIVE_INFINITY;
	return script.comments.map(({ span }) => span).filter(({ start }) => start < first);
}
