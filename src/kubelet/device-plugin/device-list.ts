import { bytesField, editMessages, splice, type WireMessage, wireTypes } from '../wire/index.ts';
import { healthy, unhealthy } from './methods.ts';

/** A device of a `ListAndWatchResponse`. */
export interface ListedDevice {
	readonly id: string;
	/** `Healthy`, or any other word for unhealthy. */
	readonly health: string;
}

const devices = 1;
const device = { id: 1, health: 2 } as const;

/** The devices in their order, as often as they stand there. Throws a WireError. */
export function readDevices(list: WireMessage): ListedDevice[] {
	return list.messages(devices).map(listed);
}

/** The list with the healthy ones of some devices made Unhealthy, and every other byte as it is: none leaves it. Throws a WireError. */
export function hideDevices(list: WireMessage, hidden: (id: string) => boolean): Uint8Array {
	return editMessages(list, devices, (message) => {
		const { id, health } = listed(message);
		const last = message.all(device.health, wireTypes.bytes).at(-1);
		if (last === undefined || health !== healthy || !hidden(id)) return message.bytes;
		return splice(message.bytes, [{ start: last.start, end: last.end, bytes: bytesField(device.health, unhealthy) }]);
	});
}

function listed(message: WireMessage): ListedDevice {
	return { id: message.string(device.id), health: message.string(device.health) };
}
