import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type DeviceAnswer, parseDeviceAnswer } from '../core/device-answer/index.ts';
import { errorCode } from '../runtime/errors.ts';
import type { Log } from '../runtime/log.ts';
import { PathWatch } from './path-watch.ts';
import { replaceFile } from './replace-file.ts';
import { type Ruling, rulingOf } from './ruling.ts';
import { ToldOnce } from './told-once.ts';

/** More is not written by an agent: 64 GPUs of 7 MIG devices are 200 KB. */
const maxBytes = 8 * 1024 * 1024;

/** A copy that could not be written is tried again after so long. */
const retryMs = 1_000;

/**
 * What the agent answers: `answer.json` of the state directory, followed. An answer that is missing, cut off or wrong changes nothing: the last good one
 * stays, also over a restart, by a copy that only the proxy writes.
 */
export class AnswerFile {
	readonly #path: string;
	readonly #copy: string;
	readonly #log: Log;
	readonly #trouble: ToldOnce;
	readonly #copyTrouble: ToldOnce;
	readonly #onChange: () => void;
	readonly #watch: PathWatch;
	#text: string | null = null;
	#ruling: Ruling;
	#retry: NodeJS.Timeout | null = null;

	constructor(stateDir: string, log: Log, onChange: () => void) {
		this.#path = join(stateDir, 'answer.json');
		this.#copy = join(stateDir, 'device-plugin-answer.json');
		this.#log = log;
		this.#trouble = new ToldOnce(log);
		this.#copyTrouble = new ToldOnce(log);
		this.#onChange = onChange;
		this.#ruling = { kind: 'waiting', why: '' };
		// Watched before it is read: what comes between is not missed.
		this.#watch = new PathWatch(this.#path, () => this.#read());
		this.#read();
	}

	get ruling(): Ruling {
		return this.#ruling;
	}

	close(): void {
		this.#watch.close();
		if (this.#retry) clearTimeout(this.#retry);
	}

	#read(): void {
		const read = load(this.#path);
		if (typeof read === 'string') {
			this.#without(read);
			return;
		}
		this.#trouble.tell(null);
		if (read.text === this.#text) return;
		this.#take(read);
		this.#keepCopy(read.text);
	}

	/** Goes on with what there was. */
	#without(why: string): void {
		if (this.#text === null) this.#takeCopy();
		if (this.#text !== null) {
			this.#trouble.tell(`the last answer of the agent stays: ${why}`);
			return;
		}
		const waiting = `no answer of the agent yet: ${why}`;
		this.#trouble.tell(`every device is Unhealthy: ${waiting}`);
		if (this.#ruling.kind === 'waiting' && this.#ruling.why === waiting) return;
		this.#ruling = { kind: 'waiting', why: waiting };
		this.#onChange();
	}

	#takeCopy(): void {
		const kept = load(this.#copy);
		if (typeof kept === 'string') return;
		this.#log('info', 'going by the answer that was kept at the last run', { file: this.#copy });
		this.#take(kept);
	}

	#keepCopy(text: string): void {
		if (this.#retry) clearTimeout(this.#retry);
		this.#retry = null;
		try {
			replaceFile(this.#copy, text);
			this.#copyTrouble.tell(null);
		} catch (error) {
			const why = (error as Error).message;
			this.#copyTrouble.tell(`the answer cannot be kept for a restart: ${why}`, { file: this.#copy });
			this.#retry = setTimeout(() => this.#keepCopy(text), retryMs);
		}
	}

	#take({ text, answer }: Loaded): void {
		this.#text = text;
		this.#ruling = rulingOf(answer);
		const { policies, devices, at } = answer;
		const withheld = devices.filter(({ verdict }) => verdict !== 'Allowed').map(({ uuid }) => uuid);
		this.#log('info', 'answer of the agent', {
			at,
			policies: policies.map(({ name, digest, mode }) => `${name}@${digest} ${mode}`),
			devices: devices.length,
			...(this.#ruling.kind === 'enforce' ? { withheld } : {}),
		});
		this.#onChange();
	}
}

interface Loaded {
	readonly text: string;
	readonly answer: DeviceAnswer;
}

/** The answer, or why there is none. */
function load(path: string): Loaded | string {
	const name = basename(path);
	try {
		if ((statSync(path).size ?? 0) > maxBytes) return `${name} is larger than ${maxBytes} bytes`;
		const text = readFileSync(path, 'utf8');
		return { text, answer: parseDeviceAnswer(text) };
	} catch (error) {
		const code = errorCode(error);
		if (code === 'ENOENT') return `${name} is not there`;
		return code === undefined ? `${name}: ${(error as Error).message}` : `${name} cannot be read: ${code}`;
	}
}
