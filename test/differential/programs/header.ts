import fc from 'fast-check';
import { type Fragment, fragment, oneOf } from './fragment.ts';

/** What stands above the first statement: the block must find its place below it. */
export interface Header {
	readonly bom: boolean;
	/** Comment lines, a shebang or a cookie in the first two. */
	readonly comments: string;
	/** Docstring and `from __future__` imports, in any shape. */
	readonly start: Fragment;
}

const shebang = '#!/usr/bin/env python3\n';
const cookies = {
	utf8: ['# -*- coding: utf-8 -*-\n', '# vim: set fileencoding=utf-8 :\n', '#coding=utf-8\n'],
	latin1: ['# -*- coding: latin-1 -*-\n', '# coding: iso-8859-15\n'],
};

const docstrings = [
	'',
	'"""Doc."""\n',
	"'doc'\n",
	'"""Doc.\n\nimport torch\n"""\n',
	'r"""Raw \\d."""\n',
	'u"doc"\n',
	'"one" "two"\n',
	'"one" \\\n"two"\n',
	'("""Doc.""")\n',
	'(\n"one"\n"two"\n)\n',
	'"""Doc."""  # not in it\n',
	'"""Doc.""";\n',
	'"""Doc."""; a = 1\n',
	'"""Doc."""; import sys\n',
	'f"no doc"\n',
	'b"no doc"\n',
	'"no doc".strip()\n',
	'"no doc"; "but this neither"\n',
	'"""Doc."""\n"""not a docstring"""\n',
] as const;

const futures = [
	'',
	'from __future__ import annotations\n',
	'from __future__ import (\n\tannotations, # new\n\tdivision,\n)\n',
	'from __future__ import annotations; import sys\n',
	'from __future__ import annotations; from __future__ import division\n',
	'from __future__ import annotations\n# between\n\nfrom __future__ import division\n',
	'from __future__ import annotations as a, division  # why\n',
	'from __future__ \\\n\timport annotations\n',
	'from __future__ import annotations;\n',
] as const;

const starts: fc.Arbitrary<Fragment> = fc.oneof(
	fc
		.tuple(fc.constantFrom(...docstrings), fc.constantFrom('', '\n', '# a comment\n', '\f\n'), fc.constantFrom(...futures))
		.map(([doc, gap, future]) => {
			const closed = /; a = 1|; import sys|no doc|not a docstring/.test(doc);
			return fragment(closed ? doc + gap : doc + gap + future);
		}),
	oneOf([
		'"""Doc."""; from __future__ import annotations\n',
		'"""Doc."""; from __future__ import annotations; a = 1\n',
		'"one"; from __future__ import (annotations,\n\tdivision)\n',
	]),
);

/** A header whose cookie says the encoding. */
export function header(encoding: 'utf8' | 'latin1'): fc.Arbitrary<Header> {
	const cookie =
		encoding === 'latin1'
			? fc.constantFrom(...cookies.latin1)
			: fc.oneof({ weight: 3, arbitrary: fc.constant('') }, fc.constantFrom(...cookies.utf8));
	return fc
		.record({
			bom: encoding === 'utf8' ? fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)) : fc.constant(false),
			shebang: fc.boolean(),
			cookie,
			more: fc.constantFrom('', '# Copyright\n#\n\n', '\n\n', '# import torch\n'),
			start: starts,
		})
		.map(({ bom, shebang: first, cookie: second, more, start }) => ({
			bom,
			comments: (first ? shebang : '') + second + more,
			start,
		}));
}
