import { bytesField, WireMessage, wireTypes, withoutFields } from '../wire/index.ts';

/** What a plugin tells of itself by `RegisterRequest`. */
export interface Registration {
	readonly version: string;
	/** Socket of the plugin, relative to the directory of the kubelet's. */
	readonly endpoint: string;
	/** `nvidia.com/gpu`. */
	readonly resource: string;
	/** `DevicePluginOptions` as they stand. */
	readonly options: Uint8Array;
}

const fields = { version: 1, endpoint: 2, resource: 3, options: 4 } as const;

/** Throws a WireError. */
export function readRegistration(request: Uint8Array): Registration {
	const message = new WireMessage(request);
	return {
		version: message.string(fields.version),
		endpoint: message.string(fields.endpoint),
		resource: message.string(fields.resource),
		// Of a message that stands twice the fields are put together: so says the encoding.
		options: Buffer.concat(message.all(fields.options, wireTypes.bytes).map((field) => message.value(field))),
	};
}

export function writeRegistration({ version, endpoint, resource, options }: Registration): Uint8Array {
	return Buffer.concat([
		bytesField(fields.version, version),
		bytesField(fields.endpoint, endpoint),
		bytesField(fields.resource, resource),
		bytesField(fields.options, options),
	]);
}

/** The request with another endpoint and other options, and everything else as it is. Throws a WireError. */
export function redirectRegistration(
	request: Uint8Array,
	{ endpoint, options }: Pick<Registration, 'endpoint' | 'options'>,
): Uint8Array {
	const message = new WireMessage(request);
	const replaced = [...message.all(fields.endpoint, wireTypes.bytes), ...message.all(fields.options, wireTypes.bytes)];
	const rest = withoutFields(
		message,
		replaced.sort((a, b) => a.start - b.start),
	);
	return Buffer.concat([rest, bytesField(fields.endpoint, endpoint), bytesField(fields.options, options)]);
}
