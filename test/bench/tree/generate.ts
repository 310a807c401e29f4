import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { program } from './program.ts';
import { Random } from './random.ts';

export interface Tree {
	readonly root: string;
	/** Python files, relative to the root, with `/`. */
	readonly files: readonly string[];
	readonly bytes: number;
	/** Files that import a GPU library. */
	readonly gpuFiles: number;
}

/** About two files of three import a GPU library, as in the wheels of transformers, diffusers and accelerate. */
const gpuShare = 0.64;

/** Writes `count` Python files below `root`, the same on every machine: sizes are log-normal, 12 KB on average. */
export function generateTree(root: string, count: number): Tree {
	const random = new Random(20261121);
	const files: string[] = [];
	let bytes = 0;
	let gpuFiles = 0;
	for (let number = 0; number < count; number++) {
		const folder = Math.floor(number / 12);
		const path = `src/package_${String(folder % 40).padStart(2, '0')}/part_${String(Math.floor(folder / 40)).padStart(2, '0')}/module_${String(number).padStart(5, '0')}.py`;
		const size = Math.min(200_000, Math.max(200, random.logNormal(4_900, 1.3)));
		const gpu = random.chance(gpuShare);
		const text = program(random, size, gpu);
		const target = join(root, path);
		if (number % 12 === 0) mkdirSync(dirname(target), { recursive: true });
		writeFileSync(target, text);
		files.push(path);
		bytes += Buffer.byteLength(text);
		if (gpu) gpuFiles++;
	}
	return { root, files, bytes, gpuFiles };
}
