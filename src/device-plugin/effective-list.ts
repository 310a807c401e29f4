import type { HiddenDevice } from '../core/device-answer/index.ts';
import { healthy, hideDevices, type ListedDevice } from '../kubelet/device-plugin/index.ts';
import type { PluginList } from './plugin-connection.ts';
import { type Ruling, refusalOf } from './ruling.ts';

/** What the kubelet is told of the devices of a plugin. */
export interface EffectiveList {
	readonly bytes: Uint8Array;
	/** Those that the plugin calls Healthy and the kubelet does not get. */
	readonly hidden: readonly HiddenDevice[];
}

/**
 * The list of a plugin as the kubelet may see it: a device is Healthy where the plugin says so and it may be handed out. Every other byte is the plugin's
 * own, and no device leaves the list: the kubelet crashes on one that goes while it is allocated. `lost` is why the list counts no more.
 */
export function effectiveList({ message, devices }: PluginList, ruling: Ruling, lost: string | null): EffectiveList {
	if (lost === null && ruling.kind === 'pass') return { bytes: message.bytes, hidden: [] };
	const doubted = notAlwaysHealthy(devices);
	const hidden = new Map<string, string>();
	for (const { id, health } of devices) {
		if (health !== healthy || hidden.has(id)) continue;
		const contradiction = doubted.has(id) ? 'the device plugin lists it as healthy and as unhealthy' : undefined;
		const reason = lost ?? refusalOf(ruling, id)?.reason ?? contradiction;
		if (reason !== undefined) hidden.set(id, reason);
	}
	return {
		bytes: hideDevices(message, (id) => hidden.has(id)),
		hidden: Array.from(hidden, ([id, reason]) => ({ id, reason })),
	};
}

/** The kubelet counts a device that stands twice with another health as two. */
function notAlwaysHealthy(devices: readonly ListedDevice[]): Set<string> {
	return new Set(devices.filter(({ health }) => health !== healthy).map(({ id }) => id));
}
