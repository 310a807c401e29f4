import { renameSync, writeFileSync } from 'node:fs';

/** A call that a device plugin answers. */
export type PluginCall = 'GetDevicePluginOptions' | 'ListAndWatch' | 'GetPreferredAllocation' | 'Allocate' | 'PreStartContainer';

/**
 * What a scripted device plugin says and does. A field marked "own" is played only by a plugin with `server: 'own'`, since Kubernetes' Stub
 * cannot lie so; there, `options` counts as it was at the start, and faults strike Allocate and GetPreferredAllocation only.
 */
export interface PluginScenario {
	/** The list, as it is sent: also with an id twice, or a health that does not exist. `health` is `Healthy` by default. */
	readonly devices: readonly { readonly id: string; readonly health?: string; readonly numa?: readonly number[] }[];
	/** So many healthy devices more, `bulk-0` and so on. */
	readonly bulk?: number;
	readonly options?: { readonly preStartRequired?: boolean; readonly preferredAvailable?: boolean };
	/** Allocate's answer for each container. `{ids}` in a value stands for the ids with commas; a CDI name with `{id}` is given once for each. */
	readonly allocate?: {
		readonly env?: Readonly<Record<string, string>>;
		readonly annotations?: Readonly<Record<string, string>>;
		readonly mounts?: readonly { readonly host: string; readonly container: string; readonly readOnly?: boolean }[];
		readonly devices?: readonly { readonly host: string; readonly container: string; readonly permissions: string }[];
		readonly cdi?: readonly string[];
	};
	/** Ids that GetPreferredAllocation prefers, best first. */
	readonly prefer?: readonly string[];
	/** A delay in milliseconds before the answer, which another scenario ends (a day: it never answers), and an error instead of it. */
	readonly faults?: Readonly<Partial<Record<PluginCall, { readonly delayMs?: number; readonly error?: string }>>>;
	/** Own: that it registers with; default `v1beta1`. */
	readonly apiVersion?: string;
	/** Own: sends the list every so many milliseconds, the last device now healthy and now not. */
	readonly floodMs?: number;
	/** Own: each stream ends after so many lists. */
	readonly streamLists?: number;
}

/** By a rename, so that the plugin never reads half of it. */
export function writeScenario(file: string, scenario: PluginScenario): void {
	writeFileSync(`${file}.new`, JSON.stringify(scenario));
	renameSync(`${file}.new`, file);
}
