import type { EditResult, Refusal, Setting, TextEdit } from '../../core/ports/format.ts';
import { encode } from './bytes.ts';

/** Collects the edits of one file, or the first refusal. */
export interface EditList {
	/** Replaces the bytes from `start` to `end`. An edit that would leave the bytes as they are is to be left out by the caller. */
	replace(start: number, end: number, text: string): void;
	/** Gives up: nothing will be edited. The first refusal stands. */
	refuse(refusal: Refusal): void;
	/** The edits sorted by start, in the order given where they start at one place; overlapping edits are refused. */
	result(): EditResult;
}

/** An empty list of edits. */
export function editList(): EditList {
	const edits: TextEdit[] = [];
	let refusal: Refusal | undefined;
	return {
		replace: (start, end, text) => edits.push({ span: { start, end }, text: encode(text) }),
		refuse: (why) => {
			refusal ??= why;
		},
		result() {
			if (refusal !== undefined) return { ok: false, refusal };
			edits.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
			for (let index = 1; index < edits.length; index++) {
				const { span } = edits[index] as TextEdit;
				if (span.start < (edits[index - 1] as TextEdit).span.end) {
					return { ok: false, refusal: { rule: 'env/conflict', message: 'two changes want the same place', span } };
				}
			}
			return { ok: true, edits };
		},
	};
}

/** Writes a literal in the place of the one of a setting; refuses where there is none, or where the value has none (`null`). */
export function replaceLiteral(edits: EditList, { variable, valueSpan, span }: Setting, literal: string | null): void {
	if (valueSpan === undefined) edits.refuse({ rule: 'env/dynamic', message: `${variable} is not a literal here`, span });
	else if (literal === null)
		edits.refuse({ rule: 'env/value', message: `the value of ${variable} cannot be written here`, span });
	else edits.replace(valueSpan.start, valueSpan.end, literal);
}
