import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Condition } from '../../api/v1alpha1.generated.ts';
import { toCondition } from './condition.ts';
import { verdict } from './verdict.ts';

describe('the time of a condition', () => {
	const standing = {
		type: 'Ready',
		status: 'Unknown',
		reason: 'Progressing',
		message: 'm',
		lastTransitionTime: '2026-01-02T03:04:05Z',
	};
	const before = { conditions: [{ ...standing, status: 'Unknown' }] as Condition[] };
	const time = (reason: 'Converged' | 'Progressing', at: string): string =>
		toCondition(verdict('Ready', reason, 'm'), 1, at, before).lastTransitionTime;

	it('moves when the status flips, and only then', () => {
		assert.equal(time('Converged', '2026-01-02T03:05:00Z'), '2026-01-02T03:05:00Z');
		assert.equal(time('Progressing', '2026-01-02T03:05:00Z'), '2026-01-02T03:04:05Z');
	});

	it('never goes back where a controller takes over whose clock is behind', () => {
		assert.equal(time('Converged', '2026-01-02T02:05:00Z'), '2026-01-02T03:04:05Z');
	});
});
