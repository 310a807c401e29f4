import type { QuoteMark } from './value.ts';

/**
 * Text that every reader of .env files at hand (dotenv, python-dotenv, compose, systemd's EnvironmentFile, a sourcing shell)
 * decodes to `value`, in the quotes that stand there where they can hold it; `null` where there is no such text.
 */
export function writeValue(value: string, style: QuoteMark, quoteEmpty = false): string | null {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: a value with control characters has no common spelling
	if (/[\x00-\x1f\x7f]/.test(value)) return null;
	const plain = /^[A-Za-z0-9_.:,/@%+=-]*$/.test(value);
	const single = !value.includes("'") && !/\\\\|\\$/.test(value) ? `'${value}'` : null;
	const double = /["\\$`]/.test(value) ? null : `"${value}"`;
	switch (style) {
		case "'":
			return single ?? double;
		case '"':
			return double ?? single;
		default:
			// Node's parseEnv misreads `export NAME=` without a value and `NAME=` with spaces behind it
			return plain && !(quoteEmpty && value === '') ? value : (double ?? single);
	}
}
