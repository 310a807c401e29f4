import type { Format } from '../../core/ports/format.ts';
import { editPython } from './edit.ts';
import { mayConcern } from './prefilter.ts';
import { scanPython } from './scan.ts';

/** Python sources: `.py` and `.pyw`. Stubs (`.pyi`) are never executed. */
export const python: Format = {
	id: 'python',
	matches: (path) => /\.pyw?$/i.test(path),
	mayConcern: (bytes, interest, declared) => declared || mayConcern(bytes, interest),
	scan: scanPython,
	edit: editPython,
};
