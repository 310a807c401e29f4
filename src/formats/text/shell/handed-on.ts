import type { SettingValue, Span } from '../../../core/ports/format.ts';
import { type Command, type Script, ShellSyntaxError, type ShellValue, type Word } from './command.ts';
import { launchOf } from './launch.ts';
import { exportedAssignments } from './nested.ts';
import { parseShell, type ShellDialect } from './parser.ts';

/** A variable that a command hands on in its arguments or its input, in a way that only the program itself understands. */
export interface HandedOn {
	readonly name: string;
	readonly value: SettingValue;
	readonly span: Span;
	/** Where it stands: `an argument of sbatch`, `a heredoc`. */
	readonly where: string;
}

/** Texts in texts deeper than this are nobody's code. */
const maxDepth = 3;

/** Programs and functions whose arguments are text to show, to search or to compare, by a part of their name. */
const talks =
	/(?:^|[_-])(?:echo|print|printf|log|logger|msg|message|say|info|warn|warning|error|err|debug|banner|title|header|note|usage|help|fail|fatal|abort|success|step|die|notify|test|expr|[ef]?grep|rg|sed|awk|git|gh)(?:[_-]|$)|^\[/i;
/** Programs whose arguments are for another machine or for a container, where other devices count. */
const elsewhere = new Set(
	'ssh mosh pdsh pssh scp rsync curl wget ansible docker podman nerdctl buildah docker-compose podman-compose kubectl helm oc'.split(
		' ',
	),
);
/** Programs that run what they read from their input in a shell. */
const reads = /^(?:(?:ba|da|a|z|k)?sh|sbatch|srun|qsub|bsub|at|batch|su)$/;
/** A comment that a batch system reads: `#SBATCH --export=A=1`, `#PBS -v A=1`. */
const directive = /^#(?:SBATCH|PBS|BSUB|OAR|COBALT|\$)[ \t]+(.*)$/;
const python = /^(?:i?python|pypy)[\d.]*$/;

/**
 * Variables of interest that stand where neither an assignment nor a launcher that we know explains them: `xargs env A=1 cmd`,
 * `sbatch --export=ALL,A=1`, `tmux new "A=1 cmd"`, `eval "export A=1"`, an array of assignments, backticks, a heredoc that a shell
 * reads. They are read so that a wrong value is said, and never rewritten.
 */
export function handedOn(
	text: string,
	script: Script,
	dialect: ShellDialect,
	variables: ReadonlySet<string>,
): readonly HandedOn[] {
	const reader = new Reader(dialect, variables);
	const found = script.commands.flatMap((command) => reader.inCommand(command));
	for (const { body, at } of script.heredocs) {
		const names = programsAt(script, at);
		const inner = text.slice(body.start, body.end);
		if (names.some((name) => elsewhere.has(name))) continue;
		if (names.some((name) => reads.test(name)))
			found.push(
				...reader.inText(inner, 1).map((each) => ({ ...each, span: lineOf(text, body, each.name), where: 'a heredoc' })),
			);
		else if (names.some((name) => python.test(name)))
			found.push(...reader.inPython(inner).map((each) => ({ ...each, span: lineOf(text, body, each.name), where: 'a heredoc' })));
	}
	for (const span of script.backticks) {
		const inner = text.slice(span.start + 1, span.end - 1).replace(/\\([`$\\])/g, '$1');
		found.push(...reader.inText(inner, 1).map((each) => ({ ...each, span, where: 'backticks' })));
	}
	for (const { span } of script.comments) {
		const words = directive.exec(text.slice(span.start, span.end))?.[1];
		if (words !== undefined) found.push(...reader.inDirective(words).map((each) => ({ ...each, span, where: 'a directive' })));
	}
	// A name that quotes or line ends cut in two is no name that a file is searched for.
	return found
		.filter(({ name, span }) => text.slice(span.start, span.end).includes(name))
		.sort((a, b) => a.span.start - b.span.start);
}

/** A variable with the value that a command line gives it. */
export interface Read {
	readonly name: string;
	readonly value: SettingValue;
}

/** What a text that is a command line by itself sets: `A=1 cmd`, `env A=1 cmd`, `export A=1; cmd`, `sh -c "A=1 cmd"`. */
export function setByCommandLine(text: string, dialect: ShellDialect, variables: ReadonlySet<string>): readonly Read[] {
	return new Reader(dialect, variables).inText(text, 1);
}

class Reader {
	readonly #dialect: ShellDialect;
	readonly #variables: ReadonlySet<string>;

	constructor(dialect: ShellDialect, variables: ReadonlySet<string>) {
		this.#dialect = dialect;
		this.#variables = variables;
	}

	inCommand({ assignments, words }: Command): HandedOn[] {
		const kept = assignments.flatMap(({ name, value }) => this.#kept(name, value));
		const program = baseName(words[0]);
		if (talks.test(program) || elsewhere.has(program)) return kept;
		const where = `an argument of ${program === '' ? 'a command' : program}`;
		return [
			...kept,
			...words.slice(1).flatMap((word): HandedOn[] => {
				const read =
					python.test(program) && literal(word) !== ''
						? [...this.#asAssignment(word), ...this.inPython(literal(word))]
						: this.#inWord(word);
				const inArray = word.assignment === undefined ? [] : this.#kept(word.assignment.name, word.assignment.value);
				return [...read.map((each) => ({ ...each, span: word.span, where })), ...inArray];
			}),
		];
	}

	/** What a variable keeps for later: a command line, or an array of assignments. */
	#kept(name: string, value: ShellValue): HandedOn[] {
		if (this.#variables.has(name) || talks.test(name)) return [];
		const elements = (value.elements ?? []).flatMap((word) => this.#inWord(word).map((each) => ({ ...each, span: word.span })));
		const own = value.elements === undefined ? this.inText(textOf(value), 1).map((each) => ({ ...each, span: value.span })) : [];
		return [...elements, ...own].map((each) => ({ ...each, where: `what ${name} keeps` }));
	}

	/** A quoted `A=1 cmd` is a command line before it is an assignment. */
	#inWord(word: Word): Read[] {
		const inText = this.inText(textOf(word), 1);
		return inText.length > 0 ? inText : [...this.#asAssignment(word), ...this.#asList(word)];
	}

	/** `A=1` as an argument of its own, however it is quoted. */
	#asAssignment(word: Word): Read[] {
		const { assignment } = word;
		if (assignment === undefined) {
			const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(literal(word));
			if (match === null || !this.#variables.has(match[1] as string)) return [];
			return [{ name: match[1] as string, value: { kind: 'literal', text: match[2] as string } }];
		}
		if (!this.#variables.has(assignment.name)) return [];
		const { value, fallback } = assignment.value;
		return [{ name: assignment.name, value: fallback?.value.value ?? value }];
	}

	/** `--export=ALL,A=1`, `--setenv=A=1`, `-eA=1`: within one argument without white space. */
	#asList(word: Word): Read[] {
		if (word.assignment !== undefined) return [];
		const text = textOf(word);
		if (/\s/.test(text)) return [];
		const found: Read[] = [];
		for (const name of this.#variables) {
			const match = new RegExp(`(?:^-{1,2}[A-Za-z][\\w-]*=|^-[A-Za-z]|,)["']?${name}=([^,"']*)`).exec(text);
			if (match !== null) found.push({ name, value: givenValue(match[1] as string) });
		}
		return found;
	}

	/** The assignments of a text that is itself a command line: `A=1 cmd`, `export A=1; cmd`. Not of prose that only begins otherwise. */
	inText(text: string, depth: number): Read[] {
		if (depth > maxDepth || ![...this.#variables].some((name) => text.includes(`${name}=`)) || !/[\s;]/.test(text.trim()))
			return [];
		let script: Script;
		try {
			script = parseShell(text, { start: 0, end: text.length }, this.#dialect);
		} catch (error) {
			if (error instanceof ShellSyntaxError) return [];
			throw error;
		}
		return script.commands.flatMap((command): Read[] => {
			const program = baseName(command.words[0]);
			if (talks.test(program) || elsewhere.has(program)) return [];
			const launch = launchOf(command);
			if (launch?.container === true) return [];
			const own = [...(launch?.assignments ?? []), ...exportedAssignments(command)]
				.filter(({ name }) => this.#variables.has(name))
				.map(({ name, value }) => ({ name, value: value.fallback?.value.value ?? value.value }));
			return [...own, ...command.words.slice(1).flatMap((word) => this.inText(textOf(word), depth + 1))];
		});
	}

	/** `--export=ALL,A=1` in the words of a directive. */
	inDirective(words: string): Read[] {
		return [...this.#variables].flatMap((name): Read[] => {
			const match = new RegExp(`(?:^|[\\s=,"'])${name}=([^,\\s"']*)`).exec(words);
			return match === null ? [] : [{ name, value: givenValue(match[1] as string) }];
		});
	}

	/** `os.environ["A"] = "1"` in the text of a Python program. */
	inPython(text: string): Read[] {
		return [...this.#variables].flatMap((name): Read[] => {
			const match = new RegExp(`environb?\\[\\s*b?["']${name}["']\\s*\\]\\s*=(?!=)\\s*(?:b?(["'])([^"'\\\\]*)\\1)?`).exec(text);
			if (match === null) return [];
			return [
				{ name, value: match[2] === undefined ? { kind: 'dynamic', why: 'an expression' } : { kind: 'literal', text: match[2] } },
			];
		});
	}
}

function givenValue(text: string): SettingValue {
	return /[$`]/.test(text) ? { kind: 'dynamic', why: 'another variable' } : { kind: 'literal', text };
}

/** Base names of the words of the command with the redirection at `at`. */
function programsAt(script: Script, at: number): string[] {
	const command = script.commands.findLast(({ span }) => span.start <= at && at < span.end);
	return (command?.words ?? []).map(baseName);
}

/** The first line of a body that names the variable. */
function lineOf(text: string, body: Span, name: string): Span {
	const at = text.indexOf(name, body.start);
	const start = at < 0 || at >= body.end ? body.start : at;
	const end = text.indexOf('\n', start);
	return { start, end: end < 0 || end > body.end ? body.end : end };
}

/** What a word says, quotes taken off; expansions stand as they are written. */
function textOf(word: ShellValue & { readonly raw?: string }): string {
	if (word.value.kind === 'literal') return word.value.text;
	const raw = word.raw ?? '';
	return /^(["']).*\1$/s.test(raw) ? raw.slice(1, -1) : raw;
}

function literal(word: Word | undefined): string {
	return word?.value.kind === 'literal' ? word.value.text : '';
}

function baseName(word: Word | undefined): string {
	const text = literal(word);
	return text.slice(text.lastIndexOf('/') + 1);
}
