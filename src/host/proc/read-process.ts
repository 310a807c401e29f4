import { open, readFile } from 'node:fs/promises';
import { parseControlGroup } from '../../core/node-report/control-group.ts';
import type { StartEnvironment } from '../../core/node-report/environment.ts';
import { EnvironmentScanner } from '../../core/node-report/environment-scanner.ts';
import type { ProcessReading } from '../../core/node-report/observation.ts';
import type { GpuProcess } from '../../core/observed/inventory.ts';
import { errorCode } from '../../runtime/errors.ts';
import { processStartTime } from '../../runtime/process-start-time.ts';

export interface ProcOptions {
	/** `/proc`, of the host. */
	readonly root: string;
	/** Milliseconds that the files of one process may take: one that hangs in the kernel can hold its readers. */
	readonly limitMs?: number;
}

/** A reader that hangs holds one of the four threads that Node reads files with. */
const mostHanging = 2;
/** Bytes of an environment that are looked through; Linux allows more only where the stack is larger than usual. */
const mostBytes = 16 * 2 ** 20;
const pieceBytes = 64 * 1024;

const notShown = '/proc does not show it: it ended, or runs in another pid namespace, or /proc hides it (hidepid)';

/** Reads what /proc shows of processes. No variable is kept but those that are asked for. */
export class ProcReader {
	readonly #root: string;
	readonly #limitMs: number;
	/** Processes that did not answer, by pid and start time: they are not asked again. */
	readonly #hanging = new Set<string>();

	constructor({ root, limitMs = 2_000 }: ProcOptions) {
		this.#root = root;
		this.#limitMs = limitMs;
	}

	/** Never rejects. A pid that was given to another process meanwhile tells nothing of the first. */
	async read(process: Pick<GpuProcess, 'pid' | 'startTime'>, variables: readonly string[]): Promise<ProcessReading> {
		const { pid, startTime } = process;
		const key = `${pid} ${startTime}`;
		if (startTime === null || processStartTime(this.#root, pid) === null) return unread(notShown);
		if (this.#hanging.has(key)) return unread('/proc did not answer for it');
		if (this.#hanging.size >= mostHanging) return unread('/proc did not answer for other processes and is not asked any more');
		const reading = await this.#limited(key, this.#readFiles(pid, variables));
		return processStartTime(this.#root, pid) === startTime ? reading : unread('its pid was given to another process');
	}

	async #readFiles(pid: number, variables: readonly string[]): Promise<ProcessReading> {
		const folder = `${this.#root}/${pid}`;
		const environment = await readEnvironment(`${folder}/environ`, variables);
		try {
			return { container: parseControlGroup(await readFile(`${folder}/cgroup`, 'utf8')), environment, unread: null };
		} catch (error) {
			return { container: null, environment, unread: why('its control group', error) };
		}
	}

	#limited(key: string, reading: Promise<ProcessReading>): Promise<ProcessReading> {
		return new Promise((resolve) => {
			const timer = setTimeout(() => {
				this.#hanging.add(key);
				resolve(unread(`/proc did not answer for it within ${this.#limitMs / 1000} s`));
			}, this.#limitMs);
			void reading.then((found) => {
				clearTimeout(timer);
				this.#hanging.delete(key);
				resolve(found);
			});
		});
	}
}

async function readEnvironment(file: string, variables: readonly string[]): Promise<StartEnvironment> {
	if (variables.length === 0) return { state: 'read', values: new Map() };
	const scanner = new EnvironmentScanner(variables);
	try {
		const handle = await open(file, 'r');
		try {
			const piece = Buffer.allocUnsafe(pieceBytes);
			let total = 0;
			for (;;) {
				const { bytesRead } = await handle.read(piece, 0, piece.length, null);
				if (bytesRead === 0) break;
				total += bytesRead;
				if (total > mostBytes) return { state: 'unread', why: `its environment is over ${mostBytes >> 20} MiB` };
				scanner.add(piece.subarray(0, bytesRead));
			}
			piece.fill(0);
			if (total === 0) return { state: 'unread', why: 'it shows no environment: it is ending, or wiped it' };
			if (scanner.overwritten)
				return { state: 'unread', why: 'it wrote over its environment, as a program does that sets its title' };
		} finally {
			await handle.close();
		}
		return { state: 'read', values: scanner.end() };
	} catch (error) {
		return { state: 'unread', why: why('its environment', error) };
	}
}

function why(what: string, error: unknown): string {
	const code = errorCode(error) ?? String(error);
	if (code === 'ENOENT' || code === 'ESRCH') return notShown;
	if (code === 'EACCES' || code === 'EPERM')
		return `${what} may not be read; that takes CAP_SYS_PTRACE, and CAP_DAC_READ_SEARCH for other users`;
	return `${what} could not be read: ${code}`;
}

function unread(text: string): ProcessReading {
	return { container: null, environment: { state: 'unread', why: text }, unread: text };
}
