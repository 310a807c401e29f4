import { hashOf, hot, type Lexicon } from './words.ts';

/** Kinds of tokens. Comments, line ends and indentation are kept apart from the tokens. */
export const kind = { name: 1, number: 2, string: 3, operator: 4, open: 5, close: 6, magic: 7 } as const;

/** Flags of a string token, in `data`. The bits from 8 up hold the length of the prefix. */
export const string = { bytes: 1, raw: 2, formatted: 4, fields: 8, triple: 16, escapes: 32 } as const;

/** Why the lexer gave up, and where. */
export interface LexicalError {
	readonly offset: number;
	readonly message: string;
}

/**
 * The tokens of one file in flat arrays, and its logical lines. One instance is used again for every file: nothing
 * here outlives the scan.
 */
export class Tokens {
	bytes: Uint8Array = new Uint8Array(0);
	/** Number of tokens. */
	count = 0;
	kinds = new Uint8Array(1024);
	starts = new Int32Array(1024);
	ends = new Int32Array(1024);
	/** name: word number. string: flags and prefix length. operator: its bytes, the first lowest. open, close: index of the partner. */
	data = new Int32Array(1024);
	/** Number of logical lines. */
	lines = 0;
	/** Index of the first token of each line; one entry more than lines. */
	lineFirst = new Int32Array(256);
	/** Depth of indentation of each line: 0 at the left margin. */
	lineLevel = new Uint8Array(256);
	/** Union of the `hot` flags of each line. */
	lineFlags = new Uint8Array(256);
	/** Offset just after each line, its line end included. */
	lineEnd = new Int32Array(256);
	/** Start and end of each comment, in pairs. */
	comments: number[] = [];
	error: LexicalError | null = null;

	push(tokenKind: number, start: number, end: number, data: number): void {
		const at = this.count++;
		if (at === this.kinds.length) this.#growTokens();
		this.kinds[at] = tokenKind;
		this.starts[at] = start;
		this.ends[at] = end;
		this.data[at] = data;
	}

	isOperator(index: number, operator: number): boolean {
		return this.kinds[index] === kind.operator && this.data[index] === operator;
	}

	isWord(index: number, number: number): boolean {
		return this.kinds[index] === kind.name && this.data[index] === number;
	}

	/** True for an opening bracket of that character. */
	isOpen(index: number, bracket: '(' | '[' | '{'): boolean {
		return this.kinds[index] === kind.open && this.bytes[this.starts[index] as number] === bracket.charCodeAt(0);
	}

	/** Puts an end behind the last token, so that nothing of the file before is read there. */
	end(): void {
		this.push(0, this.bytes.length, this.bytes.length, 0);
		this.push(0, this.bytes.length, this.bytes.length, 0);
		this.count -= 2;
	}

	/** The bytes of a token as latin-1: enough to compare names, not to be shown. */
	text(index: number): string {
		return latin1(this.bytes, this.starts[index] as number, this.ends[index] as number);
	}

	/** Closes the line that begins at token `first`. */
	pushLine(first: number, level: number, flags: number, end: number): void {
		const at = this.lines++;
		if (at + 1 >= this.lineFirst.length) this.#growLines();
		this.lineFirst[at] = first;
		this.lineFirst[at + 1] = this.count;
		this.lineLevel[at] = level;
		this.lineFlags[at] = flags;
		this.lineEnd[at] = end;
	}

	reset(bytes: Uint8Array): void {
		this.bytes = bytes;
		this.count = 0;
		this.lines = 0;
		this.lineFirst[0] = 0;
		this.comments = [];
		this.error = null;
	}

	#growTokens(): void {
		const grow = <T extends Uint8Array | Int32Array>(old: T, bigger: T): T => {
			bigger.set(old);
			return bigger;
		};
		const size = this.kinds.length * 2;
		this.kinds = grow(this.kinds, new Uint8Array(size));
		this.starts = grow(this.starts, new Int32Array(size));
		this.ends = grow(this.ends, new Int32Array(size));
		this.data = grow(this.data, new Int32Array(size));
	}

	#growLines(): void {
		const size = this.lineFirst.length * 2;
		const grow = <T extends Uint8Array | Int32Array>(old: T, bigger: T): T => {
			bigger.set(old);
			return bigger;
		};
		this.lineFirst = grow(this.lineFirst, new Int32Array(size));
		this.lineLevel = grow(this.lineLevel, new Uint8Array(size));
		this.lineFlags = grow(this.lineFlags, new Uint8Array(size));
		this.lineEnd = grow(this.lineEnd, new Int32Array(size));
	}
}

/** The bytes from `start` to `end`, one character each. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
	if (end - start > 32) return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
	let text = '';
	for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i] as number);
	return text;
}

const LF = 10;
const FF = 12;
const CR = 13;
const space = 32;
const tab = 9;
const bang = 33;
const hash = 35;
const percent = 37;
const dot = 46;
const colon = 58;
const semicolon = 59;
const equals = 61;
const question = 63;
const backslash = 92;
const openBrace = 123;
const closeBrace = 125;

const as = {
	invalid: 0,
	name: 1,
	digit: 2,
	space: 3,
	line: 4,
	quote: 5,
	open: 6,
	close: 7,
	operator: 8,
	comment: 9,
	backslash: 10,
	other: 11,
} as const;

const classes = new Uint8Array(256);
for (let c = 0; c < 256; c++) {
	const char = String.fromCharCode(c);
	if (c >= 128 || /[A-Za-z_]/.test(char)) classes[c] = as.name;
	else if (/[0-9]/.test(char)) classes[c] = as.digit;
	else if (c === space || c === tab || c === FF) classes[c] = as.space;
	else if (c === LF || c === CR) classes[c] = as.line;
	else if (char === '"' || char === "'") classes[c] = as.quote;
	else if ('([{'.includes(char)) classes[c] = as.open;
	else if (')]}'.includes(char)) classes[c] = as.close;
	else if ('+-*/%&|^~<>=.,:;@`'.includes(char)) classes[c] = as.operator;
	else if (char === '#') classes[c] = as.comment;
	else if (char === '\\') classes[c] = as.backslash;
	else if (char === '!' || char === '?') classes[c] = as.other;
}

/** Classes that continue a name: letters, digits, `_`, bytes over 127. */
const inName = new Uint8Array(256);
for (let c = 0; c < 256; c++) inName[c] = classes[c] === as.name || classes[c] === as.digit ? 1 : 0;

const inHex = new Uint8Array(256);
for (const char of '0123456789abcdefABCDEF_') inHex[char.charCodeAt(0)] = 1;

const isDigit = (c: number | undefined): boolean => c !== undefined && c >= 48 && c <= 57;

/** Flags by prefix, by `hashOf` of the prefix as written. */
const prefixes = new Map<number, number>();
for (const [name, flags] of [
	['r', string.raw],
	['u', 0],
	['b', string.bytes],
	['br', string.bytes | string.raw],
	['rb', string.bytes | string.raw],
	['ur', string.raw],
	['f', string.formatted],
	['fr', string.formatted | string.raw],
	['rf', string.formatted | string.raw],
	['t', string.formatted],
	['tr', string.formatted | string.raw],
	['rt', string.formatted | string.raw],
] as const) {
	const [a = '', b = ''] = name;
	for (const first of [a, a.toUpperCase()])
		for (const second of [b, b.toUpperCase()]) prefixes.set(hashOf(first + second), flags);
}

/** Operators of more than one byte, by their packed bytes. */
const longOperators = new Set<number>();
for (const text of [
	'**',
	'//',
	'>>',
	'<<',
	'<=',
	'>=',
	'==',
	'!=',
	'->',
	'+=',
	'-=',
	'*=',
	'/=',
	'%=',
	'&=',
	'|=',
	'^=',
	'@=',
	':=',
	'<>',
]) {
	longOperators.add(packed(text));
}
for (const text of ['**=', '//=', '>>=', '<<=', '...']) longOperators.add(packed(text));
const longOperatorEnd = new Uint8Array(256);
for (const char of '*/><=-') longOperatorEnd[char.charCodeAt(0)] = 1;

/** `data` of an operator token. */
export function packed(operator: string): number {
	let number = 0;
	for (let i = operator.length - 1; i >= 0; i--) number = (number << 8) | operator.charCodeAt(i);
	return number;
}

class Failure extends Error {
	readonly offset: number;
	constructor(offset: number, message: string) {
		super(message);
		this.offset = offset;
	}
}

const maxDepth = 200;
const maxLevels = 100;

/**
 * Splits a Python source into tokens and logical lines, as CPython's tokenizer does, by bytes. Accepts Python 2 and 3
 * up to 3.14 (nested f-strings of PEP 701, t-strings of PEP 750) and IPython's line magics. Bytes over 127 stand in
 * names, strings and comments only, so the encoding must be one in which bytes below 128 mean ASCII.
 * Stops at the first thing that it is not sure of and sets `tokens.error`.
 */
export function tokenize(tokens: Tokens, bytes: Uint8Array, lexicon: Lexicon): void {
	tokens.reset(bytes);
	try {
		run(tokens, bytes, lexicon);
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		tokens.error = { offset: Math.min(error.offset, bytes.length), message: error.message };
	}
}

/** End of the line at `pos`: after its line end, or the length. */
export function afterLineEnd(bytes: Uint8Array, pos: number): number {
	if (bytes[pos] === CR) return bytes[pos + 1] === LF ? pos + 2 : pos + 1;
	return pos < bytes.length ? pos + 1 : pos;
}

function run(tokens: Tokens, bytes: Uint8Array, lexicon: Lexicon): void {
	const length = bytes.length;
	const columns = new Int32Array(maxLevels + 1);
	const alternatives = new Int32Array(maxLevels + 1);
	const opens = new Int32Array(maxDepth + 1);
	const wordFlags = lexicon.flags;
	let pos = length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
	let level = 0;
	let depth = 0;

	while (pos < length) {
		// Indentation, counted as CPython does: once with tabs to 8, once with tabs of 1, both must agree.
		let column = 0;
		let alternative = 0;
		let continued = -1;
		let continuedAlternative = 0;
		for (;;) {
			const c = bytes[pos];
			if (c === space) {
				column++;
				alternative++;
			} else if (c === tab) {
				column = (column >> 3) * 8 + 8;
				alternative++;
			} else if (c === FF) {
				column = 0;
				alternative = 0;
			} else if (c === backslash && (bytes[pos + 1] === LF || bytes[pos + 1] === CR)) {
				// Indentation is that of the first of several lines joined by backslashes.
				if (continued < 0) {
					continued = column;
					continuedAlternative = alternative;
				}
				pos = afterLineEnd(bytes, pos + 1);
				if (pos >= length) throw new Failure(pos, 'unexpected end of file after a line continuation');
				column = 0;
				alternative = 0;
				continue;
			} else break;
			pos++;
		}
		if (pos >= length) break;
		if (continued >= 0) {
			column = continued;
			alternative = continuedAlternative;
		}
		let c = bytes[pos] as number;
		if (c === LF || c === CR) {
			pos = afterLineEnd(bytes, pos);
			continue;
		}
		if (c === hash) {
			const start = pos;
			while (pos < length && bytes[pos] !== LF && bytes[pos] !== CR) pos++;
			tokens.comments.push(start, pos);
			pos = afterLineEnd(bytes, pos);
			continue;
		}
		if (column === columns[level]) {
			if (alternative !== alternatives[level]) throw new Failure(pos, 'inconsistent use of tabs and spaces in indentation');
		} else if (column > (columns[level] as number)) {
			if (alternative <= (alternatives[level] as number)) {
				throw new Failure(pos, 'inconsistent use of tabs and spaces in indentation');
			}
			if (level + 1 >= maxLevels) throw new Failure(pos, 'too many levels of indentation');
			level++;
			columns[level] = column;
			alternatives[level] = alternative;
		} else {
			while (level > 0 && column < (columns[level] as number)) level--;
			if (column !== columns[level]) throw new Failure(pos, 'unindent does not match any outer indentation level');
			if (alternative !== alternatives[level]) throw new Failure(pos, 'inconsistent use of tabs and spaces in indentation');
		}

		// One logical line.
		const first = tokens.count;
		let flags = 0;
		if (c === percent || c === bang || c === question) {
			if (c === percent && bytes[pos + 1] === percent) {
				throw new Failure(pos, 'an IPython cell magic: what follows need not be Python');
			}
			pos = magicLine(tokens, bytes, pos);
			flags |= hot.magic;
		}
		line: for (;;) {
			if (pos >= length) {
				if (depth > 0) throw unclosed(tokens, opens[depth - 1] as number);
				break;
			}
			c = bytes[pos] as number;
			switch (classes[c]) {
				case as.space:
					pos++;
					continue;
				case as.name: {
					const start = pos;
					let h = c;
					let high = c;
					c = bytes[++pos] as number;
					while (inName[c] === 1) {
						h = ((h << 5) - h + c) | 0;
						high |= c;
						c = bytes[++pos] as number;
					}
					if ((c === 34 || c === 39) && pos - start <= 2) {
						const prefix = prefixes.get(h);
						if (prefix !== undefined) {
							pos = stringToken(tokens, bytes, start, pos, prefix, 0);
							flags |= stringFlags(tokens, bytes, lexicon);
							continue;
						}
					}
					if (high >= 128) checkName(bytes, start, pos);
					const number = lexicon.lookup(h, bytes, start, pos);
					flags |= wordFlags[number] as number;
					tokens.push(kind.name, start, pos, number);
					continue;
				}
				case as.quote:
					pos = stringToken(tokens, bytes, pos, pos, 0, 0);
					flags |= stringFlags(tokens, bytes, lexicon);
					continue;
				case as.digit: {
					const start = pos;
					pos = numberEnd(bytes, pos);
					tokens.push(kind.number, start, pos, 0);
					continue;
				}
				case as.open:
					if (depth >= maxDepth) throw new Failure(pos, 'too many nested parentheses');
					opens[depth++] = tokens.count;
					tokens.push(kind.open, pos, pos + 1, -1);
					pos++;
					continue;
				case as.close: {
					if (depth === 0) throw new Failure(pos, `unmatched '${String.fromCharCode(c)}'`);
					const partner = opens[--depth] as number;
					const opener = bytes[tokens.starts[partner] as number] as number;
					// ( and ) are 40 and 41; [ and ] 91 and 93; { and } 123 and 125.
					if (c - opener > 2 || c < opener) {
						throw new Failure(pos, `'${String.fromCharCode(c)}' does not close '${String.fromCharCode(opener)}'`);
					}
					tokens.data[partner] = tokens.count;
					tokens.push(kind.close, pos, pos + 1, partner);
					pos++;
					continue;
				}
				case as.operator: {
					if (c === dot && isDigit(bytes[pos + 1])) {
						const start = pos;
						pos = numberEnd(bytes, pos);
						tokens.push(kind.number, start, pos, 0);
						continue;
					}
					const next = bytes[pos + 1] as number;
					let operator = c;
					let size = 1;
					if (longOperatorEnd[next] === 1 || next === dot) {
						const two = c | (next << 8);
						const three = two | ((bytes[pos + 2] as number) << 16);
						if (three !== two && longOperators.has(three)) {
							operator = three;
							size = 3;
						} else if (longOperators.has(two)) {
							operator = two;
							size = 2;
						}
					}
					if (c === semicolon && depth === 0) flags |= hot.semicolon;
					tokens.push(kind.operator, pos, pos + size, operator);
					pos += size;
					if (operator === equals && depth === 0) {
						// `files = !ls` and `figure = %timeit x` of IPython.
						let at = pos;
						while (bytes[at] === space || bytes[at] === tab) at++;
						const next = bytes[at + 1] as number;
						if ((bytes[at] === percent && classes[next] === as.name) || (bytes[at] === bang && next !== equals)) {
							pos = magicLine(tokens, bytes, at);
							flags |= hot.magic;
						}
					}
					continue;
				}
				case as.comment: {
					const start = pos;
					while (pos < length && bytes[pos] !== LF && bytes[pos] !== CR) pos++;
					tokens.comments.push(start, pos);
					continue;
				}
				case as.line:
					pos = afterLineEnd(bytes, pos);
					if (depth > 0) continue;
					break line;
				case as.backslash:
					if (bytes[pos + 1] !== LF && bytes[pos + 1] !== CR) {
						throw new Failure(pos, 'unexpected character after a line continuation');
					}
					pos = afterLineEnd(bytes, pos + 1);
					if (pos >= length) throw new Failure(pos, 'unexpected end of file after a line continuation');
					continue;
				case as.other:
					if (c === bang && bytes[pos + 1] === equals) {
						tokens.push(kind.operator, pos, pos + 2, bang | (equals << 8));
						pos += 2;
						continue;
					}
					if (c === question && depth === 0) {
						pos = helpSuffix(tokens, bytes, pos);
						flags |= hot.magic;
						continue;
					}
			}
			throw new Failure(pos, c === 0 ? 'the file holds a null byte' : `unexpected character ${characterName(c)}`);
		}
		tokens.pushLine(first, level, flags, pos);
	}
	tokens.end();
}

function unclosed(tokens: Tokens, open: number): Failure {
	const at = tokens.starts[open] as number;
	return new Failure(at, `'${String.fromCharCode(tokens.bytes[at] as number)}' was never closed`);
}

function characterName(c: number): string {
	return c > 32 && c < 127 ? `'${String.fromCharCode(c)}'` : `0x${c.toString(16).padStart(2, '0')}`;
}

/** Reads a line magic or a shell escape to its end; a backslash at the end of the line continues it. */
function magicLine(tokens: Tokens, bytes: Uint8Array, start: number): number {
	let pos = start;
	while (pos < bytes.length && bytes[pos] !== LF && bytes[pos] !== CR) {
		if (bytes[pos] === backslash && (bytes[pos + 1] === LF || bytes[pos + 1] === CR)) pos = afterLineEnd(bytes, pos + 1);
		else pos++;
	}
	tokens.push(kind.magic, start, pos, 0);
	return pos;
}

/** IPython's `name?` and `name??`: only at the end of a line. */
function helpSuffix(tokens: Tokens, bytes: Uint8Array, start: number): number {
	let pos = start;
	while (bytes[pos] === question) pos++;
	let rest = pos;
	while (bytes[rest] === space || bytes[rest] === tab) rest++;
	if (rest < bytes.length && bytes[rest] !== LF && bytes[rest] !== CR) throw new Failure(start, "unexpected character '?'");
	tokens.push(kind.magic, start, pos, 0);
	return pos;
}

/** End of the number at `pos`, by CPython's rules; a keyword may follow at once (`1if x else 2`). */
function numberEnd(bytes: Uint8Array, start: number): number {
	let pos = start;
	if (bytes[pos] === 48) {
		const base = (bytes[pos + 1] as number) | 32;
		if (base === 120 || base === 111 || base === 98) {
			pos += 2;
			while (inHex[bytes[pos] as number] === 1 && (base === 120 || isDigit(bytes[pos]) || bytes[pos] === 95)) pos++;
			if (((bytes[pos] as number) | 32) === 108) pos++;
			return pos;
		}
	}
	pos = digitsEnd(bytes, pos);
	if (bytes[pos] === dot) pos = digitsEnd(bytes, pos + 1);
	if (((bytes[pos] as number) | 32) === 101) {
		const sign = bytes[pos + 1] === 43 || bytes[pos + 1] === 45 ? 1 : 0;
		if (isDigit(bytes[pos + 1 + sign])) pos = digitsEnd(bytes, pos + 1 + sign);
	}
	// Imaginary numbers, and the long ones of Python 2.
	const suffix = (bytes[pos] as number) | 32;
	if ((suffix === 106 || suffix === 108) && inName[bytes[pos + 1] as number] !== 1) pos++;
	return pos;
}

/** After the digits from `pos`, with single underscores between them. */
function digitsEnd(bytes: Uint8Array, start: number): number {
	let pos = start;
	while (isDigit(bytes[pos]) || (bytes[pos] === 95 && isDigit(bytes[pos + 1]))) pos++;
	return pos;
}

/** Adds the string whose prefix is `start` to `quoteAt`; returns its end. */
function stringToken(tokens: Tokens, bytes: Uint8Array, start: number, quoteAt: number, prefix: number, nesting: number): number {
	const quote = bytes[quoteAt] as number;
	const triple = bytes[quoteAt + 1] === quote && bytes[quoteAt + 2] === quote;
	let flags = prefix | (triple ? string.triple : 0) | ((quoteAt - start) << 8);
	let end: number;
	if ((prefix & string.formatted) !== 0) {
		const fields = formattedEnd(bytes, start, quoteAt, triple, (prefix & string.raw) !== 0, nesting);
		end = Math.abs(fields);
		if (fields < 0) flags |= string.fields;
		flags |= string.escapes;
	} else {
		const plain = plainEnd(bytes, start, quoteAt, triple);
		end = Math.abs(plain);
		if (plain < 0) flags |= string.escapes;
	}
	tokens.push(kind.string, start, end, flags);
	return end;
}

/** End of a string without fields; negative where it holds a backslash. */
function plainEnd(bytes: Uint8Array, start: number, quoteAt: number, triple: boolean): number {
	const quote = bytes[quoteAt] as number;
	const length = bytes.length;
	let sign = 1;
	let pos = quoteAt + (triple ? 3 : 1);
	for (;;) {
		if (pos >= length) throw new Failure(start, triple ? 'unterminated triple-quoted string' : 'unterminated string');
		const c = bytes[pos] as number;
		if (c === quote) {
			if (!triple) return (pos + 1) * sign;
			if (bytes[pos + 1] === quote && bytes[pos + 2] === quote) return (pos + 3) * sign;
			pos++;
		} else if (c === backslash) {
			sign = -1;
			// The line end after a backslash may be two bytes.
			pos = bytes[pos + 1] === CR && bytes[pos + 2] === LF ? pos + 3 : pos + 2;
		} else if (c === 0) {
			throw new Failure(pos, 'the file holds a null byte');
		} else if ((c === LF || c === CR) && !triple) {
			throw new Failure(start, 'unterminated string');
		} else pos++;
	}
}

/** End of an f-string or t-string; negative where it has replacement fields. */
function formattedEnd(bytes: Uint8Array, start: number, quoteAt: number, triple: boolean, raw: boolean, nesting: number): number {
	if (nesting > 100) throw new Failure(start, 'f-strings nested too deeply');
	const quote = bytes[quoteAt] as number;
	let sign = 1;
	let pos = quoteAt + (triple ? 3 : 1);
	for (;;) {
		if (pos >= bytes.length) throw new Failure(start, 'unterminated f-string');
		const c = bytes[pos] as number;
		if (c === quote) {
			if (!triple) return (pos + 1) * sign;
			if (bytes[pos + 1] === quote && bytes[pos + 2] === quote) return (pos + 3) * sign;
			pos++;
		} else if (c === backslash) pos = afterEscape(bytes, pos, raw);
		else if (c === openBrace) {
			if (bytes[pos + 1] === openBrace) pos += 2;
			else {
				sign = -1;
				pos = fieldEnd(bytes, start, pos + 1, quote, triple, raw, nesting);
			}
		} else if (c === closeBrace) {
			if (bytes[pos + 1] !== closeBrace) throw new Failure(pos, "f-string: single '}' is not allowed");
			pos += 2;
		} else if (c === 0) throw new Failure(pos, 'the file holds a null byte');
		else if ((c === LF || c === CR) && !triple) throw new Failure(start, 'unterminated f-string');
		else pos++;
	}
}

/** After a backslash in the literal part of an f-string: a brace after it still opens a field, `\N{...}` does not. */
function afterEscape(bytes: Uint8Array, pos: number, raw: boolean): number {
	const next = bytes[pos + 1];
	if (next === openBrace || next === closeBrace) return pos + 1;
	if (next === CR && bytes[pos + 2] === LF) return pos + 3;
	if (!raw && next === 78 && bytes[pos + 2] === openBrace) {
		let end = pos + 3;
		while (
			end < bytes.length &&
			bytes[end] !== closeBrace &&
			bytes[end] !== LF &&
			bytes[end] !== CR &&
			bytes[end] !== 34 &&
			bytes[end] !== 39
		)
			end++;
		if (bytes[end] !== closeBrace) throw new Failure(pos, 'malformed \\N character escape');
		return end + 1;
	}
	return pos + 2;
}

/** Reads a replacement field from after its `{` to after its `}`. */
function fieldEnd(
	bytes: Uint8Array,
	start: number,
	from: number,
	quote: number,
	triple: boolean,
	raw: boolean,
	nesting: number,
): number {
	let opens: number[] | undefined; // few fields hold a bracket
	let pos = from;
	let empty = true;
	for (;;) {
		if (pos >= bytes.length) throw new Failure(start, "f-string: expecting '}'");
		const c = bytes[pos] as number;
		switch (classes[c]) {
			case as.space:
			case as.line:
				pos++;
				continue;
			case as.comment:
				while (pos < bytes.length && bytes[pos] !== LF && bytes[pos] !== CR) pos++;
				continue;
			case as.name: {
				const first = pos;
				let h = 0;
				while (inName[bytes[pos] as number] === 1) {
					h = ((h << 5) - h + (bytes[pos] as number)) | 0;
					pos++;
				}
				empty = false;
				const prefix = pos - first <= 2 && classes[bytes[pos] as number] === as.quote ? prefixes.get(h) : undefined;
				if (prefix !== undefined) pos = nestedString(bytes, first, pos, prefix, nesting);
				continue;
			}
			case as.quote:
				empty = false;
				pos = nestedString(bytes, pos, pos, 0, nesting);
				continue;
			case as.open:
				empty = false;
				opens ??= [];
				opens.push(c);
				pos++;
				continue;
			case as.close: {
				const opener = opens?.pop();
				if (opener === undefined) {
					if (c !== closeBrace || empty) throw new Failure(pos, 'f-string: a valid expression is expected');
					return pos + 1;
				}
				if (c - opener > 2 || c < opener) throw new Failure(pos, `f-string: '${String.fromCharCode(c)}' closes nothing`);
				pos++;
				continue;
			}
			case as.other:
				if (!opens?.length && c === bang && bytes[pos + 1] !== equals) {
					// A conversion: one name, then a format or the end.
					pos++;
					while (bytes[pos] === space) pos++;
					const name = pos;
					while (inName[bytes[pos] as number] === 1) pos++;
					if (pos === name) empty = true;
					while (bytes[pos] === space) pos++;
					if (empty || (bytes[pos] !== colon && bytes[pos] !== closeBrace))
						throw new Failure(pos, 'f-string: invalid conversion');
					continue;
				}
				if (c === bang && bytes[pos + 1] === equals) {
					pos += 2;
					continue;
				}
				throw new Failure(pos, `f-string: unexpected character ${characterName(c)}`);
			case as.backslash:
				if (bytes[pos + 1] !== LF && bytes[pos + 1] !== CR) throw new Failure(pos, 'f-string: unexpected backslash');
				pos = afterLineEnd(bytes, pos + 1);
				continue;
			case as.invalid:
				throw new Failure(pos, c === 0 ? 'the file holds a null byte' : `f-string: unexpected character ${characterName(c)}`);
			default:
				if (c === colon && !opens?.length) {
					if (empty) throw new Failure(pos, 'f-string: a valid expression is expected');
					return formatEnd(bytes, start, pos + 1, quote, triple, raw, nesting);
				}
				empty = false;
				pos++;
		}
	}
}

/** Reads a format (after the `:`) to after the `}` of its field; it may hold fields. */
function formatEnd(
	bytes: Uint8Array,
	start: number,
	from: number,
	quote: number,
	triple: boolean,
	raw: boolean,
	nesting: number,
): number {
	if (nesting > 100) throw new Failure(start, 'f-strings nested too deeply');
	let pos = from;
	for (;;) {
		if (pos >= bytes.length) throw new Failure(start, "f-string: expecting '}'");
		const c = bytes[pos] as number;
		if (c === closeBrace) return pos + 1;
		if (c === openBrace) pos = fieldEnd(bytes, start, pos + 1, quote, triple, raw, nesting + 1);
		else if (c === backslash) pos = afterEscape(bytes, pos, raw);
		else if (c === quote && (!triple || (bytes[pos + 1] === quote && bytes[pos + 2] === quote))) {
			throw new Failure(pos, "f-string: expecting '}'");
		} else if ((c === LF || c === CR) && !triple) throw new Failure(start, 'unterminated f-string');
		else if (c === 0) throw new Failure(pos, 'the file holds a null byte');
		else pos++;
	}
}

function nestedString(bytes: Uint8Array, start: number, quoteAt: number, prefix: number, nesting: number): number {
	const quote = bytes[quoteAt];
	const triple = bytes[quoteAt + 1] === quote && bytes[quoteAt + 2] === quote;
	if ((prefix & string.formatted) === 0) return Math.abs(plainEnd(bytes, start, quoteAt, triple));
	return Math.abs(formattedEnd(bytes, start, quoteAt, triple, (prefix & string.raw) !== 0, nesting + 1));
}

/** What the string that was just added may mean: a variable's name, a device. */
function stringFlags(tokens: Tokens, bytes: Uint8Array, lexicon: Lexicon): number {
	const at = tokens.count - 1;
	const flags = tokens.data[at] as number;
	if ((flags & string.fields) !== 0) return 0;
	const quotes = (flags & string.triple) !== 0 ? 3 : 1;
	const start = (tokens.starts[at] as number) + (flags >> 8) + quotes;
	const end = (tokens.ends[at] as number) - quotes;
	const size = end - start;
	if (size < 2) return 0;
	let result = 0;
	if ((lexicon.variableLengths & (1 << Math.min(size, 31))) !== 0 && lexicon.isVariable(bytes, start, end))
		result = hot.environment;
	// `cuda`, `cuda:1`, `gpu:1`, `/GPU:0`, `/device:GPU:0`
	if (size <= 20) {
		const c = (bytes[start] as number) | 32;
		if ((c === 99 && (bytes[start + 1] as number) === 117) || c === 103 || c === 47) result |= hot.device;
	}
	return result;
}

const identifier = /^[\p{XID_Start}_]\p{XID_Continue}*$/u;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A name that is not ASCII must be an identifier: typographic quotes and no-break spaces are pasted into code by accident. */
function checkName(bytes: Uint8Array, start: number, end: number): void {
	let name: string;
	try {
		name = utf8.decode(bytes.subarray(start, end));
	} catch {
		// Another encoding: letters there are letters here.
		return;
	}
	if (!identifier.test(name.normalize('NFKC'))) throw new Failure(start, 'invalid character in a name');
}
