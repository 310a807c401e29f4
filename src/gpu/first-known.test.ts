import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Fact, known, type UnknownReason, unknown } from '../core/observed/fact.ts';
import { device, inventory } from '../core/observed/inventory.fixture.ts';
import type { Inventory } from '../core/observed/inventory.ts';
import type { InventorySource } from '../core/ports/inventory-source.ts';
import { firstKnown } from './first-known.ts';
import { timeLimited } from './time-limit.ts';

function source(name: string, answer: UnknownReason | 'known', asked: string[] = []): InventorySource {
	const fact: Fact<Inventory> =
		answer === 'known' ? known(inventory(device(0)), name, '') : unknown(answer, `${name} says ${answer}`);
	return {
		name,
		observe: async () => {
			asked.push(name);
			return fact;
		},
		close: async () => {
			asked.push(`close ${name}`);
		},
	};
}

describe('the first source that knows', () => {
	it('answers, and says that it was the one', async () => {
		const fact = await firstKnown([source('A', 'NoSource'), source('B', 'known'), source('C', 'known')]).observe({
			timeoutMs: 10,
		});
		assert.equal(fact.state === 'known' && fact.source, 'B');
	});

	it('is not looked for after a time-out', async () => {
		const asked: string[] = [];
		const fact = await firstKnown([source('A', 'TimedOut', asked), source('B', 'known', asked)]).observe({ timeoutMs: 10 });
		assert.equal(fact.state === 'unknown' && fact.reason, 'TimedOut');
		assert.deepEqual(asked, ['A']);
	});

	it('where none knows: the telling reason and every message', async () => {
		const fact = await firstKnown([source('A', 'SourceFailed'), source('B', 'NoSource')]).observe({ timeoutMs: 10 });
		assert.deepEqual(fact.state === 'unknown' && [fact.reason, fact.message], [
			'SourceFailed',
			'A says SourceFailed; B says NoSource',
		]);
		const none = await firstKnown([]).observe({ timeoutMs: 10 });
		assert.equal(none.state === 'unknown' && none.reason, 'NoSource');
	});

	it('closes all', async () => {
		const asked: string[] = [];
		await firstKnown([source('A', 'known', asked), source('B', 'known', asked)]).close();
		assert.deepEqual(asked, ['close A', 'close B']);
	});
});

describe('the time limit', () => {
	const open = { name: 'A', close: async () => {} };

	it('holds a source that never answers', async () => {
		const fact = await timeLimited({ ...open, observe: () => new Promise(() => {}) }).observe({ timeoutMs: 30 });
		assert.deepEqual(fact.state === 'unknown' && [fact.reason, fact.message], ['TimedOut', 'A did not answer within 0.03 s']);
	});

	it('turns a rejection into an unknown fact', async () => {
		const fact = await timeLimited({ ...open, observe: () => Promise.reject(new Error('boom')) }).observe({ timeoutMs: 30 });
		assert.deepEqual(fact.state === 'unknown' && [fact.reason, fact.message], ['SourceFailed', 'A: boom']);
	});
});
