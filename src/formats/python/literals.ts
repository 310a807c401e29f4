import type { Encoding } from './encoding.ts';
import { latin1, string } from './lexer.ts';

const simpleEscapes: Readonly<Record<string, string>> = {
	'\\': '\\',
	"'": "'",
	'"': '"',
	a: '\x07',
	b: '\b',
	f: '\f',
	n: '\n',
	r: '\r',
	t: '\t',
	v: '\v',
};

/**
 * The text of a string literal that stands at `start` to `end` with the given token flags: what the process will see.
 * `null` where it has fields, or an escape that we do not decode.
 */
export function decodeString(bytes: Uint8Array, start: number, end: number, flags: number, encoding: Encoding): string | null {
	if ((flags & string.fields) !== 0) return null;
	const quotes = (flags & string.triple) !== 0 ? 3 : 1;
	const piece = bytes.subarray(start + (flags >> 8) + quotes, end - quotes);
	const binary = (flags & string.bytes) !== 0;
	let text: string;
	try {
		text = binary ? latin1(piece, 0, piece.length) : encoding.decode(piece);
	} catch {
		return null;
	}
	// Line ends inside a literal are read as \n, whatever the file has.
	text = text.replace(/\r\n?/g, '\n');
	if ((flags & string.formatted) !== 0) text = text.replaceAll('{{', '{').replaceAll('}}', '}');
	if ((flags & string.raw) !== 0 || !text.includes('\\')) return text;
	return unescaped(text, binary);
}

function unescaped(text: string, binary: boolean): string | null {
	let out = '';
	for (let i = 0; i < text.length; i++) {
		const c = text[i] as string;
		if (c !== '\\') {
			out += c;
			continue;
		}
		const next = text[++i];
		if (next === undefined) return null;
		const simple = simpleEscapes[next];
		if (simple !== undefined) out += simple;
		else if (next === '\n') continue;
		else if (/[0-7]/.test(next)) {
			const digits = (/^[0-7]{1,3}/.exec(text.slice(i)) as RegExpExecArray)[0];
			out += String.fromCharCode(Number.parseInt(digits, 8));
			i += digits.length - 1;
		} else if (next === 'x' || (!binary && (next === 'u' || next === 'U'))) {
			const size = next === 'x' ? 2 : next === 'u' ? 4 : 8;
			const digits = text.slice(i + 1, i + 1 + size);
			if (digits.length !== size || !/^[0-9a-f]+$/i.test(digits)) return null;
			const code = Number.parseInt(digits, 16);
			if (code > 0x10ffff) return null;
			out += String.fromCodePoint(code);
			i += size;
		} else if (!binary && next === 'N') return null;
		else out += `\\${next}`;
	}
	return out;
}

/** How a literal is to be written. */
export interface LiteralStyle {
	/** `u`, `r`, `b`, … as written; a raw prefix is dropped where the value cannot stand in a raw string. */
	readonly prefix: string;
	/** `"`, `'` or either three times. */
	readonly quotes: string;
	/** Characters over 127 may be written as they are. */
	readonly utf8: boolean;
}

/** A string literal whose value is `value`. `null` where the style cannot hold it: bytes hold ASCII only here. */
export function writeString(value: string, style: LiteralStyle): string | null {
	const quote = style.quotes[0] as string;
	const plain = /^[\x20-\x7e]*$/.test(value);
	const binary = /b/i.test(style.prefix);
	if (binary && !plain) return null;
	// The same with and without a raw prefix.
	if (plain && !value.includes(quote) && !value.includes('\\')) return `${style.prefix}${style.quotes}${value}${style.quotes}`;
	const prefix = style.prefix.replace(/r/i, '');
	let body = '';
	for (const char of value) {
		const code = char.codePointAt(0) as number;
		if (char === '\\' || char === quote) body += `\\${char}`;
		else if (char === '\n') body += '\\n';
		else if (char === '\r') body += '\\r';
		else if (char === '\t') body += '\\t';
		else if (code < 32 || code === 127) body += `\\x${code.toString(16).padStart(2, '0')}`;
		else if (code < 127) body += char;
		else if (code > 0xffff) body += style.utf8 ? char : `\\U${code.toString(16).padStart(8, '0')}`;
		else if (style.utf8 && !isTreacherous(code)) body += char;
		else body += `\\u${code.toString(16).padStart(4, '0')}`;
	}
	return `${prefix}${style.quotes}${body}${style.quotes}`;
}

/** Lone surrogates cannot be encoded; C1 controls, line separators and bidirectional controls would deceive a reader. */
function isTreacherous(code: number): boolean {
	return (
		(code >= 0xd800 && code <= 0xdfff) ||
		(code >= 0x80 && code < 0xa0) ||
		(code >= 0x200b && code <= 0x200f) ||
		(code >= 0x2028 && code <= 0x202e) ||
		(code >= 0x2066 && code <= 0x2069) ||
		code === 0xfeff
	);
}
