/** The longest value that is compared whole; a longer one is cut, and equals no value of a policy. */
const longestValue = 8_192;

/**
 * Finds the variables that are asked for in the bytes of `/proc/PID/environ` (entries end with NUL), piece by piece. Nothing else of them is
 * kept, whatever the length. Of a variable that stands twice the first counts, as for getenv(3).
 */
export class EnvironmentScanner {
	readonly #wanted: ReadonlySet<string>;
	readonly #found = new Map<string, string>();
	readonly #longestEntry: number;
	/** The beginning of an entry that the last piece cut off. */
	#rest: Uint8Array = new Uint8Array();
	/** The rest of an entry that cannot be one of ours is passed over. */
	#skipping = false;
	#overwritten = false;

	constructor(wanted: Iterable<string>) {
		this.#wanted = new Set(wanted);
		this.#longestEntry = Math.max(0, ...Array.from(this.#wanted, (name) => name.length)) + 1 + longestValue;
	}

	/** Takes the next piece. Does not keep it. */
	add(piece: Uint8Array): void {
		let from = 0;
		for (let end = piece.indexOf(0); end >= 0; end = piece.indexOf(0, from)) {
			if (!this.#skipping) this.#take(this.#joined(piece.subarray(from, end)));
			if (end === from && this.#rest.length === 0 && !this.#skipping) this.#overwritten = true;
			this.#skipping = false;
			this.#rest = new Uint8Array();
			from = end + 1;
		}
		if (this.#skipping || from === piece.length) return;
		// A copy: the slice of a Buffer is a view of it, and the caller uses it again.
		this.#rest = new Uint8Array(this.#joined(piece.subarray(from)).subarray(0, this.#longestEntry));
		this.#skipping = this.#rest.length === this.#longestEntry;
		if (this.#skipping) this.#take(this.#rest);
	}

	/**
	 * Whether it has an entry of nothing, which no program starts with: one that sets its title (setproctitle of Python, of PostgreSQL) writes over its
	 * environment, and fills the rest with zeros.
	 */
	get overwritten(): boolean {
		return this.#overwritten;
	}

	/** What was found; a process may write over the end, so that the last entry need not be closed. */
	end(): ReadonlyMap<string, string | null> {
		if (!this.#skipping && this.#rest.length > 0) this.#take(this.#rest);
		this.#rest = new Uint8Array();
		return new Map(Array.from(this.#wanted, (name) => [name, this.#found.get(name) ?? null]));
	}

	#joined(piece: Uint8Array): Uint8Array {
		if (this.#rest.length === 0) return piece;
		const joined = new Uint8Array(this.#rest.length + piece.length);
		joined.set(this.#rest);
		joined.set(piece, this.#rest.length);
		return joined;
	}

	#take(entry: Uint8Array): void {
		const equals = entry.indexOf(0x3d);
		if (equals < 0) return;
		const name = text(entry.subarray(0, equals));
		if (this.#wanted.has(name) && !this.#found.has(name)) this.#found.set(name, text(entry.subarray(equals + 1)));
	}
}

function text(bytes: Uint8Array): string {
	return decoder.decode(bytes);
}

/** What is no UTF-8 is shown as such, and is no value that a manifest can hold. */
const decoder = new TextDecoder();
