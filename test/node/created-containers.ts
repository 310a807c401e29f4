import { readLines } from './lines.ts';

/** A CreateContainer request as it reached the container runtime: whatever plugins and admission made of a container. */
export interface CreatedContainer {
	readonly namespace: string;
	readonly pod: string;
	readonly container: string;
	/** 0 for the first container, one more with each restart. */
	readonly attempt: number;
	/** In order: where a name stands twice, the last one wins. */
	readonly env: readonly { readonly name: string; readonly value: string }[];
	readonly mounts: readonly { readonly container: string; readonly host: string; readonly readOnly: boolean }[];
	readonly devices: readonly { readonly container: string; readonly host: string; readonly permissions: string }[];
	readonly annotations: Readonly<Record<string, string>>;
	/** Names of CDI devices. */
	readonly cdi: readonly string[];
}

/** The requests so far, oldest first. */
export function createdContainers(file: string): CreatedContainer[] {
	return readLines<Request>(file).map(read);
}

/** JSON of the protobuf message `runtime.v1.CreateContainerRequest`, which leaves out whatever is empty. */
interface Request {
	readonly config: {
		readonly metadata: { readonly name: string; readonly attempt?: number };
		/** A value is bytes, and so base64. */
		readonly envs?: readonly { readonly key: string; readonly value?: string }[];
		readonly mounts?: readonly { readonly containerPath: string; readonly hostPath: string; readonly readonly?: boolean }[];
		readonly devices?: readonly { readonly containerPath: string; readonly hostPath: string; readonly permissions: string }[];
		readonly annotations?: Readonly<Record<string, string>>;
		readonly CDIDevices?: readonly { readonly name: string }[];
	};
	readonly sandboxConfig: { readonly metadata: { readonly name: string; readonly namespace: string } };
}

function read({ config, sandboxConfig: { metadata } }: Request): CreatedContainer {
	return {
		namespace: metadata.namespace,
		pod: metadata.name,
		container: config.metadata.name,
		attempt: config.metadata.attempt ?? 0,
		env: (config.envs ?? []).map(({ key, value = '' }) => ({ name: key, value: Buffer.from(value, 'base64').toString() })),
		mounts: (config.mounts ?? []).map((each) => ({
			container: each.containerPath,
			host: each.hostPath,
			readOnly: each.readonly ?? false,
		})),
		devices: (config.devices ?? []).map((each) => ({
			container: each.containerPath,
			host: each.hostPath,
			permissions: each.permissions,
		})),
		annotations: config.annotations ?? {},
		cdi: (config.CDIDevices ?? []).map(({ name }) => name),
	};
}
