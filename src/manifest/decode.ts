import type { Complaint } from './diagnostic.ts';

/** Largest manifest file, in bytes: more than any object that an API server stores, and little enough that no text takes long. */
export const maxManifestBytes = 1024 * 1024;

export type Decoded =
	| { readonly ok: true; readonly text: string }
	/** `text` is as much as can be shown; `offset` is where in it the fault lies. */
	| { readonly ok: false; readonly text: string; readonly offset: number; readonly complaint: Complaint };

/** Bytes of a manifest file as text: UTF-8, with or without a byte order mark, of the characters that YAML allows. */
export function decodeManifest(input: string | Uint8Array): Decoded {
	const size = typeof input === 'string' ? Buffer.byteLength(input) : input.length;
	if (size > maxManifestBytes) {
		const message = `the file is larger than a manifest may be (${maxManifestBytes.toLocaleString('en-US')} bytes)`;
		const head = typeof input === 'string' ? input.slice(0, 256) : latin1(input.subarray(0, 256));
		return {
			ok: false,
			text: head,
			offset: 0,
			complaint: {
				code: 'GP1012',
				message,
				expected: 'at most 1 MiB',
				hint: 'is this the right file? Otherwise split it: one policy per file',
			},
		};
	}
	if (typeof input === 'string') return printable(input.startsWith('\uFEFF') ? input.slice(1) : input);
	const [first, second] = input;
	if ((first === 0xfe && second === 0xff) || (first === 0xff && second === 0xfe)) {
		const text = new TextDecoder(first === 0xff ? 'utf-16le' : 'utf-16be').decode(input);
		return fault(text, 0, 'the file is encoded in UTF-16', 'UTF-8', 'save it as UTF-8');
	}
	try {
		return printable(new TextDecoder('utf-8', { fatal: true }).decode(input));
	} catch {
		const offset = firstInvalid(input);
		const byte = (input[offset] ?? 0).toString(16).padStart(2, '0').toUpperCase();
		return fault(latin1(input), offset, `byte 0x${byte} is not UTF-8 here`, 'UTF-8', 'save it as UTF-8');
	}
}

/** Refuses the control characters that YAML forbids, so that local reading and the cluster's agree. */
function printable(text: string): Decoded {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
	const bad = /[\0-\x08\x0B\x0C\x0E-\x1F\x7F\uFFFE\uFFFF]/.exec(text);
	if (!bad) return { ok: true, text };
	const code = bad[0].charCodeAt(0);
	const name = code === 0 ? 'a NUL character' : `the control character U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
	return fault(
		text,
		bad.index,
		`${name} is not allowed in YAML`,
		'text',
		code === 0 ? 'is the file encoded in UTF-16? Save it as UTF-8' : 'remove it, or write it as an escape in double quotes',
	);
}

function fault(text: string, offset: number, message: string, expected: string, hint: string): Decoded {
	return { ok: false, text, offset, complaint: { code: 'GP1013', message, expected, hint } };
}

function latin1(bytes: Uint8Array): string {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** Offset of the first byte that begins no valid UTF-8 sequence. */
function firstInvalid(bytes: Uint8Array): number {
	let low = 0;
	let high = bytes.length;
	// A prefix decodes as a stream exactly until it reaches into the first invalid sequence, so halving finds the place.
	while (low < high) {
		const middle = (low + high) >> 1;
		if (decodes(bytes.subarray(0, middle + 1), true)) low = middle + 1;
		else high = middle;
	}
	// The sequence itself may begin up to three bytes before the byte that proves it wrong.
	for (let start = Math.max(0, low - 4); start < low; start++) {
		if ((bytes[start] ?? 0) >= 0xc2 && !decodes(bytes.subarray(start, low), false)) return start;
	}
	return Math.min(low, bytes.length - 1);
}

function decodes(bytes: Uint8Array, stream: boolean): boolean {
	try {
		new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream });
		return true;
	} catch {
		return false;
	}
}
