import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { AuditLog } from './audit.ts';

function line(auditID: string, more: object = {}): string {
	const entry = { kind: 'Event', apiVersion: 'audit.k8s.io/v1', auditID, stage: 'ResponseComplete', verb: 'get', ...more };
	return `${JSON.stringify(entry)}\n`;
}

it('reads the entries that begin after a mark, also where a line was cut off by a kill or was being written', async (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'audit-'));
	t.after(() => rmSync(folder, { recursive: true }));
	const file = join(folder, 'audit.log');
	const log = new AuditLog(file);
	const write = (text: string): void => appendFileSync(file, text);
	const since = async (mark: Parameters<AuditLog['since']>[0]): Promise<string[]> =>
		(await log.since(mark)).map(({ auditID }) => auditID);
	write(line('a'));
	const whole = log.mark();
	const late = line('b', { user: { username: 'zoë' } });
	const half = Buffer.from(late)
		.subarray(0, Buffer.from(late).length - 6)
		.toString('latin1');
	appendFileSync(file, half, 'latin1');
	const within = log.mark();
	assert.deepEqual(await since(whole), []);
	write(late.slice(-6));
	write(line('c', { requestObject: { kind: 'Event', apiVersion: 'events.k8s.io/v1' } }));
	assert.deepEqual(await since(whole), ['b', 'c']);
	assert.deepEqual(await since(within), ['c']);
	write(line('killed').slice(0, 70));
	write(line('d'));
	assert.deepEqual(await since(whole), ['b', 'c', 'd']);
});
