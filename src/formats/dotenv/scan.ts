import type { DeviceLiteral, Diagnostic, Interest, Scan, Setting, Source } from '../../core/ports/format.ts';
import { byteText } from '../text/bytes.ts';
import { deviceLiteral, mayNameDevice } from '../text/device.ts';
import { encodingProblem } from '../text/encoding.ts';
import { generatedProblem } from '../text/generated.ts';
import { ignoreComments } from '../text/ignores.ts';
import { bomLength } from '../text/position.ts';
import { type Dotenv, lexDotenv } from './lexer.ts';

/** Reads a dotenv file: one carrier, `file`. */
export function scanDotenv(source: Source, interest: Interest): Scan {
	const encoding = encodingProblem(source.bytes);
	if (encoding !== null) return { carriers: [], devices: [], blocks: [], diagnostics: [encoding], ignores: [] };
	const text = byteText(source.bytes);
	const file = lexDotenv(text, bomLength(source.bytes));
	return {
		carriers: [{ id: 'file', gpu: 'undetermined', settings: settingsOf(file, interest), supply: 'entries' }],
		devices: interest.ordinals ? devicesOf(text, file) : [],
		blocks: [],
		diagnostics: diagnosticsOf(text, file, interest),
		ignores: ignoreComments(text, file.comments),
	};
}

function settingsOf(file: Dotenv, interest: Interest): Setting[] {
	const settings: Setting[] = [];
	for (const { name, value, span, valueSpan } of file.entries) {
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

function devicesOf(text: string, file: Dotenv): DeviceLiteral[] {
	return file.entries.flatMap(({ name, value, valueSpan }) => {
		if (value.kind !== 'literal' || !mayNameDevice(name)) return [];
		return deviceLiteral(text, valueSpan.start, valueSpan.end) ?? [];
	});
}

function diagnosticsOf(text: string, file: Dotenv, interest: Interest): Diagnostic[] {
	const diagnostics: Diagnostic[] = [];
	const first = file.entries[0]?.span.start ?? text.length;
	const header = file.comments.filter(({ span }) => span.start < first).map(({ span }) => span);
	const generated = generatedProblem(text, header);
	if (generated !== null) diagnostics.push(generated);
	if (file.unreadable !== null) diagnostics.push({ rule: 'file/syntax', ...file.unreadable, refuses: true });
	for (const { name, bare, span } of file.others) {
		if (bare || name === null || !interest.variables.has(name)) continue;
		diagnostics.push({ rule: 'file/syntax', message: `expected ${name}=value`, span, refuses: true });
	}
	return diagnostics;
}
