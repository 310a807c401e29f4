import { quotedName } from './quoted-name.ts';

/** Line-based unified diff of two texts whose common head and tail are large; lines keep their own endings. */
export interface DiffOptions {
	/** Lines of context around each hunk; 0 for formats whose neighbours may be secret. */
	readonly context: number;
	/** Applied to every printed line. */
	readonly redact: (line: string) => string;
}

interface Operation {
	readonly kind: ' ' | '-' | '+';
	readonly line: string;
}

function linesOf(text: string): string[] {
	return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Longest common subsequence over the middle part; falls back to replace-all where the product would be large. */
function operations(before: readonly string[], after: readonly string[]): Operation[] {
	let head = 0;
	while (head < before.length && head < after.length && before[head] === after[head]) head++;
	let tail = 0;
	while (
		tail < before.length - head &&
		tail < after.length - head &&
		before[before.length - 1 - tail] === after[after.length - 1 - tail]
	)
		tail++;
	const left = before.slice(head, before.length - tail);
	const right = after.slice(head, after.length - tail);
	return [
		...before.slice(0, head).map((line): Operation => ({ kind: ' ', line })),
		...middle(left, right),
		...before.slice(before.length - tail).map((line): Operation => ({ kind: ' ', line })),
	];
}

const MAX_CELLS = 4_000_000;

function middle(left: readonly string[], right: readonly string[]): Operation[] {
	const removed = left.map((line): Operation => ({ kind: '-', line }));
	const added = right.map((line): Operation => ({ kind: '+', line }));
	if (left.length === 0 || right.length === 0 || left.length * right.length > MAX_CELLS) return [...removed, ...added];
	const width = right.length + 1;
	const table = new Uint32Array((left.length + 1) * width);
	for (let i = left.length - 1; i >= 0; i--) {
		for (let j = right.length - 1; j >= 0; j--) {
			table[i * width + j] =
				left[i] === right[j]
					? (table[(i + 1) * width + j + 1] as number) + 1
					: Math.max(table[(i + 1) * width + j] as number, table[i * width + j + 1] as number);
		}
	}
	const out: Operation[] = [];
	let i = 0;
	let j = 0;
	while (i < left.length || j < right.length) {
		if (i < left.length && j < right.length && left[i] === right[j]) {
			out.push({ kind: ' ', line: left[i] as string });
			i++;
			j++;
		} else if (
			j >= right.length ||
			(i < left.length && (table[(i + 1) * width + j] as number) >= (table[i * width + j + 1] as number))
		) {
			out.push({ kind: '-', line: left[i++] as string });
		} else {
			out.push({ kind: '+', line: right[j++] as string });
		}
	}
	return out;
}

/** A unified diff that `git apply` and `patch -p1` accept where nothing was redacted; empty when the texts are equal. */
export function unifiedDiff(path: string, before: string, after: string, options: DiffOptions): string {
	if (before === after) return '';
	const all = operations(linesOf(before), linesOf(after));
	const changed = all.flatMap((operation, index) => (operation.kind === ' ' ? [] : [index]));
	const hunks: { from: number; to: number }[] = [];
	for (const index of changed) {
		const last = hunks.at(-1);
		if (last && index - last.to <= 2 * options.context) last.to = index + 1;
		else hunks.push({ from: index, to: index + 1 });
	}
	let text = `--- ${quotedName(`a/${path}`)}\n+++ ${quotedName(`b/${path}`)}\n`;
	for (const hunk of hunks) {
		const from = Math.max(0, hunk.from - options.context);
		const to = Math.min(all.length, hunk.to + options.context);
		text += renderHunk(all, from, to, options.redact);
	}
	return text;
}

function renderHunk(all: readonly Operation[], from: number, to: number, redact: (line: string) => string): string {
	const before = all.slice(0, from);
	const part = all.slice(from, to);
	const count = (list: readonly Operation[], other: '+' | '-') => list.filter((operation) => operation.kind !== other).length;
	const range = (list: readonly Operation[], lead: readonly Operation[], other: '+' | '-') => {
		const lines = count(list, other);
		const start = count(lead, other) + (lines === 0 ? 0 : 1);
		return lines === 1 ? `${start}` : `${start},${lines}`;
	};
	const body = part
		.map(({ kind, line }) => {
			const shown = redact(line);
			return shown.endsWith('\n') ? `${kind}${shown}` : `${kind}${shown}\n\\ No newline at end of file\n`;
		})
		.join('');
	return `@@ -${range(part, before, '+')} +${range(part, before, '-')} @@\n${body}`;
}
