import type { BigIntStats } from 'node:fs';
import type { Stamp } from '../../core/ports/worktree.ts';

/** The stamp that a stat call shows. */
export function stampOf(stat: BigIntStats): Stamp {
	return { size: Number(stat.size), mtimeNs: stat.mtimeNs, ino: stat.ino, mode: Number(stat.mode & 0o7777n) };
}

/** True where both tell the same content; permission bits do not count. */
export function sameContent(a: Stamp, b: Stamp): boolean {
	return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ino === b.ino;
}
