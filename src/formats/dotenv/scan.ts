import type { DeviceLiteral, Diagnostic, Interest, Scan, Setting, SettingValue, Source, Span } from '../../core/ports/format.ts';
import { bomLength } from '../text/bom.ts';
import { byteText } from '../text/bytes.ts';
import { deviceLiteral, mayNameDevice } from '../text/device.ts';
import { encodingProblem } from '../text/encoding.ts';
import { generatedProblem } from '../text/generated.ts';
import { ignoreComments } from '../text/ignores.ts';
import { refused } from '../text/refused.ts';
import { type Dotenv, lexDotenv } from './lexer.ts';

/** Reads a dotenv file: one carrier, `file`. */
export function scanDotenv(source: Source, interest: Interest): Scan {
	const encoding = encodingProblem(source.bytes);
	if (encoding !== null) return refused([encoding]);
	const text = byteText(source.bytes);
	const file = lexDotenv(text, bomLength(source.bytes));
	const ignores = ignoreComments(text, file.comments);
	const problems = problemsOf(file, interest);
	if (problems.length > 0) return refused(problems, ignores);
	const settings = settingsOf(text, file, interest);
	const devices = interest.ordinals ? devicesOf(text, file) : [];
	const generated = generatedProblem(text, headerOf(text, file));
	if (generated !== null) return refused([generated], ignores);
	return {
		carriers: [{ id: 'file', gpu: 'undetermined', whole: true, settings, supply: 'entries' }],
		devices,
		blocks: [],
		diagnostics: [],
		ignores,
	};
}

function settingsOf(text: string, file: Dotenv, interest: Interest): Setting[] {
	const settings: Setting[] = [];
	for (const { name, value, span, valueSpan } of file.entries) {
		settings.push(...behindAnother(text, valueSpan, value, interest));
		if (!interest.variables.has(name)) continue;
		const setting = { variable: name, value, effect: 'sets', span } as const;
		settings.push(value.kind === 'literal' ? { ...setting, valueSpan } : setting);
	}
	for (const { name, bare, span } of file.others) {
		if (!bare || name === null || !interest.variables.has(name)) continue;
		// `export NAME` behind `NAME=value` changes nothing
		if (settings.some((setting) => setting.variable === name && setting.span.start < span.start)) continue;
		settings.push({
			variable: name,
			value: { kind: 'dynamic', why: 'the environment of whoever reads the file' },
			effect: 'sets',
			span,
		});
	}
	return settings.sort((a, b) => a.span.start - b.span.start);
}

/** `export A=1 B=2`: a shell sets B, and for the other readers it is a part of A. */
function behindAnother(text: string, span: Span, value: SettingValue, interest: Interest): Setting[] {
	if (value.kind !== 'dynamic' || /["'`]/.test(text[span.start] ?? '')) return [];
	const line = text.slice(span.start, span.end);
	return [...line.matchAll(/[ \t]([A-Za-z_][A-Za-z0-9_]*)=/g)]
		.filter((match) => interest.variables.has(match[1] as string))
		.map((match) => ({
			variable: match[1] as string,
			value: { kind: 'dynamic', why: 'behind another variable on its line, where only a shell sees it' },
			effect: 'sets',
			span: { start: span.start + match.index + 1, end: span.end },
		}));
}

function devicesOf(text: string, file: Dotenv): DeviceLiteral[] {
	return file.entries.flatMap(({ name, value, valueSpan }) => {
		if (value.kind !== 'literal' || !mayNameDevice(name)) return [];
		return deviceLiteral(text, valueSpan.start, valueSpan.end) ?? [];
	});
}

/** What cannot be understood: an open quote, or a line that names a variable of interest and is no entry. */
function problemsOf(file: Dotenv, interest: Interest): Diagnostic[] {
	if (file.unreadable !== null) return [{ rule: 'file/syntax', ...file.unreadable, refuses: true }];
	return file.others
		.filter(({ name, bare }) => !bare && name !== null && interest.variables.has(name))
		.map(({ name, span }) => ({ rule: 'file/syntax', message: `expected ${name}=value`, span, refuses: true }));
}

/** Spans of the comments before the first entry. */
function headerOf(text: string, file: Dotenv): Span[] {
	const first = file.entries[0]?.span.start ?? text.length;
	return file.comments.map(({ span }) => span).filter(({ start }) => start < first);
}
