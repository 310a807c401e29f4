import { ShellSyntaxError } from '../text/shell/command.ts';
import { launchOf } from '../text/shell/launch.ts';
import { exportedAssignments, nestedCommands } from '../text/shell/nested.ts';
import { parseShell } from '../text/shell/parser.ts';
import { calleeOf } from './calls.ts';
import { kind, packed, string } from './lexer.ts';
import { literalText, type PythonText, type ReadValue } from './values.ts';

/** Functions that start a shell or a program with a command line, by their last name: `os.system`, `subprocess.run`, `c.run`. */
const launchers =
	/^(?:system|popen|Popen|run|call|check_call|check_output|getoutput|getstatusoutput|create_subprocess_shell|create_subprocess_exec)$/;

const operators = { plus: packed('+'), percent: packed('%'), dot: packed('.') };
const dialect = { crlf: false, ansiQuotes: true } as const;

/** A variable that a command line in a string gives to the program that it starts. */
export interface LaunchedVariable {
	readonly variable: string;
	readonly read: ReadValue;
}

/**
 * Variables that the string at token `i` sets for a program, where it is a command line that the call around it starts:
 * `os.system("A=0 python x.py")`, `subprocess.run(["bash", "-c", "A=0 python x.py"])`. Never rewritten: the offsets of a
 * decoded string are not those of the file. What stands in a container's command line is left out: it counts other devices.
 */
export function launchedBy(
	source: PythonText,
	i: number,
	opens: readonly number[],
	first: number,
	variables: ReadonlySet<string>,
): readonly LaunchedVariable[] {
	const given = assignedByEnv(source, i, opens, first, variables);
	if (given !== null) return [given];
	const text = isLaunched(source, i, opens, first) ? commandLine(source, i) : null;
	if (text === null || ![...variables].some((name) => text.includes(`${name}=`))) return [];
	try {
		const script = parseShell(text, { start: 0, end: text.length }, dialect);
		const own = script.commands.map((command) => ({ command, container: false }));
		return [...own, ...nestedCommands(text, script, dialect)].flatMap(({ command, container }) => {
			const launch = launchOf(command);
			if (container || launch?.container === true) return [];
			// The program's name may stand in the next piece of the text.
			const open = command.words.length === 0 && continues(source, i) ? command.assignments : [];
			return [...open, ...(launch?.assignments ?? []), ...exportedAssignments(command)]
				.filter(({ name }) => variables.has(name))
				.map(({ name, value }) => ({ variable: name, read: readOf(source, i, value.fallback?.value ?? value, text.length) }));
		});
	} catch (error) {
		if (error instanceof ShellSyntaxError) return [];
		throw error;
	}
}

/** `"X=0"` among the arguments of a launcher, behind `"env"`. */
function assignedByEnv(
	source: PythonText,
	i: number,
	opens: readonly number[],
	first: number,
	variables: ReadonlySet<string>,
): LaunchedVariable | null {
	const { tokens } = source;
	const open = opens.at(-1) as number;
	const call = opens.at(-2);
	if (!tokens.isOpen(open, '[') || call === undefined || !launchers.test(calleeOf(tokens, call, first).at(-1) ?? '')) return null;
	if (!/^["'](?:[^"']*\/)?env["']$/.test(tokens.kinds[open + 1] === kind.string ? tokens.text(open + 1) : '')) return null;
	const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(literalText(source, { first: i, end: i + 1 }) ?? '');
	if (match === null || !variables.has(match[1] as string)) return null;
	return {
		variable: match[1] as string,
		read: { value: { kind: 'literal', text: match[2] as string }, notRewritable: 'it stands in a command line' },
	};
}

/** The string is an argument of a launcher, or the operand of `-c` in its list of arguments. */
function isLaunched({ tokens }: PythonText, i: number, opens: readonly number[], first: number): boolean {
	const open = opens.at(-1);
	if (open === undefined) return false;
	const list = tokens.isOpen(open, '[') || (tokens.isOpen(open, '(') && calleeOf(tokens, open, first).length === 0);
	const call = list ? opens.at(-2) : open;
	if (call === undefined || !launchers.test(calleeOf(tokens, call, first).at(-1) ?? '')) return false;
	return !list || /^["']-[a-z]*c["']$/.test(i >= 2 && tokens.kinds[i - 2] === kind.string ? tokens.text(i - 2) : '');
}

/** The text of the string; what an f-string puts in stands as a variable of the shell, which nobody knows either. */
function commandLine(source: PythonText, i: number): string | null {
	const { tokens, bytes } = source;
	const flags = tokens.data[i] as number;
	if ((flags & string.fields) === 0) return literalText(source, { first: i, end: i + 1 });
	const quote = (flags & string.triple) !== 0 ? 3 : 1;
	const start = (tokens.starts[i] as number) + (flags >> 8) + quote;
	const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(
		'latin1',
		start,
		(tokens.ends[i] as number) - quote,
	);
	return raw.includes('\\') ? null : raw.replace(/\{[^{}]*\}/g, '$_');
}

/** More of the text follows in another piece. */
function continues({ tokens }: PythonText, i: number): boolean {
	return tokens.kinds[i + 1] === kind.string || tokens.isOperator(i + 1, operators.plus);
}

function readOf(
	source: PythonText,
	i: number,
	{ value, span }: { readonly value: ReadValue['value']; readonly span: { readonly end: number } },
	length: number,
): ReadValue {
	const { tokens } = source;
	const formatted = tokens.isOperator(i + 1, operators.percent) || tokens.isOperator(i + 1, operators.dot);
	const cut = span.end === length && continues(source, i);
	const open = value.kind === 'literal' && (cut || (formatted && /[%{]/.test(value.text)));
	if (open) return { value: { kind: 'dynamic', why: 'an expression' } };
	return value.kind === 'literal' ? { value, notRewritable: 'it stands in a command line' } : { value };
}
