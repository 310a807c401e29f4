import { isUtf8 } from 'node:buffer';
import type { Diagnostic } from '../../core/ports/format.ts';

/**
 * What keeps a file from being read as UTF-8 text: a refusing `file/encoding` diagnostic at the first bad byte,
 * or `null` where it is valid UTF-8 (with or without a byte order mark) and holds no NUL.
 */
export function encodingProblem(bytes: Uint8Array): Diagnostic | null {
	const utf16 = utf16Mark(bytes);
	if (utf16 !== null) return refuse(0, Math.min(2, bytes.length), `${utf16} text; convert it to UTF-8`);
	const nul = bytes.indexOf(0);
	if (nul !== -1) return refuse(nul, nul + 1, 'a NUL byte: this is not a text file');
	if (isUtf8(bytes)) return null;
	const at = firstInvalidByte(bytes);
	return refuse(
		at,
		at + 1,
		`byte 0x${(bytes[at] ?? 0).toString(16).padStart(2, '0')} is not valid UTF-8; convert the file to UTF-8`,
	);
}

/** `UTF-16LE` or `UTF-16BE` where the file starts with that byte order mark. Editors and PowerShell on Windows write such files. */
export function utf16Mark(bytes: Uint8Array): 'UTF-16LE' | 'UTF-16BE' | null {
	if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'UTF-16LE';
	if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'UTF-16BE';
	return null;
}

function refuse(start: number, end: number, message: string): Diagnostic {
	return { rule: 'file/encoding', message, span: { start, end }, refuses: true };
}

/** Offset of the first byte that makes the bytes invalid UTF-8; found by halving, since every valid prefix is valid. */
function firstInvalidByte(bytes: Uint8Array): number {
	let valid = 0;
	let invalid = bytes.length;
	while (valid < invalid) {
		const middle = (valid + invalid + 1) >> 1;
		if (isPrefixOfUtf8(bytes.subarray(0, middle))) valid = middle;
		else invalid = middle - 1;
	}
	return Math.min(valid, bytes.length - 1);
}

/** True where up to three more bytes could make these valid. */
function isPrefixOfUtf8(bytes: Uint8Array): boolean {
	for (let cut = 0; cut <= 3 && cut <= bytes.length; cut++) {
		const end = bytes.length - cut;
		if (!isUtf8(bytes.subarray(0, end))) continue;
		if (cut === 0) return true;
		const lead = bytes[end] as number;
		const needs = lead >= 0xf0 && lead <= 0xf4 ? 4 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xc2 && lead < 0xe0 ? 2 : 0;
		if (needs <= cut) return false;
		return bytes.subarray(end + 1).every((byte) => (byte & 0xc0) === 0x80);
	}
	return false;
}
