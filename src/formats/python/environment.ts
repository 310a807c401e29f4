import type { Effect, Interest, Setting, SettingValue, Span } from '../../core/ports/format.ts';
import { argumentsOf, calleeOf, dottedNameBefore, isTextCall } from './calls.ts';
import { importsOf } from './imports.ts';
import { kind, packed, string } from './lexer.ts';
import { launchedBy } from './shell-strings.ts';
import { BracketParts, place, splitAtCommas } from './statements.ts';
import {
	literalText,
	type PythonText,
	type ReadValue,
	readValue,
	spanOf,
	type TokenRange,
	withoutParentheses,
} from './values.ts';
import { lastKeyword, word } from './words.ts';

/** What a name of the file stands for. `copy`: a dictionary made from `os.environ` for a child process. */
type Meaning = 'os' | 'environ' | 'putenv' | 'unsetenv' | 'getenv' | 'copy';

/** A statement as this reader sees it. */
interface Statement extends TokenRange {
	readonly where: number;
	readonly assignment: Assignment | null;
}

interface Assignment {
	readonly targets: readonly TokenRange[];
	readonly value: TokenRange;
	/** `+=` and its kin. */
	readonly augmented: boolean;
}

/** A dictionary display that was assigned to a name, and may reach the environment later by that name. */
interface NamedEntries {
	readonly settings: Draft[];
	/** Token of the name where it was assigned. */
	readonly at: number;
}

interface Draft {
	readonly variable: string;
	readonly read: ReadValue;
	/** `null`: an entry of a dictionary that is not known to reach any environment. */
	effect: Effect | null;
	readonly span: Span;
}

const op = {
	dot: packed('.'),
	equals: packed('='),
	colon: packed(':'),
	comma: packed(','),
	bar: packed('|'),
	barEquals: packed('|='),
	doubleStar: packed('**'),
};

const augmented = new Set(['+=', '-=', '*=', '/=', '//=', '%=', '@=', '&=', '|=', '^=', '>>=', '<<=', '**='].map(packed));

/** More targets than this in one statement are not told apart. */
const manyTargets = 100;

/** A name that says that it holds an environment for somebody: `env`, `env_vars`, `child_environ`. */
const environmentName = /(?:^|_)env(?:s|iron|ironment|_?vars?|_?variables|_?dict|_?map)?(?:_|$|\d)|environ/i;

/** A function that says that it sets a variable: `set_env`, `setEnv`, `temp_environ`, `env.set`, `setitem`. `env("X", "0")` reads one. */
const setterName =
	/^(?:set|put|export|add|define|override|patch|temp|temporary|modified|with|use|mock)_?(?:os_?)?(?:env(?:iron(?:ment)?)?)?(?:_?(?:vars?|variables?))?$|^setitem$/i;

const osNames: Readonly<Record<string, Meaning>> = {
	environ: 'environ',
	environb: 'environ',
	putenv: 'putenv',
	unsetenv: 'unsetenv',
	getenv: 'getenv',
};

/** Finds what a module does to the variables of interest. Feed it the statements in order, then `finish`. */
export class EnvironmentReader {
	readonly #text: PythonText;
	readonly #interest: Interest;
	readonly #names = new Map<string, Meaning>([['os', 'os']]);
	readonly #drafts: Draft[] = [];
	readonly #named = new Map<string, NamedEntries>();
	/** Tokens that name a variable and are understood: keys that were read, or that made a setting. */
	readonly #accounted = new Set<number>();
	/** Variables that are named without our knowing what for. */
	readonly #mentions = new Set<string>();
	/** Writes of names that are computed. */
	readonly #computed: { readonly span: Span; readonly effect: Effect; readonly why: string }[] = [];
	/** Parts of brackets, whether they are a child's environment, and constants and bindings by name: asked for again and again in one file. */
	readonly #parts: BracketParts;
	readonly #childs = new Map<number, boolean>();
	readonly #constants = new Map<string, string | null>();
	readonly #bound = new Map<string, number>();
	#statement: Statement = { first: 0, end: 0, where: 0, assignment: null };
	#late = false;
	/** First `lambda` of the statement, its end where there is none, -1 before anybody asked. */
	#lambda = -1;
	/** True once the file gives the environment a name of its own: every statement may matter then. */
	everything = false;

	constructor(text: PythonText, interest: Interest) {
		this.#text = text;
		this.#interest = interest;
		this.#parts = new BracketParts(text.tokens);
	}

	/** From here on module-level settings come after a GPU import, which may stand in a function that was called meanwhile. */
	gpuImported(): void {
		this.#late = true;
	}

	statement(first: number, end: number, where: number): void {
		const { tokens } = this.#text;
		const imports = importsOf(tokens, first, end);
		if (imports.length > 0) {
			for (const { name, target } of imports) this.#bindImport(name, target);
			return;
		}
		const assignment = (where & place.header) === 0 ? assignmentOf(this.#text, first, end) : null;
		this.#statement = { first, end, where, assignment };
		this.#lambda = -1;
		if (tokens.kinds[first] === kind.magic) {
			this.#magic(first);
			return;
		}
		const opens: number[] = [];
		for (let i = first; i < end; i++) {
			const token = tokens.kinds[i];
			if (token === kind.open) opens.push(i);
			else if (token === kind.close) opens.pop();
			else if (token === kind.name) this.#name(i, opens);
			else if (token === kind.string) this.#string(i, opens);
		}
		if (assignment && !assignment.augmented) this.#bindAssignment(assignment);
	}

	/** The settings in source order. */
	finish(): Setting[] {
		for (const { span, effect, why } of this.#computed) {
			for (const variable of this.#mentions) this.#drafts.push({ variable, read: dynamic(why), effect, span });
		}
		for (const { settings } of this.#named.values()) this.#drafts.push(...settings);
		const uses = new Map<number, number>();
		for (const { read } of this.#drafts)
			if (read.valueSpan) uses.set(read.valueSpan.start, (uses.get(read.valueSpan.start) ?? 0) + 1);
		return this.#drafts
			.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end)
			.flatMap(({ variable, read, effect, span }) => {
				if (effect === null) return [];
				const shared = read.valueSpan !== undefined && (uses.get(read.valueSpan.start) ?? 0) > 1;
				return [
					{
						variable,
						effect,
						span,
						...read,
						...(shared ? { notRewritable: 'it is assigned to several variables at once' } : {}),
					},
				];
			});
	}

	#bindImport(name: string, target: string): void {
		if (target === 'os' && name === '*') {
			for (const [exported, meaning] of Object.entries(osNames)) this.#names.set(exported, meaning);
			return;
		}
		const meaning = target === 'os' ? 'os' : target.startsWith('os.') ? osNames[target.slice(3)] : undefined;
		if (meaning === undefined) {
			this.#names.delete(name);
			return;
		}
		this.#names.set(name, meaning);
		if (name !== 'os' && osNames[name] === undefined) this.everything = true;
	}

	/** `env = os.environ` names the environment itself, `env = os.environ.copy()` a copy of it. */
	#bindAssignment({ targets, value }: Assignment): void {
		const { tokens } = this.#text;
		for (const target of targets) {
			if (target.end - target.first !== 1 || tokens.kinds[target.first] !== kind.name) continue;
			const name = tokens.text(target.first);
			const range = withoutParentheses(tokens, value);
			const meaning = this.#meaningOf(range);
			if (meaning === null) {
				if (this.#names.get(name) !== 'os') this.#names.delete(name);
				continue;
			}
			this.#names.set(name, meaning);
			this.everything = true;
		}
	}

	#meaningOf(range: TokenRange): Meaning | null {
		const { tokens } = this.#text;
		const environment = this.#environmentAt(range.first, range.first);
		if (environment !== null && environment.meaning === 'environ') {
			if (environment.next === range.end) return 'environ';
			if (tokens.isOperator(environment.next, op.bar)) return 'copy';
			return tokens.isOperator(environment.next, op.dot) && tokens.text(environment.next + 1) === 'copy' ? 'copy' : null;
		}
		if (environment !== null && environment.next === range.end) return environment.meaning;
		const makesCopy =
			tokens.isOpen(range.first, '{') ||
			(tokens.kinds[range.first] === kind.name && /^(?:dict|copy|deepcopy)$/.test(tokens.text(range.first)));
		if (!makesCopy) return null;
		for (let i = range.first; i < range.end; i++) {
			if (tokens.kinds[i] === kind.name && this.#environmentAt(i, range.first)?.meaning === 'environ') return 'copy';
		}
		return null;
	}

	/** `os.environ`, `environ`, `__import__('os').environ`, `os.putenv` at token `i`; `next` is the token after it. */
	#environmentAt(i: number, first: number): { readonly meaning: Meaning; readonly next: number } | null {
		const { tokens } = this.#text;
		const number = tokens.data[i] as number;
		const attribute = i > first && tokens.isOperator(i - 1, op.dot);
		if (number === word.__import__ || number === word.import_module) {
			const open = i + 1;
			if (!tokens.isOpen(open, '(')) return null;
			const close = tokens.data[open] as number;
			if (literalText(this.#text, { first: open + 1, end: close }) !== 'os') return null;
			return this.#memberAt(close + 1);
		}
		// `something.os.environ` is still the module os.
		if (attribute) return number === word.os ? this.#memberAt(i + 1) : null;
		if (number > 0 && number <= lastKeyword) return null;
		const meaning = number === word.os || this.#names.size > 1 ? this.#names.get(tokens.text(i)) : undefined;
		if (meaning === undefined) return null;
		return meaning === 'os' ? this.#memberAt(i + 1) : { meaning, next: i + 1 };
	}

	#memberAt(dot: number): { readonly meaning: Meaning; readonly next: number } | null {
		const { tokens } = this.#text;
		if (!tokens.isOperator(dot, op.dot) || tokens.kinds[dot + 1] !== kind.name) return null;
		const meaning = osNames[tokens.text(dot + 1)];
		return meaning === undefined ? null : { meaning, next: dot + 2 };
	}

	#name(i: number, opens: readonly number[]): void {
		const { tokens } = this.#text;
		const number = tokens.data[i] as number;
		const open = opens.at(-1);
		if ((number === word.setenv || number === word.delenv) && tokens.isOpen(i + 1, '(')) {
			this.#patchCall(i + 1, number === word.setenv);
			return;
		}
		if (
			(number === word.run_line_magic || number === word.run_cell_magic || number === word.magic) &&
			tokens.isOpen(i + 1, '(')
		) {
			this.#magicCall(i);
			return;
		}
		const environment = this.#environmentAt(i, this.#statement.first);
		if (environment === null) {
			if (
				number > lastKeyword &&
				open !== undefined &&
				tokens.isOperator(i + 1, op.equals) &&
				this.#interest.variables.has(tokens.text(i))
			) {
				this.#keyword(i, open);
			}
			return;
		}
		const { meaning, next } = environment;
		if (meaning === 'environ') this.#environ(i, next, open);
		else if (meaning === 'putenv' || meaning === 'unsetenv') {
			if (!tokens.isOpen(next, '(')) return;
			const [key, value] = argumentsOf(tokens, next);
			if (!key) return;
			if (meaning === 'unsetenv') this.#remove(key.range);
			// os.putenv does not change os.environ: only C code and child processes see it.
			else this.#write(key.range, value ? readValue(this.#text, value.range) : dynamic('an expression'), 'child', this.#span());
		} else if (meaning === 'getenv' && tokens.isOpen(next, '(')) this.#account(next + 1, tokens.data[next] as number);
		else if (meaning === 'copy') this.#copy(next);
	}

	/** `os.environ` at tokens `i` to before `next`. */
	#environ(i: number, next: number, open: number | undefined): void {
		const { tokens } = this.#text;
		if (tokens.isOpen(next, '[')) this.#subscript(i, next);
		else if (tokens.isOperator(next, op.dot) && tokens.isOpen(next + 2, '(')) this.#method(i, tokens.text(next + 1), next + 2);
		else if (tokens.isOperator(next, op.barEquals))
			this.#merge({ first: next + 1, end: this.#statement.end }, this.#effect(true, i));
		else if (open !== undefined && tokens.isOperator(next, op.comma) && isPatch(calleeOf(tokens, open, this.#statement.first))) {
			const effect = this.#effect(false, i);
			for (const argument of argumentsOf(tokens, open).slice(1)) {
				if (argument.keyword === null || argument.keyword === 'values') this.#merge(argument.range, effect);
				else if (argument.keyword === 'clear' && tokens.isWord(argument.range.first, word.True)) this.#clear();
				else if (this.#interest.variables.has(argument.keyword)) this.#keywordSetting(argument.range, argument.keyword, effect);
			}
		}
	}

	/** `os.environ[...]`: a target, a deletion, or only read. */
	#subscript(i: number, open: number): void {
		const { tokens } = this.#text;
		const close = tokens.data[open] as number;
		const key = { first: open + 1, end: close };
		const { first, end, assignment } = this.#statement;
		if (tokens.isWord(first, word.del)) {
			const behind = close + 1;
			if (behind >= end || tokens.isOperator(behind, op.comma) || tokens.kinds[behind] === kind.close) this.#remove(key);
			return;
		}
		const before = this.#start(i) - 1;
		if (before >= first && (tokens.isWord(before, word.for) || tokens.isWord(before, word.as))) {
			this.#write(key, dynamic('an expression'), this.#effect(false, i), this.#span());
			return;
		}
		const value = assignment ? this.#assigned(assignment, this.#start(i), close + 1) : null;
		if (value === null) {
			this.#account(open + 1, close);
			return;
		}
		const fallback = this.#fallback(key, assignment as Assignment);
		if (fallback !== null) this.#write(key, fallback, 'default', this.#span());
		else this.#write(key, value, this.#effect(true, i), this.#span());
	}

	/** First token of the expression whose environment name stands at `i`: that of the dotted name around it. */
	#start(i: number): number {
		const { tokens } = this.#text;
		return tokens.isOperator(i - 1, op.dot) ? dottedNameBefore(tokens, i, this.#statement.first).first : i;
	}

	/** What the assignment gives to the target at tokens `first` to before `end`; `null` where that is no target. */
	#assigned(assignment: Assignment, first: number, end: number): ReadValue | null {
		const { tokens } = this.#text;
		// Nobody writes such statements; going through each of them for each of their parts would take minutes.
		if (assignment.targets.length > manyTargets) return dynamic('an expression');
		for (const target of assignment.targets) {
			if (first < target.first || end > target.end) continue;
			const exact = withoutParentheses(tokens, target);
			if (exact.first === first && exact.end === end) {
				if (assignment.augmented) return dynamic('an augmented assignment');
				const read = readValue(this.#text, assignment.value);
				if (assignment.targets.length === 1) return read;
				return read.valueSpan ? { ...read, notRewritable: 'it is assigned to several targets at once' } : read;
			}
			if (target.end - target.first > 50 * manyTargets) return dynamic('an unpacked value');
			const parts = tupleParts(this.#text, target);
			const index = parts.findIndex((part) => {
				const inner = withoutParentheses(tokens, part);
				return inner.first === first && inner.end === end;
			});
			if (index < 0) continue;
			const values = tupleParts(this.#text, assignment.value);
			const starred = [...parts, ...values].some((part) => tokens.isOperator(part.first, packed('*')));
			const value = values[index];
			if (starred || values.length !== parts.length || value === undefined) return dynamic('an unpacked value');
			return readValue(this.#text, value);
		}
		return null;
	}

	/** `os.environ["X"] = os.environ.get("X", "0")` says what setdefault says. */
	#fallback(key: TokenRange, assignment: Assignment): ReadValue | null {
		const { tokens } = this.#text;
		if (assignment.augmented || assignment.targets.length !== 1) return null;
		const value = withoutParentheses(tokens, assignment.value);
		const environment = tokens.kinds[value.first] === kind.name ? this.#environmentAt(value.first, value.first) : null;
		if (environment === null) return null;
		let open = environment.next;
		if (environment.meaning === 'environ') {
			if (!tokens.isOperator(open, op.dot) || tokens.text(open + 1) !== 'get') return null;
			open += 2;
		} else if (environment.meaning !== 'getenv') return null;
		if (!tokens.isOpen(open, '(') || tokens.data[open] !== value.end - 1) return null;
		const [name, fallback] = argumentsOf(tokens, open);
		if (!name || !fallback || literalText(this.#text, name.range) !== this.#key(key)) return null;
		return readValue(this.#text, fallback.range);
	}

	#method(i: number, method: string, open: number): void {
		const { tokens } = this.#text;
		const direct = this.#isWhole(this.#start(i), (tokens.data[open] as number) + 1);
		const [key, value] = argumentsOf(tokens, open);
		switch (method) {
			case 'update':
				for (const argument of argumentsOf(tokens, open)) {
					if (argument.keyword === null || argument.keyword === '**') this.#merge(argument.range, this.#effect(direct, i));
					else if (this.#interest.variables.has(argument.keyword)) {
						this.#keywordSetting(argument.range, argument.keyword, this.#effect(direct, i));
					}
				}
				return;
			case 'setdefault':
				if (key)
					this.#write(
						key.range,
						value ? readValue(this.#text, value.range) : dynamic('None, which os.environ does not take'),
						'default',
						this.#span(),
					);
				return;
			case '__setitem__':
				if (key && value) this.#write(key.range, readValue(this.#text, value.range), this.#effect(direct, i), this.#span());
				return;
			case 'pop':
			case '__delitem__':
				if (key) this.#remove(key.range);
				return;
			case 'clear':
				this.#clear();
				return;
			case 'get':
			case '__getitem__':
			case '__contains__':
				this.#account(open + 1, tokens.data[open] as number);
		}
	}

	/** A dictionary that is merged into the environment, by `update`, `|=` or `patch.dict`. */
	#merge(outer: TokenRange, effect: Effect): void {
		const { tokens } = this.#text;
		const range = withoutParentheses(tokens, outer);
		if (tokens.isOpen(range.first, '{') && tokens.data[range.first] === range.end - 1) {
			for (const part of splitAtCommas(tokens, range.first + 1, range.end - 1)) this.#displayEntry(part, effect);
			return;
		}
		if (
			tokens.kinds[range.first] === kind.name &&
			tokens.text(range.first) === 'dict' &&
			tokens.isOpen(range.first + 1, '(') &&
			tokens.data[range.first + 1] === range.end - 1
		) {
			for (const { keyword, range: value } of argumentsOf(tokens, range.first + 1)) {
				if (keyword === null || keyword === '**') this.#merge(value, effect);
				else if (this.#interest.variables.has(keyword)) this.#keywordSetting(value, keyword, effect);
			}
			return;
		}
		if (range.end - range.first === 1 && tokens.kinds[range.first] === kind.name) {
			const name = tokens.text(range.first);
			const entries = this.#named.get(name);
			if (entries && this.#assignments(name) === 1) {
				for (const draft of entries.settings) draft.effect = effect;
				this.#drafts.push(...entries.settings);
				this.#named.delete(name);
				return;
			}
		}
		if (tokens.isOpen(range.first, '[') || tokens.isOpen(range.first, '(')) {
			// Pairs: [("X", "1")]
			const pairs = splitAtCommas(tokens, range.first + 1, tokens.data[range.first] as number);
			if (pairs.length > 0 && pairs.every((pair) => tokens.isOpen(pair.first, '(') && tokens.data[pair.first] === pair.end - 1)) {
				for (const pair of pairs) {
					const [key, value] = splitAtCommas(tokens, pair.first + 1, pair.end - 1);
					if (key && value) this.#write(key, readValue(this.#text, value), effect, spanOf(tokens, pair));
				}
				return;
			}
		}
		this.#computed.push({ span: this.#span(), effect, why: 'a dictionary made elsewhere' });
	}

	#displayEntry(part: TokenRange, effect: Effect): void {
		const { tokens } = this.#text;
		if (tokens.isOperator(part.first, op.doubleStar)) {
			this.#merge({ first: part.first + 1, end: part.end }, effect);
			return;
		}
		const colon = colonIn(this.#text, part);
		if (colon < 0) return;
		const key = { first: part.first, end: colon };
		const value = { first: colon + 1, end: part.end };
		const comprehension = hasFor(this.#text, value);
		this.#write(key, comprehension ? dynamic('a comprehension') : readValue(this.#text, value), effect, spanOf(tokens, part));
	}

	/** `monkeypatch.setenv("X", "0")`, `monkeypatch.delenv("X")`. */
	#patchCall(open: number, sets: boolean): void {
		const { tokens } = this.#text;
		const [key, value] = argumentsOf(tokens, open);
		if (!key) return;
		const name = literalText(this.#text, key.range);
		if (name === null || !this.#interest.variables.has(name)) return;
		if (sets && value) this.#write(key.range, readValue(this.#text, value.range), this.#effect(false, open), this.#span());
		else if (!sets) this.#remove(key.range);
	}

	/** A copy of the environment at the token before `next`: what is put into it reaches a child process. */
	#copy(next: number): void {
		const { tokens } = this.#text;
		if (tokens.isOpen(next, '[')) {
			const close = tokens.data[next] as number;
			const key = { first: next + 1, end: close };
			const { assignment } = this.#statement;
			const value = assignment ? this.#assigned(assignment, next - 1, close + 1) : null;
			if (value !== null) this.#write(key, value, 'child', this.#span());
			else if (literalText(this.#text, key) !== null) this.#account(key.first, key.end);
		} else if (tokens.isOperator(next, op.dot) && tokens.isOpen(next + 2, '(')) {
			this.#childMethod(tokens.text(next + 1), next + 2);
		}
	}

	#childMethod(method: string, open: number): void {
		const { tokens } = this.#text;
		const [key, value] = argumentsOf(tokens, open);
		if (method === 'update') {
			for (const argument of argumentsOf(tokens, open)) {
				const range = withoutParentheses(tokens, argument.range);
				if (argument.keyword !== null && argument.keyword !== '**') {
					if (this.#interest.variables.has(argument.keyword)) this.#keywordSetting(argument.range, argument.keyword, 'child');
				} else if (tokens.isOpen(range.first, '{')) this.#merge(range, 'child');
			}
		} else if (method === 'setdefault' && key && value)
			this.#write(key.range, readValue(this.#text, value.range), 'child', this.#span());
		else if (method === 'get' || method === 'pop') this.#account(open + 1, tokens.data[open] as number);
	}

	/** A name of a variable before `=` in a call: `dict(os.environ, X="0")`. */
	#keyword(i: number, open: number): void {
		const { tokens } = this.#text;
		if (this.#accounted.has(i)) return;
		const callee = calleeOf(tokens, open, this.#statement.first);
		const argument = this.#parts.at(open, i);
		if (!argument) return;
		const value = { first: i + 2, end: argument.end };
		const name = callee.at(-1);
		if (name === 'dict' && !isPatch(callee))
			this.#entry(tokens.text(i), readValue(this.#text, value), spanOf(tokens, argument), open - 1);
		else if (name === 'update' && environmentName.test(callee.at(-2) ?? '')) this.#keywordSetting(value, tokens.text(i), 'child');
		else {
			const read = readValue(this.#text, value);
			if (name !== undefined && setterName.test(name) && read.value.kind === 'literal')
				this.#draft(
					tokens.text(i),
					{ value: read.value, notRewritable: `it is handed to ${name}` },
					'child',
					spanOf(tokens, value),
				);
			else this.#mentions.add(tokens.text(i));
		}
	}

	/** A string that may be the name of a variable. */
	#string(i: number, opens: readonly number[]): void {
		const { tokens } = this.#text;
		const flags = tokens.data[i] as number;
		if (opens.length > 0) {
			const { first } = this.#statement;
			for (const { variable, read } of launchedBy(this.#text, i, opens, first, this.#interest.variables)) {
				const span = { start: tokens.starts[i] as number, end: tokens.ends[i] as number };
				this.#drafts.push({ variable, read, effect: 'child', span });
			}
		}
		if (this.#accounted.has(i) || (flags & string.fields) !== 0) return;
		const quotes = (flags & string.triple) !== 0 ? 6 : 2;
		const size = (tokens.ends[i] as number) - (tokens.starts[i] as number) - (flags >> 8) - quotes;
		if (size < 1 || size > 64) return;
		const name = literalText(this.#text, { first: i, end: i + 1 });
		if (name === null || !this.#interest.variables.has(name)) return;
		const open = opens.at(-1);
		if (open !== undefined && tokens.isOpen(open, '{') && tokens.isOperator(i + 1, op.colon)) {
			const part = this.#parts.at(open, i);
			if (part && !hasFor(this.#text, part)) {
				this.#accounted.add(i);
				this.#entry(name, readValue(this.#text, { first: i + 2, end: part.end }), spanOf(tokens, part), open);
				return;
			}
		}
		if (open !== undefined && this.#handedTo(i, name, open)) return;
		if (open !== undefined && tokens.isOpen(open, '[') && tokens.data[open] === i + 1 && open > this.#statement.first) {
			const base = tokens.kinds[open - 1] === kind.name ? tokens.text(open - 1) : '';
			const { assignment } = this.#statement;
			const start = dottedNameBefore(tokens, open - 1, this.#statement.first).first;
			const value = assignment && environmentName.test(base) ? this.#assigned(assignment, start, i + 2) : null;
			if (value !== null) {
				this.#accounted.add(i);
				this.#draft(name, value, 'child', this.#span());
				return;
			}
			const isName =
				tokens.kinds[open - 1] === kind.name &&
				((tokens.data[open - 1] as number) === 0 || (tokens.data[open - 1] as number) > lastKeyword);
			if (isName || tokens.kinds[open - 1] === kind.close) return;
		}
		const callee = open === undefined ? [] : calleeOf(tokens, open, this.#statement.first);
		if (callee.at(-1) === 'setdefault' && environmentName.test(callee.at(-2) ?? '')) {
			this.#childMethod('setdefault', open as number);
			return;
		}
		if (isTextCall(callee) || callee.at(-1) === 'get' || callee.at(-1) === 'pop') return;
		if (tokens.isWord(i + 1, word.in) || tokens.isWord(i + 1, word.not)) return;
		// A statement that is nothing but a string is a docstring or a comment.
		if (this.#statement.first === i && this.#statement.end === i + 1) return;
		this.#mentions.add(name);
	}

	/** `set_env("X", "0")`, `monkeypatch.setitem(os.environ, "X", "0")`: false where the string at `i` is no name that a call sets. */
	#handedTo(i: number, name: string, open: number): boolean {
		const { tokens } = this.#text;
		const callee = calleeOf(tokens, open, this.#statement.first);
		const setter = callee.at(-1) ?? '';
		if (!setterName.test(setter)) return false;
		const all = argumentsOf(tokens, open);
		const at = all.findIndex(({ keyword, range }) => keyword === null && range.first === i && range.end === i + 1);
		const value = all[at + 1];
		if (at < 0 || at > 1 || value === undefined || value.keyword === '*' || value.keyword === '**') return false;
		const read = readValue(this.#text, value.range);
		const into = at === 1 ? all[0]?.range : undefined;
		const environment = into && this.#environmentAt(into.first, this.#statement.first);
		this.#accounted.add(i);
		if (environment?.meaning === 'environ' && environment.next === into?.end)
			this.#draft(name, read, this.#effect(false, open), this.#span());
		else if (read.value.kind === 'literal')
			this.#draft(name, { value: read.value, notRewritable: `it is handed to ${setter}` }, 'child', spanOf(tokens, value.range));
		else this.#mentions.add(name);
		return true;
	}

	/** An entry of a dictionary whose use must be told from where it stands; `open` is its bracket, or the `dict` before it. */
	#entry(variable: string, read: ReadValue, span: Span, open: number): void {
		const { tokens } = this.#text;
		const { first, assignment } = this.#statement;
		const draft: Draft = { variable, read, effect: 'child', span };
		const whole = assignment && withoutParentheses(tokens, assignment.value).first === open ? assignment : null;
		const target = whole?.targets[0];
		if (whole && target && target.end - target.first === 1 && tokens.kinds[target.first] === kind.name) {
			const name = tokens.text(target.first);
			const entries = this.#named.get(name);
			if (!this.#isForChild(open)) {
				draft.effect = null;
				this.#mentions.add(variable);
			}
			if (entries && entries.at === target.first) entries.settings.push(draft);
			else {
				// Assigned again: what the first one held stays what it was.
				if (entries) this.#drafts.push(...entries.settings);
				this.#named.set(name, { at: target.first, settings: [draft] });
			}
			return;
		}
		if (this.#isForChild(open) || (target && environmentName.test(tokens.text(target.end - 1)))) this.#drafts.push(draft);
		else if (!isTextCall(calleeOf(tokens, open - 1, first))) this.#mentions.add(variable);
	}

	/** True where a dictionary is plainly an environment: `env={...}`, `{**os.environ, ...}`, `"env": {...}`. */
	#isForChild(open: number): boolean {
		const known = this.#childs.get(open);
		if (known !== undefined) return known;
		const answer = this.#findForChild(open);
		this.#childs.set(open, answer);
		return answer;
	}

	#findForChild(open: number): boolean {
		const { tokens } = this.#text;
		const before = open - 1;
		if (before > this.#statement.first) {
			if (
				tokens.isOperator(before, op.equals) &&
				tokens.kinds[before - 1] === kind.name &&
				environmentName.test(tokens.text(before - 1))
			)
				return true;
			if (tokens.isOperator(before, op.colon) && tokens.kinds[before - 1] === kind.string) {
				if (environmentName.test(literalText(this.#text, { first: before - 1, end: before }) ?? '')) return true;
			}
			// os.environ | {...}
			if (
				tokens.isOperator(before, op.bar) &&
				tokens.kinds[before - 1] === kind.name &&
				environmentName.test(tokens.text(before - 1))
			)
				return true;
			const callee = calleeOf(tokens, before, this.#statement.first);
			if (callee.at(-1) === 'update' && environmentName.test(callee.at(-2) ?? '')) return true;
		}
		const { assignment } = this.#statement;
		if (assignment && withoutParentheses(tokens, assignment.value).first === open) {
			for (const target of assignment.targets) {
				for (let i = target.first; i < target.end; i++) {
					if (tokens.kinds[i] === kind.name && environmentName.test(tokens.text(i))) return true;
					if (tokens.isOperator(i, op.colon)) break;
				}
			}
		}
		const bracket = tokens.kinds[open] === kind.open ? open : open + 1;
		const close = tokens.data[bracket] as number;
		for (let i = bracket + 1; i < close; i++) {
			if (tokens.kinds[i] === kind.open) i = tokens.data[i] as number;
			else if (tokens.kinds[i] === kind.name) {
				const meaning = this.#environmentAt(i, bracket + 1)?.meaning;
				if (meaning === 'environ' || meaning === 'copy') return true;
			}
		}
		return false;
	}

	#magic(i: number): void {
		const { tokens, bytes, encoding } = this.#text;
		const line = tokens.text(i);
		const match = /^%(?:env|set_env)[ \t]+(\w+)(?:[ \t]*=[ \t]*|[ \t]+)(\S.*?)?[ \t]*$/.exec(line);
		const name = match?.[1];
		if (!match || name === undefined || !this.#interest.variables.has(name)) return;
		const raw = match[2];
		if (raw === undefined) return;
		const start = (tokens.starts[i] as number) + line.lastIndexOf(raw);
		const valueSpan = { start, end: start + raw.length };
		const span = spanOf(tokens, { first: i, end: i + 1 });
		const effect = this.#effect(true, i);
		if (/[${}\\]/.test(raw)) this.#draft(name, dynamic('an expression'), effect, span);
		else
			this.#draft(
				name,
				{ value: { kind: 'literal', text: encoding.decode(bytes.subarray(start, valueSpan.end)) }, valueSpan },
				effect,
				span,
			);
	}

	/** `get_ipython().run_line_magic('env', 'X=1')`: what `%env X=1` becomes when a notebook is exported as a script. */
	#magicCall(i: number): void {
		const { tokens } = this.#text;
		const words = argumentsOf(tokens, i + 1).map(({ range }) => literalText(this.#text, range));
		const line = words.some((text) => text === null) ? null : words.join(' ');
		const match = line === null ? null : /^%?(?:env|set_env)\s+(\w+)(?:\s*=\s*|\s+)(\S.*?)?\s*$/.exec(line);
		const [, name, value] = match ?? [];
		if (name === undefined || value === undefined || !this.#interest.variables.has(name)) return;
		const literal = {
			value: { kind: 'literal', text: value },
			notRewritable: 'it goes through an IPython magic',
		} as const;
		this.#draft(name, /[${}\\]/.test(value) ? dynamic('an expression') : literal, this.#effect(true, i), this.#span());
	}

	#keywordSetting(range: TokenRange, variable: string, effect: Effect): void {
		const { tokens } = this.#text;
		this.#accounted.add(range.first - 2);
		this.#draft(variable, readValue(this.#text, range), effect, spanOf(tokens, { first: range.first - 2, end: range.end }));
	}

	/** Writes `key`; a key that is not known may be any variable that the file names elsewhere. */
	#write(key: TokenRange, read: ReadValue, effect: Effect, span: Span): void {
		const name = this.#key(key);
		this.#account(key.first, key.end);
		if (name === null) this.#computed.push({ span: this.#span(), effect, why: 'a statement that computes the name' });
		else this.#draft(name, read, effect, span);
	}

	#draft(variable: string, read: ReadValue, effect: Effect, span: Span): void {
		if (this.#interest.variables.has(variable)) this.#drafts.push({ variable, read, effect, span });
	}

	#remove(key: TokenRange): void {
		const name = this.#key(key);
		this.#account(key.first, key.end);
		if (name !== null) this.#draft(name, dynamic('a removal'), 'unset', this.#span());
		else this.#computed.push({ span: this.#span(), effect: 'unset', why: 'a removal' });
	}

	#clear(): void {
		for (const variable of this.#interest.variables) this.#draft(variable, dynamic('a removal'), 'unset', this.#span());
	}

	/** The name of the variable that a key stands for: a literal, or a constant of the module that is assigned once. */
	#key(range: TokenRange): string | null {
		const { tokens } = this.#text;
		const literal = literalText(this.#text, range);
		if (literal !== null) return literal;
		const { first, end } = withoutParentheses(tokens, range);
		if (end - first !== 1 || tokens.kinds[first] !== kind.name) return null;
		return this.#constant(tokens.text(first));
	}

	/** The text of a name that is assigned once in the file, to a literal. */
	#constant(name: string): string | null {
		const known = this.#constants.get(name);
		if (known !== undefined) return known;
		const constant = this.#findConstant(name);
		this.#constants.set(name, constant);
		return constant;
	}

	#findConstant(name: string): string | null {
		const { tokens } = this.#text;
		for (let i = 1; i + 1 < tokens.count; i++) {
			if (
				tokens.kinds[i] !== kind.operator ||
				tokens.data[i] !== op.equals ||
				tokens.kinds[i - 1] !== kind.name ||
				tokens.text(i - 1) !== name
			)
				continue;
			if (this.#assignments(name) !== 1) return null;
			const line = lineOf(this.#text, i);
			if (i - 1 !== line.first) return null;
			const constant = literalText(this.#text, { first: i + 1, end: line.end });
			if (constant !== null) for (let key = i + 1; key < line.end; key++) this.#accounted.add(key);
			if (constant !== null) this.#mentions.delete(constant);
			return constant;
		}
		return null;
	}

	/** How often a name is bound in the file, roughly: never too seldom. */
	#assignments(name: string): number {
		const known = this.#bound.get(name);
		if (known !== undefined) return known;
		const count = this.#countAssignments(name);
		this.#bound.set(name, count);
		return count;
	}

	#countAssignments(name: string): number {
		const { tokens } = this.#text;
		let count = 0;
		for (let i = 0; i < tokens.count; i++) {
			if (tokens.kinds[i] !== kind.name || tokens.data[i] !== 0 || tokens.text(i) !== name) continue;
			const next = i + 1;
			const bound =
				tokens.isOperator(next, op.equals) ||
				tokens.isOperator(next, packed(':=')) ||
				tokens.isOpen(next, '[') ||
				(tokens.kinds[next] === kind.operator && augmented.has(tokens.data[next] as number)) ||
				tokens.isWord(i - 1, word.for) ||
				tokens.isWord(i - 1, word.as) ||
				tokens.isWord(i - 1, word.import) ||
				tokens.isWord(i - 1, word.global) ||
				tokens.isWord(next, word.in) ||
				(tokens.isOperator(next, op.dot) && /^(?:update|pop|clear|setdefault)$/.test(tokens.text(i + 2)));
			if (bound) count++;
		}
		return count;
	}

	#account(first: number, end: number): void {
		for (let i = first; i < end; i++) if (this.#text.tokens.kinds[i] === kind.string) this.#accounted.add(i);
	}

	/** True where the tokens are the whole statement. */
	#isWhole(first: number, end: number): boolean {
		const exact = withoutParentheses(this.#text.tokens, this.#statement);
		return exact.first === first && exact.end === end;
	}

	#effect(direct: boolean, i: number): Effect {
		const { tokens } = this.#text;
		const { first, end, where } = this.#statement;
		if ((where & place.deferred) !== 0) return 'deferred';
		if (this.#lambda < 0) {
			this.#lambda = first;
			while (this.#lambda < end && !tokens.isWord(this.#lambda, word.lambda)) this.#lambda++;
		}
		if (this.#lambda < i) return 'deferred';
		if (!direct || (where & (place.conditional | place.header | place.never)) !== 0) return 'conditional';
		return this.#late ? 'late' : 'sets';
	}

	#span(): Span {
		return spanOf(this.#text.tokens, this.#statement);
	}
}

function dynamic(why: string): { readonly value: SettingValue } {
	return { value: { kind: 'dynamic', why } };
}

function isPatch(callee: readonly string[]): boolean {
	return callee.at(-1) === 'dict' && callee.at(-2) === 'patch';
}

/** The assignment that a simple statement is, or `null`. */
function assignmentOf({ tokens }: PythonText, first: number, end: number): Assignment | null {
	const targets: TokenRange[] = [];
	let start = first;
	let annotation = -1;
	for (let i = first; i < end; i++) {
		const token = tokens.kinds[i];
		if (token === kind.open) i = tokens.data[i] as number;
		else if (token === kind.name && tokens.data[i] === word.lambda) break;
		else if (token === kind.operator) {
			const operator = tokens.data[i] as number;
			if (operator === op.equals) {
				targets.push({ first: start, end: annotation >= 0 && targets.length === 0 ? annotation : i });
				start = i + 1;
			} else if (operator === op.colon && annotation < 0 && targets.length === 0) annotation = i;
			else if (augmented.has(operator) && targets.length === 0) {
				return { targets: [{ first, end: i }], value: { first: i + 1, end }, augmented: true };
			}
		}
	}
	return targets.length === 0 ? null : { targets, value: { first: start, end }, augmented: false };
}

function tupleParts({ tokens }: PythonText, range: TokenRange): { readonly first: number; readonly end: number }[] {
	let { first, end } = range;
	while (end - first >= 2 && tokens.kinds[first] === kind.open && !tokens.isOpen(first, '{') && tokens.data[first] === end - 1) {
		first++;
		end--;
	}
	return splitAtCommas(tokens, first, end);
}

function colonIn({ tokens }: PythonText, range: TokenRange): number {
	for (let i = range.first; i < range.end; i++) {
		if (tokens.kinds[i] === kind.open) i = tokens.data[i] as number;
		else if (tokens.isWord(i, word.lambda)) return -1;
		else if (tokens.isOperator(i, op.colon)) return i;
	}
	return -1;
}

function hasFor({ tokens }: PythonText, range: TokenRange): boolean {
	for (let i = range.first; i < range.end; i++) {
		if (tokens.kinds[i] === kind.open) i = tokens.data[i] as number;
		else if (tokens.isWord(i, word.for)) return true;
	}
	return false;
}

/** Tokens of the logical line that holds token `i`. */
function lineOf({ tokens }: PythonText, i: number): TokenRange {
	let low = 0;
	let high = tokens.lines - 1;
	while (low < high) {
		const middle = (low + high + 1) >> 1;
		if ((tokens.lineFirst[middle] as number) <= i) low = middle;
		else high = middle - 1;
	}
	return { first: tokens.lineFirst[low] as number, end: tokens.lineFirst[low + 1] as number };
}
