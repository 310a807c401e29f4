import { isAscii, isUtf8 } from 'node:buffer';
import { latin1 } from './lexer.ts';

/** How the bytes of a source are to be read. */
export interface Encoding {
	/** UTF-8 (or ASCII): any character may be written as it is. In others only ASCII is written. */
	readonly utf8: boolean;
	/** The bytes for the lexer: as they are, or with two-byte characters masked where their second byte may look like ASCII. */
	readonly lexed: Uint8Array;
	/** Decodes a piece of the original bytes. */
	decode(piece: Uint8Array): string;
}

export interface EncodingProblem {
	readonly message: string;
	readonly start: number;
	readonly end: number;
}

/** PEP 263: the comment that declares an encoding, on one of the first two lines. */
const cookie = /^#.*?coding[:=][ \t]*([-\w.]+)/;

/** The declared encoding and the span of its line, as CPython finds it; `null` where none is declared. */
export function declaredEncoding(
	bytes: Uint8Array,
): { readonly name: string; readonly start: number; readonly end: number } | null {
	let start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
	for (let number = 0; number < 2 && start < bytes.length; number++) {
		let end = start;
		while (end < bytes.length && bytes[end] !== 10 && bytes[end] !== 13) end++;
		let first = start;
		while (bytes[first] === 32 || bytes[first] === 9 || bytes[first] === 12) first++;
		if (first < end && bytes[first] !== 35) return null;
		const match = cookie.exec(latin1(bytes, first, Math.min(end, start + 4096)));
		if (match) return { name: (match[1] as string).toLowerCase().replaceAll('_', '-'), start, end };
		start = bytes[end] === 13 && bytes[end + 1] === 10 ? end + 2 : end + 1;
	}
	return null;
}

const asciiNames = /^(?:ascii|us-ascii|646|ansi-x3\.4-1968)$/;
const utf8Names = /^(?:utf-?8|u8|utf|utf8-ucs[24]|cp65001|utf-?8-sig|utf-8-.*)$/;
/** Every byte has a meaning in these, and Python's and the platform's tables need not be compared. */
const wholeSingleByte =
	/^(?:latin-?1|l1|latin|iso-?8859-?(?:1|2|4|5|9|10|13|14|15|16)|8859|iso-latin-1|latin-1-.*|iso-8859-1-.*|iso-latin-1-.*|cp819|latin-?9|cp(?:437|850|852|858|866)|ibm(?:437|850|852|866)|koi8-[ru])$/;
const windows = /^(?:cp|windows-)(125[0-8])$/;
/** Two-byte encodings: decoder label by name, and whether a second byte may be below 128. */
const twoByte: readonly (readonly [RegExp, string, boolean])[] = [
	[/^(?:euc-?jp|ujis|u-jis)$/, 'euc-jp', false],
	[/^euc-?kr$/, 'euc-kr', false],
	[/^(?:gb2312|euc-?cn|chinese|gb2312-80|csiso58gb231280)$/, 'gbk', false],
	[/^(?:gbk|cp936|936|ms936)$/, 'gbk', true],
	[/^gb18030(?:-2000)?$/, 'gb18030', true],
	[/^(?:big5|big5-tw|csbig5|cp950|950|ms950)$/, 'big5', true],
	[/^(?:shift-?jis|sjis|s-jis|csshiftjis|cp932|932|ms932|mskanji|ms-kanji|windows-31j)$/, 'shift_jis', true],
	[/^(?:cp949|949|ms949|uhc)$/, 'euc-kr', true],
];

const fatal = { fatal: true, ignoreBOM: true } as const;
const utf8Decoder = new TextDecoder('utf-8', fatal);

/**
 * Finds out how a source is encoded, by the rules of CPython: a byte order mark, a PEP 263 comment, else UTF-8.
 * A problem where CPython would not compile the file, or where we cannot be sure of its bytes.
 */
export function encodingOf(bytes: Uint8Array): Encoding | EncodingProblem {
	if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
		return { message: 'UTF-16 text, which Python does not read; save it as UTF-8', start: 0, end: 2 };
	}
	const declared = declaredEncoding(bytes);
	const name = declared?.name ?? 'utf-8';
	const bom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
	const problem = (message: string): EncodingProblem => ({ message, start: declared?.start ?? 0, end: declared?.end ?? 0 });
	if (bom && !utf8Names.test(name))
		return problem(`the encoding is declared as ${name}, but a UTF-8 byte order mark says otherwise`);
	if (utf8Names.test(name)) {
		if (isUtf8(bytes)) return { utf8: true, lexed: bytes, decode: (piece) => utf8Decoder.decode(piece) };
		const at = firstInvalid(bytes);
		const byte = `0x${(bytes[at] as number).toString(16)}`;
		return { message: `byte ${byte} is not valid UTF-8 and no other encoding is declared`, start: at, end: at + 1 };
	}
	if (asciiNames.test(name)) {
		if (isAscii(bytes)) return { utf8: false, lexed: bytes, decode: decodeLatin1 };
		const at = bytes.findIndex((byte) => byte > 127);
		return { message: 'the encoding is declared as ASCII, but this byte is not', start: at, end: at + 1 };
	}
	if (wholeSingleByte.test(name)) return { utf8: false, lexed: bytes, decode: decoderFor(name) };
	try {
		const page = windows.exec(name);
		if (page) {
			const decoder = new TextDecoder(`windows-${page[1]}`, fatal);
			// Undefined bytes become C1 control characters there, and errors in Python.
			if (/[\u0080-\u009f]/.test(decoder.decode(bytes))) return problem(`bytes that ${name} does not define`);
			return { utf8: false, lexed: bytes, decode: (piece) => decoder.decode(piece) };
		}
		for (const [names, label, masks] of twoByte) {
			if (!names.test(name)) continue;
			const decoder = new TextDecoder(label, fatal);
			decoder.decode(bytes);
			return {
				utf8: false,
				lexed: masks ? masked(bytes, label === 'shift_jis') : bytes,
				decode: (piece) => decoder.decode(piece),
			};
		}
	} catch {
		return problem(`the bytes cannot be decoded as ${name}`);
	}
	return problem(`the declared encoding ${name} is not one that can be edited safely`);
}

function decodeLatin1(piece: Uint8Array): string {
	return latin1(piece, 0, piece.length);
}

function decoderFor(name: string): (piece: Uint8Array) => string {
	if (!/^(?:iso-?8859-?(?:2|4|5|10|13|14|15|16)|koi8-[ru]|cp866|ibm866)$/.test(name)) return decodeLatin1;
	const decoder = new TextDecoder(name.replace(/^iso-?8859-?/, 'iso-8859-').replace('cp866', 'ibm866'));
	return (piece) => decoder.decode(piece);
}

/** Second bytes below 128 (a backslash, a brace) replaced, so that the lexer sees no ASCII that is none. */
function masked(bytes: Uint8Array, halfWidth: boolean): Uint8Array {
	const copy = Uint8Array.from(bytes);
	for (let i = 0; i < copy.length - 1; i++) {
		const lead = copy[i] as number;
		// Shift_JIS has letters of one byte from 0xa1 to 0xdf.
		if (lead < 0x81 || (halfWidth && lead >= 0xa0 && lead <= 0xdf)) continue;
		copy[++i] = 0xff;
	}
	return copy;
}

function firstInvalid(bytes: Uint8Array): number {
	for (let i = 0; i < bytes.length; ) {
		const c = bytes[i] as number;
		if (c < 0x80) {
			i++;
			continue;
		}
		const size = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
		if (c < 0xc2 || c > 0xf4 || !isUtf8(bytes.subarray(i, i + size)) || i + size > bytes.length) return i;
		i += size;
	}
	return 0;
}
