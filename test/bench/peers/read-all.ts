/** Reads every byte of every Python file below the folder: the floor for anything that looks at a repo. `node read-all.ts FOLDER` */
import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';

let buffer = Buffer.allocUnsafe(1 << 20);
let files = 0;
let bytes = 0;

function read(path: string): void {
	const descriptor = openSync(path, 'r');
	const { size } = fstatSync(descriptor);
	if (size > buffer.length) buffer = Buffer.allocUnsafe(size * 2);
	let filled = 0;
	while (filled < size) {
		const got = readSync(descriptor, buffer, filled, size - filled, null);
		if (got === 0) break;
		filled += got;
	}
	closeSync(descriptor);
	files++;
	bytes += filled;
}

function walk(folder: string): void {
	for (const entry of readdirSync(folder, { withFileTypes: true })) {
		if (entry.isDirectory()) walk(join(folder, entry.name));
		else if (entry.name.endsWith('.py')) read(join(folder, entry.name));
	}
}

walk(process.argv[2] as string);
console.log(JSON.stringify({ files, bytes }));
