import type { Interest } from '../../core/ports/format.ts';
import { mentions } from '../text/mentions.ts';

/** Words without which no service or container is known to get a GPU: `driver: nvidia`, `nvidia.com/gpu`, `gpus: all`, resource `claims`. */
const gpuWords = ['nvidia', 'gpu', 'claims'];

/** Any of these bytes after a backslash can spell a name that a byte search does not find (`"\x43UDA_…"`, a folded line). */
const spellingEscapes = new Set([0x78, 0x75, 0x55, 0x0a, 0x0d]);

/** Cheap byte test behind `Format.mayConcern`: false only where `scan` finds nothing. */
export function mayConcern(bytes: Uint8Array, interest: Interest, declared: boolean): boolean {
	return declared || mentions(bytes, interest, gpuWords) || hasSpellingEscape(bytes);
}

function hasSpellingEscape(bytes: Uint8Array): boolean {
	for (let at = bytes.indexOf(0x5c); at >= 0; at = bytes.indexOf(0x5c, at + 1)) {
		if (spellingEscapes.has(bytes[at + 1] ?? 0)) return true;
	}
	return false;
}

/** True where a text that could not be read as YAML names a variable of interest, so that nobody can say that it is in order. */
export function mentionsVariable(text: string, interest: Interest): boolean {
	for (const name of interest.variables) if (text.includes(name)) return true;
	return false;
}

/** True where a broken text would have shown a GPU reservation, were it readable. Templates are not counted: their text is no YAML yet. */
export function mentionsReservation(text: string): boolean {
	return !text.includes('{{') && /\bnvidia\.com\/|\b(?:driver|runtime)["']?:\s*["']?nvidia\b|\bgpus["']?:\s/.test(text);
}
