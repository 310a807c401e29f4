import { varintField, WireMessage, wireTypes, withoutFields } from '../wire/index.ts';

/** `DevicePluginOptions`. */
export interface PluginOptions {
	/** Whether the kubelet calls PreStartContainer before each start of a container. */
	readonly preStartRequired: boolean;
	readonly preferredAllocationAvailable: boolean;
}

const preStartRequired = 1;
const preferredAllocationAvailable = 2;

/** Throws a WireError. */
export function readOptions(options: Uint8Array): PluginOptions {
	const message = new WireMessage(options);
	return {
		preStartRequired: message.bool(preStartRequired),
		preferredAllocationAvailable: message.bool(preferredAllocationAvailable),
	};
}

/** The options with `pre_start_required`, and everything else as it is. Throws a WireError. */
export function demandPreStart(options: Uint8Array): Uint8Array {
	const message = new WireMessage(options);
	if (message.bool(preStartRequired)) return options;
	const rest = withoutFields(message, message.all(preStartRequired, wireTypes.varint));
	return Buffer.concat([rest, varintField(preStartRequired, true)]);
}
