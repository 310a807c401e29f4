import { CodedError, exitCodes } from '../../runtime/errors.ts';

/** One step of a path. */
export type Step =
	| { readonly kind: 'field'; readonly name: string }
	| { readonly kind: 'all' }
	/** `..`: the value and everything below it. */
	| { readonly kind: 'descend' }
	| { readonly kind: 'union'; readonly keys: readonly (string | number)[] }
	| { readonly kind: 'slice'; readonly from: number | null; readonly to: number | null; readonly by: number }
	| { readonly kind: 'filter'; readonly left: Operand; readonly operator: Operator | null; readonly right: Operand | null };

export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=';

export type Operand =
	| { readonly kind: 'path'; readonly steps: readonly Step[] }
	| { readonly kind: 'literal'; readonly value: string | number | boolean };

/** A piece of a template, as kubectl reads it. */
export type Node =
	| { readonly kind: 'text'; readonly text: string }
	| { readonly kind: 'path'; readonly steps: readonly Step[] }
	| { readonly kind: 'range'; readonly steps: readonly Step[]; readonly body: readonly Node[] };

/**
 * Reads a JSONPath template of kubectl: text, `{.path}`, `{"text"}`, `{range .path}…{end}`.
 *
 * @throws CodedError GP2019 where it is none
 */
export function parseTemplate(template: string): readonly Node[] {
	return new Parser(template).template();
}

/**
 * Reads one path as kubectl takes it for columns and for sorting: `metadata.name`, `.metadata.name`, either of them in braces.
 *
 * @throws CodedError GP2019 where it is none
 */
export function parsePath(path: string): readonly Step[] {
	const [, braced, bare] = /^(?:\{\.?([^{}]+)\}|\.?([^{}]+))$/.exec(path) ?? [];
	const inner = braced ?? bare;
	if (inner === undefined) throw wrong(`${JSON.stringify(path)} is no path of a field`, '.metadata.name');
	return parseTemplate(`{.${inner}}`).flatMap((node) => (node.kind === 'path' ? node.steps : []));
}

const operators: readonly Operator[] = ['==', '!=', '<=', '>=', '<', '>'];

class Parser {
	readonly #text: string;
	#at = 0;

	constructor(text: string) {
		this.#text = text;
	}

	template(): readonly Node[] {
		const root: Node[] = [];
		const open: { readonly steps: readonly Step[]; readonly body: Node[] }[] = [];
		while (this.#at < this.#text.length) {
			const into = open.at(-1)?.body ?? root;
			const brace = this.#text.indexOf('{', this.#at);
			const end = brace < 0 ? this.#text.length : brace;
			if (end > this.#at) into.push({ kind: 'text', text: this.#text.slice(this.#at, end) });
			this.#at = end;
			if (brace < 0) break;
			this.#at++;
			this.#spaces();
			if (this.#word('range')) open.push({ steps: this.#path(), body: [] });
			else if (this.#word('end')) {
				const closed = open.pop();
				if (!closed) throw this.#wrong('{end} without {range}');
				(open.at(-1)?.body ?? root).push({ kind: 'range', ...closed });
			} else if (this.#peek() === '"' || this.#peek() === "'") into.push({ kind: 'text', text: this.#quoted() });
			else into.push({ kind: 'path', steps: this.#path() });
			this.#spaces();
			this.#expect('}');
		}
		if (open.length > 0) throw this.#wrong('{range} without {end}');
		return root;
	}

	#path(): readonly Step[] {
		this.#spaces();
		const steps: Step[] = [];
		if (this.#peek() === '$' || this.#peek() === '@') this.#at++;
		for (;;) {
			if (this.#take('..')) {
				steps.push({ kind: 'descend' });
				if (this.#peek() !== '[') steps.push(this.#name());
			} else if (this.#take('.')) {
				if (this.#peek() !== '[' && this.#peek() !== '}' && this.#peek() !== ' ') steps.push(this.#name());
			} else if (this.#take('[')) steps.push(this.#brackets());
			else break;
		}
		if (steps.length === 0 && !/[$@.]/.test(this.#text[this.#at - 1] ?? '')) throw this.#wrong('a path begins with a dot');
		return steps;
	}

	/** A name after a dot; a dot in it is written `\.`. */
	#name(): Step {
		if (this.#take('*')) return { kind: 'all' };
		const [text = ''] = /^(?:\\.|[^\s.[\]{}()=!<>,"'\\*])+/.exec(this.#text.slice(this.#at)) ?? [];
		if (text === '') throw this.#wrong('a name is missing');
		this.#at += text.length;
		return { kind: 'field', name: text.replaceAll(/\\(.)/g, '$1') };
	}

	#brackets(): Step {
		this.#spaces();
		if (this.#take('*')) return this.#closed({ kind: 'all' });
		if (this.#take('?(')) return this.#filter();
		const slice = /^(-?\d+)?:(-?\d+)?(?::(\d+))?\s*\]/.exec(this.#text.slice(this.#at));
		if (slice) {
			this.#at += slice[0].length;
			const [, from, to, by] = slice;
			if (by === '0') throw this.#wrong('a slice cannot step by 0');
			return { kind: 'slice', from: numberOr(from, null), to: numberOr(to, null), by: numberOr(by, 1) };
		}
		const keys: (string | number)[] = [];
		do {
			this.#spaces();
			const [digits] = /^-?\d+/.exec(this.#text.slice(this.#at)) ?? [];
			if (digits !== undefined) {
				keys.push(Number(digits));
				this.#at += digits.length;
			} else keys.push(this.#quoted());
			this.#spaces();
		} while (this.#take(','));
		return this.#closed({ kind: 'union', keys });
	}

	#filter(): Step {
		const left = this.#operand();
		this.#spaces();
		const operator = operators.find((one) => this.#take(one)) ?? null;
		const right = operator === null ? null : this.#operand();
		this.#spaces();
		this.#expect(')');
		return this.#closed({ kind: 'filter', left, operator, right });
	}

	#operand(): Operand {
		this.#spaces();
		const next = this.#peek();
		if (next === '"' || next === "'") return { kind: 'literal', value: this.#quoted() };
		const [word] = /^(?:-?\d+(?:\.\d+)?|true|false)/.exec(this.#text.slice(this.#at)) ?? [];
		if (word === undefined) return { kind: 'path', steps: this.#path() };
		this.#at += word.length;
		return { kind: 'literal', value: word === 'true' || word === 'false' ? word === 'true' : Number(word) };
	}

	#quoted(): string {
		const quote = this.#peek();
		if (quote !== '"' && quote !== "'") throw this.#wrong('a quoted text or a number is missing');
		let text = '';
		for (let at = this.#at + 1; at < this.#text.length; at++) {
			const char = this.#text[at] as string;
			if (char === quote) {
				this.#at = at + 1;
				return text;
			}
			if (char !== '\\') text += char;
			else {
				const escaped = this.#text[++at] ?? '';
				text += { n: '\n', t: '\t', r: '\r' }[escaped] ?? escaped;
			}
		}
		throw this.#wrong('a text is not closed');
	}

	#closed(step: Step): Step {
		this.#spaces();
		this.#expect(']');
		return step;
	}

	#peek(): string {
		return this.#text[this.#at] ?? '';
	}

	#take(word: string): boolean {
		if (!this.#text.startsWith(word, this.#at)) return false;
		this.#at += word.length;
		return true;
	}

	/** A keyword, which no name may go on. */
	#word(word: string): boolean {
		return /^[\s}]$/.test(this.#text[this.#at + word.length] ?? '') && this.#take(word);
	}

	#spaces(): void {
		while (/^\s$/.test(this.#peek())) this.#at++;
	}

	#expect(char: string): void {
		if (!this.#take(char)) throw this.#wrong(`${char} is missing`);
	}

	#wrong(why: string): CodedError {
		return wrong(
			`the JSONPath template is wrong at character ${this.#at + 1}: ${why}`,
			`-o jsonpath='{.items[*].metadata.name}'`,
		);
	}
}

function wrong(message: string, example: string): CodedError {
	return new CodedError('GP2019', message, { hint: `write it as kubectl takes it: ${example}`, exit: exitCodes.usage });
}

function numberOr<T>(text: string | undefined, otherwise: T): number | T {
	return text === undefined ? otherwise : Number(text);
}
