import assert from 'node:assert/strict';
import test from 'node:test';
import { quotedName } from './quoted-name.ts';

test('names are written as git diff writes them', () => {
	// As git itself printed them for files of these names.
	const cases: readonly (readonly [name: string, written: string])[] = [
		['a/plain-name_1.py', 'a/plain-name_1.py'],
		['a/sp ace.py', 'a/sp ace.py\t'],
		['a/new\nline.py', '"a/new\\nline.py"'],
		['a/ta\tb.py', '"a/ta\\tb.py"'],
		['a/q"uote.py', '"a/q\\"uote.py"'],
		['a/back\\slash.py', '"a/back\\\\slash.py"'],
		['a/\u00e9.py', '"a/\\303\\251.py"'],
		['a/\u001b[2J \u{1f600}', '"a/\\033[2J \\360\\237\\230\\200"\t'],
		["a/it's$HOME", "a/it's$HOME"],
	];
	for (const [name, written] of cases) assert.equal(quotedName(name), written);
});
