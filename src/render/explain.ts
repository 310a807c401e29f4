import type { ErrorCode, ErrorPage } from '../api/error-codes.ts';
import type { RulePage } from '../core/plan/rule-pages.ts';
import type { RuleId } from '../core/plan/rules.ts';
import { paint, type Terminal } from './terminal.ts';

/** One field of a type, as `explain` lists it. */
export interface ExplainedField {
	readonly name: string;
	/** `string`, `[]Object`, `map[string]string`, `Enforce | Audit`. */
	readonly type: string;
	readonly required: boolean;
	readonly default?: unknown;
	readonly description: string;
	/** Only with `--recursive`. */
	readonly fields?: readonly ExplainedField[];
}

/** What is known of a subject. */
export type ExplainResult =
	| {
			readonly subject: 'field';
			readonly kind: 'GpuPolicy';
			readonly version: 'gpupolicy.dev/v1alpha1';
			/** `spec.devices`; empty for the kind itself. */
			readonly path: string;
			readonly type: string;
			readonly required: boolean;
			readonly default?: unknown;
			readonly description: string;
			/** Rules between fields, in words. */
			readonly rules: readonly string[];
			readonly fields: readonly ExplainedField[];
	  }
	| ({ readonly subject: 'rule'; readonly rule: RuleId } & RulePage)
	| ({ readonly subject: 'code'; readonly code: ErrorCode } & ErrorPage);

/** The page of a field as `kubectl explain` prints it, of a rule, or of a code. */
export function renderExplain(view: ExplainResult, terminal: Terminal): string {
	const width = Math.min(terminal.width, 100);
	const heading = (text: string) => paint(terminal, 'bold', text);
	const part = (name: string, text: string) => `${heading(name)}\n${wrap(text, width, '  ')}\n`;
	if (view.subject === 'code') {
		return [`${heading(`${view.code}: ${view.title}`)}\n`, part('WHAT', view.meaning), part('WHAT TO DO', view.remedy)].join(
			'\n',
		);
	}
	if (view.subject === 'rule') {
		const code = (name: string, text: string) => (text === '' ? [] : [`${heading(name)}\n${indent(text, '    ')}\n`]);
		return [
			`${heading(view.rule)}  ${view.title}\n`,
			part('WHAT', view.what),
			part('WHY IT MATTERS', view.why),
			...code('BEFORE', view.before),
			...code('AFTER', view.after),
			part('TO IGNORE IT', view.ignore),
		].join('\n');
	}
	const lines = [`KIND:       ${view.kind}`, `VERSION:    ${view.version}`];
	if (view.path !== '') lines.push(`FIELD:      ${heading(view.path)} <${view.type}>${marks(view)}`);
	lines.push('', 'DESCRIPTION:', wrap(view.description, width, '    '));
	if (view.rules.length > 0) lines.push('', 'RULES:', ...view.rules.map((rule) => wrap(rule, width, '    ')));
	if (view.fields.length > 0)
		lines.push('', 'FIELDS:', ...view.fields.flatMap((field) => renderField(field, '    ', width, terminal)));
	return `${lines.join('\n').trimEnd()}\n`;
}

function renderField(field: ExplainedField, prefix: string, width: number, terminal: Terminal): string[] {
	const head = `${prefix}${paint(terminal, 'bold', field.name)}  <${field.type}>${marks(field)}`;
	if (field.fields === undefined) return [head, wrap(field.description, width, `${prefix}  `), ''];
	return [head, ...field.fields.flatMap((inner) => renderField(inner, `${prefix}  `, width, terminal))];
}

function marks(field: { readonly required: boolean; readonly default?: unknown }): string {
	if (field.required) return ' -required-';
	if (field.default === undefined) return '';
	const text = JSON.stringify(field.default);
	return ` default ${text.length > 80 ? `${text.slice(0, 77)}…` : text}`;
}

/** Breaks a text at spaces so that no line is longer than `width` where it can be helped. */
function wrap(text: string, width: number, prefix: string): string {
	return text
		.split('\n')
		.map((paragraph) => {
			const lines: string[] = [];
			let line = '';
			for (const word of paragraph.split(' ')) {
				if (line !== '' && prefix.length + line.length + 1 + word.length > width) {
					lines.push(prefix + line);
					line = word;
				} else line = line === '' ? word : `${line} ${word}`;
			}
			lines.push(prefix + line);
			return lines.join('\n');
		})
		.join('\n');
}

function indent(text: string, prefix: string): string {
	return text
		.split('\n')
		.map((line) => (line === '' ? '' : prefix + line))
		.join('\n');
}
