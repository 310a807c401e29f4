import type { DeviceLiteral, Span } from '../../core/ports/format.ts';
import { argumentsOf, calleeOf, isTextCall } from './calls.ts';
import { kind, latin1, packed, string, type Tokens } from './lexer.ts';
import { BracketParts, place, splitAtCommas } from './statements.ts';
import { type PythonText, spanOf, type TokenRange, withoutParentheses } from './values.ts';
import { word } from './words.ts';

const op = {
	dot: packed('.'),
	comma: packed(','),
	colon: packed(':'),
	equals: packed('='),
};

const comparisons = new Set(['==', '!=', '<>', '<', '>', '<=', '>='].map(packed));
const arithmetic = new Set(['+', '%', '*'].map(packed));

const cudaOrdinal = /^cuda:(0|[1-9][0-9]{0,3})$/;
const gpuOrdinal = /^(?:\/?(?:device:)?)gpu:(0|[1-9][0-9]{0,3})$/i;
const plainNumber = /^(?:0|[1-9][0-9]{0,3})$/;

/** Functions of `torch.cuda` that take the ordinal of a visible device first. */
const torchCuda =
	/^(?:set_device|device|synchronize|current_stream|default_stream|get_device_(?:name|properties|capability)|mem_get_info|memory_(?:allocated|reserved|cached|summary|stats)|max_memory_(?:allocated|reserved|cached)|reset_(?:peak_memory_stats|max_memory_allocated|max_memory_cached|accumulated_memory_stats)|utilization|temperature|power_draw|clock_rate|manual_seed_device)$/;

/** Keywords whose value is a device ordinal where a GPU library is called, and of nothing in particular elsewhere. */
const ambiguousKeywords = /^(?:device|device_id|device_index|device_ids|output_device|gpu_id)$/;

/** Keywords whose text is for people. */
const textKeywords =
	/^(?:help|desc|description|title|label|name|msg|message|reason|epilog|id|ids|key|choices|metavar|prog|usage|prefix|suffix)$/;

/** A literal that may count; some do so only in a file that imports a GPU library. */
interface Draft {
	readonly digits: Span;
	readonly span: Span;
	readonly text: string;
	readonly ordinal: number;
	readonly needsGpu: boolean;
	/** Token of the display that holds it: several ordinals in one display are a map over several devices. */
	readonly display: number;
	readonly isMap: boolean;
}

/** The display of `device_map["layer"] = "cuda:1"`, one line for each: all of them are one map. */
const mapByItems = 0x7fffffff;

/** What a name is bound to, as far as devices go. */
export type Origin = 'gpu' | 'other';

/** Finds exact device literals. Feed it the statements in order, then `finish`. */
export class DeviceReader {
	readonly #text: PythonText;
	readonly #parts: BracketParts;
	/** Calls by bracket: does another argument say that the device is CUDA? */
	readonly #saysCuda = new Map<number, boolean>();
	readonly #drafts: Draft[] = [];
	readonly #origins = new Map<string, Origin>();
	/** Digits of literals that were found, so that a number under two rules is reported once. */
	readonly #seen = new Set<number>();
	#first = 0;
	#end = 0;

	constructor(text: PythonText) {
		this.#text = text;
		this.#parts = new BracketParts(text.tokens);
	}

	/** A name was bound by an import. */
	bind(name: string, origin: Origin): void {
		if (this.#origins.get(name) !== 'gpu') this.#origins.set(name, origin);
	}

	statement(first: number, end: number, where: number): void {
		const { tokens } = this.#text;
		if (tokens.isWord(first, word.assert) || tokens.isWord(first, word.raise) || (where & place.pattern) !== 0) return;
		this.#first = first;
		this.#end = end;
		const opens: number[] = [];
		for (let i = first; i < end; i++) {
			const token = tokens.kinds[i];
			if (token === kind.open) opens.push(i);
			else if (token === kind.close) opens.pop();
			else if (token === kind.string) this.#string(i, opens);
			else if (token === kind.name && (tokens.data[i] as number) !== 0) this.#name(i, opens);
		}
	}

	/** The device literals in source order. `gpu`: the file imports a GPU library. */
	finish(gpu: boolean): DeviceLiteral[] {
		const kept = this.#drafts.filter((draft) => gpu || !draft.needsGpu).sort((a, b) => a.digits.start - b.digits.start);
		const ordinals = new Map<number, Set<number>>();
		for (const { display, ordinal } of kept) {
			if (display < 0) continue;
			const set = ordinals.get(display) ?? new Set();
			ordinals.set(display, set.add(ordinal));
		}
		return kept.map(({ digits, span, text, ordinal, display, isMap }) => ({
			ordinal,
			ordinalSpan: digits,
			span,
			text,
			...((ordinals.get(display)?.size ?? 0) > 1
				? { notRewritable: isMap ? 'a map over several devices' : 'one of several devices' }
				: {}),
		}));
	}

	/** `"cuda:1"`, wherever it is a value. */
	#string(i: number, opens: readonly number[]): void {
		const { tokens, bytes } = this.#text;
		const flags = tokens.data[i] as number;
		if ((flags & (string.bytes | string.formatted | string.escapes)) !== 0) return;
		const quotes = (flags & string.triple) !== 0 ? 3 : 1;
		const start = (tokens.starts[i] as number) + (flags >> 8) + quotes;
		const end = (tokens.ends[i] as number) - quotes;
		if (end - start > 20) return;
		const content = latin1(bytes, start, end);
		const cuda = cudaOrdinal.exec(content);
		const gpu = cuda ? null : gpuOrdinal.exec(content);
		const digits = (cuda ?? gpu)?.[1];
		if (digits === undefined || !this.#isValue(i, opens)) return;
		if (gpu) {
			// `"gpu:1"` only as a device of a framework that speaks so: tf.device, paddle.set_device.
			const callee = opens.length > 0 ? calleeOf(tokens, opens.at(-1) as number, this.#first) : [];
			if (!/^(?:device|set_device|Device)$/.test(callee.at(-1) ?? '') || this.#origins.get(callee[0] ?? '') !== 'gpu') return;
		}
		this.#add({ start: end - digits.length, end }, { first: i, end: i + 1 }, gpu !== null, i, opens);
	}

	#name(i: number, opens: readonly number[]): void {
		const { tokens } = this.#text;
		const number = tokens.data[i] as number;
		if (tokens.isOpen(i + 1, '(')) {
			this.#call(i, number, opens);
			return;
		}
		if (number === word.cuda && tokens.isOperator(i + 1, op.dot) && tokens.isOpen(i + 3, '(')) {
			const callee = calleeOf(tokens, i + 3, this.#first);
			if (callee[0] !== '' && torchCuda.test(callee.at(-1) as string) && this.#isLibrary(callee))
				this.#firstArgument(i + 3, opens, false);
			return;
		}
		const open = opens.at(-1);
		if (!tokens.isOperator(i + 1, op.equals)) return;
		if (open === undefined) {
			// `device_map = {"": 1}`
			if (number === word.device_map && i === this.#first) this.#value({ first: i + 2, end: this.#end }, opens, true);
			return;
		}
		const callee = calleeOf(tokens, open, this.#first);
		if (callee.length === 0 || isTextCall(callee)) return;
		const argument = this.#parts.at(open, i);
		if (!argument) return;
		const value = { first: i + 2, end: argument.end };
		if (number === word.main_gpu || number === word.device_map) this.#value(value, opens, false);
		else if (number === word.devices || number === word.gpus) {
			// A trainer's list names devices, `devices=[1]`; its number counts them, `devices=1`.
			if (tokens.isOpen(value.first, '[') && this.#isLibrary(callee)) this.#value(value, opens, true);
		} else if (ambiguousKeywords.test(tokens.text(i)) && this.#takesOrdinal(callee, tokens.text(i), open))
			this.#value(value, opens, true);
	}

	#call(i: number, number: number, opens: readonly number[]): void {
		const { tokens } = this.#text;
		const open = i + 1;
		const callee = calleeOf(tokens, open, this.#first);
		const method = i > this.#first && tokens.isOperator(i - 1, op.dot);
		if (tokens.isWord(i - 1, word.def) || tokens.isWord(i - 1, word.class)) return;
		switch (number) {
			case word.cuda:
				// `model.cuda(1)`; `cuda(1)` alone may be anything.
				if (method) this.#firstArgument(open, opens, false);
				return;
			case word.to: {
				// `model.to(1)`: nothing else that a GPU program moves takes a lone number.
				const [only, ...others] = argumentsOf(tokens, open);
				if (method && only?.keyword === null && others.length === 0 && this.#origins.get(this.#rootBefore(i - 1)) !== 'other')
					this.#loneNumber(only.range, [...opens, open]);
				return;
			}
			case word.Stream:
				if (callee.at(-2) === 'cuda' && this.#isLibrary(callee)) this.#firstArgument(open, opens, true);
				return;
			case word.set_device:
			case word.select_device:
				if (this.#isLibrary(callee) || callee.at(-2) === 'cuda') this.#firstArgument(open, opens, callee.at(-2) !== 'cuda');
				return;
			case word.device:
			case word.Device: {
				if (!this.#isLibrary(callee) && callee.at(-2) !== 'cuda') return;
				const [type, index] = argumentsOf(tokens, open);
				if (type && index && (type.keyword === null || type.keyword === 'type')) {
					if (this.#isCuda(type.range) && (index.keyword === null || index.keyword === 'index'))
						this.#value(index.range, [...opens, open], false);
					return;
				}
				// torch.device(1), torch.cuda.device(1), cupy.cuda.Device(1)
				if (callee.at(-2) === 'cuda' || (number === word.device && this.#origins.get(callee[0] ?? '') === 'gpu'))
					this.#firstArgument(open, opens, true);
				return;
			}
			case word.gpu:
				if (method && this.#origins.get(callee[0] ?? '') === 'gpu') this.#firstArgument(open, opens, true);
		}
	}

	/** The name that a chain of attributes, calls and subscripts up to the dot at `dot` begins with; empty for none. */
	#rootBefore(dot: number): string {
		const { tokens } = this.#text;
		for (let at = dot - 1; at >= this.#first; ) {
			while (tokens.kinds[at] === kind.close) at = (tokens.data[at] as number) - 1;
			if (at < this.#first || tokens.kinds[at] !== kind.name) return '';
			if (!tokens.isOperator(at - 1, op.dot)) return tokens.text(at);
			at -= 2;
		}
		return '';
	}

	/** True where the callee is a name that a GPU library gave. */
	#isLibrary(callee: readonly string[]): boolean {
		const root = callee[0];
		if (root === undefined || root === '') return false;
		return this.#origins.get(root) === 'gpu' || root === 'torch';
	}

	#isCuda(range: TokenRange): boolean {
		const { tokens, bytes } = this.#text;
		if (range.end - range.first !== 1 || tokens.kinds[range.first] !== kind.string) return false;
		const flags = tokens.data[range.first] as number;
		if ((flags & (string.bytes | string.formatted)) !== 0) return false;
		const quotes = (flags & string.triple) !== 0 ? 3 : 1;
		const start = (tokens.starts[range.first] as number) + (flags >> 8) + quotes;
		return latin1(bytes, start, (tokens.ends[range.first] as number) - quotes) === 'cuda';
	}

	/** `device=1` counts where a GPU library is called, or where the call says in another argument that it means CUDA. */
	#takesOrdinal(callee: readonly string[], keyword: string, open: number): boolean {
		const root = callee[0] as string;
		const name = callee.at(-1) as string;
		if (this.#origins.get(root) === 'gpu') return true;
		if (callee.length > 1 && keyword === 'device' && (name === 'to' || name === 'cuda'))
			return this.#origins.get(root) !== 'other';
		if (this.#origins.get(root) === 'other') return false;
		if (keyword === 'device') return false;
		const known = this.#saysCuda.get(open);
		if (known !== undefined) return known;
		const says = argumentsOf(this.#text.tokens, open).some(
			(argument) => argument.keyword === 'device' && this.#isCuda(argument.range),
		);
		this.#saysCuda.set(open, says);
		return says;
	}

	#firstArgument(open: number, opens: readonly number[], needsGpu: boolean): void {
		const argument = argumentsOf(this.#text.tokens, open)[0];
		if (argument && (argument.keyword === null || argument.keyword === 'device' || argument.keyword === 'device_id')) {
			this.#value(argument.range, [...opens, open], needsGpu);
		}
	}

	/** A number, or a list or map of numbers, where an ordinal is expected. Strings in it are found as strings. */
	#value(outer: TokenRange, opens: readonly number[], needsGpu: boolean): void {
		const { tokens } = this.#text;
		const range = withoutParentheses(tokens, outer);
		if (range.end - range.first === 1) {
			if (tokens.kinds[range.first] === kind.number) this.#number(range.first, opens, needsGpu);
			return;
		}
		if (tokens.kinds[range.first] !== kind.open || tokens.data[range.first] !== range.end - 1) return;
		for (const part of splitAtCommas(tokens, range.first + 1, range.end - 1)) {
			let { first } = part;
			if (tokens.isOpen(range.first, '{')) {
				while (first < part.end && !tokens.isOperator(first, op.colon)) first++;
				first++;
			}
			if (part.end - first === 1 && tokens.kinds[first] === kind.number) this.#number(first, [...opens, range.first], needsGpu);
		}
	}

	#loneNumber({ first, end }: TokenRange, opens: readonly number[]): void {
		if (end - first === 1 && this.#text.tokens.kinds[first] === kind.number) this.#number(first, opens, true);
	}

	#number(i: number, opens: readonly number[], needsGpu: boolean): void {
		const { tokens } = this.#text;
		if (!plainNumber.test(tokens.text(i))) return;
		this.#add({ start: tokens.starts[i] as number, end: tokens.ends[i] as number }, { first: i, end: i + 1 }, needsGpu, i, opens);
	}

	#add(digits: Span, literal: TokenRange, needsGpu: boolean, i: number, opens: readonly number[]): void {
		if (this.#seen.has(digits.start)) return;
		this.#seen.add(digits.start);
		const { tokens, bytes } = this.#text;
		const span = this.#shown(i, literal, opens);
		const display = this.#display(opens);
		this.#drafts.push({
			digits,
			span,
			text: latin1(bytes, span.start, span.end).replace(/\s+/g, ' '),
			ordinal: Number(latin1(bytes, digits.start, digits.end)),
			needsGpu,
			display,
			isMap: display === mapByItems || (display >= 0 && tokens.isOpen(display, '{')),
		});
	}

	/** What to show: a string as it is; a number with the keyword or the call around it: `main_gpu=1`, `device("cuda", 1)`. */
	#shown(i: number, literal: TokenRange, opens: readonly number[]): Span {
		const { tokens } = this.#text;
		const own = spanOf(tokens, literal);
		if (tokens.kinds[i] === kind.string) return own;
		if (tokens.isOperator(i - 1, op.equals) && i - 2 >= this.#first) return spanOf(tokens, { first: i - 2, end: i + 1 });
		let wider = own;
		for (let at = opens.length - 1; at >= 0; at--) {
			const open = opens[at] as number;
			const close = tokens.data[open] as number;
			if (close < i) continue;
			const keyword = tokens.isOperator(open - 1, op.equals) && open - 2 >= this.#first;
			const call = calleeOf(tokens, open, this.#first).length > 0 && tokens.kinds[open - 1] === kind.name;
			const candidate = spanOf(tokens, { first: keyword ? open - 2 : call ? open - 1 : open, end: close + 1 });
			if (candidate.end - candidate.start > 60) break;
			wider = candidate;
			if (keyword || call) break;
		}
		return wider;
	}

	/** The outermost list, tuple, set or map around a literal up to the next call, -1 where it is in none. */
	#display(opens: readonly number[]): number {
		const { tokens } = this.#text;
		let display = -1;
		for (let at = opens.length - 1; at >= 0; at--) {
			const open = opens[at] as number;
			if (calleeOf(tokens, open, this.#first).length > 0) return display;
			if (
				tokens.isOpen(open, '(') &&
				withoutParentheses(tokens, { first: open, end: (tokens.data[open] as number) + 1 }).first !== open
			)
				continue;
			display = open;
		}
		if (display < 0 && tokens.isWord(this.#first, word.device_map) && tokens.isOpen(this.#first + 1, '[')) return mapByItems;
		return display;
	}

	/** False where a literal is text, a key, a pattern, or one side of a comparison. */
	#isValue(i: number, opens: readonly number[]): boolean {
		const { tokens } = this.#text;
		if (this.#first === i && this.#end === i + 1) return false;
		let first = i;
		let last = i;
		for (let at = opens.length - 1; ; at--) {
			const open = at >= 0 ? (opens[at] as number) : -1;
			if (!this.#standsFree(first, last, open)) return false;
			if (open < 0) return true;
			if (this.#isTextKeyword(first)) return false;
			const callee = calleeOf(tokens, open, this.#first);
			if (callee.length > 0) {
				const isFirst = open + 1 === first;
				if (isFirst && /^(?:get|pop|setdefault|getattr|hasattr)$/.test(callee.at(-1) as string)) return false;
				return !isTextCall(callee);
			}
			// A subscript: a key of something, or Literal["cuda:1"].
			if (tokens.isOpen(open, '[') && open > this.#first && isOperandEnd(tokens, open - 1)) return false;
			if (tokens.isOpen(open, '{') && first === i && tokens.isOperator(i + 1, op.colon)) return false;
			first = open;
			last = tokens.data[open] as number;
		}
	}

	#standsFree(first: number, last: number, open: number): boolean {
		const { tokens } = this.#text;
		const before = first - 1;
		const after = last + 1;
		if (before >= this.#first) {
			const token = tokens.kinds[before];
			if (token === kind.string && first === last) return false;
			if (
				token === kind.operator &&
				(comparisons.has(tokens.data[before] as number) || arithmetic.has(tokens.data[before] as number))
			)
				return false;
			if (tokens.isWord(before, word.is) || tokens.isWord(before, word.not)) return false;
			if (tokens.isWord(before, word.in) && !this.#isLoop(before, open)) return false;
		}
		if (after < this.#end) {
			const token = tokens.kinds[after];
			if (token === kind.string && first === last) return false;
			if (token === kind.operator) {
				const operator = tokens.data[after] as number;
				if (comparisons.has(operator) || arithmetic.has(operator) || operator === op.dot) return false;
			}
			if (tokens.isWord(after, word.is) || tokens.isWord(after, word.in)) return false;
			if (tokens.isWord(after, word.not)) return false;
			if (tokens.isOpen(after, '[') && first === last) return false;
		}
		return true;
	}

	/** True for the `in` of a loop or comprehension: what follows is gone through, not compared with. */
	#isLoop(at: number, open: number): boolean {
		const { tokens } = this.#text;
		for (let i = at - 1; i > open && i >= this.#first; i--) {
			if (tokens.kinds[i] === kind.close) i = tokens.data[i] as number;
			else if (tokens.isWord(i, word.in)) return false;
			else if (tokens.isWord(i, word.for)) return true;
		}
		return false;
	}

	#isTextKeyword(first: number): boolean {
		const { tokens } = this.#text;
		return (
			first - 2 >= this.#first &&
			tokens.isOperator(first - 1, op.equals) &&
			tokens.kinds[first - 2] === kind.name &&
			textKeywords.test(tokens.text(first - 2))
		);
	}
}

/** True where a token may end an operand, so that a bracket after it is a subscript. */
function isOperandEnd(tokens: Tokens, i: number): boolean {
	const token = tokens.kinds[i];
	if (token === kind.close || token === kind.string) return true;
	return (
		token === kind.name && ((tokens.data[i] as number) === 0 || (tokens.data[i] as number) > 35 || tokens.isWord(i, word.None))
	);
}
