import type { Span } from '../../../core/ports/format.ts';
import type { Assignment, Command, Word } from './command.ts';

/** A command that starts a program with variables of its own: `A=1 cmd`, `env A=1 cmd`, `sudo A=1 cmd`, `docker run -e A=1 image`. */
export interface Launch {
	/** What the program sees, in source order; the last one of a name wins. */
	readonly assignments: readonly Assignment[];
	/** `env -u NAME`. */
	readonly unset: readonly { readonly name: string; readonly span: Span }[];
	/** `-e NAME` without a value: the container gets the caller's. */
	readonly passed: readonly { readonly name: string; readonly span: Span }[];
	/** The program runs in a container, where an allocated GPU is renumbered from 0. */
	readonly container: boolean;
	/** The variables of the shell do not reach the program (`env -i`, sudo without -E, a container). */
	readonly clears: boolean;
	/** Where another assignment is put, and what stands before it there. */
	readonly insertAt: number;
	readonly insertPrefix: '' | '-e ';
}

/** Programs that start another one with the environment that they have; their options that take a value, and how many operands precede it. */
const WRAPPERS: Readonly<Record<string, { readonly valued: string; readonly operands: number }>> = {
	sudo: { valued: '-u -g -h -p -C -T -R -D -U -r -t --user --group --host --prompt --chdir --chroot', operands: 0 },
	doas: { valued: '-u -C', operands: 0 },
	nohup: { valued: '', operands: 0 },
	setsid: { valued: '', operands: 0 },
	nice: { valued: '-n', operands: 0 },
	ionice: { valued: '-c -n', operands: 0 },
	time: { valued: '-f -o', operands: 0 },
	timeout: { valued: '-s -k --signal --kill-after', operands: 1 },
	stdbuf: { valued: '-i -o -e', operands: 0 },
	taskset: { valued: '', operands: 1 },
	numactl: { valued: '-N -m -C -i -p', operands: 0 },
	command: { valued: '', operands: 0 },
	exec: { valued: '-a', operands: 0 },
};

const CONTAINER_TOOLS = new Set(['docker', 'podman', 'nerdctl', 'docker-compose', 'podman-compose']);
const CONTAINER_VERBS = new Set(['run', 'exec', 'create']);

/** What a command sets for the program that it starts; `null` where it sets nothing by itself. */
export function launchOf({ assignments: prefix, words }: Command): Launch | null {
	if (words.length === 0) return null;
	const found: Found = { assignments: [...prefix], unset: [], passed: [], clears: false };
	let container = false;
	for (let at = 0; at < words.length; ) {
		const program = baseName(words[at] as Word);
		if (CONTAINER_TOOLS.has(program)) {
			if (containerOptions(words.slice(at + 1), found)) container = true;
			break;
		}
		const next = program === 'env' ? envOperands(words, at + 1, found) : wrapperOperands(words, at, program, found);
		if (next === null) break;
		at = next;
	}
	const first = [...found.assignments, ...found.passed][0]?.span.start;
	const gone = found.unset[0]?.span.end;
	if (first === undefined && gone === undefined) return null;
	const sorted = [...found.assignments, ...found.passed].map(({ span }) => span.start).sort((a, b) => a - b)[0];
	return {
		...found,
		container,
		insertAt: found.optionAt ?? sorted ?? (gone as number),
		insertPrefix: container && found.optionAt !== undefined ? '-e ' : '',
	};
}

interface Found {
	assignments: Assignment[];
	unset: { name: string; span: Span }[];
	passed: { name: string; span: Span }[];
	clears: boolean;
	/** Start of the first `-e` option. */
	optionAt?: number;
}

function textOf(word: Word | undefined): string {
	return word?.value.kind === 'literal' ? word.value.text : '';
}

function baseName(word: Word): string {
	const text = textOf(word);
	return text.slice(text.lastIndexOf('/') + 1);
}

function envOperands(words: readonly Word[], from: number, found: Found): number | null {
	let at = from;
	for (; at < words.length; at++) {
		const word = words[at] as Word;
		const text = textOf(word);
		if (word.assignment !== undefined) found.assignments.push(word.assignment);
		else if (text === '-i' || text === '-' || text === '--ignore-environment') {
			found.clears = true;
			found.assignments = [];
		} else if (text === '-u' || text === '--unset') {
			at++;
			const name = words[at];
			if (name !== undefined) found.unset.push({ name: textOf(name), span: { start: word.span.start, end: name.span.end } });
		} else if (/^(-u|--unset=)[A-Za-z_]/.test(text)) {
			found.unset.push({ name: text.replace(/^(-u|--unset=)/, ''), span: word.span });
		} else if (text === '-C' || text === '--chdir') at++;
		else if (text.startsWith('-S') || text.startsWith('--split-string')) return null;
		else if (!text.startsWith('-')) break;
	}
	return at;
}

function wrapperOperands(words: readonly Word[], from: number, program: string, found: Found): number | null {
	const wrapper = Object.hasOwn(WRAPPERS, program) ? WRAPPERS[program] : undefined;
	if (wrapper === undefined) return null;
	const valued = wrapper.valued.split(' ');
	const resets = program === 'sudo' || program === 'doas';
	if (resets) {
		found.assignments = [];
		found.clears = true;
	}
	let operands = wrapper.operands;
	let at = from + 1;
	for (; at < words.length; at++) {
		const word = words[at] as Word;
		const text = textOf(word);
		if (resets && word.assignment !== undefined) found.assignments.push(word.assignment);
		else if (text.startsWith('-') && text !== '-') {
			if (resets && (/^-[A-Za-z]*E/.test(text) || text === '--preserve-env')) found.clears = false;
			if (valued.includes(text)) at++;
		} else if (operands > 0) operands--;
		else break;
	}
	return at;
}

/** Collects `-e NAME=value`; false where the tool starts no container. */
function containerOptions(words: readonly Word[], found: Found): boolean {
	if (!words.some((word) => CONTAINER_VERBS.has(textOf(word)))) return false;
	found.assignments = [];
	found.clears = true;
	words.forEach((word, index) => {
		const text = textOf(word);
		const next = words[index + 1];
		if ((text === '-e' || text === '--env') && next !== undefined) {
			found.optionAt ??= word.span.start;
			if (next.assignment !== undefined) found.assignments.push(next.assignment);
			else if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(textOf(next))) found.passed.push({ name: textOf(next), span: next.span });
		}
		const joined = /^(?:--env=|-e)([A-Za-z_][A-Za-z0-9_]*)=/.exec(word.raw);
		if (joined !== null && text.startsWith(joined[0])) {
			found.optionAt ??= word.span.start;
			const start = word.span.start + joined[0].length;
			const value = { kind: 'literal', text: text.slice(joined[0].length) } as const;
			const name = joined[1] as string;
			found.assignments.push({ name, value: { value, span: { start, end: word.span.end }, spelling: 'word' }, span: word.span });
		}
	});
	return true;
}
