import { hash } from 'node:crypto';

/** sha256 of a file's content, hex. */
export function contentHash(bytes: Uint8Array): string {
	return hash('sha256', bytes, 'hex');
}
