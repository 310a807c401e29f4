import { bytesField, editMessages, WireMessage, wireTypes, withoutFields } from '../wire/index.ts';

/** `container_requests` and `container_responses`, everywhere. */
const containers = 1;
/** `devices_ids` of an allocation and of a start, `available_deviceIDs`, `deviceIDs` of what is preferred. */
const ids = 1;
/** `envs` of a `ContainerAllocateResponse`; an entry of a map is a message of key and value. */
const envs = 1;
const entry = { key: 1, value: 2 } as const;

/** The ids of an `AllocateRequest`, of all of its containers. Throws a WireError. */
export function allocatedIds(request: Uint8Array): string[] {
	return new WireMessage(request).messages(containers).flatMap((container) => container.strings(ids));
}

/** The ids of a `PreStartContainerRequest`. Throws a WireError. */
export function startedIds(request: Uint8Array): string[] {
	return new WireMessage(request).strings(ids);
}

/**
 * A `PreferredAllocationRequest` without some of the devices that are available, or a `PreferredAllocationResponse` without some of those that are
 * preferred: both stand at the same place. Throws a WireError.
 */
export function withoutDevices(message: Uint8Array, excluded: (id: string) => boolean): Uint8Array {
	return editMessages(new WireMessage(message), containers, (container) => {
		const without = container.all(ids, wireTypes.bytes).filter((field) => excluded(container.text(field)));
		return withoutFields(container, without);
	});
}

export interface Variable {
	readonly name: string;
	readonly value: string;
}

/** An `AllocateResponse` with variables added for each container, in the place of those that the plugin gave the same names. Throws a WireError. */
export function addVariables(response: Uint8Array, variables: readonly Variable[]): Uint8Array {
	if (variables.length === 0) return response;
	const added = Buffer.concat(
		variables.map(({ name, value }) =>
			bytesField(envs, Buffer.concat([bytesField(entry.key, name), bytesField(entry.value, value)])),
		),
	);
	const names = new Set(variables.map(({ name }) => name));
	return editMessages(new WireMessage(response), containers, (container) => {
		const replaced = container
			.all(envs, wireTypes.bytes)
			.filter((field) => names.has(container.message(field).string(entry.key)));
		return Buffer.concat([withoutFields(container, replaced), added]);
	});
}
