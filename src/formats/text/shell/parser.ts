import type { SettingValue, Span } from '../../../core/ports/format.ts';
import { decode } from '../bytes.ts';
import type { Comment } from '../ignores.ts';
import {
	type Assignment,
	type Command,
	type Fallback,
	type LoopVariable,
	type Script,
	ShellSyntaxError,
	type ShellValue,
	type Spelling,
	type Standing,
	type Word,
} from './command.ts';

/** How a shell text is embedded. */
export interface ShellDialect {
	/** CRLF ends a line; otherwise the carriage return is part of the text, as a POSIX shell has it. */
	readonly crlf: boolean;
	/** `$'…'` is ANSI-C quoting (bash, zsh, ksh); a plain sh may take it literally. */
	readonly ansiQuotes: boolean;
	/** Dockerfile: comment lines and empty lines between continuation lines are not part of the command. */
	readonly dockerfile?: boolean;
}

const ORDER: readonly Standing[] = ['top', 'conditional', 'deferred', 'child'];
const ASSIGNMENT = /[A-Za-z_][A-Za-z0-9_]*(\[[^\]\n]*\])?(\+)?=/y;
const PARAMETER = /!?(?:[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-])/y;
const CLOSERS = new Set(['then', 'else', 'elif', 'fi', 'do', 'done', 'esac', '}']);
const PATTERN = /[*?]|\[[^\]]+\]|\{[^}]*(?:,|\.\.)[^}]*\}/;
const PLAIN = /^[A-Za-z0-9_.:,/@%+=-]*$/;

/** The deeper of two standings. */
function deeper(a: Standing, b: Standing): Standing {
	return ORDER.indexOf(a) > ORDER.indexOf(b) ? a : b;
}

/**
 * Reads the commands of a POSIX shell text (with what bash, ksh and zsh add to its words) in a `byteText`. Heredoc bodies and text
 * inside quotes and backticks are passed over. Throws ShellSyntaxError on whatever it does not understand.
 */
export function parseShell(text: string, span: Span, dialect: ShellDialect): Script {
	return new Parser(text, span, dialect).script();
}

interface Heredoc {
	readonly delimiter: string;
	readonly stripTabs: boolean;
	readonly at: number;
}

/** The pieces of a word as they are collected. */
interface Pieces {
	text: string;
	why: string | null;
	fallbacks: Fallback[];
	/** A fallback that is the whole word so far. */
	whole: Fallback | null;
	/** Unquoted `~`, `*`, `?`, `[`, `{`: the shell may expand it. */
	pattern: boolean;
}

class Parser {
	private readonly text: string;
	private readonly end: number;
	private readonly dialect: ShellDialect;
	private at: number;
	private heredocs: Heredoc[] = [];
	private readonly commands: Command[] = [];
	private readonly loops: LoopVariable[] = [];
	private readonly comments: Comment[] = [];
	private readonly bodies: { body: Span; at: number }[] = [];
	private readonly backticked: Span[] = [];
	private depth = 0;

	constructor(text: string, span: Span, dialect: ShellDialect) {
		this.text = span.end === text.length ? text : text.slice(0, span.end);
		this.at = span.start;
		this.end = span.end;
		this.dialect = dialect;
	}

	script(): Script {
		this.list('top');
		if (this.at < this.end) throw this.unexpected();
		this.readHeredocs();
		const bySpan = (a: { span: Span }, b: { span: Span }): number => a.span.start - b.span.start;
		return {
			commands: this.commands.sort(bySpan),
			loops: this.loops.sort(bySpan),
			comments: this.comments.sort(bySpan),
			heredocs: this.bodies,
			backticks: this.backticked,
		};
	}

	private unexpected(): ShellSyntaxError {
		if (this.at >= this.end) return new ShellSyntaxError('the text ends inside a command', Math.max(0, this.end - 1));
		const found = /[^\s]{1,12}/y;
		found.lastIndex = this.at;
		return new ShellSyntaxError(`unexpected ${JSON.stringify(decode(found.exec(this.text)?.[0] ?? ''))}`, this.at);
	}

	// White space, comments, lines

	private newlineLength(at: number): number {
		if (this.text[at] === '\n') return 1;
		return this.dialect.crlf && this.text.startsWith('\r\n', at) ? 2 : 0;
	}

	/** Length of a `\` with its line ending at `at`, and in a Dockerfile of the comment lines behind it; 0 where there is none. */
	private continuationLength(at: number): number {
		if (this.text[at] !== '\\') return 0;
		let to = at + 1;
		if (this.dialect.dockerfile) while (this.text[to] === ' ' || this.text[to] === '\t') to++;
		const newline = this.newlineLength(to);
		if (newline === 0) return 0;
		to += newline;
		if (!this.dialect.dockerfile) return to - at;
		for (;;) {
			const line = /[ \t]*(#[^\r\n]*)?/y;
			line.lastIndex = to;
			const match = line.exec(this.text) as RegExpExecArray;
			const behind = to + match[0].length;
			const ending = this.newlineLength(behind);
			if (ending === 0) return to - at;
			to = behind + ending;
		}
	}

	private blanks(): void {
		while (this.at < this.end) {
			const char = this.text[this.at];
			if (char === ' ' || char === '\t') this.at++;
			else if (char === '\\' && this.continuationLength(this.at) > 0) this.at += this.continuationLength(this.at);
			else if (char === '#') this.comment();
			else return;
		}
	}

	private comment(): void {
		const start = this.at;
		while (this.at < this.end && this.newlineLength(this.at) === 0) this.at++;
		let before = start;
		while (before > 0 && (this.text[before - 1] === ' ' || this.text[before - 1] === '\t')) before--;
		const alone = before === 0 || this.text[before - 1] === '\n';
		// a comment is met again where a look ahead is given up
		if (!this.comments.some(({ span }) => span.start === start)) this.comments.push({ span: { start, end: this.at }, alone });
	}

	/** Passes one line ending and the heredoc bodies that start behind it. */
	private newline(): boolean {
		const length = this.newlineLength(this.at);
		if (length === 0) return false;
		this.at += length;
		this.readHeredocs();
		return true;
	}

	private separators(): void {
		do this.blanks();
		while (this.newline());
	}

	private readHeredocs(): void {
		for (const { delimiter, stripTabs, at } of this.heredocs.splice(0)) {
			const start = this.at;
			for (;;) {
				if (this.at >= this.end) throw new ShellSyntaxError(`the heredoc ${decode(delimiter)} is never closed`, at);
				const lineStart = this.at;
				while (this.at < this.end && this.newlineLength(this.at) === 0) this.at++;
				const line = this.text.slice(lineStart, this.at);
				this.at += this.newlineLength(this.at);
				if ((stripTabs ? line.replace(/^\t+/, '') : line) === delimiter) {
					this.bodies.push({ body: { start, end: lineStart }, at });
					break;
				}
			}
		}
	}

	// Lists and compound commands

	/** Commands up to a closing reserved word, `)`, `;;` or the end. */
	private list(standing: Standing): void {
		if (++this.depth > 200) throw new ShellSyntaxError('nested too deeply', this.at);
		for (;;) {
			this.separators();
			if (
				this.at >= this.end ||
				this.text[this.at] === ')' ||
				this.text.startsWith(';;', this.at) ||
				this.text.startsWith(';&', this.at)
			) {
				break;
			}
			if (CLOSERS.has(this.reserved())) break;
			this.andOr(standing);
			this.blanks();
			if (this.text[this.at] === ';' && this.text[this.at + 1] !== ';' && this.text[this.at + 1] !== '&') this.at++;
			else if (this.text[this.at] === '&') this.at++;
			else if (this.newlineLength(this.at) === 0) {
				if (this.at < this.end && this.text[this.at] !== ')' && this.text[this.at] !== ';') throw this.unexpected();
			}
		}
		this.depth--;
	}

	private andOr(standing: Standing): void {
		const first = this.commands.length;
		const firstLoop = this.loops.length;
		let current = standing;
		for (;;) {
			const before = this.commands.length;
			const start = this.at;
			this.pipeline(current);
			this.blanks();
			const operator = this.text.slice(this.at, this.at + 2);
			if (operator !== '&&' && operator !== '||') break;
			const [only, ...others] = this.commands.slice(before);
			const certain = operator === '&&' && others.length === 0 && only?.span.start === start && alwaysSucceeds(only);
			if (!certain) current = deeper(current, 'conditional');
			this.at += 2;
			this.separators();
		}
		if (this.text[this.at] === '&' && this.text[this.at + 1] !== '&') this.deepen(first, firstLoop, 'child');
	}

	private deepen(first: number, firstLoop: number, standing: Standing): void {
		for (const command of this.commands.slice(first)) command.standing = deeper(command.standing, standing);
		for (const loop of this.loops.slice(firstLoop)) loop.standing = deeper(loop.standing, standing);
	}

	private pipeline(standing: Standing): void {
		const first = this.commands.length;
		const firstLoop = this.loops.length;
		for (;;) {
			const word = this.reserved();
			if (word !== '!' && word !== 'time') break;
			this.at += word.length;
			this.blanks();
			if (word === 'time' && this.reserved() === '-p') this.at += 2;
			this.blanks();
		}
		if (this.newlineLength(this.at) > 0 || this.at >= this.end) return;
		this.command(standing);
		this.blanks();
		let piped = false;
		while (this.text[this.at] === '|' && this.text[this.at + 1] !== '|') {
			piped = true;
			this.at += this.text[this.at + 1] === '&' ? 2 : 1;
			this.separators();
			this.command(standing);
			this.blanks();
		}
		if (piped) this.deepen(first, firstLoop, 'child');
	}

	/** The unquoted word at the current place, where it can be a reserved word; else empty. */
	private reserved(): string {
		const word = /(?:!|[{}]|\[\[|-p|[a-z]+)(?=[\s;&|<>()]|$)/y;
		word.lastIndex = this.at;
		return word.exec(this.text)?.[0] ?? '';
	}

	private expect(word: string, opened: number): void {
		this.separators();
		if (this.reserved() !== word) {
			if (this.at >= this.end) throw new ShellSyntaxError(`"${word}" is missing for what is opened here`, opened);
			throw this.unexpected();
		}
		this.at += word.length;
	}

	private command(standing: Standing): void {
		const start = this.at;
		const word = this.reserved();
		switch (word) {
			case 'if':
				this.at += 2;
				this.ifClause(standing, start);
				break;
			case 'while':
			case 'until':
				this.at += word.length;
				this.list(standing);
				this.expect('do', start);
				this.list(deeper(standing, 'conditional'));
				this.expect('done', start);
				break;
			case 'for':
			case 'select':
				this.at += word.length;
				this.forClause(standing, start);
				break;
			case 'case':
				this.at += 4;
				this.caseClause(standing, start);
				break;
			case '{':
				this.at += 1;
				this.list(standing);
				this.expect('}', start);
				break;
			case '[[':
				this.at += 2;
				this.test(start, standing);
				break;
			case 'function':
				this.at += 8;
				this.blanks();
				this.word(standing);
				this.blanks();
				if (/^\([ \t]*\)/.test(this.text.slice(this.at, this.at + 40))) this.at = this.text.indexOf(')', this.at) + 1;
				this.separators();
				this.command('deferred');
				return;
			case 'coproc':
				throw new ShellSyntaxError('coproc is not understood', start);
			default:
				if (CLOSERS.has(word)) throw this.unexpected();
				if (this.text[this.at] === '(') this.parentheses(start);
				else {
					this.simple(standing);
					return;
				}
		}
		this.blanks();
		while (this.redirection(standing)) this.blanks();
	}

	private ifClause(standing: Standing, start: number): void {
		const inner = deeper(standing, 'conditional');
		this.list(standing);
		this.expect('then', start);
		this.list(inner);
		for (;;) {
			const word = this.reserved();
			if (word === 'elif') {
				this.at += 4;
				this.list(inner);
				this.expect('then', start);
				this.list(inner);
			} else if (word === 'else') {
				this.at += 4;
				this.list(inner);
			} else break;
		}
		this.expect('fi', start);
	}

	private forClause(standing: Standing, start: number): void {
		this.blanks();
		if (this.text.startsWith('((', this.at)) {
			const close = this.arithmeticEnd(this.at + 2);
			if (close === null) throw new ShellSyntaxError('"))" is missing', start);
			this.at = close;
		} else {
			const name = /[A-Za-z_][A-Za-z0-9_]*/y;
			name.lastIndex = this.at;
			const match = name.exec(this.text);
			if (match === null) throw this.unexpected();
			this.loops.push({ name: match[0], span: { start, end: this.at + match[0].length }, standing });
			this.at += match[0].length;
			this.separators();
			if (this.reserved() === 'in') {
				this.at += 2;
				this.words(standing);
			}
		}
		this.blanks();
		if (this.text[this.at] === ';') this.at++;
		this.separators();
		const inner = deeper(standing, 'conditional');
		if (this.reserved() === '{') {
			this.at += 1;
			this.list(inner);
			this.expect('}', start);
			return;
		}
		this.expect('do', start);
		this.list(inner);
		this.expect('done', start);
	}

	private words(standing: Standing): void {
		for (;;) {
			this.blanks();
			if (this.at >= this.end || this.newlineLength(this.at) > 0 || this.text[this.at] === ';') return;
			this.word(standing);
		}
	}

	private caseClause(standing: Standing, start: number): void {
		this.blanks();
		this.word(standing);
		this.expect('in', start);
		for (;;) {
			this.separators();
			if (this.reserved() === 'esac') break;
			if (this.text[this.at] === '(') this.at++;
			for (;;) {
				this.blanks();
				this.word(standing);
				this.blanks();
				if (this.text[this.at] !== '|') break;
				this.at++;
			}
			if (this.text[this.at] !== ')') {
				if (this.at >= this.end) throw new ShellSyntaxError('"esac" is missing for what is opened here', start);
				throw this.unexpected();
			}
			this.at++;
			this.list(deeper(standing, 'conditional'));
			const terminator = /;;&|;;|;&/y;
			terminator.lastIndex = this.at;
			const match = terminator.exec(this.text);
			if (match !== null) this.at += match[0].length;
			else if (this.reserved() !== 'esac') {
				if (this.at >= this.end) throw new ShellSyntaxError('"esac" is missing for what is opened here', start);
				throw this.unexpected();
			}
		}
		this.expect('esac', start);
	}

	/** `[[ … ]]`: passed over, quotes and substitutions understood. */
	private test(start: number, standing: Standing): void {
		for (;;) {
			this.separators();
			if (this.at >= this.end) throw new ShellSyntaxError('"]]" is missing for what is opened here', start);
			if (/^\]\](?:[\s;&|<>()]|$)/.test(this.text.slice(this.at, this.at + 3))) break;
			if ('()<>&|!;'.includes(this.text[this.at] as string)) this.at++;
			else this.word(standing);
		}
		this.at += 2;
	}

	private parentheses(start: number): void {
		if (this.text[this.at + 1] === '(') {
			const close = this.arithmeticEnd(this.at + 2);
			if (close !== null) {
				this.at = close;
				return;
			}
		}
		this.at++;
		this.subshell(start);
	}

	/** Commands up to the `)` of a subshell or substitution that was opened at `start`. */
	private subshell(start: number): void {
		this.list('child');
		if (this.text[this.at] !== ')') {
			if (this.at >= this.end) throw new ShellSyntaxError('")" is missing for what is opened here', start);
			throw this.unexpected();
		}
		this.at++;
	}

	/** Offset behind the `))` of an arithmetic expression whose inside starts at `from`; `null` where it is none. */
	private arithmeticEnd(from: number): number | null {
		let depth = 0;
		for (let at = from; at < this.end; at++) {
			const char = this.text[at];
			if (char === '\\') at++;
			else if (char === '"' || char === "'") {
				const close = this.text.indexOf(char, at + 1);
				if (close === -1) return null;
				at = close;
			} else if (char === '(') depth++;
			else if (char === ')') {
				if (depth === 0) return this.text[at + 1] === ')' ? at + 2 : null;
				depth--;
			} else if (char === ';' && depth === 0 && this.text[at + 1] === ';') return null;
		}
		return null;
	}

	// Simple commands

	private simple(standing: Standing): void {
		const start = this.at;
		const assignments: Assignment[] = [];
		const words: Word[] = [];
		let last = this.at;
		for (;;) {
			this.blanks();
			if (this.redirection(standing)) {
				last = this.at;
				continue;
			}
			if (this.endsWord(this.at) && !this.text.startsWith('<(', this.at) && !this.text.startsWith('>(', this.at)) {
				if (this.text[this.at] === '(' && words.length === 1 && assignments.length === 0 && this.isFunction(words[0] as Word))
					return;
				break;
			}
			const word = this.word(standing);
			if (words.length === 0 && word.assignment !== undefined && word.assignment.span.start === word.span.start) {
				assignments.push(word.assignment);
			} else words.push(word);
			last = this.at;
		}
		if (last === start) throw this.unexpected();
		this.commands.push({ assignments, words, span: { start, end: last }, standing });
	}

	/** `name()` and the body behind it. */
	private isFunction(name: Word): boolean {
		const open = /\([ \t]*\)/y;
		open.lastIndex = this.at;
		const match = open.exec(this.text);
		if (match === null || name.value.kind !== 'literal') return false;
		this.at += match[0].length;
		this.separators();
		this.command('deferred');
		return true;
	}

	private redirection(standing: Standing): boolean {
		const operator = /(?:[0-9]+|\{[A-Za-z_]\w*\})?(<<<|<<-|<<|<>|<&|>&|>>|>\||<(?!\()|>(?!\())|(&>>|&>)/y;
		operator.lastIndex = this.at;
		const match = operator.exec(this.text);
		if (match === null) return false;
		const start = this.at;
		this.at += match[0].length;
		this.blanks();
		if (match[1] === '<<' || match[1] === '<<-') {
			const from = this.at;
			this.word(standing);
			const delimiter = this.text
				.slice(from, this.at)
				.replace(/\\\r?\n/g, '')
				.replace(/\\(.)|['"]/g, '$1');
			this.heredocs.push({ delimiter, stripTabs: match[1] === '<<-', at: start });
		} else this.word(standing);
		return true;
	}

	// Words

	private endsWord(at: number): boolean {
		if (at >= this.end) return true;
		return ' \t\n;&|<>()'.includes(this.text[at] as string) || this.newlineLength(at) > 0;
	}

	private word(standing: Standing): Word {
		const start = this.at;
		ASSIGNMENT.lastIndex = start;
		const head = ASSIGNMENT.exec(this.text);
		if (head !== null) {
			this.at += head[0].length;
			const from = this.at;
			const read = this.text[this.at] === '(' ? this.array(standing) : this.value(standing, true);
			const special = head[1] !== undefined ? 'an array element' : head[2] !== undefined ? 'an appended text' : null;
			const value: ShellValue = special === null ? read : { ...read, value: { kind: 'dynamic', why: special } };
			const name = (/^[A-Za-z0-9_]*/.exec(head[0]) as RegExpExecArray)[0];
			const span = { start, end: this.at };
			const whole: SettingValue =
				value.value.kind === 'literal'
					? { kind: 'literal', text: decode(this.text.slice(start, from)) + value.value.text }
					: value.value;
			const { fallbacks } = read;
			const raw = this.text.slice(start, this.at);
			return { raw, value: whole, span, spelling: 'word', fallbacks, assignment: { name, value, span } };
		}
		const word = this.value(standing, false);
		if (this.at === start) throw this.unexpected();
		const quoted = this.quotedAssignment(word);
		return quoted === null ? word : { ...word, assignment: quoted };
	}

	/** `"NAME=value"`: the assignment within one pair of quotes. */
	private quotedAssignment(word: Word): Assignment | null {
		if (word.spelling !== 'single' && word.spelling !== 'double') return null;
		const head = /[A-Za-z_][A-Za-z0-9_]*=/y;
		head.lastIndex = word.span.start + 1;
		const match = head.exec(this.text);
		if (match === null) return null;
		const span = { start: word.span.start + 1 + match[0].length, end: word.span.end - 1 };
		const text = this.text.slice(span.start, span.end);
		const name = match[0].slice(0, -1);
		const value: SettingValue =
			word.value.kind !== 'literal'
				? word.value
				: PLAIN.test(text)
					? { kind: 'literal', text }
					: { kind: 'literal', text: word.value.text.slice(match[0].length) };
		return { name, value: { value, span, spelling: 'inside' }, span: word.span };
	}

	private array(standing: Standing): Word {
		const start = this.at;
		const elements: Word[] = [];
		this.at++;
		for (;;) {
			this.separators();
			if (this.at >= this.end) throw new ShellSyntaxError('")" is missing for what is opened here', start);
			if (this.text[this.at] === ')') break;
			elements.push(this.word(standing));
		}
		this.at++;
		return {
			raw: this.text.slice(start, this.at),
			elements,
			value: { kind: 'dynamic', why: 'an array' },
			span: { start, end: this.at },
			spelling: 'word',
			fallbacks: [],
		};
	}

	/** A word or the value of an assignment, which may be empty. */
	private value(standing: Standing, assigned: boolean): Word {
		const start = this.at;
		const pieces: Pieces = { text: '', why: null, fallbacks: [], whole: null, pattern: false };
		let spelling: Spelling = 'word';
		for (;;) {
			const char = this.text[this.at];
			if (this.at >= this.end) break;
			if (char === '(' && this.at > start && '?*+@!'.includes(this.text[this.at - 1] as string)) {
				this.extendedPattern(standing, pieces);
				continue;
			}
			if ((char === '<' || char === '>') && this.text[this.at + 1] === '(') {
				const open = this.at;
				this.at += 2;
				this.subshell(open);
				pieces.why ??= 'a command';
				continue;
			}
			if (this.endsWord(this.at)) break;
			const pieceStart = this.at;
			if (char === "'") {
				pieces.text += decode(this.text.slice(this.at + 1, this.closing("'", this.at)));
				this.at = this.closing("'", this.at) + 1;
				if (pieceStart === start && this.endsWord(this.at)) spelling = 'single';
			} else if (char === '"') {
				const whole = this.doubleQuoted(standing, pieces);
				if (pieceStart === start && this.endsWord(this.at)) {
					spelling = 'double';
					if (whole !== null) pieces.whole = whole;
				}
			} else if (char === '\\') {
				const continuation = this.continuationLength(this.at);
				if (continuation > 0) this.at += continuation;
				else {
					if (this.at + 1 >= this.end) throw new ShellSyntaxError('the text ends behind a backslash', this.at);
					const length = this.characterLength(this.at + 1);
					pieces.text += decode(this.text.slice(this.at + 1, this.at + 1 + length));
					this.at += 1 + length;
				}
			} else if (char === '$') {
				const fallback = this.dollar(standing, pieces, false);
				if (fallback !== null && pieceStart === start && this.endsWord(this.at)) pieces.whole = fallback;
			} else if (char === '`') this.backticks(pieces);
			else {
				const plain = /[^ \t\r\n;&|<>()'"\\$`]+|[\s\S]/y;
				plain.lastIndex = this.at;
				const piece = (plain.exec(this.text) as RegExpExecArray)[0];
				const run = piece.slice(0, this.end - this.at);
				// a pattern letter before `(` opens an extended pattern, which the next round sees
				if (PATTERN.test(run) || (run.startsWith('~') && this.at === start) || (assigned && run.includes(':~')))
					pieces.pattern = true;
				pieces.text += decode(run);
				this.at += run.length;
			}
		}
		if (pieces.pattern && pieces.why === null && !(assigned && !pieces.text.includes('~'))) pieces.why = 'a pattern';
		const value: SettingValue =
			pieces.why === null ? { kind: 'literal', text: pieces.text } : { kind: 'dynamic', why: pieces.why };
		const raw = this.text.slice(start, this.at);
		const word = { raw, value, span: { start, end: this.at }, spelling, fallbacks: pieces.fallbacks };
		return pieces.whole === null ? word : { ...word, fallback: pieces.whole };
	}

	private characterLength(at: number): number {
		const lead = this.text.charCodeAt(at);
		return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
	}

	private closing(quote: string, open: number): number {
		const close = this.text.indexOf(quote, open + 1);
		if (close === -1) throw new ShellSyntaxError(`the quote ${quote} is never closed`, open);
		return close;
	}

	private extendedPattern(standing: Standing, pieces: Pieces): void {
		const open = this.at;
		this.at++;
		pieces.why ??= 'a pattern';
		for (;;) {
			this.separators();
			if (this.at >= this.end) throw new ShellSyntaxError('")" is missing for what is opened here', open);
			const char = this.text[this.at];
			if (char === ')') break;
			if (char === '|') this.at++;
			else this.word(standing);
		}
		this.at++;
	}

	/** Reads `"…"`; answers the fallback that is all of it, if one is. */
	private doubleQuoted(standing: Standing, pieces: Pieces): Fallback | null {
		const open = this.at;
		this.at++;
		let only: Fallback | null = null;
		let count = 0;
		for (;;) {
			if (this.at >= this.end) throw new ShellSyntaxError('the quote " is never closed', open);
			const char = this.text[this.at];
			if (char === '"') break;
			count++;
			if (char === '\\') {
				const continuation = this.continuationLength(this.at);
				const next = this.text[this.at + 1] ?? '';
				if (continuation > 0) this.at += continuation;
				else {
					pieces.text += '$`"\\'.includes(next) && next !== '' ? next : '\\';
					this.at += '$`"\\'.includes(next) ? 2 : 1;
				}
			} else if (char === '$') only = this.dollar(standing, pieces, true);
			else if (char === '`') this.backticks(pieces);
			else {
				const plain = /[^"\\$`]+/y;
				plain.lastIndex = this.at;
				const run = (plain.exec(this.text) as RegExpExecArray)[0].slice(0, this.end - this.at);
				pieces.text += decode(run);
				this.at += run.length;
			}
		}
		this.at++;
		return count === 1 ? only : null;
	}

	private backticks(pieces: Pieces): void {
		const open = this.at;
		this.at++;
		while (this.at < this.end && this.text[this.at] !== '`') this.at += this.text[this.at] === '\\' ? 2 : 1;
		if (this.at >= this.end) throw new ShellSyntaxError('the quote ` is never closed', open);
		this.at++;
		// met again where a look ahead is given up
		if (!this.backticked.some(({ start }) => start === open)) this.backticked.push({ start: open, end: this.at });
		pieces.why ??= 'a command';
	}

	/** Reads what a `$` starts; answers `${name:-value}` and its kin. */
	private dollar(standing: Standing, pieces: Pieces, quoted: boolean): Fallback | null {
		const open = this.at;
		const next = this.text[this.at + 1] ?? '';
		if (next === '(') {
			const arithmetic = this.text[this.at + 2] === '(' ? this.arithmeticEnd(this.at + 3) : null;
			if (arithmetic !== null) this.at = arithmetic;
			else {
				this.at += 2;
				this.subshell(open);
			}
			pieces.why ??= arithmetic !== null ? 'an expression' : 'a command';
		} else if (next === '{') return this.braces(standing, pieces, quoted);
		else if (!quoted && (next === "'" || next === '"')) {
			this.at++;
			if (next === '"') this.doubleQuoted(standing, pieces);
			else this.ansiQuoted(pieces);
			if (!this.dialect.ansiQuotes) pieces.why ??= `$${next}…${next}, which shells read differently`;
		} else if (next === '[') {
			const close = this.text.indexOf(']', this.at);
			if (close === -1) throw new ShellSyntaxError('"]" is missing', open);
			this.at = close + 1;
			pieces.why ??= 'an expression';
		} else {
			const name = /[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]/y;
			name.lastIndex = this.at + 1;
			const match = name.exec(this.text);
			this.at += 1 + (match?.[0].length ?? 0);
			if (match === null) pieces.text += '$';
			else pieces.why ??= /^[0-9@*]/.test(match[0]) ? 'an argument' : 'another variable';
		}
		return null;
	}

	private ansiQuoted(pieces: Pieces): void {
		const open = this.at;
		this.at++;
		while (this.at < this.end && this.text[this.at] !== "'") this.at += this.text[this.at] === '\\' ? 2 : 1;
		if (this.at >= this.end) throw new ShellSyntaxError("the quote ' is never closed", open);
		const body = this.text.slice(open + 1, this.at);
		if (body.includes('\\')) pieces.why ??= 'a text with escapes';
		pieces.text += decode(body);
		this.at++;
	}

	private braces(standing: Standing, pieces: Pieces, quoted: boolean): Fallback | null {
		const open = this.at;
		this.at += 2;
		if (this.text[this.at] === '#' && this.text[this.at + 1] !== '}') this.at++;
		PARAMETER.lastIndex = this.at;
		const parameter = PARAMETER.exec(this.text)?.[0] ?? '';
		this.at += parameter.length;
		if (this.text[this.at] === '[') {
			while (this.at < this.end && this.text[this.at] !== ']') this.at++;
			this.at++;
		}
		const operator = /:?[-=+?]|[#%/^,@:]+|/y;
		operator.lastIndex = this.at;
		const op = operator.exec(this.text)?.[0] ?? '';
		this.at += op.length;
		const from = this.at;
		const inner: Pieces = { text: '', why: null, fallbacks: pieces.fallbacks, whole: null, pattern: false };
		// inside double quotes a single quote is itself in `${x:-it's}`, a quote in `${x#'a'}`
		const literalQuotes = quoted && /^:?[-=+?]$/.test(op);
		while (this.text[this.at] !== '}') {
			if (this.at >= this.end) throw new ShellSyntaxError('"}" is missing for what is opened here', open);
			const char = this.text[this.at];
			if (char === '\\') this.at += 2;
			else if (char === "'" && !literalQuotes) this.at = this.closing("'", this.at) + 1;
			else if (char === '"') this.doubleQuoted(standing, inner);
			else if (char === '$') this.dollar(standing, inner, quoted);
			else if (char === '`') this.backticks(inner);
			else this.at++;
		}
		if (this.at >= this.end) throw new ShellSyntaxError('"}" is missing for what is opened here', open);
		const value = this.fallbackValue(from, this.at);
		this.at++;
		pieces.why ??= /^[0-9@*]/.test(parameter) ? 'an argument' : 'another variable';
		if (!/^:?[-=]$/.test(op) || !/^[A-Za-z_]/.test(parameter)) return null;
		const fallback = { name: parameter, assigns: op.endsWith('='), value, span: { start: open, end: this.at } };
		pieces.fallbacks.push(fallback);
		return fallback;
	}

	/** The default in `${x:-…}`: a literal where it is plain text, in quotes or not. */
	private fallbackValue(from: number, to: number): ShellValue {
		const match = /^(["']?)([A-Za-z0-9_.:,/@%+=-]*)\1$/.exec(this.text.slice(from, to));
		if (match === null)
			return { value: { kind: 'dynamic', why: 'an expression' }, span: { start: from, end: to }, spelling: 'inside' };
		const mark = (match[1] as string).length;
		return {
			value: { kind: 'literal', text: match[2] as string },
			span: { start: from + mark, end: to - mark },
			spelling: 'inside',
		};
	}
}

/** Setting literals cannot fail, so what `&&` joins to it runs all the same. */
function alwaysSucceeds({ assignments, words }: Command): boolean {
	const values = [...assignments, ...words.flatMap(({ assignment }) => assignment ?? [])];
	if (values.some(({ value }) => value.value.kind !== 'literal')) return false;
	const [name, ...rest] = words;
	if (name === undefined) return assignments.length > 0;
	const literal = name.value.kind === 'literal' ? name.value.text : '';
	return literal === 'export' && rest.every(({ assignment }) => assignment !== undefined);
}
