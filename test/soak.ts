/** `npm run soak`: the property, differential and integration suites with their long rounds (`SOAK=1`). */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const suites = process.argv.length > 2 ? process.argv.slice(2) : ['property', 'differential', 'integration'];
const { status } = spawnSync(process.execPath, [join(import.meta.dirname, 'run.ts'), ...suites], {
	env: { ...process.env, SOAK: '1' },
	stdio: 'inherit',
});
process.exitCode = status ?? 1;
