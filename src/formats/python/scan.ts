import type { Carrier, Diagnostic, Interest, ManagedBlock, Scan, Setting, Source, Span } from '../../core/ports/format.ts';
import { generatedProblem } from '../text/generated.ts';
import { type BlockPlace, findBlocks, managedBlock } from './blocks.ts';
import { DeviceReader } from './devices.ts';
import { EnvironmentReader } from './environment.ts';
import { headerComments } from './header.ts';
import { ignoresOf } from './ignores.ts';
import { gpuLibraryOf, importsOf } from './imports.ts';
import { kind, type LexicalError, latin1 } from './lexer.ts';
import { mayConcern } from './prefilter.ts';
import { read, tokens } from './reading.ts';
import { place, type StatementVisitor, walk } from './statements.ts';
import { literalText, type PythonText, spanOf } from './values.ts';
import { hot, Lexicon, word } from './words.ts';

const nothing: Scan = { carriers: [], devices: [], blocks: [], diagnostics: [], ignores: [] };

const lexicons = new WeakMap<ReadonlySet<string>, Lexicon>();

function lexiconOf(variables: ReadonlySet<string>): Lexicon {
	let lexicon = lexicons.get(variables);
	if (!lexicon) {
		lexicon = new Lexicon(variables);
		lexicons.set(variables, lexicon);
	}
	return lexicon;
}

/** A block says what it says, whatever the policies name now. */
class EveryName extends Set<string> {
	override has(): boolean {
		return true;
	}
}
const everyName: ReadonlySet<string> = new EveryName();

/** Recognises one Python file. Never throws. */
export function scanPython(source: Source, interest: Interest): Scan {
	const { bytes, path } = source;
	if (!mayConcern(bytes, interest)) return nothing;
	const encoding = read(bytes, lexiconOf(interest.variables));
	if ('message' in encoding) return refused('file/encoding', encoding.message, encoding);
	if (tokens.error) return unreadable(tokens.error);
	const blocks = findBlocks(tokens);
	const text: PythonText = { path, bytes, tokens, encoding };
	const module = new ModuleReader(text, interest, blocks.places);
	const error = walk(tokens, module, () => module.everything);
	if (error) return unreadable(error);
	const diagnostics: Diagnostic[] = [];
	if (blocks.error) {
		diagnostics.push({
			rule: 'env/block',
			message: blocks.error.message,
			span: lineAt(bytes, blocks.error.offset),
			refuses: true,
		});
	}
	const generated = generatedIn(bytes);
	if (generated) diagnostics.push(generated);
	return { ...module.finish(), diagnostics, ignores: ignoresOf(text) };
}

function generatedIn(bytes: Uint8Array): Diagnostic | null {
	const spans = headerComments(tokens);
	const last = spans.reduce((end, span) => Math.max(end, span.end), 0);
	return spans.length === 0 ? null : generatedProblem(latin1(bytes, 0, last), spans);
}

function unreadable({ offset, message }: LexicalError): Scan {
	return refused('file/syntax', message, lineAt(tokens.bytes, offset));
}

function refused(rule: Diagnostic['rule'], message: string, { start, end }: Span): Scan {
	return { ...nothing, diagnostics: [{ rule, message, span: { start, end }, refuses: true }] };
}

/** From an offset to the end of its line. */
function lineAt(bytes: Uint8Array, start: number): Span {
	let end = start;
	while (end < bytes.length && bytes[end] !== 10 && bytes[end] !== 13) end++;
	return { start, end };
}

/** Puts together what the readers find in the statements of a module. */
class ModuleReader implements StatementVisitor {
	readonly #text: PythonText;
	readonly #interest: Interest;
	readonly #places: readonly BlockPlace[];
	readonly #environment: EnvironmentReader;
	readonly #devices: DeviceReader;
	/** Reads what stands in our blocks; made when there is one. */
	#block: EnvironmentReader | null = null;
	#library: string | null = null;
	#gpuSpan: Span | null = null;

	constructor(text: PythonText, interest: Interest, places: readonly BlockPlace[]) {
		this.#text = text;
		this.#interest = interest;
		this.#places = places;
		this.#environment = new EnvironmentReader(text, interest);
		this.#devices = new DeviceReader(text);
	}

	get everything(): boolean {
		return this.#environment.everything;
	}

	statement(first: number, end: number, flags: number, where: number): void {
		if ((flags & hot.imports) !== 0) this.#imports(first, end, where);
		if ((flags & (hot.environment | hot.magic)) !== 0 || this.#environment.everything || (flags & hot.imports) !== 0) {
			this.#environment.statement(first, end, where);
			this.#inBlock(first, end, where);
		}
		if ((flags & hot.device) !== 0 && this.#interest.ordinals) this.#devices.statement(first, end, where);
	}

	finish(): Pick<Scan, 'carriers' | 'devices' | 'blocks'> {
		const settings: readonly Setting[] = this.#environment.finish();
		const said = this.#block?.finish() ?? [];
		const blocks: ManagedBlock[] = this.#places.map((blockPlace) => managedBlock(blockPlace, said));
		const gpu = this.#gpuSpan !== null;
		const carrier: Carrier = {
			id: 'module',
			gpu: gpu ? 'yes' : 'no',
			settings,
			supply: 'block',
			...(this.#gpuSpan
				? { gpuSpan: this.#gpuSpan, gpuEvidence: `imports ${this.#library} at line ${this.#line(this.#gpuSpan.start)}` }
				: {}),
		};
		return { carriers: [carrier], devices: this.#devices.finish(gpu), blocks };
	}

	#inBlock(first: number, end: number, where: number): void {
		const start = this.#text.tokens.starts[first] as number;
		if (!this.#places.some(({ span }) => start > span.start && start < span.end)) return;
		this.#block ??= new EnvironmentReader(this.#text, { ...this.#interest, variables: everyName });
		this.#block.statement(first, end, where);
	}

	#imports(first: number, end: number, where: number): void {
		const { path, tokens: all } = this.#text;
		let library: string | null = null;
		for (const { name, target, module } of importsOf(all, first, end)) {
			const found = gpuLibraryOf(module, this.#interest, path) ?? gpuLibraryOf(target, this.#interest, path);
			this.#devices.bind(name, found === null ? 'other' : 'gpu');
			library ??= found;
		}
		library ??= this.#calledImport(first, end);
		if (library === null || (where & place.never) !== 0) return;
		const span = spanOf(all, { first, end });
		// In a function body too: the file may call it before it comes to its settings.
		if (this.#gpuSpan === null) {
			this.#gpuSpan = span;
			this.#library = library;
		}
		this.#environment.gpuImported();
	}

	/** `__import__("torch")`, `importlib.import_module("torch")`, `pytest.importorskip("torch")`. */
	#calledImport(first: number, end: number): string | null {
		const { path, tokens: all } = this.#text;
		for (let i = first; i < end; i++) {
			if (all.kinds[i] !== kind.name || !all.isOpen(i + 1, '(')) continue;
			const number = all.data[i] as number;
			if (number !== word.__import__ && number !== word.import_module && number !== word.importorskip) continue;
			const name = all.kinds[i + 2] === kind.string ? literalText(this.#text, { first: i + 2, end: i + 3 }) : null;
			const library = name === null ? null : gpuLibraryOf(name, this.#interest, path);
			if (library === null) continue;
			if (all.isOperator(first + 1, 61) && all.kinds[first] === kind.name) this.#devices.bind(all.text(first), 'gpu');
			return library;
		}
		return null;
	}

	#line(offset: number): number {
		const { bytes } = this.#text;
		let line = 1;
		for (let i = 0; i < offset; i++) if (bytes[i] === 10 || (bytes[i] === 13 && bytes[i + 1] !== 10)) line++;
		return line;
	}
}
