import type { Interest } from '../../core/ports/format.ts';
import { hashOf } from './words.ts';

/** What a needle's presence means. */
const decides = 0;
/** `import`: only with a GPU library behind it. */
const importWord = 1;

/** Needles that decide whatever the interest is: our own lines, and what removes every variable at once. */
const always = ['gpupolicy', 'environ.clear', 'clear=True'];
/** Besides `cuda`, which most devices hold. */
const ordinalWords = ['cuda', 'main_gpu', 'device_map'];

/**
 * A search for several needles at once (Wu and Manber): a table by pairs of bytes says how far the window may jump, so that
 * most bytes are never looked at.
 */
interface Search {
	/** Length of the window: that of the shortest needle. */
	readonly window: number;
	/** Jump by pair of bytes, low byte first; 0 where a needle may end its window here. */
	readonly shifts: Uint8Array;
	/** Needles by the pair that ends their window. */
	readonly candidates: ReadonlyMap<number, readonly Needle[]>;
	/** Needles too short for a window of two bytes. */
	readonly tiny: readonly string[];
	/** Hashes of the top-level names of the GPU libraries. */
	readonly libraries: ReadonlySet<number>;
}

interface Needle {
	readonly bytes: Uint8Array;
	readonly meaning: number;
}

/** Compiled searches of an interest; a pass has one, or one with and one without ordinals. */
const searches = new WeakMap<ReadonlySet<string>, { readonly interest: Interest; readonly search: Search }[]>();

function searchOf(interest: Interest): Search {
	const known = searches.get(interest.variables) ?? [];
	for (const { interest: other, search } of known) {
		if (other.gpuLibraries === interest.gpuLibraries && other.ordinals === interest.ordinals) return search;
	}
	const search = compile(interest);
	searches.set(interest.variables, [...known, { interest, search }]);
	return search;
}

function compile(interest: Interest): Search {
	const words = [...interest.variables, ...always, ...(interest.ordinals ? ordinalWords : [])];
	const needles: Needle[] = [
		{ bytes: Buffer.from('import'), meaning: importWord },
		...words.filter((text) => text.length >= 3).map((text) => ({ bytes: Buffer.from(text), meaning: decides })),
	];
	const window = Math.min(...needles.map((needle) => needle.bytes.length));
	const shifts = new Uint8Array(65_536).fill(Math.min(window - 1, 255));
	const candidates = new Map<number, Needle[]>();
	for (const needle of needles) {
		for (let at = 1; at < window; at++) {
			const pair = (needle.bytes[at - 1] as number) | ((needle.bytes[at] as number) << 8);
			shifts[pair] = Math.min(shifts[pair] as number, window - 1 - at);
			if (at === window - 1) candidates.set(pair, [...(candidates.get(pair) ?? []), needle]);
		}
	}
	const libraries = new Set([...interest.gpuLibraries].map((library) => hashOf(library.split('.')[0] as string)));
	return { window, shifts, candidates, tiny: words.filter((text) => text.length < 3), libraries };
}

/**
 * False only where a scan would certainly find nothing: no variable, no GPU import, no device and no block of ours is in the
 * bytes. A word in a comment is enough for true.
 */
export function mayConcern(bytes: Uint8Array, interest: Interest): boolean {
	const { window, shifts, candidates, tiny, libraries } = searchOf(interest);
	if (tiny.some((text) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(text))) return true;
	const length = bytes.length;
	for (let at = window - 1; at < length; ) {
		const pair = (bytes[at - 1] as number) | ((bytes[at] as number) << 8);
		const shift = shifts[pair] as number;
		if (shift > 0) {
			at += shift;
			continue;
		}
		const start = at - window + 1;
		for (const needle of candidates.get(pair) as readonly Needle[]) {
			if (!startsWith(bytes, start, needle.bytes)) continue;
			if (needle.meaning === decides || importsLibrary(bytes, start, libraries)) return true;
		}
		at++;
	}
	return false;
}

const byteOrderMark = Uint8Array.of(0xef, 0xbb, 0xbf);

/** Bytes of an import statement on either side of its keyword that are looked at. */
const longest = 4096;

function startsWith(bytes: Uint8Array, start: number, needle: Uint8Array): boolean {
	if (start + needle.length > bytes.length) return false;
	for (let i = 0; i < needle.length; i++) if (bytes[start + i] !== needle[i]) return false;
	return true;
}

const isNameByte = new Uint8Array(256);
for (let c = 0; c < 256; c++) isNameByte[c] = c >= 128 || /[A-Za-z0-9_]/.test(String.fromCharCode(c)) ? 1 : 0;

/**
 * True where the `import` at `start` may import one of the libraries. Looks at the rest of its logical line as roughly as
 * needed: any name there, and the module before it after `from`.
 */
function importsLibrary(bytes: Uint8Array, start: number, libraries: ReadonlySet<number>): boolean {
	// A byte order mark stands right before a statement, and is no part of its first name.
	const before = start === 3 && startsWith(bytes, 0, byteOrderMark) ? 10 : bytes[start - 1];
	const after = bytes[start + 6];
	if (isNameByte[after as number] === 1 || isNameByte[before as number] === 1) {
		// __import__("torch"), import_module("torch"), importorskip("torch"); any other name that holds `import` is none.
		if (after !== 95 && !(after === 111 && bytes[start + 7] === 114)) return false;
		return namesLibrary(bytes, start + 6, Math.min(start + 200, bytes.length), libraries);
	}
	// from X import: the words before it on its line.
	let first = start;
	while (first > 0) {
		// No import is that long: let the scan see.
		if (start - first > longest) return true;
		const c = bytes[first - 1] as number;
		if (isNameByte[c] === 0 && c !== 46 && c !== 32 && c !== 9 && c !== 12 && c !== 92) {
			// Only a backslash joins it with the line above.
			if ((c !== 10 && c !== 13) || (bytes[first - 2] !== 92 && bytes[first - 3] !== 92)) break;
		}
		first--;
	}
	if (first < start && namesLibrary(bytes, first, start, libraries)) return true;
	// import a, b as c: to the end of the line, or of the lines that backslashes join.
	let end = start + 6;
	while (
		end < bytes.length &&
		end - start <= longest &&
		((bytes[end] !== 10 && bytes[end] !== 13) || bytes[end - 1] === 92 || (bytes[end] === 10 && bytes[end - 2] === 92))
	)
		end++;
	if (end - start > longest) return true;
	return namesLibrary(bytes, start + 6, end, libraries);
}

/** True where some name between the offsets may be that of a library. */
function namesLibrary(bytes: Uint8Array, start: number, end: number, libraries: ReadonlySet<number>): boolean {
	let hash = 0;
	let inside = false;
	for (let at = start; at < end; at++) {
		const c = bytes[at] as number;
		if (isNameByte[c] === 1) {
			hash = ((hash << 5) - hash + c) | 0;
			inside = true;
		} else if (inside) {
			if (libraries.has(hash)) return true;
			hash = 0;
			inside = false;
		}
	}
	return inside && libraries.has(hash);
}
