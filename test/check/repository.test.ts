import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checks, perform } from '../../.ci/checks.ts';

for (const check of checks) {
	test(`the repository passes its check of ${check.name}`, async () => {
		const { ok, output } = await perform(check);
		assert.ok(ok, `${check.remedy}\n${output}`);
	});
}
