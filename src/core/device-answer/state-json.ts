import type { DevicePluginState, HiddenDevice, ProxiedResource, Refusal } from './device-plugin-state.ts';
import { JsonPlace } from './read-json.ts';

/** Throws what is wrong with it, and where. Fields that are not known are passed over. */
export function parseDevicePluginState(text: string): DevicePluginState {
	const root = JsonPlace.parse(text);
	return {
		version: root.get('version').oneOf(1),
		at: root.get('at').string(),
		waiting: root.get('waiting').stringOrNull(),
		resources: root.get('resources').list(resource),
		refusals: root.get('refusals').list(refusal),
	};
}

export function formatDevicePluginState(state: DevicePluginState): string {
	return `${JSON.stringify(state, null, '\t')}\n`;
}

function resource(item: JsonPlace): ProxiedResource {
	return {
		name: item.get('name').name(),
		endpoint: item.get('endpoint').name(),
		registered: item.get('registered').boolean(),
		devices: item.get('devices').count(),
		hidden: item.get('hidden').list(hidden),
	};
}

function hidden(item: JsonPlace): HiddenDevice {
	return { id: item.get('id').string(), reason: item.get('reason').string() };
}

function refusal(item: JsonPlace): Refusal {
	return {
		at: item.get('at').string(),
		resource: item.get('resource').string(),
		id: item.get('id').string(),
		policy: item.get('policy').stringOrNull(),
		reason: item.get('reason').string(),
	};
}
