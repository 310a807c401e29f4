/**
 * A name that a program without an ending could have had, by the interpreter on its first line: `program.py` for
 * `#!/usr/bin/env python3`, `program.sh` for `#!/bin/bash`; `null` where that tells nothing.
 */
export function nameByInterpreter(bytes: Uint8Array): string | null {
	if (bytes[0] !== 0x23 || bytes[1] !== 0x21) return null;
	const end = bytes.subarray(0, 256).findIndex((byte) => byte === 10 || byte === 13);
	const line = new TextDecoder('latin1').decode(bytes.subarray(2, end < 0 ? 256 : end)).trim();
	const [program, ...operands] = line.split(/\s+/).map((word) => word.slice(word.lastIndexOf('/') + 1));
	const name = (program === 'env' ? operands.find((word) => !/^-|=/.test(word)) : program) ?? '';
	if (/^(?:i?python|pypy)[\d.]*$/.test(name)) return 'program.py';
	return /^(?:ba|da|a|z|k)?sh$/.test(name) ? 'program.sh' : null;
}
