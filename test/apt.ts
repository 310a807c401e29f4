import { execFileSync } from 'node:child_process';
import process from 'node:process';

/** As root on a Debian-like system packages are installed, which is shown; elsewhere this throws what to type. `what` needs them. */
export function aptInstall(packages: readonly string[], what: string, cause?: unknown): void {
	const command = ['install', '-y', '--no-install-recommends', ...packages];
	try {
		if (process.getuid?.() !== 0) throw cause;
		process.stderr.write(`installing what ${what} needs: apt-get ${command.join(' ')}\n`);
		execFileSync('apt-get', ['update'], { stdio: ['ignore', 'ignore', 'inherit'] });
		execFileSync('apt-get', command, { stdio: ['ignore', 'ignore', 'inherit'] });
	} catch {
		throw new Error(`${what} needs ${packages.join(', ')}, which cannot be installed here; type: apt-get ${command.join(' ')}`, {
			cause,
		});
	}
}
