import { kind, packed, type Tokens } from './lexer.ts';
import { lastKeyword, word } from './words.ts';

/**
 * Not a parser: a check that operands and operators take turns, that brackets hold what they may hold, and that each
 * statement has the shape of its keyword. It finds what people break (a missing operator, a stray bracket, half a
 * statement, another language) in one pass over the tokens. Python 2's statements pass.
 */

const bit = (words: readonly number[]): Uint8Array => {
	const set = new Uint8Array(256);
	for (const number of words) set[number] = 1;
	return set;
};

/** Keywords that are operands, or stand before one. */
const constants = bit([word.True, word.False, word.None]);
const binaryWords = bit([word.and, word.or, word.in, word.is]);
/** Keywords that may stand without an operand. */
const mayStandAlone = bit([word.yield]);

/** What an operator may do; a table by packed operator. */
const binary = 1;
const unary = 2;
const augmentedAssignment = 4;
const operators = new Map<number, number>();
for (const text of [
	'**',
	'*',
	'/',
	'//',
	'%',
	'@',
	'<<',
	'>>',
	'&',
	'|',
	'^',
	'<',
	'>',
	'<=',
	'>=',
	'==',
	'!=',
	'<>',
	'+',
	'-',
]) {
	operators.set(packed(text), binary);
}
for (const text of ['+', '-']) operators.set(packed(text), binary | unary);
operators.set(packed('~'), unary);
for (const text of ['+=', '-=', '*=', '/=', '//=', '%=', '@=', '&=', '|=', '^=', '>>=', '<<=', '**='])
	operators.set(packed(text), augmentedAssignment);
/** Single bytes are by far the most. */
const byByte = new Uint8Array(128);
for (const [operator, does] of operators) if (operator < 128) byByte[operator] = does;

const op = {
	dot: packed('.'),
	comma: packed(','),
	colon: packed(':'),
	equals: packed('='),
	star: packed('*'),
	doubleStar: packed('**'),
	slash: packed('/'),
	arrow: packed('->'),
	walrus: packed(':='),
	ellipsis: packed('...'),
	backtick: packed('`'),
	at: packed('@'),
};

/** What an open bracket is. */
const inGroup = 1;
const inCall = 2;
const inList = 3;
const inSubscript = 4;
const inBraces = 5;
const inParameters = 6;

/** After what an operand is missing: nothing may end there, or it may. */
const needed = 0;
/** After a comma, at the start of brackets, after `:` in a subscript: there may be none. */
const optional = 1;
const present = 2;

const depthLimit = 256;
const bracketAt = new Uint8Array(depthLimit);
/** Conditional expressions that wait for their `else`. */
const conditionsAt = new Uint8Array(depthLimit);
/** A comprehension: 1 from `for` to its `in`, 2 after. */
const loopAt = new Uint8Array(depthLimit);
/** Lambdas whose `:` is still to come. */
const lambdasAt = new Uint8Array(depthLimit);
/** What the element at hand in a bracket has, and what those before it had. */
const elementAt = new Uint8Array(depthLimit);
const earlierAt = new Uint8Array(depthLimit);
const hasColon = 1;
const hasEquals = 2;
const hasStars = 4;
const isPlain = 8;

/** How far an assignment has come: targets may come, an annotation stands, no `=` may come any more. */
const targets = 0;
const annotation = 1;
const closed = 2;

/** How the tokens are to be read. */
const shape = {
	/** A simple statement: assignments and one annotation may stand in it. */
	simple: 0,
	/** The expressions of a compound statement's head. */
	head: 1,
	/** A single condition: no comma outside brackets. */
	condition: 5,
	/** After `for` of a loop. */
	loop: 2,
	/** Items that may be followed by `as`: with, except, case. */
	items: 3,
	/** From the name of a function to before its `:`. */
	definition: 4,
} as const;

/** Index of the first token that cannot stand where it does, from `first` to `end` (the end itself: something is missing), or -1. */
export function checkStatement(tokens: Tokens, first: number, end: number): number {
	if (tokens.kinds[first] !== kind.name) return checkExpressions(tokens, first, end, shape.simple, needed);
	const opener = tokens.data[first] as number;
	if (opener === 0 || opener > lastKeyword) {
		const next = first + 1;
		if (next < end) {
			// print "x" and exec "x" of Python 2; type X = int.
			if (opener === word.print || opener === word.exec) {
				const operand =
					tokens.kinds[next] === kind.name
						? !isBinaryWord(tokens, next)
						: tokens.kinds[next] === kind.string || tokens.kinds[next] === kind.number || tokens.isOperator(next, op.backtick);
				if (operand) return checkExpressions(tokens, next, end, shape.simple, needed);
				// print >>file, "x" and print >>file
			}
			if (opener === word.type && tokens.kinds[next] === kind.name && !isBinaryWord(tokens, next)) {
				const after = tokens.isOpen(next + 1, '[') && next + 1 < end ? (tokens.data[next + 1] as number) + 1 : next + 1;
				if (after >= end || !tokens.isOperator(after, op.equals)) return after;
				return checkExpressions(tokens, after + 1, end, shape.head, needed);
			}
		}
		return checkExpressions(tokens, first, end, shape.simple, needed);
	}
	switch (opener) {
		case word.pass:
		case word.break:
		case word.continue:
			return first + 1 < end ? first + 1 : -1;
		case word.import:
			return checkImport(tokens, first + 1, end);
		case word.from:
			return checkFrom(tokens, first + 1, end);
		case word.global:
		case word.nonlocal:
			return checkNames(tokens, first + 1, end);
		case word.return:
		case word.raise:
			return first + 1 < end ? checkExpressions(tokens, first + 1, end, shape.head, needed) : -1;
		case word.del:
		case word.assert:
			return checkExpressions(tokens, first + 1, end, shape.head, needed);
		default:
			return checkExpressions(tokens, first, end, shape.simple, needed);
	}
}

/** The head of a compound statement, from its (last) keyword `head` at token `first` to before the `:`. */
export function checkHead(tokens: Tokens, first: number, end: number, head: number): number {
	const next = first + 1;
	switch (head) {
		case word.else:
		case word.try:
		case word.finally:
			return next < end ? next : -1;
		case word.for:
			return checkExpressions(tokens, next, end, shape.loop, needed);
		case word.except: {
			const from = tokens.isOperator(next, op.star) ? next + 1 : next;
			return from < end ? checkExpressions(tokens, from, end, shape.items, needed) : -1;
		}
		case word.with:
		case word.case:
			return checkExpressions(tokens, next, end, shape.items, needed);
		case word.def:
		case word.class:
			return checkDefinition(tokens, next, end, head);
		case word.match:
			return checkExpressions(tokens, next, end, shape.head, needed);
		default:
			return checkExpressions(tokens, next, end, shape.condition, needed);
	}
}

function isBinaryWord(tokens: Tokens, i: number): boolean {
	const number = tokens.data[i] as number;
	return binaryWords[number] === 1 || number === word.if || number === word.not || number === word.else;
}

function isPlainName(tokens: Tokens, i: number, end: number): boolean {
	if (i >= end || tokens.kinds[i] !== kind.name) return false;
	const number = tokens.data[i] as number;
	return number === 0 || number > lastKeyword;
}

function checkDefinition(tokens: Tokens, first: number, end: number, head: number): number {
	if (!isPlainName(tokens, first, end)) return first;
	let i = first + 1;
	if (i < end && tokens.isOpen(i, '[')) i = (tokens.data[i] as number) + 1;
	if (head === word.class) {
		if (i >= end) return -1;
		return tokens.isOpen(i, '(') && tokens.data[i] === end - 1
			? checkExpressions(tokens, first, end, shape.head, needed, first + 1)
			: i;
	}
	if (i >= end || !tokens.isOpen(i, '(')) return i;
	const close = tokens.data[i] as number;
	if (close + 1 < end && !tokens.isOperator(close + 1, op.arrow)) return close + 1;
	const parameters = checkExpressions(tokens, i, close + 1, shape.definition, needed);
	if (parameters >= 0 || close + 1 >= end) return parameters;
	return checkExpressions(tokens, close + 2, end, shape.head, needed);
}

function checkDotted(tokens: Tokens, first: number, end: number): number {
	let i = first;
	for (;;) {
		if (!isPlainName(tokens, i, end)) return -i - 1;
		i++;
		if (i >= end || !tokens.isOperator(i, op.dot)) return i;
		i++;
	}
}

/** `a.b as c, d` */
function checkImport(tokens: Tokens, first: number, end: number): number {
	let i = first;
	for (;;) {
		i = checkDotted(tokens, i, end);
		if (i < 0) return -i - 1;
		i = afterAlias(tokens, i, end);
		if (i < 0) return -i - 1;
		if (i >= end) return -1;
		if (!tokens.isOperator(i, op.comma)) return i;
		i++;
	}
}

function afterAlias(tokens: Tokens, at: number, end: number): number {
	if (at >= end || !tokens.isWord(at, word.as)) return at;
	return isPlainName(tokens, at + 1, end) ? at + 2 : -(at + 1) - 1;
}

/** `..a.b import (c as d, e)` */
function checkFrom(tokens: Tokens, first: number, end: number): number {
	let i = first;
	while (i < end && (tokens.isOperator(i, op.dot) || tokens.isOperator(i, op.ellipsis))) i++;
	if (i === first || !tokens.isWord(i, word.import)) {
		i = checkDotted(tokens, i, end);
		if (i < 0) return -i - 1;
	}
	if (i >= end || !tokens.isWord(i, word.import)) return i;
	i++;
	if (i < end && tokens.isOperator(i, op.star)) return i + 1 < end ? i + 1 : -1;
	let last = end;
	if (i < end && tokens.isOpen(i, '(')) {
		last = tokens.data[i] as number;
		if (last + 1 < end) return last + 1;
		i++;
	}
	for (;;) {
		if (!isPlainName(tokens, i, last)) return i;
		i = afterAlias(tokens, i + 1, last);
		if (i < 0) return -i - 1;
		if (i >= last) return -1;
		if (!tokens.isOperator(i, op.comma)) return i;
		i++;
		if (i >= last) return last < end ? -1 : i;
	}
}

function checkNames(tokens: Tokens, first: number, end: number): number {
	for (let i = first; ; i += 2) {
		if (!isPlainName(tokens, i, end)) return i;
		if (i + 1 >= end) return -1;
		if (!tokens.isOperator(i + 1, op.comma)) return i + 1;
	}
}

/** Operands and operators in turn, with brackets. `from` may lie after the first operand (a class's name). */
function checkExpressions(tokens: Tokens, from: number, end: number, as: number, begin: number, at = from): number {
	const { kinds, data, starts, bytes } = tokens;
	let depth = 0;
	let state = at > from ? present : begin;
	bracketAt[0] = 0;
	conditionsAt[0] = 0;
	loopAt[0] = as === shape.loop ? 1 : 0;
	lambdasAt[0] = 0;
	elementAt[0] = 0;
	earlierAt[0] = 0;
	let phase = as === shape.simple ? targets : closed;
	const guarded = from > 0 && tokens.isWord(from - 1, word.case);
	let i = at;
	/** Targets may stand before `=` up to here. */
	let target = from;
	let assignable = true;
	for (; i < end; i++) {
		const token = kinds[i] as number;
		const what = data[i] as number;
		switch (token) {
			case kind.name:
				if (what === 0 || what > lastKeyword || constants[what] === 1) {
					if (state === present || (constants[what] === 1 && isParameterName(depth))) return i;
					state = present;
					continue;
				}
				if (state !== present) {
					if (isParameterName(depth)) return i;
					if (what === word.not || what === word.await) {
						state = needed;
						assignable = depth > 0 && assignable;
						continue;
					}
					if (what === word.lambda) {
						if ((lambdasAt[depth] as number) > 100) return i;
						(lambdasAt[depth] as number)++;
						state = optional;
						continue;
					}
					if (what === word.yield) {
						state = optional;
						if (tokens.isWord(i + 1, word.from) && i + 1 < end) {
							i++;
							state = needed;
						}
						continue;
					}
					// for x, in pairs
					if (what !== word.in || loopAt[depth] !== 1 || !tokens.isOperator(i - 1, op.comma)) return i;
				}
				if (what === word.in) {
					// A loop's iterable may be a conditional expression, a comprehension's may not: there `if` is a filter.
					if (loopAt[depth] === 1) loopAt[depth] = depth === 0 ? 0 : 2;
					state = needed;
				} else if (binaryWords[what] === 1) state = needed;
				else if (what === word.not) {
					if (!tokens.isWord(i + 1, word.in) || i + 1 >= end) return i;
					i++;
					state = needed;
				} else if (what === word.if) {
					if (loopAt[depth] !== 2 && !(guarded && depth === 0)) (conditionsAt[depth] as number)++;
					state = needed;
				} else if (what === word.else) {
					if (conditionsAt[depth] === 0) return i;
					(conditionsAt[depth] as number)--;
					state = needed;
				} else if (what === word.for || what === word.async) {
					if (what === word.async) {
						i++;
						if (i >= end || !tokens.isWord(i, word.for)) return i;
					}
					if (depth === 0 || conditionsAt[depth] !== 0 || loopAt[depth] === 1) return i;
					loopAt[depth] = 1;
					state = needed;
				} else if (what === word.as) {
					if (as !== shape.items) return i;
					state = needed;
				} else if (what === word.from) {
					// raise X from Y
					if (depth > 0 || from === 0 || !tokens.isWord(from - 1, word.raise)) return i;
					state = needed;
				} else return i;
				if (depth === 0) assignable = false;
				continue;
			case kind.number:
				if (state === present || isParameterName(depth)) return i;
				state = present;
				continue;
			case kind.string:
				if (state === present ? kinds[i - 1] !== kind.string : isParameterName(depth)) return i;
				state = present;
				continue;
			case kind.open: {
				const bracket = bytes[starts[i] as number];
				let inside = bracket === 40 ? inGroup : bracket === 91 ? inList : inBraces;
				if (state === present) {
					if (inside === inBraces) return i;
					inside = inside === inGroup ? inCall : inSubscript;
				} else if (as === shape.definition && depth === 0) inside = inParameters;
				depth++;
				if (depth >= depthLimit) return i;
				bracketAt[depth] = inside;
				conditionsAt[depth] = 0;
				loopAt[depth] = 0;
				lambdasAt[depth] = 0;
				elementAt[depth] = 0;
				earlierAt[depth] = 0;
				state = inside === inSubscript ? needed : optional;
				// x[:] and x[] both: the second is caught when it closes.
				if (inside === inSubscript && tokens.isOperator(i + 1, op.colon)) state = optional;
				continue;
			}
			case kind.close:
				if (depth === 0 || state === needed || conditionsAt[depth] !== 0 || loopAt[depth] === 1 || lambdasAt[depth] !== 0)
					return i;
				if (state === present && !endElement(depth)) return i;
				depth--;
				state = present;
				continue;
			case kind.magic:
				// `x = !ls` after an operator, `name?` after an operand.
				state = present;
				continue;
		}
		// Operators.
		const does = what < 128 ? (byByte[what] as number) : (operators.get(what) ?? 0);
		if (state === present) {
			if (what === op.dot) {
				i++;
				if (i >= end || kinds[i] !== kind.name) return i;
				const name = data[i] as number;
				if (name > 0 && name <= lastKeyword && name !== word.print && name !== word.exec) return i;
				continue;
			}
			if ((does & binary) !== 0) {
				state = needed;
				if (depth === 0) assignable = false;
				continue;
			}
			if (what === op.comma) {
				if (conditionsAt[depth] !== 0 || (depth === 0 && as === shape.condition)) return i;
				if (depth > 0 && lambdasAt[depth] === 0 && loopAt[depth] === 0 && !endElement(depth)) return i;
				state = optional;
				continue;
			}
			if (what === op.colon) {
				if ((lambdasAt[depth] as number) > 0) {
					(lambdasAt[depth] as number)--;
					state = needed;
					continue;
				}
				if (conditionsAt[depth] !== 0) return i;
				const inside = bracketAt[depth] as number;
				if (depth === 0) {
					if (phase !== targets || !assignable || target !== from || !isTarget(tokens, from, i)) return i;
					phase = annotation;
					state = needed;
					continue;
				}
				if (inside === inSubscript) state = optional;
				else if (inside === inBraces || inside === inParameters) {
					if (
						((elementAt[depth] as number) & (hasColon | hasEquals | hasStars)) !== 0 &&
						(inside === inBraces || elementAt[depth] !== hasStars)
					)
						return i;
					(elementAt[depth] as number) |= hasColon;
					state = needed;
				} else return i;
				continue;
			}
			if (what === op.equals) {
				const inside = bracketAt[depth] as number;
				if ((lambdasAt[depth] as number) > 0) {
					state = needed;
					continue;
				}
				if (inside === inParameters) {
					if (((elementAt[depth] as number) & (hasEquals | hasStars)) !== 0) return i;
					(elementAt[depth] as number) |= hasEquals;
					state = needed;
					continue;
				}
				if (depth === 0) {
					if (phase === annotation) phase = closed;
					else if (phase === closed || !assignable || !isTarget(tokens, target, i)) return i;
					target = i + 1;
					state = needed;
					continue;
				}
				// A keyword argument: a name right after the bracket or a comma.
				if (inside !== inCall || kinds[i - 1] !== kind.name) return i;
				const before = i - 2;
				if (kinds[before] !== kind.open && !tokens.isOperator(before, op.comma)) return i;
				(elementAt[depth] as number) |= hasEquals;
				state = needed;
				continue;
			}
			if (what === op.walrus) {
				if (kinds[i - 1] !== kind.name) return i;
				state = needed;
				continue;
			}
			if (does === augmentedAssignment) {
				if (depth > 0 || phase !== targets || !assignable || target !== from || !isTarget(tokens, from, i)) return i;
				phase = closed;
				state = needed;
				continue;
			}
			if (what === op.backtick) continue;
			return i;
		}
		if ((does & unary) !== 0) {
			if (depth === 0) assignable = false;
			state = needed;
			continue;
		}
		if (what === op.ellipsis) {
			state = present;
			continue;
		}
		if (what === op.star || what === op.doubleStar) {
			// Unpacking, or the bare star of parameters.
			const bare =
				i + 1 < end &&
				(tokens.isOperator(i + 1, op.comma) || (tokens.isOperator(i + 1, op.colon) && (lambdasAt[depth] as number) > 0));
			if (bare && what === op.star && (bracketAt[depth] === inParameters || (lambdasAt[depth] as number) > 0)) {
				state = present;
				continue;
			}
			if (
				state === needed &&
				i > from &&
				kinds[i - 1] === kind.operator &&
				!tokens.isOperator(i - 1, op.equals) &&
				!tokens.isOperator(i - 1, op.colon)
			)
				return i;
			if (depth > 0 && (state === optional || kinds[i - 1] === kind.open)) (elementAt[depth] as number) |= hasStars;
			state = needed;
			continue;
		}
		if (what === op.slash && (bracketAt[depth] === inParameters || (lambdasAt[depth] as number) > 0) && i > from) {
			// The mark after positional-only parameters.
			state = present;
			continue;
		}
		if (what === op.colon) {
			if ((lambdasAt[depth] as number) > 0) {
				(lambdasAt[depth] as number)--;
				state = needed;
				continue;
			}
			if (bracketAt[depth] === inSubscript) {
				state = optional;
				continue;
			}
			return i;
		}
		if (what === op.comma && bracketAt[depth] === inSubscript && tokens.isOperator(i - 1, op.colon)) {
			state = optional;
			continue;
		}
		if (what === op.equals && depth === 0 && phase === targets && assignable && tokens.isOperator(i - 1, op.comma)) {
			// first, = pair
			target = i + 1;
			state = needed;
			continue;
		}
		if (what === op.backtick) {
			// Python 2: `x`
			continue;
		}
		if (what === op.at && i === from) continue;
		return i;
	}
	if (depth !== 0 || conditionsAt[0] !== 0 || lambdasAt[0] !== 0 || loopAt[0] === 1) return end;
	if (state === needed) return end;
	if (state === optional) {
		const last = end - 1;
		const fine = tokens.isOperator(last, op.comma) || (kinds[last] === kind.name && mayStandAlone[data[last] as number] === 1);
		if (!fine) return end;
	}
	return -1;
}

/** True where the name of a parameter is due, not its annotation or default. */
function isParameterName(depth: number): boolean {
	return bracketAt[depth] === inParameters && ((elementAt[depth] as number) & (hasColon | hasEquals)) === 0;
}

/** Ends an element of a bracket; false where it does not go with those before it. */
function endElement(depth: number): boolean {
	const element = elementAt[depth] as number;
	const earlier = earlierAt[depth] as number;
	elementAt[depth] = 0;
	if (bracketAt[depth] === inBraces && (element & hasStars) === 0) {
		// All pairs, or none.
		const now = (element & hasColon) !== 0 ? hasColon : isPlain;
		earlierAt[depth] = earlier | now;
		return ((earlier | now) & (hasColon | isPlain)) !== (hasColon | isPlain);
	}
	if (bracketAt[depth] === inCall) {
		if (element === 0 && (earlier & hasEquals) !== 0) return false;
		earlierAt[depth] = earlier | element;
	}
	return true;
}

/** True where the tokens may be assigned to, as far as their last one tells. */
function isTarget(tokens: Tokens, first: number, end: number): boolean {
	const last = end - 1;
	if (last < first) return false;
	const token = tokens.kinds[last];
	if (token === kind.name) {
		const number = tokens.data[last] as number;
		return number === 0 || number > lastKeyword || (last > first && tokens.isWord(last, word.print));
	}
	if (token === kind.close) {
		const open = tokens.data[last] as number;
		if (tokens.isOpen(open, '{')) return false;
		// A call cannot be assigned to; a tuple can.
		return !tokens.isOpen(open, '(') || open === first || tokens.kinds[open - 1] === kind.operator;
	}
	if (token === kind.operator) {
		return tokens.isOperator(last, op.comma);
	}
	return false;
}
