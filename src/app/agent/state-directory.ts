import { existsSync, mkdirSync, readFileSync, watch } from 'node:fs';
import path from 'node:path';
import type { Memory, StateDirectory } from '../../agent/ports.ts';
import type { DeviceAnswer, DevicePluginState } from '../../core/device-answer/index.ts';
import { formatDeviceAnswer, parseDeviceAnswer, parseDevicePluginState } from '../../core/device-answer/index.ts';
import { writeStateFile } from '../../host/state-file.ts';
import { removeStaleTemporaries } from '../../host/state-folder.ts';
import { CodedError, errorCode } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';

const answerFile = 'answer.json';
const memoryFile = 'effective.json';
const pluginFile = 'device-plugin.json';

/** Read for every user of the machine: nothing in it is secret. */
const mode = 0o644;

/** The state directory of the agent and the proxy, on the disk of the node. A file that cannot be understood counts as missing, and is told once. */
export class NodeStateDirectory implements StateDirectory {
	readonly #folder: string;
	readonly #log: Log;
	/** What was said of each file last. */
	readonly #told = new Map<string, string>();

	/** Makes the directory where it is missing, and not what it stands in. Throws where it cannot. */
	constructor(folder: string, log: Log) {
		// Not recursively: Node tries for ever where a file system makes no directories, as /proc (ENOENT in one that is there).
		if (!existsSync(folder)) mkdirSync(folder, { mode: 0o755 });
		removeStaleTemporaries(folder);
		this.#folder = folder;
		this.#log = log;
	}

	readAnswer(): DeviceAnswer | null {
		return this.#read(answerFile, parseDeviceAnswer);
	}

	writeAnswer(answer: DeviceAnswer): void {
		this.#write(answerFile, formatDeviceAnswer(answer));
	}

	readMemory(): Memory {
		return this.#read(memoryFile, parseMemory) ?? { inForce: [], refusedUntil: '', settled: null };
	}

	hasMemory(): boolean {
		return existsSync(path.join(this.#folder, memoryFile));
	}

	writeMemory(memory: Memory): void {
		this.#write(memoryFile, `${JSON.stringify({ version: 1, ...memory })}\n`);
	}

	readPlugin(): DevicePluginState | null {
		return this.#read(pluginFile, parseDevicePluginState);
	}

	/** Calls back when the proxy says something new, or the answer becomes another, until the returned function is called. */
	onChange(changed: () => void): () => void {
		try {
			const watcher = watch(this.#folder, (_, name) => {
				if (name === pluginFile || name === answerFile) changed();
			});
			// The proxy is read at each look too: being told at once is a convenience.
			watcher.on('error', () => watcher.close());
			return () => watcher.close();
		} catch (error) {
			this.#log('warn', `what the device-plugin proxy says is read with each look only: ${reason(error)}`);
			return () => undefined;
		}
	}

	#read<T>(name: string, parse: (text: string) => T): T | null {
		try {
			const value = parse(readFileSync(path.join(this.#folder, name), 'utf8'));
			this.#told.delete(name);
			return value;
		} catch (error) {
			const why = errorCode(error) === 'ENOENT' ? '' : reason(error);
			if (why !== '' && this.#told.get(name) !== why) this.#log('warn', `${name} is passed over: ${why}`);
			this.#told.set(name, why);
			return null;
		}
	}

	#write(name: string, text: string): void {
		if (!existsSync(this.#folder)) mkdirSync(this.#folder, { mode: 0o755 });
		writeStateFile(path.join(this.#folder, name), text, { durable: false, mode });
	}
}

/** The state directory, made where it is missing. Throws a CodedError where it cannot be. */
export function openStateDirectory(folder: string, log: Log): NodeStateDirectory {
	try {
		return new NodeStateDirectory(path.resolve(folder), log);
	} catch (cause) {
		throw new CodedError('GP4401', `the state directory ${folder} cannot be made: ${reason(cause)}`, {
			hint: 'name another one with --state-dir',
			cause,
		});
	}
}

function reason(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** It was written by an agent of this or another version: what is not understood is forgotten as a whole. */
function parseMemory(text: string): Memory {
	const { version, inForce, refusedUntil, settled = null } = JSON.parse(text) as Memory & { readonly version?: unknown };
	const whole =
		version === 1 &&
		typeof refusedUntil === 'string' &&
		typeof settled === 'object' &&
		Array.isArray(inForce) &&
		inForce.every(
			({ policy, rulings }) =>
				typeof policy?.name === 'string' &&
				typeof policy.digest === 'string' &&
				typeof policy.devices === 'object' &&
				typeof policy.nodes === 'object' &&
				Array.isArray(policy.environment) &&
				(policy.demand === null || typeof policy.demand === 'object') &&
				typeof rulings === 'object' &&
				rulings !== null,
		);
	if (!whole) throw new Error('it is not of this version');
	return { inForce, refusedUntil, settled };
}
