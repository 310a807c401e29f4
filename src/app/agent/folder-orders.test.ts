import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { describe, it } from 'node:test';
import { FolderOrders } from './folder-orders.ts';

describe('the orders of a folder', () => {
	it('stay as they were when the folder is taken away under the agent, and say so', async () => {
		const home = process.cwd();
		const folder = mkdtempSync(join(tmpdir(), 'gpupolicy-orders-'));
		writeFileSync(
			join(folder, 'gpupolicy.yaml'),
			'apiVersion: gpupolicy.dev/v1alpha1\nkind: GpuPolicy\nmetadata: { name: kept }\nspec: { mode: Audit, nodes: {} }\n',
		);
		process.chdir(folder);
		try {
			const orders = new FolderOrders(
				{},
				() => {},
				() => {},
			);
			await orders.read();
			assert.deepEqual(
				[orders.current()?.policies.map(({ name, held }) => [name, held]), orders.trouble],
				[[['kept', false]], null],
			);
			rmSync(folder, { recursive: true });
			await orders.read();
			assert.deepEqual(
				orders.current()?.policies.map(({ name, held }) => [name, held]),
				[['kept', true]],
			);
			assert.match(orders.trouble ?? '', /ENOENT/);
		} finally {
			process.chdir(home);
			rmSync(folder, { recursive: true, force: true });
		}
	});
});
