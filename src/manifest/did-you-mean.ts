/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. */
export function editDistance(a: string, b: string): number {
	let beforeLast: number[] = [];
	let last = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let i = 1; i <= a.length; i++) {
		const row = [i];
		for (let j = 1; j <= b.length; j++) {
			const same = a[i - 1] === b[j - 1] ? 0 : 1;
			let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
			if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
			row.push(best);
		}
		beforeLast = last;
		last = row;
	}
	return last[b.length] ?? 0;
}

/**
 * The known name that `given` most likely was meant to be, or `undefined` where none is near.
 * Case, `-` and `_` count for nothing; otherwise at most a third of the letters may differ, and a name that the other begins with is near.
 */
export function didYouMean(given: string, known: readonly string[]): string | undefined {
	if (given.length > 64) return undefined;
	const plain = (text: string) => text.toLowerCase().replace(/[-_\s]/g, '');
	const wanted = plain(given);
	let best: string | undefined;
	let bestDistance = Number.POSITIVE_INFINITY;
	for (const name of known) {
		const candidate = plain(name);
		let distance = editDistance(wanted, candidate);
		const shorter = Math.min(wanted.length, candidate.length);
		if (shorter >= 3 && (candidate.startsWith(wanted) || wanted.startsWith(candidate))) distance = Math.min(distance, 1);
		if (distance <= Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / 3)) && distance < bestDistance) {
			best = name;
			bestDistance = distance;
		}
	}
	return best;
}

/** `a, b or c`. */
export function anyOf(names: readonly string[]): string {
	return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
