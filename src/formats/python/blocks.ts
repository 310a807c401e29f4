import type { EnvEntry, ManagedBlock, Setting, Span } from '../../core/ports/format.ts';
import { type LexicalError, latin1, type Tokens } from './lexer.ts';
import { writeString } from './literals.ts';

const opening = /^#[ \t]*>>>[ \t]*gpupolicy[ \t]+(\S+?):/;
const closing = /^#[ \t]*<<<[ \t]*gpupolicy[ \t]*$/;

/** A managed block as it lies in the file: from its opening line to the end of its closing line, without that line's end. */
export interface BlockPlace {
	readonly policy: string;
	readonly span: Span;
}

/** True for a comment that is a line of ours. */
export function isMarker(comment: string): boolean {
	return opening.test(comment) || closing.test(comment);
}

/**
 * Finds the managed blocks by their comment lines. A damaged pair (an opening line without its end, a closing line alone, a
 * block in a block, two blocks of one policy) is an error: nothing tells then what is ours and what is the user's.
 */
export function findBlocks(tokens: Tokens): { readonly places: readonly BlockPlace[]; readonly error: LexicalError | null } {
	const places: BlockPlace[] = [];
	const { bytes, comments } = tokens;
	let open: { policy: string; start: number } | null = null;
	const broken = (offset: number, message: string) => ({ places, error: { offset, message } });
	for (let i = 0; i < comments.length; i += 2) {
		const start = comments[i] as number;
		const end = comments[i + 1] as number;
		// `# >>>` and `# <<<`, with or without the blank.
		const sign = bytes[start + 1] === 32 || bytes[start + 1] === 9 ? bytes[start + 2] : bytes[start + 1];
		if (sign !== 60 && sign !== 62) continue;
		const text = latin1(bytes, start, end).trimEnd();
		const policy = opening.exec(text)?.[1];
		if (policy !== undefined) {
			if (open)
				return broken(
					start,
					`a managed block begins inside the one of ${open.policy}, whose closing line "# <<< gpupolicy" is missing`,
				);
			if (!isAlone(bytes, start)) return broken(start, 'the opening line of a managed block stands behind code');
			if (places.some((other) => other.policy === policy)) return broken(start, `policy ${policy} has two managed blocks`);
			open = { policy, start };
		} else if (closing.test(text)) {
			if (!open) return broken(start, 'a closing line "# <<< gpupolicy" without the opening line of its managed block');
			places.push({ policy: open.policy, span: { start: open.start, end } });
			open = null;
		}
	}
	if (open) return broken(open.start, `the managed block of ${open.policy} has no closing line "# <<< gpupolicy"`);
	return { places, error: null };
}

function isAlone(bytes: Uint8Array, start: number): boolean {
	let at = start - 1;
	while (at >= 0 && (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === 12)) at--;
	return at < 0 || bytes[at] === 10 || bytes[at] === 13 || (at === 2 && bytes[0] === 0xef);
}

/** What a block says: the settings that lie in it. */
export function managedBlock({ policy, span }: BlockPlace, settings: readonly Setting[]): ManagedBlock {
	return {
		policy,
		span,
		entries: settings
			.filter((setting) => setting.span.start >= span.start && setting.span.end <= span.end)
			.map(({ variable, value }) => ({ name: variable, value })),
	};
}

/**
 * The lines of a block, the last one without a line end. The blank line after the import keeps isort, ruff and black from
 * moving or changing it. `null` where a value cannot be written.
 */
export function renderBlock(
	policy: string,
	entries: readonly EnvEntry[],
	options: { readonly importsOs: boolean; readonly utf8: boolean; readonly lineEnd: string },
): string | null {
	const lines = [`# >>> gpupolicy ${policy}: managed block, do not edit`];
	if (options.importsOs) lines.push('import os', '');
	for (const { name, value } of entries) {
		const literal = writeString(value, { prefix: '', quotes: '"', utf8: options.utf8 });
		if (literal === null || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return null;
		lines.push(`os.environ["${name}"] = ${literal}`);
	}
	lines.push('# <<< gpupolicy');
	return lines.join(options.lineEnd);
}
