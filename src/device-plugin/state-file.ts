import { join } from 'node:path';
import { type DevicePluginState, formatDevicePluginState } from '../core/device-answer/index.ts';
import type { Log } from '../runtime/log.ts';
import { replaceFile } from './replace-file.ts';
import { ToldOnce } from './told-once.ts';

/** Changes within this time are written together. */
const pauseMs = 100;
const retryMs = 5_000;

/** `device-plugin.json` of the state directory, written when what it says is another than before. */
export class StateFile {
	readonly #path: string;
	readonly #trouble: ToldOnce;
	readonly #read: () => Omit<DevicePluginState, 'at'>;
	#timer: NodeJS.Timeout | null = null;
	#written = '';

	constructor(stateDir: string, log: Log, read: () => Omit<DevicePluginState, 'at'>) {
		this.#path = StateFile.pathIn(stateDir);
		this.#trouble = new ToldOnce(log);
		this.#read = read;
	}

	static pathIn(stateDir: string): string {
		return join(stateDir, 'device-plugin.json');
	}

	changed(): void {
		this.#timer ??= setTimeout(() => this.write(), pauseMs);
	}

	/** Writes it now. */
	write(): void {
		if (this.#timer) clearTimeout(this.#timer);
		this.#timer = null;
		const { version, ...state } = this.#read();
		const said = JSON.stringify(state);
		if (said === this.#written) return;
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
