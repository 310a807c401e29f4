import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { applyEdits } from '../../src/core/plan/apply-edits.ts';
import { planFile } from '../../src/core/plan/plan-file.ts';
import type { Format, Source } from '../../src/core/ports/format.ts';
import { formats } from '../../src/formats/registry.ts';
import { type Fixture, filePolicy, fixturesOf, interestOf } from '../contract/fixture.ts';
import { assertPrefilter, assertSound } from '../contract/format-laws.ts';
import { mutate, mutations, policyValue } from './mutations.ts';
import { runs } from './runs.ts';

/** What holds for one pass over any bytes under any policy. */
function assertLaws(
	format: Format,
	source: Source,
	fixture: Fixture,
	env: Readonly<Record<string, string>>,
	declared: boolean,
): void {
	const policies = [filePolicy('p', env, 0, declared)];
	const interest = { ...interestOf(policies, fixture.case), variables: new Set(Object.keys(env)) };
	const context = { policyNames: null, prune: false, writable: true, secretsWritable: true };

	const scan = format.scan(source, interest);
	assertSound(scan, source);
	assertPrefilter(format, source, interest);

	const plan = planFile(format, source, interest, policies, context);
	assert.deepEqual(
		plan.findings.filter(({ hint }) => hint.includes('report it')).map(({ message }) => message),
		[],
		'an edit did not do what it was planned for',
	);
	if (plan.edit === undefined) return;
	assert.ok(!scan.diagnostics.some(({ refuses }) => refuses), 'a file that refuses was edited');

	const { edits, after } = plan.edit;
	assert.equal(Buffer.compare(applyEdits(source.bytes, edits), after), 0, 'the result is not the edits applied');
	const again = planFile(format, { path: source.path, bytes: after }, interest, policies, context);
	assert.equal(again.edit, undefined, 'a second pass changes something');

	const [before, now] = [Buffer.from(source.bytes).toString('latin1'), Buffer.from(after).toString('latin1')];
	assert.equal(now.startsWith('\xef\xbb\xbf'), before.startsWith('\xef\xbb\xbf'), 'the byte order mark changed');
	if (before.replace('\xef\xbb\xbf', '') !== '')
		assert.equal(now.endsWith('\n'), before.endsWith('\n'), 'the final newline changed');
	if (before.includes('\n') && !/(^|[^\r])\n/.test(before)) assert.ok(!/(^|[^\r])\n/.test(now), 'a CRLF file got an LF line');
	if (before.includes('\n') && !before.includes('\r')) assert.ok(!now.includes('\r'), 'an LF file got a CR');
}

for (const format of formats) {
	describe(`format ${format.id}`, () => {
		const fixtures = fixturesOf(format.id);

		test('a pass over a mutated file keeps every law of lossless editing', () => {
			fc.assert(
				fc.property(
					fc.constantFrom(...fixtures),
					mutations,
					fc.tuple(policyValue, policyValue, policyValue),
					fc.boolean(),
					(fixture, drawn, values, declared) => {
						const names = [...fixture.interest.variables];
						const env = Object.fromEntries(names.slice(0, 3).map((name, index) => [name, values[index] as string]));
						assertLaws(format, { path: fixture.case.path, bytes: mutate(fixture.before, drawn) }, fixture, env, declared);
					},
				),
				runs(1500),
			);
		});

		test('any bytes scan without an exception and with sound spans', () => {
			const piece = fc.oneof(
				fc.constantFrom(
					'CUDA_VISIBLE_DEVICES',
					'=',
					'"',
					"'",
					'`',
					'$',
					'${',
					'}',
					'$(',
					')',
					'(',
					'#',
					'\\',
					'\n',
					'\r\n',
					' ',
					'\t',
					':',
					'cuda:1',
					'<<EOF',
					'EOF',
				),
				fc.constantFrom(
					'export ',
					'env ',
					'ENV ',
					'FROM nvidia/cuda\n',
					'RUN ',
					'if ',
					'then ',
					'fi',
					'import torch\n',
					'os.environ["',
					'"] = ',
					'- ',
					'services:\n',
					'[',
					']',
					'{',
					'&',
					'|',
					';',
					'0',
				),
				fc.string({ maxLength: 3 }),
			);
			const interest = interestOf([filePolicy('p', { CUDA_VISIBLE_DEVICES: '1' }, 0, false)]);
			fc.assert(
				fc.property(fc.array(piece, { maxLength: 40 }), fc.constantFrom(...fixtures), (pieces, fixture) => {
					const source = { path: fixture.case.path, bytes: Buffer.from(pieces.join('')) };
					assertSound(format.scan(source, interest), source);
					assertPrefilter(format, source, interest);
				}),
				runs(1500),
			);
		});
	});
}
