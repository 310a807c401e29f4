import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { type Fact, unknown } from '../core/observed/fact.ts';
import type { Inventory } from '../core/observed/inventory.ts';
import { recordedInventory } from '../gpu/recorded/parse.ts';
import { errorCode } from '../runtime/errors.ts';

/** Name of the recorded inventory that is committed beside the policy. */
export const inventoryFileName = 'gpupolicy.inventory.yaml';

/**
 * The inventory that desired values rest on: the file that `--inventory` names, else `gpupolicy.inventory.yaml` at the root or
 * beside a manifest; `null` where there is none. A file that is there but cannot be read is unknown, never none.
 */
export function recordedInventoryOf(
	root: string,
	manifests: readonly string[],
	named: string | undefined,
): Fact<Inventory> | null {
	if (named !== undefined)
		return read(path.resolve(process.cwd(), named), named) ?? unknown('SourceFailed', `${named} does not exist`);
	const folders = new Set([
		root,
		...manifests.map((file) => path.dirname(path.resolve(root, file))),
		...manifests.map((file) => path.dirname(path.resolve(file))),
	]);
	for (const folder of folders) {
		const fact = read(path.join(folder, inventoryFileName), inventoryFileName);
		if (fact) return fact;
	}
	return null;
}

function read(file: string, name: string): Fact<Inventory> | null {
	try {
		return recordedInventory(fs.readFileSync(file, 'utf8'), name);
	} catch (error) {
		const code = errorCode(error);
		if (code === 'ENOENT' || code === 'ENOTDIR') return null;
		return unknown('SourceFailed', `${name} cannot be read (${code ?? String(error)})`);
	}
}
