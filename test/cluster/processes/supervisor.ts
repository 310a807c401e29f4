/**
 * Parent of the processes of one test cluster:
 *
 *     node supervisor.ts FOLDER
 *
 * It takes orders over the IPC channel. When the channel closes, because the tests ended or were killed, even by SIGKILL, it kills what it
 * started and removes the folder, so that nothing outlives them.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync } from 'node:fs';
import type { Order, Report } from './messages.ts';

const folder = process.argv[2] as string;
const running = new Map<string, ChildProcess>();

function start({ name, command, args, log }: Extract<Order, { do: 'start' }>): Promise<number> {
	if (running.has(name)) return Promise.reject(new Error(`a process called ${name} runs already`));
	const output = openSync(log, 'a');
	const child = spawn(command, args, { cwd: folder, stdio: ['ignore', output, output], windowsHide: true });
	closeSync(output);
	running.set(name, child);
	child.once('exit', (code, signal) => {
		if (running.get(name) === child) running.delete(name);
		tell({ exited: name, status: signal ?? `exit ${code}` });
	});
	return new Promise((resolve, reject) => {
		child.once('spawn', () => resolve(child.pid as number));
		child.once('error', (error) => {
			running.delete(name);
			reject(error);
		});
	});
}

async function kill(name: string, signal: NodeJS.Signals): Promise<void> {
	const child = running.get(name);
	if (child === undefined) return;
	const gone = once(child, 'exit');
	child.kill(signal);
	await gone;
}

async function stop(): Promise<void> {
	await Promise.all([...running.keys()].map((name) => kill(name, 'SIGKILL')));
	if (!process.env['GPUPOLICY_KEEP_CLUSTER']) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

function tell(report: Report): void {
	if (process.connected) process.send?.(report, () => {});
}

process.on('message', async (order: Order) => {
	try {
		if (order.do === 'start') tell({ id: order.id, pid: await start(order) });
		else if (order.do === 'kill') {
			await kill(order.name, order.signal);
			tell({ id: order.id });
		} else {
			await stop();
			process.send?.({ id: order.id }, () => process.exit(0));
		}
	} catch (error) {
		tell({ id: order.id, error: (error as Error).message });
	}
});
process.once('disconnect', async () => {
	await stop();
	process.exit(0);
});
// A Ctrl-C reaches the whole group of the terminal; the channel's end is what counts.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
