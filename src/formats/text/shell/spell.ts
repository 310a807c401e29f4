import type { Spelling } from './command.ts';

/** Characters that mean themselves everywhere in a shell text, quoted or not, and in JSON. */
const PLAIN = /^[A-Za-z0-9_.:,/@%+=-]*$/;

/** Shell text that every POSIX shell decodes to `value`, in the quotes that stand there; `null` where it cannot be written. */
export function spellShellValue(value: string, spelling: Spelling): string | null {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: a value with control characters is refused
	if (/[\x00-\x1f\x7f]/.test(value)) return null;
	const single = value.includes("'") ? null : `'${value}'`;
	const double = `"${value.replace(/[\\"$`]/g, '\\$&')}"`;
	switch (spelling) {
		case 'single':
			return single ?? double;
		case 'double':
			return double;
		case 'word':
			return PLAIN.test(value) ? value : (single ?? double);
		case 'inside':
			return PLAIN.test(value) ? value : null;
	}
}
