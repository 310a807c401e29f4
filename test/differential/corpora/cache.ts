import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where downloads are kept between runs: outside the checkout. */
const CACHE = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'gpupolicy', 'differential');

/**
 * The folder `name` of the cache, filled by `fill` when it is not there yet. Filled elsewhere and renamed, so that a run that is
 * killed leaves nothing half-made and two runs at once do not disturb each other.
 */
export async function cached(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
	const target = join(CACHE, name);
	if (existsSync(target)) return target;
	mkdirSync(CACHE, { recursive: true });
	const folder = mkdtempSync(join(CACHE, '.filling-'));
	process.stderr.write(`gpupolicy tests: fetching ${name} into ${CACHE}\n`);
	try {
		await fill(folder);
		try {
			renameSync(folder, target);
		} catch (error) {
			if (!existsSync(target)) throw error;
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
	return target;
}
