import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { type Fact, unknown } from '../../core/observed/fact.ts';
import type { Inventory } from '../../core/observed/inventory.ts';
import type { InventorySource } from '../../core/ports/inventory-source.ts';
import { recordedInventory } from './parse.ts';

const maxBytes = 4 * 2 ** 20;

/** GPU facts from a file made by `gpupolicy inventory -o yaml`; read anew at each observation. `name` is for messages. */
export function recordedSource(path: string, name: string = path): InventorySource {
	return {
		name: `recorded ${name}`,
		observe: async () => readRecorded(path, name),
		close: async () => {},
	};
}

/**
 * Reads a recorded inventory once. Never throws and never waits: what cannot be read is unknown, `NoSource` where there is no
 * file. `parse` is `recordedInventory`, or what recalls its answers.
 */
export function readRecorded(path: string, name: string, parse: typeof recordedInventory = recordedInventory): Fact<Inventory> {
	let file: number | undefined;
	try {
		// Without O_NONBLOCK, opening a FIFO would wait for a writer for ever.
		file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
		const stat = fstatSync(file);
		if (!stat.isFile())
			return unknown('SourceFailed', `${name} is not a regular file; name the file that gpupolicy inventory -o yaml wrote`);
		if (stat.size > maxBytes)
			return unknown('SourceFailed', `${name} has ${stat.size} bytes; an inventory has at most ${maxBytes}`);
		return parse(new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)), name);
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? error.code : undefined;
		if (code === 'ENOENT' || code === 'ENOTDIR') {
			return unknown('NoSource', `there is no file ${name}; make it with gpupolicy inventory -o yaml > ${name}`, error);
		}
		if (code === 'EACCES' || code === 'EPERM') return unknown('Forbidden', `${name} may not be read (${code})`, error);
		if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return unknown('SourceFailed', `${name} is not UTF-8 text`, error);
		return unknown('SourceFailed', `${name} could not be read (${code ?? String(error)})`, error);
	} finally {
		if (file !== undefined) closeSync(file);
	}
}
