import type { Interest } from '../../core/ports/format.ts';
import { kind, packed, type Tokens } from './lexer.ts';
import { splitAtCommas } from './statements.ts';
import { word } from './words.ts';

/** One name that an import statement binds. */
export interface Binding {
	/** The name in this file; `*` for a star import. */
	readonly name: string;
	/** Dotted path of what it is bound to; `import a.b` binds `a` to `a`. */
	readonly target: string;
	/** The module that is imported, dotted. */
	readonly module: string;
}

const dot = packed('.');
const ellipsis = packed('...');
const star = packed('*');

/**
 * Reads `import a.b as c, d` and `from a import b as c` at tokens `first` to before `end`. Relative imports bind names,
 * with a module that begins with a dot. Anything else: an empty list.
 */
export function importsOf(tokens: Tokens, first: number, end: number): Binding[] {
	if (tokens.kinds[first] !== kind.name) return [];
	if (tokens.data[first] === word.import) {
		return splitAtCommas(tokens, first + 1, end).flatMap((part) => {
			const { path, next } = dotted(tokens, part.first, part.end);
			if (path === '') return [];
			const alias = aliasAt(tokens, next, part.end);
			return [
				{
					name: alias ?? (path.split('.')[0] as string),
					target: alias === null ? (path.split('.')[0] as string) : path,
					module: path,
				},
			];
		});
	}
	if (tokens.data[first] !== word.from) return [];
	const { path, next } = dotted(tokens, first + 1, end);
	if (tokens.kinds[next] !== kind.name || tokens.data[next] !== word.import || next >= end) return [];
	let from = next + 1;
	let to = end;
	if (tokens.kinds[from] === kind.open) {
		to = tokens.data[from] as number;
		from++;
	}
	return splitAtCommas(tokens, from, to).flatMap((part) => {
		if (tokens.kinds[part.first] === kind.operator && tokens.data[part.first] === star) {
			return [{ name: '*', target: path, module: path }];
		}
		if (tokens.kinds[part.first] !== kind.name) return [];
		const name = tokens.text(part.first);
		const target = path.endsWith('.') ? `${path}${name}` : `${path}.${name}`;
		return [{ name: aliasAt(tokens, part.first + 1, part.end) ?? name, target, module: path }];
	});
}

function dotted(tokens: Tokens, first: number, end: number): { path: string; next: number } {
	let path = '';
	let i = first;
	for (; i < end; i++) {
		const token = tokens.kinds[i];
		if (token === kind.operator && tokens.data[i] === dot) path += '.';
		else if (token === kind.operator && tokens.data[i] === ellipsis) path += '...';
		else if (token === kind.name && tokens.data[i] !== word.import && (path === '' || path.endsWith('.'))) path += tokens.text(i);
		else break;
	}
	return { path, next: i };
}

function aliasAt(tokens: Tokens, at: number, end: number): string | null {
	if (at + 1 >= end || tokens.kinds[at] !== kind.name || tokens.data[at] !== word.as) return null;
	return tokens.text(at + 1);
}

/** The entry of the list of GPU libraries that `path` (dotted, absolute) is or lies in; `null` where it is none or a module of the repo. */
export function gpuLibraryOf(path: string, interest: Interest, file: string): string | null {
	if (path === '' || path.startsWith('.')) return null;
	for (let at = path.indexOf('.'); ; at = path.indexOf('.', at + 1)) {
		const prefix = at < 0 ? path : path.slice(0, at);
		if (interest.gpuLibraries.has(prefix)) {
			const top = prefix.split('.')[0] as string;
			return interest.isLocalModule?.(top, file) ? null : prefix;
		}
		if (at < 0) return null;
	}
}
