import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type ParsedNode, parseAllDocuments } from 'yaml';

/** What is wrong with a file, and where. Lines and columns count from 1. */
export interface Problem {
	readonly line: number;
	readonly column: number;
	/** Path of the field, `spec.devices[0].memory`; empty for the file as a whole. */
	readonly path: string;
	readonly message: string;
}

/** A value in a YAML file that knows where it stands. Reads never throw: what is wrong goes into `problems`. */
export class YamlValue {
	readonly path: string;
	readonly #node: Node | null;
	readonly #offset: number;
	readonly #file: { readonly problems: Problem[]; readonly lines: LineCounter };

	private constructor(path: string, node: Node | null, offset: number, file: { problems: Problem[]; lines: LineCounter }) {
		this.path = path;
		this.#node = node;
		this.#offset = node?.range?.[0] ?? offset;
		this.#file = file;
	}

	/** The one document of `text`; `null` where it is not YAML or not exactly one document. */
	static parse(text: string, problems: Problem[]): YamlValue | null {
		const lines = new LineCounter();
		const documents = parseAllDocuments<ParsedNode>(text, { lineCounter: lines, prettyErrors: false });
		const place = (offset: number) => {
			const { line, col } = lines.linePos(offset);
			return { line: Math.max(line, 1), column: Math.max(col, 1), path: '' };
		};
		if (!Array.isArray(documents)) {
			problems.push({ ...place(0), message: 'the file is empty' });
			return null;
		}
		for (const error of documents.flatMap((document) => document.errors))
			problems.push({ ...place(error.pos[0]), message: error.message });
		if (problems.length > 0) return null;
		const [document, second] = documents;
		if (second) {
			problems.push({ ...place(second.range[0]), message: 'a recorded inventory is one document, this file has several' });
			return null;
		}
		return new YamlValue('', document?.contents ?? null, 0, { problems, lines });
	}

	/** Records a problem at this value. */
	fail(message: string): null {
		const { line, col } = this.#file.lines.linePos(this.#offset);
		this.#file.problems.push({ line: Math.max(line, 1), column: Math.max(col, 1), path: this.path, message });
		return null;
	}

	get isNull(): boolean {
		return this.#node === null || (isScalar(this.#node) && this.#node.value === null);
	}

	/** Values by field name; fields that are not in `fields` are a problem, and so are absent ones that end in no `?`. */
	fields<const F extends string>(fields: readonly F[]): Partial<Record<F extends `${infer N}?` ? N : F, YamlValue>> | null {
		if (isAlias(this.#node)) return this.fail('aliases are not read here; write the value');
		if (!isMap(this.#node)) return this.fail(`is not a mapping${fields.length > 0 ? ` with ${list(fields)}` : ''}`);
		const names = new Map(fields.map((field) => [field.replace(/\?$/, ''), field.endsWith('?')]));
		const found: Record<string, YamlValue> = {};
		for (const { key, value } of this.#node.items) {
			const name = isScalar(key) ? String(key.value) : '';
			const path = this.path === '' ? name : `${this.path}.${name}`;
			const offset = (key as Node | null)?.range?.[0] ?? this.#offset;
			if (names.has(name)) found[name] = new YamlValue(path, value as Node | null, offset, this.#file);
			else new YamlValue(path, null, offset, this.#file).fail(`unknown field; known here: ${list(fields)}`);
		}
		for (const [name, optional] of names) if (!optional && !(name in found)) this.fail(`${name} is missing`);
		return found as Partial<Record<F extends `${infer N}?` ? N : F, YamlValue>>;
	}

	/** Every field of a mapping, whatever its name. */
	entries(): readonly (readonly [string, YamlValue])[] | null {
		if (!isMap(this.#node)) return this.fail('is not a mapping');
		return this.#node.items.map(({ key, value }) => {
			const name = isScalar(key) ? String(key.value) : '';
			return [name, new YamlValue(`${this.path}.${name}`, value as Node | null, this.#offset, this.#file)];
		});
	}

	items(): readonly YamlValue[] | null {
		if (!isSeq(this.#node)) return this.fail('is not a list');
		return this.#node.items.map((item, i) => new YamlValue(`${this.path}[${i}]`, item as Node, this.#offset, this.#file));
	}

	string(check: (text: string) => string | null = () => null): string | null {
		const value = this.#scalar();
		if (typeof value === 'number') return this.fail(`${this.#written()} is a number here; quote it: "${this.#written()}"`);
		if (typeof value !== 'string' || value === '') return this.fail('is not a text');
		const wrong = check(value);
		return wrong === null ? value : this.fail(wrong);
	}

	oneOf<const T extends string>(values: readonly T[]): T | null {
		const value = this.#scalar();
		return values.find((known) => known === value) ?? this.fail(`${this.#written()} is not one of ${list(values)}`);
	}

	boolean(): boolean | null {
		const value = this.#scalar();
		return typeof value === 'boolean' ? value : this.fail(`${this.#written()} is not true or false`);
	}

	/** A whole number from 0 on. */
	integer(): number | null {
		const value = this.#scalar();
		return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
			? value
			: this.fail(`${this.#written()} is not a whole number from 0 on`);
	}

	/** A text or a number, as written. */
	textOrNumber(): string | number | null {
		const value = this.#scalar();
		return typeof value === 'string' || typeof value === 'number' ? value : this.fail('is not a text or a number');
	}

	#scalar(): unknown {
		return isScalar(this.#node) ? this.#node.value : undefined;
	}

	#written(): string {
		if (!isScalar(this.#node)) return 'this';
		return this.#node.source ?? JSON.stringify(this.#node.value);
	}
}

function list(names: readonly string[]): string {
	return names.map((name) => name.replace(/\?$/, '')).join(', ');
}
