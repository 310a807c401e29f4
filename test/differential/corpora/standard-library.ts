import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { cached } from './cache.ts';
import { type Corpus, folderCorpus } from './corpus.ts';
import { nativePython, python } from './native-python.ts';

/**
 * The standard library of the native Python, with the tests of CPython and lib2to3 where the installation has them (odd syntax, odd
 * encodings, Python 2), and that of CPython 3.14 as pyodide ships it.
 */
export async function standardLibraries(): Promise<Corpus[]> {
	const native = await nativePython();
	const manifest = createRequire(import.meta.url).resolve('pyodide/package.json');
	const { version } = createRequire(import.meta.url)('pyodide/package.json') as { version: string };
	const folder = await cached(`pyodide-stdlib-${version}`, async (folder) => {
		await python(['-m', 'zipfile', '--extract', join(dirname(manifest), 'python_stdlib.zip'), folder]);
	});
	return [
		folderCorpus(`library of Python ${native.version}`, native.library, (path) => /(^|\/)(site|dist)-packages\//.test(path)),
		folderCorpus('library of Python 3.14', folder),
	];
}
