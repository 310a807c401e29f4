import type { Change, EditResult, EnvEntry, Scan, Source } from '../../core/ports/format.ts';
import { bomLength } from '../text/bom.ts';
import { byteText } from '../text/bytes.ts';
import { type EditList, editList, replaceLiteral } from '../text/edits.ts';
import { spellShellValue } from '../text/shell/spell.ts';
import { anchorOf } from './anchor.ts';
import type { CommandCarrier, ShellSetting } from './environment.ts';
import { isCrlf, parseScript } from './scan.ts';

/** Writes changes into a shell script. */
export function editShell(source: Source, scan: Scan, changes: readonly Change[]): EditResult {
	const edits = editList();
	for (const { rule, message, span, refuses } of scan.diagnostics) if (refuses) edits.refuse({ rule, message, span });
	for (const change of changes) {
		switch (change.kind) {
			case 'set-value': {
				const { spelling = 'inside' } = change.setting as ShellSetting;
				replaceLiteral(edits, change.setting, spellShellValue(change.value, spelling));
				break;
			}
			case 'set-ordinal':
				edits.replace(change.device.ordinalSpan.start, change.device.ordinalSpan.end, String(change.ordinal));
				break;
			case 'add-entries':
				if ('launch' in change.carrier) prepend(edits, change.carrier as CommandCarrier, change.entries);
				else addExports(edits, source, scan, change.entries);
				break;
			case 'put-block':
			case 'remove-block':
				edits.refuse({ rule: 'env/block', message: 'a shell script holds exports, not blocks' });
		}
	}
	return edits.result();
}

/** `NAME=value ` before the first assignment of a command. */
function prepend(edits: EditList, { launch }: CommandCarrier, entries: readonly EnvEntry[]): void {
	const words = entries.map(({ name, value }) => `${launch.insertPrefix}${name}=${spelled(edits, name, value)} `);
	edits.replace(launch.insertAt, launch.insertAt, words.join(''));
}

function addExports(edits: EditList, source: Source, scan: Scan, entries: readonly EnvEntry[]): void {
	const text = byteText(source.bytes);
	const start = bomLength(source.bytes);
	const parsed = parseScript(source.path, text, start);
	if (!parsed.ok) return;
	const script = scan.carriers.find(({ id }) => id === 'script');
	const { at, indent } = anchorOf(text, start, parsed.script, script?.settings ?? []);
	if (start > 0 && at === start) {
		const message = 'an export right behind a byte order mark would be no command; remove the mark';
		edits.refuse({ rule: 'file/encoding', message, span: { start: 0, end: start } });
	}
	const ending = isCrlf(text) ? '\r\n' : '\n';
	const lines = entries.map(({ name, value }) => `${indent}export ${name}=${spelled(edits, name, value)}`);
	const behindLine = at === start || text[at - 1] === '\n';
	edits.replace(at, at, lines.map((line) => (behindLine ? line + ending : ending + line)).join(''));
}

function spelled(edits: EditList, name: string, value: string): string {
	const literal = spellShellValue(value, 'word');
	if (literal === null) edits.refuse({ rule: 'env/value', message: `the value of ${name} cannot be written in a shell script` });
	return literal ?? '';
}
