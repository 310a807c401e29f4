import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planFile } from '../../src/core/plan/plan-file.ts';
import type { Change, Source } from '../../src/core/ports/format.ts';
import { formatFor, formats } from '../../src/formats/registry.ts';
import { fixturesOf } from './fixture.ts';
import { assertKeepsTheRest, assertPrefilter, assertSound, findingsOf, rewritable, spelled } from './format-laws.ts';

for (const format of formats) {
	describe(`format ${format.id}`, () => {
		const fixtures = fixturesOf(format.id);

		test('has fixtures, some that change and some that must not', () => {
			assert.ok(fixtures.some(({ before, after }) => after !== before));
			assert.ok(fixtures.some(({ before, after }) => after === before));
		});

		test('an empty file scans to nothing and is left alone', () => {
			const source = { path: fixtures[0]?.case.path ?? '', bytes: new Uint8Array(0) };
			for (const { interest, policies, context } of fixtures.slice(0, 1)) {
				assert.equal(format.mayConcern(source.bytes, interest, false), false);
				const scan = format.scan(source, interest);
				assertSound(scan, source);
				assert.deepEqual(spelled(scan), []);
				assert.equal(planFile(format, source, interest, policies, context).edit, undefined);
			}
		});

		for (const fixture of fixtures) {
			const { interest, policies, context } = fixture;
			const before: Source = { path: fixture.case.path, bytes: fixture.before };
			const after: Source = { path: fixture.case.path, bytes: fixture.after };

			describe(`${fixture.name}: ${fixture.case.title}`, () => {
				test('the name belongs to this format', () => {
					assert.equal(formatFor(before.path)?.id, format.id);
				});

				test('the scan is sound, says what the fixture says, and the prefilter hides nothing of it', () => {
					const scan = format.scan(before, interest);
					assertSound(scan, before);
					assertPrefilter(format, before, interest);
					if (fixture.case.settings !== undefined) assert.deepEqual(spelled(scan), fixture.case.settings);
				});

				test('one pass gives the expected file', () => {
					const plan = planFile(format, before, interest, policies, context);
					if (fixture.case.findings !== undefined) assert.deepEqual(findingsOf(plan), fixture.case.findings);
					assert.equal(
						Buffer.from(plan.edit?.after ?? before.bytes).toString('latin1'),
						Buffer.from(after.bytes).toString('latin1'),
					);
				});

				test('a second pass changes nothing and a check says what is left', () => {
					const plan = planFile(format, after, interest, policies, context);
					assert.equal(plan.edit, undefined);
					assert.deepEqual(findingsOf(plan), fixture.case.left ?? []);
				});

				test('each literal can be replaced by itself, alone, and a rescan sees the new value', () => {
					const scan = format.scan(before, interest);
					if (scan.diagnostics.some(({ refuses }) => refuses)) {
						const change: Change[] = rewritable(scan)
							.slice(0, 1)
							.map((setting) => ({ kind: 'set-value', setting, value: 'x' }));
						if (change.length > 0) assert.equal(format.edit(before, scan, change).ok, false);
						return;
					}
					rewritable(scan).forEach((_, index) => {
						const setting = rewritable(format.scan(before, interest))[index];
						assert.ok(setting);
						const edited = assertKeepsTheRest(format, before, interest, [{ kind: 'set-value', setting, value: 'new_value:7' }]);
						assert.ok(edited);
						const again = format.scan({ path: before.path, bytes: edited }, interest);
						const now = again.carriers
							.flatMap(({ settings }) => settings)
							.find(({ span, variable }) => span.start === setting.span.start && variable === setting.variable);
						assert.deepEqual(now?.value, { kind: 'literal', text: 'new_value:7' });
						assert.equal(now?.effect, setting.effect);
					});
				});

				test('the file cut off anywhere scans without an exception and with sound spans', () => {
					const step = Math.max(1, Math.floor(before.bytes.length / 400));
					for (let length = 0; length < before.bytes.length; length += step) {
						const cut = { path: before.path, bytes: before.bytes.subarray(0, length) };
						assertSound(format.scan(cut, interest), cut);
						assertPrefilter(format, cut, interest);
					}
				});
			});
		}
	});
}
