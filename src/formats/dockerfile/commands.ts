import type { DeviceLiteral, Span } from '../../core/ports/format.ts';
import { deviceLiteral, mayNameDevice } from '../text/device.ts';
import type { Comment } from '../text/ignores.ts';
import { type Command, ShellSyntaxError, type ShellValue, type Spelling } from '../text/shell/command.ts';
import { shellDevices } from '../text/shell/devices.ts';
import { launchOf } from '../text/shell/launch.ts';
import { nestedCommands } from '../text/shell/nested.ts';
import { parseShell } from '../text/shell/parser.ts';
import type { Instruction } from './lexer.ts';

/** A variable that a command of RUN, CMD or ENTRYPOINT sets for the programs that it starts. */
export interface CommandValue {
	readonly name: string;
	readonly value: ShellValue;
	readonly span: Span;
	readonly removes: boolean;
}

/** What the commands of one instruction say. */
export interface CommandText {
	readonly values: readonly CommandValue[];
	readonly devices: readonly DeviceLiteral[];
	readonly comments: readonly Comment[];
	/** The shell text was not understood. */
	readonly unreadable: { readonly message: string; readonly span: Span } | null;
}

const NOTHING: CommandText = { values: [], devices: [], comments: [], unreadable: null };
const DECLARATIONS = new Set(['export', 'declare', 'typeset', 'local', 'readonly']);

/** Reads the shell form or the exec form of RUN, CMD and ENTRYPOINT. */
export function readCommand(text: string, { args, heredoc }: Instruction): CommandText {
	if (heredoc) return NOTHING;
	const flags = /(?:--[a-z]+(?:=\S+)?(?:[ \t]+|[ \t]*\\[ \t]*\r?\n[ \t]*))*/y;
	flags.lastIndex = args.start;
	const start = args.start + (flags.exec(text)?.[0].length ?? 0);
	if (start >= args.end) return NOTHING;
	const strings = text[start] === '[' ? execForm(text, start, args.end) : null;
	return strings === null ? shellForm(text, { start, end: args.end }) : execCommand(text, strings);
}

function shellForm(text: string, span: Span, spelling?: Spelling): CommandText {
	try {
		const dialect = { crlf: text.includes('\r\n'), ansiQuotes: false, dockerfile: true };
		const script = parseShell(text, span, dialect);
		const nested = nestedCommands(text, script, dialect).map(({ command }) => command);
		return {
			values: [...valuesOf(script.commands, spelling), ...valuesOf(nested, 'inside')].sort((a, b) => a.span.start - b.span.start),
			devices: shellDevices(text, script),
			comments: script.comments,
			unreadable: null,
		};
	} catch (error) {
		if (!(error instanceof ShellSyntaxError)) throw error;
		return { ...NOTHING, unreadable: { message: error.message, span } };
	}
}

function valuesOf(commands: readonly Command[], spelling: Spelling | undefined): CommandValue[] {
	const values: CommandValue[] = [];
	const add = (name: string, value: ShellValue, span: Span): void => {
		const own = value.fallback?.name === name ? value.fallback.value : value;
		values.push({ name, value: spelling === undefined ? own : { ...own, spelling }, span, removes: false });
	};
	for (const command of commands) {
		const program = command.words[0]?.value.kind === 'literal' ? command.words[0].value.text : '';
		const operands = command.words.slice(1);
		if (command.words.length === 0) for (const { name, value, span } of command.assignments) add(name, value, span);
		else if (DECLARATIONS.has(program)) {
			for (const { assignment } of operands)
				if (assignment !== undefined) add(assignment.name, assignment.value, assignment.span);
		} else if (program === 'unset') {
			for (const { value, span } of operands) {
				if (value.kind !== 'literal') continue;
				values.push({ name: value.text, value: { value, span, spelling: 'inside' }, span, removes: true });
			}
		} else {
			const launch = launchOf(command);
			for (const { name, value, span } of launch?.assignments ?? []) add(name, value, span);
			for (const { name, span } of launch?.unset ?? []) {
				values.push({ name, value: { value: { kind: 'literal', text: '' }, span, spelling: 'inside' }, span, removes: true });
			}
		}
	}
	return values;
}

interface JsonString {
	readonly text: string;
	/** Without the quotes. */
	readonly span: Span;
}

/** Strings of a JSON array; `null` where it is none (the shell form then) or a string holds an escape that moves offsets. */
function execForm(text: string, start: number, end: number): JsonString[] | null {
	const strings: JsonString[] = [];
	const token = /[ \t]*(?:"([^"\\\r\n]*)"|([[\],])|\\[ \t]*\r?\n)/y;
	let shape = '';
	let at = start;
	while (at < end) {
		token.lastIndex = at;
		const match = token.exec(text);
		if (match === null || at + match[0].length > end) break;
		at += match[0].length;
		if (match[1] !== undefined) {
			strings.push({ text: match[1], span: { start: at - 1 - match[1].length, end: at - 1 } });
			shape += 's';
		} else shape += match[2] ?? '';
	}
	return /^\[(s(,s)*)?\]$/.test(shape) && /^[ \t]*$/.test(text.slice(at, end)) ? strings : null;
}

function execCommand(text: string, strings: readonly JsonString[]): CommandText {
	const program = strings[0]?.text.replace(/^.*\//, '') ?? '';
	if (/^(ba|da|a|z|k)?sh$/.test(program) && /^-[a-z]*c$/.test(strings[1]?.text ?? '') && strings[2] !== undefined) {
		return shellForm(text, strings[2].span, 'inside');
	}
	const values: CommandValue[] = [];
	if (program === 'env') {
		for (const { text: word, span } of strings.slice(1)) {
			const head = /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(word);
			if (head === null) break;
			const valueSpan = { start: span.start + head[0].length, end: span.end };
			const value = { kind: 'literal', text: word.slice(head[0].length) } as const;
			values.push({ name: head[1] as string, value: { value, span: valueSpan, spelling: 'inside' }, span, removes: false });
		}
	}
	const devices = strings.slice(1).flatMap(({ text: word, span }) => {
		const option = /^--?([A-Za-z0-9_-]+)=/.exec(word);
		if (option !== null && !mayNameDevice(option[1] as string)) return [];
		return deviceLiteral(text, span.start + (option?.[0].length ?? 0), span.end) ?? [];
	});
	return { values, devices, comments: [], unreadable: null };
}
