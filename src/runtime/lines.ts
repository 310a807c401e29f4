const newline = 0x0a;

/** Cuts a stream of bytes into lines of text. What is kept of a line is a string of its own: no buffer outlives the call. */
export class LineSplitter {
	#rest: Buffer[] = [];

	/** Calls `take` for each line that the chunk completes. */
	push(chunk: Buffer, take: (line: string) => void): void {
		let start = 0;
		for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
			if (this.#rest.length === 0) take(chunk.toString('utf8', start, end));
			else {
				this.#rest.push(chunk.subarray(start, end));
				const line = Buffer.concat(this.#rest);
				this.#rest = [];
				take(line.toString('utf8'));
			}
			start = end + 1;
		}
		if (start < chunk.length) this.#rest.push(chunk.subarray(start));
	}
}
