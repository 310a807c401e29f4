import type { Change, EditResult, EnvEntry, Scan, Source } from '../../core/ports/format.ts';
import { bomLength } from '../text/bom.ts';
import { byteText } from '../text/bytes.ts';
import { type EditList, editList, replaceLiteral } from '../text/edits.ts';
import { spellShellValue } from '../text/shell/spell.ts';
import { type Dockerfile, lexDockerfile } from './lexer.ts';
import { writePair } from './pairs.ts';
import type { DockerfileSetting } from './scan.ts';
import { type Stage, stagesOf } from './stages.ts';

/** Writes changes into a Dockerfile. */
export function editDockerfile(source: Source, scan: Scan, changes: readonly Change[]): EditResult {
	const edits = editList();
	for (const { rule, message, span, refuses } of scan.diagnostics) if (refuses) edits.refuse({ rule, message, span });
	const text = byteText(source.bytes);
	const file = lexDockerfile(text, bomLength(source.bytes));
	for (const change of changes) {
		switch (change.kind) {
			case 'set-value': {
				const { pair, spelling = 'inside' } = change.setting as DockerfileSetting;
				const literal =
					pair === undefined ? spellShellValue(change.value, spelling) : writePair(change.value, pair, file.escapeMark);
				replaceLiteral(edits, change.setting, literal);
				break;
			}
			case 'set-ordinal':
				edits.replace(change.device.ordinalSpan.start, change.device.ordinalSpan.end, String(change.ordinal));
				break;
			case 'add-entries': {
				const stage = stagesOf(text, file).find(({ id }) => id === change.carrier.id);
				if (stage !== undefined) addEnv(edits, text, file, stage, scan, change.entries);
				break;
			}
			case 'put-block':
			case 'remove-block':
				edits.refuse({ rule: 'env/block', message: 'a Dockerfile holds ENV instructions, not blocks' });
		}
	}
	return edits.result();
}

/** An ENV line each, behind the stage's last ENV of a policy variable, else behind FROM and the ARGs that follow it. */
function addEnv(edits: EditList, text: string, file: Dockerfile, stage: Stage, scan: Scan, entries: readonly EnvEntry[]): void {
	const settings = scan.carriers.find(({ id }) => id === stage.id)?.settings ?? [];
	const last = stage.instructions.findLast(
		({ keyword, onBuild, span }) =>
			keyword === 'ENV' &&
			!onBuild &&
			settings.some((setting) => span.start <= setting.span.start && setting.span.end <= span.end),
	);
	let anchor = last ?? stage.from;
	if (last === undefined) {
		for (const instruction of stage.instructions) {
			if (instruction.keyword !== 'ARG') break;
			anchor = instruction;
		}
	}
	const at = anchor.nextLine;
	const before = text[at - 1] === '\n' ? text.slice(0, at) : text;
	const ending = before.endsWith('\r\n') || (!before.endsWith('\n') && text.includes('\r\n')) ? '\r\n' : '\n';
	if (text.slice(anchor.span.start, at).trimEnd().endsWith(file.escapeMark)) {
		edits.refuse({ rule: 'file/syntax', message: 'the file ends in a line that is continued', span: anchor.span });
	}
	const keyword = anchor.written === anchor.written.toLowerCase() ? 'env' : 'ENV';
	const indent = (/[ \t]*$/.exec(text.slice(text.lastIndexOf('\n', anchor.span.start - 1) + 1, anchor.span.start)) ?? [''])[0];
	const lines = entries.map(({ name, value }) => {
		const literal = writePair(value, 'plain', file.escapeMark);
		if (literal === null) edits.refuse({ rule: 'env/value', message: `the value of ${name} cannot be written in a Dockerfile` });
		return `${indent}${keyword} ${name}=${literal}`;
	});
	edits.replace(at, at, lines.map((line) => (text[at - 1] === '\n' ? line + ending : ending + line)).join(''));
}
