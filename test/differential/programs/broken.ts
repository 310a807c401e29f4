import fc from 'fast-check';
import { gpuImport, setting } from './environment.ts';
import { type Fragment, oneOf } from './fragment.ts';

/** What CPython 3 does not compile: Python 2, IPython, merge conflicts, half-written code. */
const foreign = oneOf([
	'print "cuda:1"',
	'print >>sys.stderr, \'os.environ["CUDA_VISIBLE_DEVICES"] = "0"\'',
	'exec "import torch" in {}',
	'raise ValueError, "cuda:1"',
	'try:\n\tpass\nexcept ValueError, error:\n\tprint error',
	'x = `1`; y = 0777L; z = ur"\\d"; w = 1 <> 2',
	'%matplotlib inline',
	'%env CUDA_VISIBLE_DEVICES=0',
	'%%time\nimport torch',
	'!nvidia-smi -i 1',
	'!CUDA_VISIBLE_DEVICES=0 python train.py "it\'s"',
	'files = !ls "*.py',
	'torch.cuda?',
	'?print',
	'<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other',
	'x = (1,',
	'x = "never closed',
	'x = """never closed',
	'x = f"{1"',
	'x = f"{a b}"',
	'  x = 1',
	'if True:\nx = 1',
	'def f(:\n\tpass',
	'x = 1 +',
	'x = 1)',
	'else:\n\tpass',
	'from __future__ import braces',
	'return 1',
	'x = “typographic”',
	'x = 1 \\ ',
	'x = 1\0',
	'for = 1',
	'a b c',
	'x = 08',
]);

/** Fragments of which some do not compile. */
export function brokenBody(): fc.Arbitrary<Fragment> {
	return fc.oneof(
		{ weight: 2, arbitrary: foreign },
		{ weight: 2, arbitrary: setting.filter(({ text }) => !text.includes('str(0)')) },
		{ weight: 1, arbitrary: gpuImport },
	);
}

/** An accident in the life of a source file. */
export type Accident =
	| { readonly kind: 'cut'; readonly at: number; readonly size: number }
	| { readonly kind: 'double'; readonly at: number; readonly size: number }
	| { readonly kind: 'insert'; readonly at: number; readonly text: string }
	| { readonly kind: 'truncate'; readonly at: number };

const pieces = [
	'"',
	"'",
	'"""',
	'\\',
	'\n',
	'\r',
	'\t',
	' ',
	'#',
	'(',
	')',
	'[',
	']',
	'{',
	'}',
	';',
	':',
	'=',
	'f"{',
	'}"',
	'!',
	'%',
	'?',
	'\0',
	'\xff',
	'\f',
	'é',
	'0',
	'# >>> gpupolicy x: managed block, do not edit\n',
	'\n# <<< gpupolicy\n',
];

/** An accident at any place; `at` is a fraction of the file. */
export const accident: fc.Arbitrary<Accident> = fc.oneof(
	fc.record({
		kind: fc.constant('insert' as const),
		at: fc.double({ min: 0, max: 1, noNaN: true }),
		text: fc.constantFrom(...pieces),
	}),
	fc.record({
		kind: fc.constant('cut' as const),
		at: fc.double({ min: 0, max: 1, noNaN: true }),
		size: fc.integer({ min: 1, max: 40 }),
	}),
	fc.record({
		kind: fc.constant('double' as const),
		at: fc.double({ min: 0, max: 1, noNaN: true }),
		size: fc.integer({ min: 1, max: 40 }),
	}),
	fc.record({ kind: fc.constant('truncate' as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
);

/** The bytes after the accident. */
export function suffer(bytes: Uint8Array, what: Accident): Uint8Array {
	const at = Math.floor(what.at * bytes.length);
	const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
	switch (what.kind) {
		case 'insert':
			return Buffer.concat([head, Buffer.from(what.text, 'latin1'), tail]);
		case 'cut':
			return Buffer.concat([head, tail.subarray(what.size)]);
		case 'double':
			return Buffer.concat([head, tail.subarray(0, what.size), tail]);
		case 'truncate':
			return head;
	}
}
