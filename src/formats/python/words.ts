/** What a word may mean for a scan; flags of a logical line are the union of its words' and strings' flags. */
export const hot = {
	/** May write the environment. */
	environment: 1,
	/** May import a module. */
	imports: 2,
	/** May name a device by its ordinal. */
	device: 4,
	/** Holds a `;` outside brackets. */
	semicolon: 8,
	/** Holds a line of IPython (`%env`, `!ls`, `name?`). */
	magic: 16,
} as const;

const keywords = [
	'False',
	'None',
	'True',
	'and',
	'as',
	'assert',
	'async',
	'await',
	'break',
	'class',
	'continue',
	'def',
	'del',
	'elif',
	'else',
	'except',
	'finally',
	'for',
	'from',
	'global',
	'if',
	'import',
	'in',
	'is',
	'lambda',
	'nonlocal',
	'not',
	'or',
	'pass',
	'raise',
	'return',
	'try',
	'while',
	'with',
	'yield',
] as const;

const softKeywords = ['match', 'case', 'type', 'print', 'exec'] as const;

const environmentWords = ['environ', 'environb', 'putenv', 'unsetenv', 'setenv', 'delenv', 'getenv'] as const;
const magicWords = ['run_line_magic', 'run_cell_magic', 'magic'] as const;
const importWords = ['__import__', 'import_module', 'importorskip'] as const;
/** Words of statements that may start a program by a command line. `run` and `call` alone are in every other program. */
const launchWords = [
	'subprocess',
	'system',
	'popen',
	'Popen',
	'check_call',
	'check_output',
	'getoutput',
	'getstatusoutput',
	'create_subprocess_shell',
	'create_subprocess_exec',
] as const;
const deviceWords = [
	'cuda',
	'device',
	'Device',
	'set_device',
	'select_device',
	'device_map',
	'main_gpu',
	'device_index',
	'device_id',
	'device_ids',
	'output_device',
	'gpu_id',
	'gpu',
	'gpus',
	'devices',
	'to',
	'Stream',
] as const;
const plainWords = ['os', 'TYPE_CHECKING', 'str', '__future__'] as const;

export type Word =
	| (typeof keywords)[number]
	| (typeof softKeywords)[number]
	| (typeof environmentWords)[number]
	| (typeof magicWords)[number]
	| (typeof importWords)[number]
	| (typeof launchWords)[number]
	| (typeof deviceWords)[number]
	| (typeof plainWords)[number];

const fixed: readonly Word[] = [
	...keywords,
	...softKeywords,
	...environmentWords,
	...magicWords,
	...importWords,
	...launchWords,
	...deviceWords,
	...plainWords,
];

/** Number of each fixed word; 0 is every other name. Keywords are 1 to `lastKeyword`. */
export const word = Object.fromEntries(fixed.map((name, index) => [name, index + 1])) as Readonly<Record<Word, number>>;

/** Words up to this number are reserved in Python 3. */
export const lastKeyword: number = keywords.length;

/** A hash of a name, the one that the lexer computes while it reads: `h * 31 + byte`, 32 bits. */
export function hashOf(name: string): number {
	let hash = 0;
	for (let i = 0; i < name.length; i++) hash = ((hash << 5) - hash + name.charCodeAt(i)) | 0;
	return hash;
}

const slots = 1024;

/** The words that a scan knows: the fixed ones and the variables of an interest. Lookup by hash, no string is made. */
export class Lexicon {
	/** Flags (`hot`) by word number. */
	readonly flags: Uint8Array;
	/** Bit n is set where some variable is n bytes long (31: that or longer). */
	readonly variableLengths: number;
	readonly #hashes = new Int32Array(slots);
	readonly #numbers = new Uint16Array(slots);
	readonly #names: string[] = [''];
	readonly #variables: ReadonlySet<string>;

	constructor(variables: ReadonlySet<string>) {
		this.#variables = variables;
		const extra = [...variables].filter((name) => !Object.hasOwn(word, name)).slice(0, slots / 2);
		this.flags = new Uint8Array(fixed.length + extra.length + 1);
		let lengths = 0;
		for (const name of [...fixed, ...extra]) this.#add(name);
		for (const name of [...environmentWords, ...magicWords, ...launchWords]) this.#mark(name, hot.environment);
		for (const name of variables) {
			this.#mark(name, hot.environment);
			lengths |= 1 << Math.min(name.length, 31);
		}
		for (const name of ['import', ...importWords]) this.#mark(name, hot.imports);
		for (const name of deviceWords) this.#mark(name, hot.device);
		this.variableLengths = lengths;
	}

	/** Number of the name at `start` to `end`, 0 if it is none of ours. `hash` is `hashOf` of these bytes. */
	lookup(hash: number, bytes: Uint8Array, start: number, end: number): number {
		let slot = (hash ^ (hash >>> 15)) & (slots - 1);
		for (;;) {
			const number = this.#numbers[slot] as number;
			if (number === 0) return 0;
			if (this.#hashes[slot] === hash && this.#matches(this.#names[number] as string, bytes, start, end)) return number;
			slot = (slot + 1) & (slots - 1);
		}
	}

	/** True if the bytes at `start` to `end` spell a variable of the interest. */
	isVariable(bytes: Uint8Array, start: number, end: number): boolean {
		if ((this.variableLengths & (1 << Math.min(end - start, 31))) === 0) return false;
		for (const name of this.#variables) if (this.#matches(name, bytes, start, end)) return true;
		return false;
	}

	#matches(name: string, bytes: Uint8Array, start: number, end: number): boolean {
		if (name.length !== end - start) return false;
		for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name.charCodeAt(i)) return false;
		return true;
	}

	#add(name: string): void {
		const hash = hashOf(name);
		let slot = (hash ^ (hash >>> 15)) & (slots - 1);
		while (this.#numbers[slot] !== 0) slot = (slot + 1) & (slots - 1);
		this.#hashes[slot] = hash;
		this.#numbers[slot] = this.#names.length;
		this.#names.push(name);
	}

	#mark(name: string, flag: number): void {
		const number = this.#names.indexOf(name);
		if (number > 0) (this.flags[number] as number) |= flag;
	}
}
