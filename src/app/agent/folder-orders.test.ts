import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { describe, it } from 'node:test';
import { FolderOrders } from './folder-orders.ts';

describe('the orders of a folder', () => {
	it('stay as they were when the folder is taken away under the agent, and say so', async (context) => {
		const folder = mkdtempSync(join(tmpdir(), 'gpupolicy-orders-'));
		const manifest = { apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', metadata: { name: 'kept' } };
		writeFileSync(join(folder, 'gpupolicy.yaml'), JSON.stringify({ ...manifest, spec: { mode: 'Audit', nodes: {} } }));
		const orders = new FolderOrders(
			{ directory: folder },
			() => {},
			() => {},
		);
		const standing = (): unknown => orders.current()?.policies.map(({ name, held }) => ({ name, held }));
		await orders.read();
		assert.deepEqual([standing(), orders.trouble], [[{ name: 'kept', held: false }], null]);
		rmSync(folder, { recursive: true });
		await orders.read();
		assert.deepEqual([standing(), orders.trouble], [[{ name: 'kept', held: true }], `${folder} does not exist`]);
		// What Node says where the folder is the one that it runs in.
		const gone = Object.assign(new Error('ENOENT: process.cwd failed'), { code: 'ENOENT' });
		context.mock.method(process, 'cwd', () => {
			throw gone;
		});
		await orders.read();
		assert.deepEqual([standing(), orders.trouble], [[{ name: 'kept', held: true }], gone.message]);
	});
});
