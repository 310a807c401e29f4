import type { Refusal, Span, TextEdit } from '../../core/ports/format.ts';

/** Ends an edit: nothing of it is made. */
export class Refused extends Error {
	readonly refusal: Refusal;
	constructor(rule: Refusal['rule'], message: string, span?: Span) {
		super(message);
		this.refusal = span ? { rule, message, span } : { rule, message };
	}
}

export function textEdit(span: Span, text: string): TextEdit {
	return { span, text: Buffer.from(text, 'utf8') };
}
