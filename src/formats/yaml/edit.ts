import type { Node, Scalar } from 'yaml';
import yaml from 'yaml';
import { applyEdits } from '../../core/plan/apply-edits.ts';
import type {
	Carrier,
	Change,
	DeviceLiteral,
	EditResult,
	EnvEntry,
	Interest,
	Refusal,
	Scan,
	Setting,
	Source,
} from '../../core/ports/format.ts';
import { editList } from '../text/edits.ts';
import { type Analysis, analyse } from './analyse.ts';
import { innerRange, scalarRange } from './environment.ts';
import {
	CannotWrite,
	encodeEntries,
	indexAfter,
	insertEntries,
	preferredQuotes,
	type TextChange,
	type WrittenEntry,
} from './insertion.ts';
import type { Assignment, CarrierModel, Place } from './model.ts';
import { parseYaml } from './parse.ts';
import { styleOf, writeScalar } from './scalar-style.ts';
import { Tree } from './tree.ts';
import { encodeValue, type ValueNode } from './value.ts';
import { type Intent, sameButFor, secondReaderAgrees } from './verify.ts';

/**
 * Turns changes into edits of scalars and insertions of lines, then proves them: the result is parsed again and must be the old
 * documents with exactly the intended changes, for both YAML readers. What cannot be proved is refused.
 */
export function editYaml(source: Source, scan: Scan, changes: readonly Change[]): EditResult {
	if (changes.length === 0) return { ok: true, edits: [] };
	const stop = scan.diagnostics.find((diagnostic) => diagnostic.refuses);
	if (stop !== undefined) return { ok: false, refusal: { rule: stop.rule, message: stop.message, span: stop.span } };
	const analysis = analyse(source, interestOf(scan, changes));
	try {
		const draft = new Draft(analysis);
		for (const change of changes) draft.take(change);
		return draft.finish(source);
	} catch (error) {
		if (error instanceof Refused) return { ok: false, refusal: error.refusal };
		if (error instanceof CannotWrite) return { ok: false, refusal: { rule: 'env/value', message: error.message } };
		throw error;
	}
}

class Refused extends Error {
	readonly refusal: Refusal;
	constructor(refusal: Refusal) {
		super(refusal.message);
		this.refusal = refusal;
	}
}

/** The interest that finds the carriers of a scan again: the names that it lists. */
function interestOf(scan: Scan, changes: readonly Change[]): Interest {
	const names = scan.carriers.flatMap((carrier) => carrier.settings.map((setting) => setting.variable));
	const added = changes.flatMap((change) => (change.kind === 'add-entries' ? change.entries.map((entry) => entry.name) : []));
	return { variables: new Set([...names, ...added]), gpuLibraries: new Set(), ordinals: scan.devices.length > 0 };
}

interface Addition {
	readonly place: Place;
	readonly entries: WrittenEntry[];
}

/** The changes of one file as they are collected. */
class Draft {
	readonly #analysis: Analysis;
	readonly #replaced = new Map<Node, { readonly text: string; readonly change: TextChange }>();
	readonly #additions = new Map<Node, Addition>();
	readonly #trees = new Map<Analysis['documents'][number], { readonly tree: Tree; readonly quotes: 'single' | 'double' }>();

	constructor(analysis: Analysis) {
		this.#analysis = analysis;
	}

	take(change: Change): void {
		switch (change.kind) {
			case 'set-value':
				this.#setValue(change.setting, change.value);
				break;
			case 'set-ordinal':
				this.#setOrdinal(change.device, change.ordinal);
				break;
			case 'add-entries':
				this.#add(change.carrier, change.entries);
				break;
			case 'put-block':
			case 'remove-block':
				throw new Refused({ rule: 'env/block', message: 'YAML has no managed blocks: entries are edited where they stand' });
		}
	}

	#setValue(setting: Setting, value: string): void {
		if (setting.forbidden !== undefined)
			throw new Refused({ rule: 'device/host-index', message: setting.forbidden, span: setting.span });
		const start = setting.valueSpan?.start;
		const found = this.#analysis.models
			.flatMap((model) => model.assignments)
			.find((each) => each.setting.valueSpan?.start === start && each.setting.variable === setting.variable);
		if (start === undefined || setting.notRewritable !== undefined || found === undefined || found.node === null) {
			const message = `${setting.variable} cannot be rewritten in place${setting.notRewritable === undefined ? '' : `: ${setting.notRewritable}`}`;
			throw new Refused({ rule: 'env/value', message, span: setting.span });
		}
		this.#rewrite(found, found.node, value, found.meaning.prefix, found.meaning.suffix);
	}

	#rewrite(assignment: Assignment, node: ValueNode, value: string, prefix: string, suffix: string): void {
		const { setting, dialect } = assignment;
		const encoded = encodeValue(value, dialect, suffix);
		if (encoded === null)
			throw new Refused({
				rule: 'env/value',
				message: `the value of ${setting.variable} would be expanded to another one here`,
				span: setting.span,
			});
		this.#replace(node, prefix + encoded + suffix, setting.span, [prefix, suffix]);
	}

	/** Replaces a scalar by another, keeping its style; only the part between prefix and suffix where the rest stays as it is. */
	#replace(node: ValueNode, text: string, span: Setting['span'], [prefix, suffix]: readonly [string, string]): void {
		const standing = this.#replaced.get(node);
		if (standing !== undefined) {
			if (standing.text === text) return;
			throw new Refused({ rule: 'env/conflict', message: 'two changes want different values at one place', span });
		}
		const source = this.#analysis.decoded.text;
		const [from, to] = scalarRange(source, node);
		const { tree, quotes } = this.#treeOf(node);
		const style = yaml.isScalar(node) ? styleOf(node) : 'plain';
		const token = writeScalar(text, style ?? 'double', quotes, tree.isInFlow(node));
		const old = source.slice(from, to);
		const before = innerRange(old, prefix, suffix);
		const after = innerRange(token, prefix, suffix);
		const samePlace =
			before !== null && after !== null && before[0] === after[0] && old.slice(before[1]) === token.slice(after[1]);
		const change = samePlace
			? { from: from + before[0], to: from + before[1], text: token.slice(...after) }
			: { from, to, text: token };
		this.#replaced.set(node, { text, change });
	}

	/** The document that holds a node, read once. */
	#treeOf(node: Node): { readonly tree: Tree; readonly quotes: 'single' | 'double' } {
		const [from] = node.range ?? [0];
		const document = this.#analysis.documents.findLast((each) => each.range[0] <= from) ?? this.#analysis.documents[0];
		if (document === undefined) throw new CannotWrite('the place is in no document');
		const known = this.#trees.get(document);
		if (known !== undefined) return known;
		const tree = new Tree(document);
		const read = { tree, quotes: preferredQuotes(tree) };
		this.#trees.set(document, read);
		return read;
	}

	#setOrdinal(device: DeviceLiteral, ordinal: number): void {
		if (device.notRewritable !== undefined)
			throw new Refused({ rule: 'device/map', message: device.notRewritable, span: device.span });
		const found = this.#analysis.devices.find((each) => each.device.ordinalSpan.start === device.ordinalSpan.start);
		if (found === undefined) throw changedSince(device.span);
		const { node, range } = found;
		const text = String((node as Scalar).value);
		const digits = String(device.ordinal);
		const written = text.slice(0, text.length - digits.length) + String(ordinal);
		this.#replaced.set(node, { text: written, change: { from: range[0], to: range[1], text: String(ordinal) } });
	}

	#add(carrier: Carrier, entries: readonly EnvEntry[]): void {
		const model = this.#analysis.models.find((each) => each.carrier.id === carrier.id);
		if (model === undefined) throw changedSince(carrier.gpuSpan);
		const missing = entries.filter((entry) => !this.#standsAlready(model, entry));
		if (missing.length === 0) return;
		const { place } = model;
		if (place === null)
			throw new Refused({
				rule: 'env/missing',
				message: `${carrier.id}: entries cannot be added here; only a person can`,
				...spanOf(carrier),
			});
		const holder = place.collection ?? place.owner;
		if (holder === null) throw changedSince(carrier.gpuSpan);
		const addition = this.#additions.get(holder) ?? { place, entries: [] };
		this.#additions.set(holder, addition);
		for (const entry of encodeEntries(missing, place)) {
			const same = addition.entries.find(({ name }) => name === entry.name);
			if (same === undefined) addition.entries.push(entry);
			else if (same.text !== entry.text)
				throw new Refused({ rule: 'env/conflict', message: `two changes want different values of ${entry.name}` });
		}
	}

	/** An entry of that name stands: a default becomes the value itself; anything else would be contradicted by a second entry. */
	#standsAlready(model: CarrierModel, entry: EnvEntry): boolean {
		const never = model.carrier.neverAdd?.[entry.name];
		if (never !== undefined) throw new Refused({ rule: 'device/host-index', message: never, ...spanOf(model.carrier) });
		const standing = model.assignments.findLast(({ setting }) => setting.variable === entry.name);
		if (standing === undefined) return false;
		const { setting, node, meaning } = standing;
		if (setting.effect === 'default' && node !== null && setting.notRewritable === undefined) {
			this.#replaced.delete(node);
			this.#rewrite(standing, node, entry.value, meaning.prefix.replace(/\$\{.*$/s, ''), '');
			return true;
		}
		if (setting.value.kind === 'literal' && setting.value.text === entry.value) return true;
		throw new Refused({
			rule: 'env/conflict',
			message: `${entry.name} stands here already; a second entry would contradict it`,
			span: setting.span,
		});
	}

	finish(source: Source): EditResult {
		const { decoded } = this.#analysis;
		const changes = [...this.#replaced.values()].map(({ change }) => change);
		for (const { place, entries } of this.#additions.values()) {
			const node = (place.collection ?? place.owner) as Node;
			const { tree, quotes } = this.#treeOf(node);
			changes.push(...insertEntries(decoded.text, tree, quotes, place, entries));
		}
		const list = editList();
		for (const { from, to, text } of changes) {
			if (decoded.text.slice(from, to) !== text) list.replace(decoded.byteAt(from), decoded.byteAt(to), text);
		}
		const result = list.result();
		return result.ok ? (this.#prove(source, result.edits) ?? result) : result;
	}

	/** The refusal where the edited text is not the old one with exactly the intended changes. */
	#prove(source: Source, edits: Parameters<typeof applyEdits>[1]): EditResult | null {
		const { decoded, documents } = this.#analysis;
		const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(applyEdits(source.bytes, edits));
		const parsed = parseYaml(text);
		if (parsed.ok && sameButFor(documents, parsed.documents, this.#intent())) {
			if (!secondReaderAgrees(decoded.text, documents) || secondReaderAgrees(text, parsed.documents)) return null;
		}
		const message = 'the change cannot be written without changing what the rest of the file means; make it by hand';
		const [first] = edits;
		return { ok: false, refusal: { rule: 'file/syntax', message, ...(first === undefined ? {} : { span: first.span }) } };
	}

	#intent(): Intent {
		const replaced = new Map([...this.#replaced].map(([node, { text }]) => [node, text]));
		const appended = new Map<Node, Addition & { form: Place['form'] }>();
		const keyed = new Map<Node, { key: string; index: number; form: Place['form']; entries: WrittenEntry[] }>();
		for (const [node, { place, entries }] of this.#additions) {
			if (place.collection !== null) appended.set(node, { form: place.form, place, entries });
			else if (place.owner !== null) {
				const index = place.owner.flow ? place.owner.items.length - 1 : indexAfter(place.owner, place.after);
				keyed.set(node, { key: place.key, index, form: place.form, entries });
			}
		}
		return { replaced, appended, keyed };
	}
}

function changedSince(span: Setting['span'] | undefined): Refused {
	return new Refused({
		rule: 'file/changed',
		message: 'the place is no longer what was scanned',
		...(span === undefined ? {} : { span }),
	});
}

function spanOf(carrier: Carrier): { span?: Setting['span'] } {
	return carrier.gpuSpan === undefined ? {} : { span: carrier.gpuSpan };
}
