import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { generateCrd, structuralSchema } from '../../schemas/generate/crd.ts';
import { outputs } from '../../schemas/generate/outputs.ts';
import { loadBundle, root, sourceFiles } from '../../schemas/generate/sources.ts';
import { structuralFaults } from '../../schemas/generate/structural.ts';

describe('what is generated from the schemas', () => {
	it('is fresh', async () => {
		for (const [path, text] of await outputs())
			assert.equal(readFileSync(new URL(path, root), 'utf8'), text, `${path}: run npm run generate`);
	});

	it('has the names, the status subresource and the columns of the design', () => {
		const crd = parse(generateCrd('GpuPolicy', loadBundle()));
		assert.equal(crd.metadata.name, 'gpupolicies.gpupolicy.dev');
		assert.equal(crd.metadata.annotations['helm.sh/resource-policy'], 'keep');
		assert.equal(crd.spec.scope, 'Cluster');
		assert.deepEqual(crd.spec.names.shortNames, ['gpol']);
		const { categories, kind, plural, singular } = crd.spec.names;
		assert.deepEqual(categories, ['gpu-policy']);
		assert.ok(
			![kind.toLowerCase(), plural, singular].includes(categories[0]),
			'kubectl takes the name of a category before that of a kind',
		);
		const [version] = crd.spec.versions;
		assert.deepEqual(version.subresources, { status: {} });
		assert.deepEqual(
			version.additionalPrinterColumns
				.filter(({ priority }: { priority?: number }) => !priority)
				.map(({ name }: { name: string }) => name),
			['Ready', 'Mode', 'Files', 'Pods', 'Nodes', 'Reason', 'Age'],
		);
		const { spec, status } = version.schema.openAPIV3Schema.properties;
		assert.equal(spec.properties.env['x-kubernetes-list-type'], 'map');
		assert.equal(status.properties.conditions['x-kubernetes-list-type'], 'map');
		assert.equal(spec.properties.files['x-kubernetes-list-type'], 'atomic');
		assert.equal(status.properties.lastOutcomes.maxItems, 5);
	});

	it('come from schemas that are valid JSON Schema 2020-12', () => {
		const ajv = new Ajv2020({ strict: false, logger: false });
		for (const path of Object.values(sourceFiles)) {
			assert.equal(
				ajv.validateSchema(JSON.parse(readFileSync(new URL(path, root), 'utf8'))),
				true,
				`${path}: ${ajv.errorsText()}`,
			);
		}
	});

	it('keeps nothing in a CRD that only we read', () => {
		const text = JSON.stringify([structuralSchema('GpuPolicy', loadBundle()), structuralSchema('GpuNodeReport', loadBundle())]);
		assert.doesNotMatch(text, /x-gpupolicy-|\$ref|\$defs/);
	});
});

describe('the check for structural schemas', () => {
	const text = { type: 'string', maxLength: 9 };
	const refused: Record<string, Record<string, unknown>> = {
		'a $ref': { $ref: '#/$defs/X' },
		$defs: { type: 'object', $defs: {} },
		const: { ...text, const: 'a' },
		'a list of types': { type: ['string', 'null'], maxLength: 9 },
		'if and else': { ...text, if: {}, else: {} },
		patternProperties: { type: 'object', patternProperties: {} },
		uniqueItems: { type: 'array', maxItems: 1, items: text, uniqueItems: true },
		'a numeric exclusiveMinimum': { type: 'integer', exclusiveMinimum: 0 },
		examples: { ...text, examples: ['a'] },
		'additionalProperties: false': { type: 'object', properties: { a: text }, additionalProperties: false },
		'additionalProperties beside properties': {
			type: 'object',
			properties: { a: text },
			additionalProperties: text,
			maxProperties: 1,
		},
		'a type inside oneOf': { ...text, oneOf: [{ type: 'string' }] },
		'a missing type': { description: 'x' },
		'a string without a maximum': { type: 'string' },
		'a list without a maximum': { type: 'array', items: text },
		'a map without a maximum': { type: 'object', additionalProperties: text },
		'a list without items': { type: 'array', maxItems: 1 },
		'a map list whose key may be absent': {
			type: 'array',
			maxItems: 1,
			'x-kubernetes-list-type': 'map',
			'x-kubernetes-list-map-keys': ['name'],
			items: { type: 'object', properties: { name: text } },
		},
		'a rule whose fieldPath names nothing': {
			type: 'object',
			properties: { a: text },
			'x-kubernetes-validations': [{ rule: 'true', message: 'x', fieldPath: '.b' }],
		},
	};
	for (const [what, schema] of Object.entries(refused)) {
		it(`refuses ${what}`, () => {
			assert.notDeepEqual(structuralFaults({ type: 'object', properties: { field: schema as never } }), []);
		});
	}
});
