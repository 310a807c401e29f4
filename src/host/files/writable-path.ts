import { forbiddenFolders } from './default-excludes.ts';
import { normalizeRelative } from './relative-path.ts';

/** True for a plain path below the root that leads into none of the folders that are never touched. */
export function isWritablePath(relative: unknown): relative is string {
	return (
		typeof relative === 'string' &&
		relative !== '' &&
		normalizeRelative(relative) === relative &&
		!relative.split('/').some((segment) => forbiddenFolders.has(segment))
	);
}
