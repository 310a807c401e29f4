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
			() => [],
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

	it('hold what was in force before a restart while they cannot be read, and let go of it when they can', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'gpupolicy-orders-'));
		const manifest = join(folder, 'gpupolicy.yaml');
		const orders = new FolderOrders(
			{ directory: folder },
			() => {},
			() => {},
			() => ['kept'],
		);
		const held = [{ name: 'kept', held: true, policy: null }];
		await orders.read();
		assert.deepEqual(orders.current()?.policies, held, 'no manifest');
		writeFileSync(manifest, 'kind: [');
		await orders.read();
		assert.deepEqual(orders.current()?.policies, held, 'a broken one');
		const other = { apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', metadata: { name: 'other' } };
		writeFileSync(manifest, JSON.stringify({ ...other, spec: { mode: 'Audit', nodes: {} } }));
		await orders.read();
		assert.deepEqual(
			orders.current()?.policies.map(({ name }) => name),
			['other'],
		);
		rmSync(folder, { recursive: true });
	});
});
