import type { Change, EditResult, Scan, Setting, Source, TextEdit } from '../../core/ports/format.ts';
import { BlockEditor } from './block-edits.ts';
import type { BlockPlace } from './blocks.ts';
import { encodingOf } from './encoding.ts';
import { latin1 } from './lexer.ts';
import { writeString } from './literals.ts';
import { Pieces } from './pieces.ts';
import { Refused, textEdit } from './refused.ts';

type PutBlock = Extract<Change, { kind: 'put-block' }>;
type RemoveBlock = Extract<Change, { kind: 'remove-block' }>;

/** Turns changes into edits; refuses the whole where one of them is in doubt. */
export function editPython(source: Source, scan: Scan, changes: readonly Change[]): EditResult {
	try {
		const refusing = scan.diagnostics.find((diagnostic) => diagnostic.refuses);
		if (refusing) throw new Refused(refusing.rule, refusing.message, refusing.span);
		const edits = [...literalEdits(source, changes), ...blockEdits(source, scan, changes)];
		edits.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
		for (let i = 1; i < edits.length; i++) {
			const span = (edits[i] as TextEdit).span;
			if (span.start < (edits[i - 1] as TextEdit).span.end)
				throw new Refused('env/conflict', 'two changes want the same place', span);
		}
		return { ok: true, edits };
	} catch (error) {
		if (error instanceof Refused) return { ok: false, refusal: error.refusal };
		throw error;
	}
}

function literalEdits(source: Source, changes: readonly Change[]): TextEdit[] {
	const edits = new Map<string, TextEdit>();
	for (const change of changes) {
		let edit: TextEdit;
		if (change.kind === 'set-value') edit = setValue(source, change.setting, change.value);
		else if (change.kind === 'set-ordinal') edit = setOrdinal(change);
		else if (change.kind === 'add-entries')
			throw new Refused('env/missing', 'a Python file carries variables in a managed block');
		else continue;
		// Two policies may ask for the same rewrite.
		edits.set(`${edit.span.start} ${edit.span.end} ${latin1(edit.text, 0, edit.text.length)}`, edit);
	}
	return [...edits.values()];
}

function setOrdinal({ device, ordinal }: Extract<Change, { kind: 'set-ordinal' }>): TextEdit {
	if (device.notRewritable !== undefined) throw new Refused('device/map', device.notRewritable, device.span);
	if (!Number.isSafeInteger(ordinal) || ordinal < 0) throw new Refused('device/ordinal', `${ordinal} is no ordinal`, device.span);
	return textEdit(device.ordinalSpan, String(ordinal));
}

function setValue({ bytes }: Source, setting: Setting, value: string): TextEdit {
	const { valueSpan, notRewritable, span } = setting;
	if (!valueSpan || notRewritable !== undefined) {
		throw new Refused('env/value', `the value cannot be rewritten in place${notRewritable ? `: ${notRewritable}` : ''}`, span);
	}
	if (bytes[span.start] === 0x25 && valueSpan.start > span.start) {
		// IPython's %env takes the rest of the line as it is.
		const plain = /^[\x21-\x7e]+$/.test(value) && !/[${}\\#]/.test(value);
		if (!plain) throw new Refused('env/value', 'the value cannot stand in a %env line', valueSpan);
		return textEdit(valueSpan, value);
	}
	const written = latin1(bytes, valueSpan.start, valueSpan.end);
	const match = /^([A-Za-z]{0,2})("""|'''|"|')/.exec(written);
	if (!match && !/^str\b/.test(written)) throw new Refused('env/value', 'the value is not a literal', valueSpan);
	const style = match ? { prefix: match[1] as string, quotes: match[2] as string } : { prefix: '', quotes: '"' };
	const encoding = encodingOf(bytes);
	const literal = writeString(value, { ...style, utf8: 'utf8' in encoding && encoding.utf8 });
	if (literal === null) throw new Refused('env/value', 'the value cannot be written in a bytes literal', valueSpan);
	return textEdit(valueSpan, literal);
}

/** The blocks change one after the other, each on what the one before left; the edits come out in terms of the source. */
function blockEdits({ bytes }: Source, scan: Scan, changes: readonly Change[]): TextEdit[] {
	const puts = changes.filter((change): change is PutBlock => change.kind === 'put-block');
	const removals = changes.filter((change): change is RemoveBlock => change.kind === 'remove-block');
	if (puts.length + removals.length === 0) return [];
	puts.sort((a, b) => (a.policy < b.policy ? -1 : 1));
	const first = new BlockEditor(bytes);
	for (const place of first.places)
		if ([...puts, ...removals.map(({ block }) => block)].some(({ policy }) => policy === place.policy))
			refuseForeign(first, place, scan);
	const pieces = new Pieces(bytes);
	/** Makes one change in the text as it is now. */
	const change = (policy: string, edits: (editor: BlockEditor, place: BlockPlace | undefined) => readonly TextEdit[]): void => {
		const editor = new BlockEditor(pieces.bytes());
		pieces.apply(
			edits(
				editor,
				editor.places.find((place) => place.policy === policy),
			),
		);
	};
	for (const { policy, entries } of puts) {
		if (entries.length === 0) throw new Refused('env/block', `the block of ${policy} would be empty`);
		const standing = first.places.find((place) => place.policy === policy);
		if (standing && isMisplaced(standing, scan)) change(policy, (editor, place) => (place ? editor.remove(place, true) : []));
		change(policy, (editor, place) => (place ? editor.rewrite(place, policy, entries) : editor.insert(policy, entries)));
	}
	for (const { block } of removals) {
		if (!first.places.some((place) => place.policy === block.policy && place.span.start === block.span.start)) {
			throw new Refused('env/block', `there is no block of ${block.policy} here`, block.span);
		}
		change(block.policy, (editor, place) => (place ? editor.remove(place, false) : []));
	}
	return pieces.edits();
}

/** In code that is not reached on import, or too late: the block has no effect where it stands. */
function isMisplaced({ span }: BlockPlace, scan: Scan): boolean {
	const settings = scan.carriers.flatMap((carrier) => carrier.settings);
	return settings.some(
		(setting) => setting.span.start >= span.start && setting.span.end <= span.end && setting.effect !== 'sets',
	);
}

/** A block holds the import of `os` and assignments; what else stands in it is somebody's, and a rewrite would lose it. */
function refuseForeign(editor: BlockEditor, place: BlockPlace, scan: Scan): void {
	const said = scan.blocks.find((block) => block.policy === place.policy);
	if (said && said.entries.length === editor.statementsIn(place)) return;
	throw new Refused(
		'env/block',
		`the managed block of ${place.policy} holds lines that are not ours; move them out of it`,
		place.span,
	);
}
