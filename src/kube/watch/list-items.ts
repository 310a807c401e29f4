const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** Depth of the items: within the list, within its array. */
const itemsDepth = 2;

/**
 * Cuts the items out of a list of the API while it arrives. Each is then parsed by itself, because strings of a page that was
 * parsed as a whole can be slices that keep all of it in memory.
 */
export class ListItems {
	#depth = 0;
	#inString = false;
	/** The chunk before ended within a string, after an odd number of backslashes. */
	#escaped = false;
	#inItems = false;
	/** Bytes of the item under way, from earlier chunks. */
	#item: Buffer[] = [];
	/** The list without its items: `{"metadata":{…},"items":[]}`. */
	#envelope = '';

	/** True when the list has been closed. */
	get complete(): boolean {
		return this.#depth === 0 && this.#envelope !== '';
	}

	/** The list without its items; only when it is complete. */
	envelope<T>(): T {
		return JSON.parse(this.#envelope) as T;
	}

	/** Calls `take` with the JSON of each item that the chunk completes. */
	push(chunk: Buffer, take: (item: string) => void): void {
		// Where what was not copied yet begins: of an item or of the envelope.
		let start = 0;
		for (let at = 0; at < chunk.length; at++) {
			if (this.#inString) {
				at = this.#endOfString(chunk, at);
				continue;
			}
			switch (chunk[at]) {
				case quote:
					this.#inString = true;
					break;
				case openBrace:
				case openBracket:
					if (this.#inItems && this.#depth === itemsDepth) {
						start = at;
					} else if (this.#depth === 1 && chunk[at] === openBracket) {
						this.#envelope += chunk.toString('latin1', start, at + 1);
						this.#inItems = /"items"\s*:\s*\[$/.test(this.#envelope);
						start = at + 1;
					}
					this.#depth++;
					break;
				case closeBrace:
				case closeBracket:
					this.#depth--;
					if (this.#inItems && this.#depth === itemsDepth) {
						this.#item.push(chunk.subarray(start, at + 1));
						const item = this.#item.length === 1 ? (this.#item[0] as Buffer) : Buffer.concat(this.#item);
						this.#item = [];
						take(item.toString('utf8'));
						start = at + 1;
					} else if (this.#inItems && this.#depth < itemsDepth) {
						this.#inItems = false;
						start = at;
					}
					break;
				case comma:
					if (this.#inItems && this.#depth === itemsDepth) start = at + 1;
					break;
				default:
			}
		}
		if (start >= chunk.length) return;
		if (this.#inItems && this.#depth > itemsDepth) this.#item.push(chunk.subarray(start));
		else if (!this.#inItems) this.#envelope += chunk.toString('latin1', start);
	}

	/** Index of the quote that closes the string, or of the last byte. */
	#endOfString(chunk: Buffer, from: number): number {
		let at = from;
		if (this.#escaped) {
			this.#escaped = false;
			at++;
		}
		for (;;) {
			const close = chunk.indexOf(quote, at);
			const end = close === -1 ? chunk.length : close;
			let slashes = 0;
			while (end - 1 - slashes >= at && chunk[end - 1 - slashes] === backslash) slashes++;
			const odd = slashes % 2 === 1;
			if (close === -1) {
				this.#escaped = odd;
				return chunk.length - 1;
			}
			if (!odd) {
				this.#inString = false;
				return close;
			}
			at = close + 1;
		}
	}
}
