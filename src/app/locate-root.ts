import process from 'node:process';
import { nearestRoot } from '../host/manifest-files.ts';
import { resolveRoot } from '../host/root.ts';

/** The root that `-C` means, real and absolute; a coded error where there is none. */
export function locateRoot(directory: string | undefined, cwd = process.cwd()): string {
	return resolveRoot(directory ?? nearestRoot(cwd));
}
