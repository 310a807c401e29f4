import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorCodes } from '../api/error-codes.ts';
import { rulePages } from '../core/plan/rule-pages.ts';
import type { ExplainedField } from '../render/explain.ts';
import { renderExplain } from '../render/explain.ts';
import { CodedError } from '../runtime/errors.ts';
import { explain } from './explain.ts';

const terminal = { color: false, width: 80 };

describe('explain', () => {
	it('prints a field as kubectl explain does', () => {
		const text = renderExplain(explain('gpupolicy.spec.files', false), terminal);
		assert.match(text, /^KIND: {7}GpuPolicy\nVERSION: {4}gpupolicy\.dev\/v1alpha1\nFIELD: {6}spec\.files <\[\]Object>/);
		assert.match(text, /include {2}<\[\]string> -required-/);
		assert.match(text, /defaultExcludes {2}<boolean> default true/);
		assert.ok(text.split('\n').every((line) => line.length <= 80 || !line.trim().includes(' ') || line.includes('default [')));
	});

	it('goes through lists with or without an index, and takes the short name', () => {
		assert.deepEqual(
			explain('gpol.spec.devices.allow[0].minMemory', false),
			explain('gpupolicy.spec.devices.allow.minMemory', false),
		);
	});

	it('names every field below with --recursive', () => {
		const result = explain('gpupolicy.spec', true);
		assert.equal(result.subject, 'field');
		const count = (fields: readonly ExplainedField[]): number =>
			fields.reduce((sum, field) => sum + 1 + count(field.fields ?? []), 0);
		assert.ok(result.subject === 'field' && count(result.fields) > 100);
	});

	it('describes every field', () => {
		const walk = (fields: readonly ExplainedField[], path: string): void => {
			for (const field of fields) {
				assert.ok(field.description.length > 10, `${path}.${field.name}`);
				walk(field.fields ?? [], `${path}.${field.name}`);
			}
		};
		const result = explain('gpupolicy', true);
		if (result.subject !== 'field') assert.fail(result.subject);
		walk(result.fields, 'gpupolicy');
	});

	it('prints the page of every rule', () => {
		for (const rule of Object.keys(rulePages)) {
			const text = renderExplain(explain(rule, false), terminal);
			for (const part of ['WHAT', 'WHY IT MATTERS', 'TO IGNORE IT']) assert.ok(text.includes(part), rule);
		}
	});

	it('explains every error code, in either case', () => {
		for (const code of Object.keys(errorCodes)) {
			const text = renderExplain(explain(code, false), terminal);
			assert.ok(text.startsWith(`${code}: `) && text.includes('WHAT TO DO'), code);
		}
		assert.deepEqual(explain('gp2001', false), explain('GP2001', false));
	});

	it('asks what was meant, as wrong usage', () => {
		const hints: Record<string, RegExp> = {
			'gpupolicy.spec.device': /gpupolicy\.spec\.devices\?/,
			'gpupolicy.spec.mode.x': /has no fields/,
			'env/lat': /env\/late/,
			GP9999: /four digits/,
			'pod.spec': /gpupolicy\.spec/,
			'gpupolicy.spec.__proto__': /Its fields are/,
		};
		for (const [subject, hint] of Object.entries(hints)) {
			assert.throws(
				() => explain(subject, false),
				(error) => error instanceof CodedError && error.exit === 64 && hint.test(error.hint ?? ''),
				subject,
			);
		}
	});
});
