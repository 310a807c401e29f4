import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { until } from '../cluster/until.ts';

const module = new URL('running-command.ts', import.meta.url).href;

describe('a command that a test runs', () => {
	let folder: string;
	before(() => {
		folder = mkdtempSync(join(tmpdir(), 'gpupolicy-running-'));
	});
	after(() => rmSync(folder, { recursive: true, force: true }));

	it('ends with a test that is killed', async () => {
		const kubeconfig = join(folder, 'nobody-answers');
		const cluster = { name: 'c', cluster: { server: 'https://127.0.0.1:1' } };
		const contexts = [{ name: 'c', context: { cluster: 'c', user: 'c' } }];
		const users = [{ name: 'c', user: { token: 'none' } }];
		writeFileSync(kubeconfig, JSON.stringify({ 'current-context': 'c', clusters: [cluster], contexts, users }));
		const args = ['controller', '--kubeconfig', kubeconfig, '--bind-address', '127.0.0.1:0'];
		const script = `
			const { RunningCommand } = await import(${JSON.stringify(module)});
			const command = new RunningCommand(${JSON.stringify(args)});
			await command.get('/healthz');
			console.log(command.pid);
			setInterval(() => {}, 1000);`;
		const killed = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
		const [line] = (await once(killed.stdout, 'data')) as [Buffer];
		const pid = Number(String(line));
		assert.equal(isAlive(pid), true);
		killed.kill('SIGKILL');
		await until('the command is gone', () => !isAlive(pid));
	});
});

function isAlive(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
}
