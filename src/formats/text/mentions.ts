import type { Interest } from '../../core/ports/format.ts';
import { utf16Mark } from './encoding.ts';

/**
 * Byte prefilter for formats where a setting always spells the variable's name: true where the bytes hold a name of
 * interest, a `cuda:` literal that is asked for, one of `others`, or UTF-16 text (which hides them all and is to be reported).
 */
export function mentions(bytes: Uint8Array, interest: Interest, others: readonly string[] = []): boolean {
	const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	for (const name of interest.variables) if (buffer.indexOf(name, 0, 'latin1') !== -1) return true;
	if (interest.ordinals && buffer.indexOf('cuda:', 0, 'latin1') !== -1) return true;
	for (const other of others) if (buffer.indexOf(other, 0, 'latin1') !== -1) return true;
	return utf16Mark(bytes) !== null;
}
