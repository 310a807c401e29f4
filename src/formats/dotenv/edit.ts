import type { Change, EditResult, EnvEntry, Scan, Source } from '../../core/ports/format.ts';
import { bomLength } from '../text/bom.ts';
import { byteText } from '../text/bytes.ts';
import { type EditList, editList } from '../text/edits.ts';
import { lineEndingBefore } from '../text/line-ending.ts';
import { type Dotenv, type Entry, lexDotenv } from './lexer.ts';
import type { QuoteMark } from './value.ts';
import { writeValue } from './write.ts';

/** Writes changes into a dotenv file. */
export function editDotenv(source: Source, scan: Scan, changes: readonly Change[]): EditResult {
	const edits = editList();
	for (const { rule, message, span, refuses } of scan.diagnostics) if (refuses) edits.refuse({ rule, message, span });
	const text = byteText(source.bytes);
	const file = lexDotenv(text, bomLength(source.bytes));
	const added: EnvEntry[] = [];
	for (const change of changes) {
		switch (change.kind) {
			case 'set-value': {
				const { variable, valueSpan } = change.setting;
				const entry = file.entries.find(({ valueSpan: { start } }) => start === valueSpan?.start);
				const literal = entry && spelling(edits, variable, change.value, entry.quote, entry.exported || followed(text, entry));
				if (valueSpan === undefined || entry === undefined) {
					edits.refuse({ rule: 'env/dynamic', message: `${variable} is not a literal here`, span: change.setting.span });
				} else if (literal !== undefined) edits.replace(valueSpan.start, valueSpan.end, literal);
				break;
			}
			case 'set-ordinal':
				edits.replace(change.device.ordinalSpan.start, change.device.ordinalSpan.end, String(change.ordinal));
				break;
			case 'add-entries':
				added.push(...change.entries);
				break;
			case 'put-block':
			case 'remove-block':
				edits.refuse({ rule: 'env/block', message: 'a dotenv file holds entries, not blocks' });
		}
	}
	const policyNames = new Set(scan.carriers.flatMap(({ settings }) => settings.map(({ variable }) => variable)));
	if (added.length > 0) append(edits, text, file, policyNames, added);
	return edits.result();
}

/** Adds entries behind the last policy variable, else at the end, in the style of the entry before them. */
function append(edits: EditList, text: string, file: Dotenv, policyNames: ReadonlySet<string>, added: readonly EnvEntry[]): void {
	const neighbour: Entry | undefined = file.entries.findLast(({ name }) => policyNames.has(name)) ?? file.entries.at(-1);
	const at = neighbour !== undefined && policyNames.has(neighbour.name) ? neighbour.nextLine : text.length;
	const ending = lineEndingBefore(text, at);
	const prefix = `${neighbour?.indent ?? ''}${neighbour?.exported ? 'export ' : ''}`;
	const lines: string[] = [];
	for (const { name, value } of added) {
		const literal = spelling(edits, name, value, '', neighbour?.exported);
		if (literal !== undefined) lines.push(`${prefix}${name}=${literal}`);
	}
	const behindLine = at === 0 || /[\r\n]$/.test(text.slice(0, at)) || at === bomLength(Buffer.from(text.slice(0, 3), 'latin1'));
	edits.replace(at, at, behindLine ? lines.map((line) => line + ending).join('') : lines.map((line) => ending + line).join(''));
}

function spelling(edits: EditList, name: string, value: string, style: QuoteMark, quoteEmpty = false): string | undefined {
	const literal = writeValue(value, style, quoteEmpty);
	if (literal !== null) return literal;
	edits.refuse({
		rule: 'env/value',
		message: `the value of ${name} cannot be written so that every reader of .env files decodes it alike`,
	});
	return undefined;
}

/** Something stands behind the value on its line: parseEnv then takes the next line for an empty value. */
function followed(text: string, { valueSpan: { end } }: Entry): boolean {
	return end < text.length && text[end] !== '\n' && text[end] !== '\r';
}
