import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type DevicePluginState, formatDevicePluginState } from '../core/device-answer/index.ts';
import type { Log } from '../runtime/log.ts';
import { replaceFile } from './replace-file.ts';
import { ToldOnce } from './told-once.ts';

/** Changes within this time are written together. */
const pauseMs = 100;
const retryMs = 5_000;

/**
 * `device-plugin.json` of the state directory, written when what it says is another than before. It holds what the last run knew until this one begins to
 * write.
 */
export class StateFile {
	readonly #path: string;
	readonly #trouble: ToldOnce;
	readonly #read: () => Omit<DevicePluginState, 'at'>;
	#timer: NodeJS.Timeout | null = null;
	#begun = false;
	#written = '';

	constructor(stateDir: string, log: Log, read: () => Omit<DevicePluginState, 'at'>) {
		this.#path = StateFile.pathIn(stateDir);
		this.#trouble = new ToldOnce(log);
		this.#read = read;
	}

	static pathIn(stateDir: string): string {
		return join(stateDir, 'device-plugin.json');
	}

	/** What the last run left is known: from here on it is written over. */
	begin(): void {
		this.#begun = true;
		this.write();
	}

	changed(): void {
		this.#timer ??= setTimeout(() => this.write(), pauseMs);
	}

	/** Writes it now. */
	write(): void {
		if (this.#timer) clearTimeout(this.#timer);
		this.#timer = null;
		if (!this.#begun) return;
		const { version, ...state } = this.#read();
		const said = JSON.stringify(state);
		if (said === this.#written && existsSync(this.#path)) return;
		try {
			replaceFile(this.#path, formatDevicePluginState({ version, at: new Date().toISOString(), ...state }));
			this.#written = said;
			this.#trouble.tell(null);
		} catch (error) {
			this.#trouble.tell(`the agent cannot be told: ${(error as Error).message}`);
			this.#timer = setTimeout(() => this.write(), retryMs);
		}
	}

	close(): void {
		if (this.#timer) clearTimeout(this.#timer);
	}
}
