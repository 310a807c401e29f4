import type { Alias, Node, Scalar } from 'yaml';
import yaml from 'yaml';
import type { Effect, SettingValue } from '../../core/ports/format.ts';

/** Who expands the text before the process sees it: compose `${X}`, a kubelet `$(X)`, or a tool that we do not know. */
export type Dialect = 'compose' | 'kubernetes' | 'plain';

/** What a written text means. `prefix` and `suffix` stand around the part that is the value (`${X:-` and `}`). */
export interface Meaning {
	readonly value: SettingValue;
	readonly effect: Extract<Effect, 'sets' | 'default' | 'unset'>;
	readonly prefix: string;
	readonly suffix: string;
}

/** Reads the text of a value as the dialect does; what is expanded from elsewhere is dynamic. */
export function meaningOf(text: string, dialect: Dialect): Meaning {
	if (/\$\{\{/.test(text)) return dynamic('an expression');
	if (/\{\{|\{%/.test(text)) return dynamic('a template');
	switch (dialect) {
		case 'compose':
			return composeMeaning(text);
		case 'kubernetes':
			// A kubelet keeps `$(X)` of an unknown name as it stands, and reads `$$` as `$`.
			return /(?<!\$)(?:\$\$)*\$\([^)]*\)/.test(text) ? dynamic('another variable') : literal(text.replaceAll('$$', '$'));
		case 'plain':
			return /\$[A-Za-z_{(]/.test(text) ? dynamic('another variable') : literal(text);
	}
}

function composeMeaning(text: string): Meaning {
	const whole = /^\$\{[A-Za-z_][A-Za-z0-9_]*:?-([^${}]*)\}$/.exec(text);
	if (whole !== null) {
		const fallback = whole[1] ?? '';
		const prefix = text.slice(0, text.length - fallback.length - 1);
		return { value: { kind: 'literal', text: fallback }, effect: 'default', prefix, suffix: '}' };
	}
	return /\$/.test(text.replaceAll('$$', '')) ? dynamic('the host environment') : literal(text.replaceAll('$$', '$'));
}

/** The text that reads as `value`, to stand between prefix and suffix; `null` where none does. */
export function encodeValue(value: string, dialect: Dialect, suffix: string): string | null {
	let text = value;
	if (dialect === 'compose') text = value.replaceAll('$', () => '$$');
	else if (dialect === 'kubernetes') text = value.replaceAll('$', () => '$$');
	const meaning = meaningOf(text, suffix === '' ? dialect : 'plain');
	if (suffix !== '' && /[${}]/.test(value)) return null;
	return meaning.value.kind === 'literal' && meaning.value.text === (suffix === '' ? value : text) ? text : null;
}

export function dynamic(why: string): Meaning {
	return { value: { kind: 'dynamic', why }, effect: 'sets', prefix: '', suffix: '' };
}

function literal(text: string): Meaning {
	return { value: { kind: 'literal', text }, effect: 'sets', prefix: '', suffix: '' };
}

/**
 * The string that every reader makes of a scalar, or why there is none: an unquoted `yes`, `010` or `1e3` is a boolean, 8, 10 or 1000
 * depending on the reader's YAML version and on how it prints the number.
 */
export function scalarText(node: Node | null): { readonly text: string } | { readonly why: string } {
	if (!yaml.isScalar(node)) return node === null ? { why: 'nothing' } : { why: 'a collection, not a string' };
	if (node.tag !== undefined && node.tag !== 'tag:yaml.org,2002:str' && !isCoreTag(node.tag))
		return { why: `the tag ${node.tag}` };
	const { value } = node;
	if (typeof value === 'string' && (node.type !== 'PLAIN' || node.tag !== undefined)) return { text: value };
	if (value === null) return { why: 'nothing' };
	const source = node.source ?? '';
	const readings = [value, readAs11(source)];
	if (readings.every((reading) => String(reading) === source)) return { text: source };
	if (typeof value === 'string' && source !== value) return { text: value };
	return { why: 'an unquoted scalar that YAML readers take for different values' };
}

function isCoreTag(tag: string): boolean {
	return /^tag:yaml\.org,2002:(?:int|float|bool|null)$/.test(tag);
}

function readAs11(source: string): unknown {
	try {
		return yaml.parse(source, { version: '1.1', logLevel: 'silent' });
	} catch {
		return undefined;
	}
}

/** A node that holds one value in the source: an edit replaces all of it. */
export type ValueNode = Scalar | Alias;
