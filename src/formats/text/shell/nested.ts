import type { Span } from '../../../core/ports/format.ts';
import { type Assignment, type Command, type Script, ShellSyntaxError, type ShellValue, type Word } from './command.ts';
import { parseShell, type ShellDialect } from './parser.ts';

/** A command of a text that another shell is started with: `sh -c '…'`. */
export interface NestedCommand {
	readonly command: Command;
	/** That shell runs in a container. */
	readonly container: boolean;
}

/** Shells in shells deeper than this are nobody's code. */
const maxDepth = 3;

/** Programs before a shell that hand it their arguments as they are. */
const carriesOn = /^(?:sudo|doas|nohup|setsid|nice|ionice|time|timeout|stdbuf|taskset|numactl|command|exec|env|srun|flock)$/;
const containerTool = /^(?:docker|podman|nerdctl|docker-compose|podman-compose|singularity|apptainer)$/;
const shell = /^(?:ba|da|a|z|k)?sh$/;

/**
 * The commands within `sh -c '…'` and its kin. They stand apart from the script's own: what they set holds for them alone, and
 * no line can be put between them. Every literal is spelled `inside`: only plain text fits between the quotes around it. A
 * text that is not understood, or that is not one quoted string, is passed over.
 */
export function nestedCommands(text: string, script: Script, dialect: ShellDialect, depth = 1): readonly NestedCommand[] {
	if (depth > maxDepth) return [];
	return script.commands.flatMap((command) => {
		const found = commandString(command.words);
		if (found === null) return [];
		const inner = parsed(text, found.span, dialect);
		if (inner === null) return [];
		const deeper = nestedCommands(text, inner, dialect, depth + 1).map((nested) => ({
			...nested,
			container: nested.container || found.container,
		}));
		const own = inner.commands.map((nested) => ({ command: insideQuotes(nested), container: found.container }));
		return [...own, ...deeper];
	});
}

/** What a command assigns for the programs that it or its shell starts: `A=1 cmd`, `export A=1`. */
export function exportedAssignments({ words }: Command): readonly Assignment[] {
	const program = words[0]?.value;
	if (program?.kind !== 'literal' || program.text !== 'export') return [];
	return words.slice(1).flatMap(({ assignment }) => assignment ?? []);
}

/** Where the operand of `-c` stands, without its quotes. */
function commandString(words: readonly Word[]): { readonly span: Span; readonly container: boolean } | null {
	const lead = baseName(words[0]);
	const container = containerTool.test(lead);
	const at = words.findIndex((word) => shell.test(baseName(word)));
	if (at < 0 || (at > 0 && !container && !carriesOn.test(lead))) return null;
	for (let i = at + 1; i < words.length - 1; i++) {
		const option = literal(words[i]);
		if (/^-[a-z]*c$/.test(option)) {
			const { span, spelling, raw } = words[i + 1] as Word;
			const exact = spelling === 'single' || (spelling === 'double' && !/[\\`]/.test(raw));
			return exact && /^(['"]).*\1$/s.test(raw) ? { span: { start: span.start + 1, end: span.end - 1 }, container } : null;
		}
		if (!/^[-+]/.test(option) && !/^[-+]o$/.test(literal(words[i - 1]))) return null;
	}
	return null;
}

function parsed(text: string, span: Span, dialect: ShellDialect): Script | null {
	try {
		return parseShell(text, span, dialect);
	} catch (error) {
		if (error instanceof ShellSyntaxError) return null;
		throw error;
	}
}

function insideQuotes(command: Command): Command {
	const value = <T extends ShellValue>(of: T): T => {
		const { fallback } = of;
		return { ...of, spelling: 'inside', ...(fallback ? { fallback: { ...fallback, value: value(fallback.value) } } : {}) };
	};
	const assignment = (of: Assignment): Assignment => ({ ...of, value: value(of.value) });
	return {
		...command,
		assignments: command.assignments.map(assignment),
		words: command.words.map((word) => (word.assignment ? { ...word, assignment: assignment(word.assignment) } : word)),
	};
}

function literal(word: Word | undefined): string {
	return word?.value.kind === 'literal' ? word.value.text : '';
}

function baseName(word: Word | undefined): string {
	const text = literal(word);
	return text.slice(text.lastIndexOf('/') + 1);
}
