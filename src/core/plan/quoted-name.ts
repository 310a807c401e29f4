/** Escapes that C and git have a letter for, by byte. */
const letters: Readonly<Record<number, string>> = {
	[0x07]: '\\a',
	[0x08]: '\\b',
	[0x09]: '\\t',
	[0x0a]: '\\n',
	[0x0b]: '\\v',
	[0x0c]: '\\f',
	[0x0d]: '\\r',
	[0x22]: '\\"',
	[0x5c]: '\\\\',
};

/**
 * A file's name for the `---` and `+++` lines of a diff, as git writes it by default (`quote_c_style`, core.quotePath=true): in
 * double quotes with escapes where a byte is a control character, a quote, a backslash or not ASCII; a tab after one that holds
 * a space, so that `patch` does not take what follows for a date.
 */
export function quotedName(name: string): string {
	const tab = name.includes(' ') ? '\t' : '';
	// biome-ignore lint/suspicious/noControlCharactersInRegex: names of files may hold them
	if (/^[^\u0000-\u001f"\\\u007f-\uffff]*$/.test(name)) return name + tab;
	let quoted = '';
	for (const byte of new TextEncoder().encode(name)) {
		const plain = byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
		quoted += letters[byte] ?? plain;
	}
	return `"${quoted}"${tab}`;
}
