import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CORE_SCHEMA, loadAll, mergeTag } from 'js-yaml';
import { planFile } from '../../src/core/plan/plan-file.ts';
import { yaml } from '../../src/formats/yaml/index.ts';
import { filePolicy, interestOf } from '../contract/fixture.ts';
import { type Drawn, drawnFile, type FileKind } from './yaml-files.ts';

/**
 * Generated YAML files against an oracle that knows nothing of our code: js-yaml reads the file before and after a pass, and the
 * result must be what a ten-line model of the policy makes of the first reading. FC_SEED and FC_RUNS repeat or lengthen a run.
 */
const parameters = {
	numRuns: Number(process.env.FC_RUNS ?? 300),
	...(process.env.FC_SEED === undefined ? {} : { seed: Number(process.env.FC_SEED) }),
};

const wanted: Readonly<Record<string, string>> = {
	CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
	CUDA_VISIBLE_DEVICES: '1',
	PYTORCH_CUDA_ALLOC_CONF: 'max_split_size_mb:1024',
	QUOTED: 'it\'s # not: "plain" {x}, 010',
};
const policies = [filePolicy('p', wanted, 0, false)];
const interest = interestOf(policies);
const context = { policyNames: new Set(['p']), prune: false, writable: true, secretsWritable: true };
const schema = CORE_SCHEMA.withTags(mergeTag);

type Value = unknown;
type Dict = Record<string, Value>;

for (const kind of ['compose', 'kubernetes', 'plain'] as const) {
	test(`a pass over a generated ${kind} file changes what the model says and nothing else, and a second pass nothing`, () => {
		fc.assert(
			fc.property(drawnFile(kind), (file) => {
				const bytes = Buffer.from(file.text);
				const plan = planFile(yaml, { path: 'x.yaml', bytes }, interest, policies, context);
				const refused = plan.findings.filter(({ rule, disposition }) => rule.startsWith('file/') && disposition === 'person');
				assert.deepEqual(refused, [], 'nothing here is to be refused');
				const after = Buffer.from(plan.edit?.after ?? bytes).toString();
				assert.deepEqual(
					read(after),
					read(file.text).map((document) => model(kind, document, file)),
				);
				const again = planFile(yaml, { path: 'x.yaml', bytes: Buffer.from(after) }, interest, policies, context);
				assert.equal(again.edit, undefined);
				if (!file.text.includes('\r')) assert.ok(!after.includes('\r'));
				else assert.ok(!/[^\r]\n/.test(after), 'a line ends otherwise than the others');
			}),
			parameters,
		);
	});
}

test('bytes that are no YAML at all never throw', () => {
	const pieces = [
		'CUDA_VISIBLE_DEVICES',
		': ',
		'- ',
		'\n',
		'  ',
		'{',
		'}',
		'[',
		']',
		'"',
		"'",
		'|',
		'>',
		'&a ',
		'*a',
		'<<',
		'#',
		'!x ',
		'---\n',
		'? ',
		'\t',
		'é',
		'\r',
		'services',
		'environment',
		'\\x',
		'🚀',
		'=1',
		',',
	];
	fc.assert(
		fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 60 }), (parts) => {
			const bytes = Buffer.from(parts.join(''));
			const plan = planFile(yaml, { path: 'x.yaml', bytes }, interest, policies, context);
			if (plan.edit === undefined) return;
			const again = planFile(yaml, { path: 'x.yaml', bytes: plan.edit.after }, interest, policies, context);
			assert.equal(again.edit, undefined);
		}),
		{ ...parameters, numRuns: parameters.numRuns * 5 },
	);
});

function read(text: string): Value[] {
	return loadAll(text, { schema });
}

/** What the policy makes of a document, in terms of plain objects. */
function model(kind: FileKind, document: Value, file: Drawn): Value {
	const copy = structuredClone(document) as Dict;
	switch (kind) {
		case 'compose':
			for (const service of Object.values(copy.services as Dict) as Dict[]) {
				const env = converge(service.environment, service.gpus === 'all', true, file.listByDefault ? 'list' : 'map');
				if (env !== undefined) service.environment = env;
			}
			return copy;
		case 'kubernetes':
			for (const container of (copy as { spec: { containers: Dict[] } }).spec.containers) {
				const env = converge(container.env, container.resources !== undefined, true, 'named');
				if (env !== undefined) container.env = env;
			}
			return copy;
		case 'plain':
			if ('env' in copy) copy.env = converge(copy.env, false, false, 'map');
			return copy;
	}
}

type Form = 'map' | 'list' | 'named';

function converge(env: Value, gpu: boolean, container: boolean, absent: Form): Value {
	const form: Form = Array.isArray(env)
		? env.length === 0
			? absentList(absent)
			: typeof env[0] === 'string'
				? 'list'
				: 'named'
		: env
			? 'map'
			: absent;
	const entries = entriesOf(env, form);
	const names = Object.keys(wanted).filter((name) => !(container && name === 'CUDA_VISIBLE_DEVICES'));
	const sets = entries.some(([name]) => names.includes(name));
	for (const entry of entries) if (names.includes(entry[0])) entry[1] = wanted[entry[0]];
	if (gpu || sets) for (const name of names) if (!entries.some(([each]) => each === name)) entries.push([name, wanted[name]]);
	if (entries.length === 0) return env;
	switch (form) {
		case 'map':
			return Object.fromEntries(entries);
		case 'list':
			return entries.map(([name, value]) => `${name}=${value}`);
		case 'named':
			return entries.map(([name, value]) => ({ name, value }));
	}
}

function absentList(absent: Form): Form {
	return absent === 'named' ? 'named' : 'list';
}

function entriesOf(env: Value, form: Form): [string, Value][] {
	if (!env) return [];
	switch (form) {
		case 'map':
			return Object.entries(env as Dict);
		case 'list':
			return (env as string[]).map((item) => [item.slice(0, item.indexOf('=')), item.slice(item.indexOf('=') + 1)]);
		case 'named':
			return (env as { name: string; value: Value }[]).map(({ name, value }) => [name, value]);
	}
}
