/** How lines end in a file. */
export type LineEnding = '\n' | '\r\n' | '\r';

/** The line ending that most lines of a text have; LF where there is none. Ties go to the one that comes first in the text. */
function lineEndingOf(text: string): LineEnding {
	const counts = new Map<string, number>();
	for (const [ending] of text.matchAll(/\r\n|\n|\r/g)) counts.set(ending, (counts.get(ending) ?? 0) + 1);
	let best: LineEnding = '\n';
	let most = 0;
	for (const [ending, count] of counts) {
		if (count > most) {
			best = ending as LineEnding;
			most = count;
		}
	}
	return best;
}

/** The line ending right before `at`; where there is none, the one that most lines of the text have. */
export function lineEndingBefore(text: string, at: number): LineEnding {
	const ending = /\r\n$|\n$|\r$/.exec(text.slice(Math.max(0, at - 2), at));
	return ending === null ? lineEndingOf(text) : (ending[0] as LineEnding);
}
