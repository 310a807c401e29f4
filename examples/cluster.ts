/**
 * `npm run example`: types the commands of examples/cluster/README.md into the cluster of `npm run cluster`, and writes what they print into the page.
 *
 *     node examples/cluster.ts [--check]
 *
 * `--check` writes nothing and exits 1 where the page says something else.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runAgain } from './transcript.ts';

const root = join(import.meta.dirname, '..');
const script = join(root, 'test', 'cluster', 'up.ts');
const page = join(import.meta.dirname, 'cluster', 'README.md');

/** The cluster, once it says that it is up. */
async function bringUp() {
	const up = spawn(process.execPath, [script], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
	let said = '';
	const ready = new Promise<void>((resolve, reject) => {
		for (const stream of [up.stdout, up.stderr])
			stream.setEncoding('utf8').on('data', (text: string) => {
				said += text;
				if (said.includes('The cluster is up')) resolve();
			});
		up.once('exit', (code) => reject(new Error(`the cluster ended with ${code}:\n${said}`)));
	});
	await ready;
	return {
		said: () => said,
		end: async () => {
			if (up.exitCode !== null || up.signalCode !== null) return;
			const exit = once(up, 'exit');
			spawn(process.execPath, [script, 'down'], { cwd: root, stdio: 'ignore' });
			await exit;
		},
	};
}

const cluster = await bringUp();
try {
	const build = join(root, 'build', 'cluster');
	const env = { ...process.env, KUBECONFIG: join(build, 'kubeconfig'), PATH: `${join(build, 'bin')}:${process.env['PATH']}`, NO_COLOR: '1', COLUMNS: '200' };
	const before = readFileSync(page, 'utf8');
	const after = await runAgain(before, env, root).catch((error: Error) => {
		throw new Error(`${error.message}\n${cluster.said().slice(-4_000)}`);
	});
	if (!process.argv.includes('--check')) writeFileSync(page, after);
	else if (after !== before) {
		const lines = before.split('\n');
		const [at = 0] = after.split('\n').flatMap((line, i) => (line === lines[i] ? [] : [i]));
		console.error(`stale: examples/cluster/README.md:${at + 1}\n- ${lines[at]}\n+ ${after.split('\n')[at]}\nrun \`npm run example\` and commit the result`);
		process.exitCode = 1;
	}
} finally {
	await cluster.end();
}
