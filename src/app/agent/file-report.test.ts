import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { FileReport } from './file-report.ts';

it('goes on from the report as another agent left it while this one stood by', async (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'gpupolicy-report-'));
	t.after(() => rmSync(folder, { recursive: true }));
	const file = join(folder, 'report.json');
	const [first, next] = [new FileReport(file), new FileReport(file)];
	const status = { observedAt: '2026-11-21T00:00:00Z', agentVersion: '1.0.0', observation: { state: 'Known' as const } };
	assert.equal(first.current(), null);
	await first.write(status);
	assert.deepEqual([first.current(), next.current()], [status, status]);
});
