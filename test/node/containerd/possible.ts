import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/** Why containers cannot run on this machine: they need Linux, root, namespaces and cgroups. Undefined where they can. */
export function whyNoContainers(): string | undefined {
	if (process.platform !== 'linux') return 'containers need Linux';
	if (process.getuid?.() !== 0) return 'containers need root; as root, type: npm run test:node';
	const tried = ['--mount', '--pid', '--fork', '--mount-proc'];
	const { status, stderr, error } = spawnSync('unshare', [...tried, 'true'], { encoding: 'utf8' });
	if (status !== 0) return `\`unshare ${tried.join(' ')} true\` fails: ${error?.message ?? stderr.trim()}`;
	const hierarchy = existsSync('/sys/fs/cgroup/cgroup.controllers') ? '/sys/fs/cgroup' : '/sys/fs/cgroup/memory';
	const probe = join(hierarchy, `gpupolicy-probe-${process.pid}`);
	try {
		mkdirSync(probe);
		rmdirSync(probe);
		return undefined;
	} catch (cause) {
		return `no cgroup can be made: ${(cause as Error).message}`;
	}
}
