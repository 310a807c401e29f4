import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { EnvironmentScanner } from './environment-scanner.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function scan(pieces: readonly Uint8Array[], ...names: string[]): Record<string, string | null> {
	const scanner = new EnvironmentScanner(names);
	for (const piece of pieces) scanner.add(piece.slice());
	return Object.fromEntries(scanner.end());
}

describe('the environment of a process', () => {
	it('is read entry by entry, the first of two counting', () => {
		assert.deepEqual(scan([bytes('A=1\0B=\0A=2\0C\0=D\0')], 'A', 'B', 'C', 'D'), { A: '1', B: '', C: null, D: null });
	});

	it('tells the same however it is cut into pieces', () => {
		const entry = fc.record({ name: fc.constantFrom('A', 'AB', 'B', 'LONG_NAME'), value: fc.string({ maxLength: 40 }) });
		fc.assert(
			fc.property(
				fc.array(entry, { maxLength: 12 }),
				fc.array(fc.nat(30), { maxLength: 40 }),
				fc.boolean(),
				(entries, cuts, closed) => {
					const clean = entries.map(({ name, value }) => ({ name, value: value.replaceAll('\0', '').toWellFormed() }));
					const all = bytes(
						clean.map(({ name, value }) => `${name}=${value}`).join('\0') + (closed && clean.length > 0 ? '\0' : ''),
					);
					const pieces: Uint8Array[] = [];
					let at = 0;
					for (const cut of cuts) {
						pieces.push(all.subarray(at, at + cut));
						at += cut;
					}
					pieces.push(all.subarray(at));
					const expected = Object.fromEntries(
						['A', 'AB', 'B', 'LONG_NAME'].map((name) => [name, clean.find((one) => one.name === name)?.value ?? null]),
					);
					assert.deepEqual(scan(pieces, 'A', 'AB', 'B', 'LONG_NAME'), expected);
				},
			),
		);
	});

	it('with a value longer than any that a policy can demand is cut, and equals none', () => {
		const pieces = Array.from({ length: 40 }, () => bytes('x'.repeat(1_000)));
		const found = scan([bytes('A='), ...pieces, bytes('\0B=1\0')], 'A', 'B');
		assert.equal(found['B'], '1');
		assert.ok((found['A']?.length ?? 0) > 4_096 && (found['A']?.length ?? 0) < 10_000);
	});
});
