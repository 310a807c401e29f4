import type { Socket } from 'node:net';

/** So much may wait for the system before more is made. */
const enough = 64 * 1024;

/** What goes out on a socket: frames that are made at one time go in one write. */
export class Output {
	readonly #socket: Socket;
	#waiting: Buffer[] = [];
	#bytes = 0;

	constructor(socket: Socket) {
		this.#socket = socket;
	}

	/** For the next flush. */
	add(...frames: readonly Buffer[]): void {
		for (const frame of frames) {
			this.#waiting.push(frame);
			this.#bytes += frame.length;
		}
	}

	flush(): void {
		if (this.#bytes === 0) return;
		const [first, ...more] = this.#waiting;
		const bytes = more.length === 0 ? (first as Buffer) : Buffer.concat(this.#waiting, this.#bytes);
		this.#waiting = [];
		this.#bytes = 0;
		if (this.#socket.writable) this.#socket.write(bytes);
	}

	/** The other end does not read as fast: what can wait should, until the socket drains. */
	get full(): boolean {
		if (this.#bytes >= enough) this.flush();
		return this.#socket.writableNeedDrain;
	}

	/** Bytes that the system has not taken yet. */
	get backlog(): number {
		return this.#bytes + this.#socket.writableLength;
	}
}
