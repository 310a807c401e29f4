import type { Node } from 'yaml';
import yaml from 'yaml';
import type { Setting } from '../../core/ports/format.ts';
import type { Assignment, Form, Site } from './model.ts';
import { rangeOf } from './parse.ts';
import type { Field, MapNode, SeqNode } from './tree.ts';
import { type Dialect, dynamic, type Meaning, meaningOf, scalarText, type ValueNode } from './value.ts';

/** How values of an environment are read, and whether it reaches a container. */
export interface Reading {
	readonly dialect: Dialect;
	readonly container: boolean;
	/** What a key without a value means: compose passes the host's variable through, others leave it empty. */
	readonly absent: string;
}

/** Variables whose host index must not stand in a container, and are never added there. */
const deviceVariables = ['CUDA_VISIBLE_DEVICES', 'NVIDIA_VISIBLE_DEVICES'];

const renumbered = 'inside the container an allocated GPU is renumbered from 0, so a host index hides every GPU';

/** `Carrier.neverAdd` of everything that ends in a container. */
export const neverInContainers: Readonly<Record<string, string>> = Object.fromEntries(
	deviceVariables.map((name) => [name, renumbered]),
);

/** The form of an environment collection; `null` for none that we know. An empty list is taken for `emptyList`. */
export function formOf(site: Site, node: Node, emptyList: 'list' | 'named'): Form | null {
	if (yaml.isMap(node)) return 'map';
	if (!yaml.isSeq(node)) return null;
	const items = (node as SeqNode).items.map((item) => site.tree.resolve(item));
	if (items.length === 0) return emptyList;
	if (items.every((item) => yaml.isScalar(item))) return 'list';
	return items.every((item) => yaml.isMap(item)) ? 'named' : null;
}

/** The settings of interest in an environment, in source order, with merge keys applied. */
export function readEnvironment(site: Site, node: Node, form: Form, reading: Reading): Assignment[] {
	return readForm(site, node, form, reading).sort((a, b) => a.setting.span.start - b.setting.span.start);
}

function readForm(site: Site, node: Node, form: Form, reading: Reading): Assignment[] {
	switch (form) {
		case 'map':
			return readMap(site, node as MapNode, reading);
		case 'list':
			return readList(site, node as SeqNode, reading);
		case 'named':
			return readNamed(site, node as SeqNode, reading);
	}
}

function readMap(site: Site, map: MapNode, reading: Reading): Assignment[] {
	const found: Assignment[] = [];
	for (const field of site.tree.fields(map).values()) {
		if (site.interest.variables.has(field.key)) found.push(readField(site, field, reading));
	}
	return found;
}

/** A map entry `NAME: value`. */
export function readField(site: Site, field: Field, reading: Reading): Assignment {
	const read = scalarText(field.value);
	const [from] = rangeOf(field.pair.key);
	const to = field.written === null ? rangeOf(field.pair.key)[1] : rangeOf(field.written)[1];
	if ('why' in read) {
		const why = read.why === 'nothing' ? reading.absent : templateOr(site, field.value, read.why);
		return assignment(site, field.key, dynamic(why), null, [from, to], reading);
	}
	return assignment(site, field.key, meaningOf(read.text, reading.dialect), field.written, [from, to], reading);
}

/** `{{ x }}` without quotes is a map of a map for YAML; say what it is. */
function templateOr(site: Site, node: Node | null, why: string): string {
	return node !== null && site.text.startsWith('{{', rangeOf(node)[0]) ? 'a template' : why;
}

function readList(site: Site, seq: SeqNode, reading: Reading): Assignment[] {
	const found: Assignment[] = [];
	for (const item of seq.items) {
		const read = scalarText(site.tree.resolve(item));
		if ('why' in read) continue;
		const equals = read.text.indexOf('=');
		const name = equals < 0 ? read.text : read.text.slice(0, equals);
		if (!site.interest.variables.has(name)) continue;
		const range = rangeOf(item);
		if (equals < 0) {
			found.push(assignment(site, name, dynamic(reading.absent), null, range, reading));
			continue;
		}
		const meaning = meaningOf(read.text.slice(equals + 1), reading.dialect);
		const inItem = { ...meaning, prefix: `${name}=${meaning.prefix}` };
		found.push(assignment(site, name, inItem, item, range, reading));
	}
	return found;
}

function readNamed(site: Site, seq: SeqNode, reading: Reading): Assignment[] {
	const found: Assignment[] = [];
	for (const item of seq.items) {
		const name = site.tree.string(site.tree.field(item, 'name')?.value);
		if (name === null || !site.interest.variables.has(name)) continue;
		const range = rangeOf(item);
		const value = site.tree.field(item, 'value');
		if (site.tree.field(item, 'valueFrom') !== undefined) {
			found.push(assignment(site, name, dynamic('valueFrom'), null, range, reading));
			continue;
		}
		if (site.tree.string(site.tree.field(item, '$patch')?.value) === 'delete') {
			// What must not stand in a container may be removed from it.
			if (!reading.container || !deviceVariables.includes(name))
				found.push(assignment(site, name, removed, null, range, reading));
			continue;
		}
		const read = scalarText(value?.value ?? null);
		if ('why' in read) {
			if (read.why === 'nothing') found.push(assignment(site, name, emptyLiteral, null, range, reading));
			else found.push(assignment(site, name, dynamic(templateOr(site, value?.value ?? null, read.why)), null, range, reading));
			continue;
		}
		found.push(assignment(site, name, meaningOf(read.text, reading.dialect), value?.written ?? null, range, reading));
	}
	return found;
}

/** `$patch: delete` of a strategic merge patch. */
const removed: Meaning = { ...dynamic('nothing: it is removed'), effect: 'unset' };

const emptyLiteral: Meaning = { value: { kind: 'literal', text: '' }, effect: 'sets', prefix: '', suffix: '' };

function assignment(
	site: Site,
	variable: string,
	meaning: Meaning,
	written: Node | null,
	range: readonly [number, number],
	reading: Reading,
): Assignment {
	// A scalar without a character of its own (`X: !!str`) has no place to write to.
	const node = (yaml.isScalar(written) || yaml.isAlias(written)) && rangeOf(written)[0] < rangeOf(written)[1] ? written : null;
	const { value, effect } = meaning;
	const span = site.span(range[0], trimmedEnd(site.text, range[0], range[1]));
	const setting: { -readonly [K in keyof Setting]: Setting[K] } = { variable, value, effect, span };
	if (value.kind === 'literal') {
		if (node !== null) setting.valueSpan = valueSpan(site, node, meaning);
		if (reading.container && deviceVariables.includes(variable)) Object.assign(setting, containerDevice(value.text));
		const why = setting.notRewritable ?? whyNotRewritable(site, node);
		if (why !== undefined) setting.notRewritable = why;
	}
	return { setting, node: value.kind === 'literal' ? node : null, dialect: reading.dialect, meaning };
}

function containerDevice(text: string): Pick<Setting, 'forbidden' | 'notRewritable'> {
	if (/^\s*\d+\s*(?:,\s*-?\d+\s*)*,?\s*$/.test(text)) return { forbidden: renumbered };
	return { notRewritable: 'which device a container sees is settled by what allocates it' };
}

function whyNotRewritable(site: Site, node: ValueNode | null): string | undefined {
	if (node === null) return 'the entry has no value that could be replaced';
	if (yaml.isAlias(node)) return undefined;
	if (node.anchor !== undefined && site.tree.usersOf(node).length > 0)
		return `the anchor &${node.anchor} shares the value with other places`;
	if (/^BLOCK_/.test(node.type ?? '') && /#/.test(site.text.slice(...rangeOf(node)).split('\n')[0] ?? '')) {
		return 'a block scalar with a comment on its first line';
	}
	return undefined;
}

/** The part of a scalar that is the value: all of it, quotes included, or what stands between prefix and suffix. */
function valueSpan(site: Site, node: ValueNode, meaning: Meaning): ReturnType<Site['span']> {
	const [from, to] = scalarRange(site.text, node);
	const inner = innerRange(site.text.slice(from, to), meaning.prefix, meaning.suffix);
	return inner === null ? site.span(from, to) : site.span(from + inner[0], from + inner[1]);
}

/** Where in a raw scalar the text between prefix and suffix stands; `null` for all of it, or where escapes hide it. */
export function innerRange(raw: string, prefix: string, suffix: string): [number, number] | null {
	if (prefix === '' && suffix === '') return null;
	const quote = /^["']/.exec(raw)?.[0] ?? '';
	if (!raw.startsWith(quote + prefix) || !raw.endsWith(suffix + quote)) return null;
	const from = quote.length + prefix.length;
	const to = raw.length - quote.length - suffix.length;
	return from <= to && !raw.includes('\\') && !raw.includes('\n') ? [from, to] : null;
}

/** UTF-16 range of a scalar's own token, without what a block scalar leaves blank at its end. */
export function scalarRange(text: string, node: ValueNode): [number, number] {
	const [from, to] = rangeOf(node);
	return [from, trimmedEnd(text, from, to)];
}

function trimmedEnd(text: string, from: number, to: number): number {
	let end = to;
	while (end > from && /\s/.test(text[end - 1] ?? '')) end--;
	return end;
}
