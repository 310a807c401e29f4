import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where built tools are kept, outside the checkout. */
export function cacheFolder(): string {
	return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'gpupolicy', 'tools');
}
