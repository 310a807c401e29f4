import { ourWindow } from './constants.ts';

/**
 * Lets the other end send as much again as came, when that is half of what it may. Whatever comes is used at once, so that the window is never closed, and
 * nobody can send more than it allows.
 */
export class RoomAgain {
	#came = 0;

	/** How many bytes to allow anew now: 0 while half of the window is open. */
	take(bytes: number): number {
		this.#came += bytes;
		if (this.#came < ourWindow / 2) return 0;
		const more = this.#came;
		this.#came = 0;
		return more;
	}
}
