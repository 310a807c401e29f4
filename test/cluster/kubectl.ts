import { spawn } from 'node:child_process';
import { toolPath } from './tools/build.ts';

/** What a command came to; a test judges the exit status itself. */
export interface Ran {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** Runs kubectl. `input` is its stdin, for `-f -`. Its caches lie in the cluster's folder, not in the home of who runs the tests. */
export async function kubectl(kubeconfig: string, folder: string, args: readonly string[], input = ''): Promise<Ran> {
	const program = await toolPath('kubectl');
	return new Promise((resolve, reject) => {
		const env = { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: `${folder}/kubectl-cache` };
		const child = spawn(program, args, { env, stdio: 'pipe' });
		let stdout = '';
		let stderr = '';
		child.stdout.setEncoding('utf8').on('data', (text: string) => {
			stdout += text;
		});
		child.stderr.setEncoding('utf8').on('data', (text: string) => {
			stderr += text;
		});
		child.once('error', reject);
		child.once('close', (code) => resolve({ code, stdout, stderr }));
		child.stdin.on('error', () => {}); // kubectl may end before it has read all.
		child.stdin.end(input);
	});
}
