import { setTimeout as pause } from 'node:timers/promises';

/** Asks again every 25 ms until the answer is not undefined or false, and gives it. Rejects after `limit` milliseconds, naming what was awaited. */
export async function until<T>(
	what: string,
	ask: () => T | undefined | false | Promise<T | undefined | false>,
	limit = 120_000,
): Promise<T> {
	const end = performance.now() + limit;
	for (;;) {
		const answer = await ask();
		if (answer !== undefined && answer !== false) return answer;
		if (performance.now() > end) throw new Error(`not within ${limit} ms: ${what}`);
		await pause(25);
	}
}
