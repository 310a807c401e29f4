import path from 'node:path';
import process from 'node:process';
import type { Fact } from '../core/observed/fact.ts';
import type { Inventory } from '../core/observed/inventory.ts';
import { readRecorded, recordedInventory } from '../gpu/index.ts';
import { keptReadings } from './kept-readings.ts';

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
	const kept = keptReadings(root);
	const parse: typeof recordedInventory = (text, name) => {
		const read = (): Fact<Inventory> => recordedInventory(text, name);
		return kept === null ? read() : kept.reading('inventory', name, text, read, (fact) => fact.state === 'known');
	};
	if (named !== undefined) return readRecorded(path.resolve(process.cwd(), named), named, parse);
	const folders = new Set([
		root,
		...manifests.map((file) => path.dirname(path.resolve(root, file))),
		...manifests.map((file) => path.dirname(path.resolve(file))),
	]);
	for (const folder of folders) {
		const fact = readRecorded(path.join(folder, inventoryFileName), inventoryFileName, parse);
		if (fact.state === 'known' || fact.reason !== 'NoSource') return fact;
	}
	return null;
}
