import type { Scalar } from 'yaml';

/** How a scalar is written on one line. */
export type ScalarStyle = 'plain' | 'single' | 'double';

/** Words that some reader takes for a boolean or a null. */
const notStrings = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf|none)$/i;

/**
 * True where `text`, unquoted, is this very string for every YAML 1.1 and 1.2 reader: a strict subset of what they allow.
 * Digits never start one, so that `1`, `010`, `0x1`, `1e3` and `1:30` are always quoted.
 */
export function isPlainSafe(text: string, inFlow: boolean): boolean {
	return (
		(inFlow ? /^[A-Za-z_/][A-Za-z0-9_./=+@%-]*$/ : /^[A-Za-z_/][A-Za-z0-9_./=+@%,:-]*$/).test(text) &&
		!text.endsWith(':') &&
		!notStrings.test(text)
	);
}

/** Writes `text` in `style`, or in `fallback` quotes where unquoted it would not be a string, or in double quotes where single ones cannot. */
export function writeScalar(text: string, style: ScalarStyle, fallback: 'single' | 'double', inFlow: boolean): string {
	if (style === 'plain' && isPlainSafe(text, inFlow)) return text;
	const quotes = style === 'plain' ? fallback : style;
	return quotes === 'single' && isPrintable(text) ? `'${text.replaceAll("'", "''")}'` : doubleQuoted(text);
}

function isPrintable(text: string): boolean {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that single quotes cannot hold on one line
	return !/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(text);
}

function doubleQuoted(text: string): string {
	return JSON.stringify(text).replace(
		/[\u007f-\u009f\u2028\u2029\ufeff]/g,
		(c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
}

/** The style of a scalar as it stands; a block scalar has none on one line. */
export function styleOf(scalar: Scalar): ScalarStyle | null {
	switch (scalar.type) {
		case 'PLAIN':
			return 'plain';
		case 'QUOTE_SINGLE':
			return 'single';
		case 'QUOTE_DOUBLE':
			return 'double';
		default:
			return null;
	}
}
