import { type ContainerList, containerLists, type Pod, type PodContainer } from './pod.ts';

/**
 * How a container reaches a GPU around every device plugin:
 * - `VisibleDevices`: its own NVIDIA_VISIBLE_DEVICES, which the container runtime obeys
 * - `Privileged`: it sees every device of the host
 * - `HostPath`: it mounts the host's /dev, a device file, or a socket of the driver
 * - `DeviceListMount`: a mount that the container runtime reads as a list of devices
 */
export type BypassKind = 'VisibleDevices' | 'Privileged' | 'HostPath' | 'DeviceListMount';

export interface BypassRoute {
	readonly container: string;
	readonly kind: BypassKind;
	/** What it does, as messages say it: `is privileged`. */
	readonly does: string;
}

export const visibleDevices = 'NVIDIA_VISIBLE_DEVICES';

/** Values of NVIDIA_VISIBLE_DEVICES that give no GPU (NVIDIA container toolkit; empty is as void). */
export const harmlessVisibleDevices = ['', 'none', 'void'] as const;

/** Host paths that give GPUs, or the control of them, with everything below. The whole of `/` and of `/dev` do too. */
export const gpuHostPaths = [
	'/run/nvidia',
	'/var/run/nvidia',
	'/run/nvidia-persistenced',
	'/var/run/nvidia-persistenced',
	'/run/nvidia-fabricmanager',
	'/var/run/nvidia-fabricmanager',
	'/tmp/nvidia-mps',
] as const;

/** Where the container toolkit looks for devices that are asked for by volume mounts. */
export const deviceListMount = '/var/run/nvidia-container-devices';

const routeTexts: Readonly<Record<BypassKind, string>> = {
	VisibleDevices: `sets ${visibleDevices} itself`,
	Privileged: 'is privileged',
	HostPath: 'mounts GPU devices or driver sockets of the host',
	DeviceListMount: `mounts below ${deviceListMount}`,
};

/** What a container on this route does, for messages. */
export function describeRoute(kind: BypassKind): string {
	return routeTexts[kind];
}

/** Every route of every container: containers in the order of the pod, kinds in the order of their definition. */
export function bypassRoutes(pod: Pod, lists: readonly ContainerList[] = containerLists): readonly BypassRoute[] {
	return lists.flatMap((list) => (pod.spec[list] ?? []).flatMap((container) => routesOf(container, gpuVolumes(pod))));
}

/** The routes of one container, given the volumes of its pod by name. */
function routesOf(container: PodContainer, volumes: ReadonlyMap<string, string>): readonly BypassRoute[] {
	const taken: Readonly<Record<BypassKind, boolean>> = {
		VisibleDevices: (container.env ?? []).some(
			({ name, value, valueFrom }) =>
				name === visibleDevices &&
				((valueFrom !== undefined && valueFrom !== null) || !(harmlessVisibleDevices as readonly string[]).includes(value ?? '')),
		),
		Privileged: container.securityContext?.privileged === true,
		HostPath: (container.volumeMounts ?? []).some(({ name, subPath }) => {
			const path = volumes.get(name);
			return path !== undefined && isGpuHostPath(`${path}/${subPath ?? ''}`);
		}),
		DeviceListMount: (container.volumeMounts ?? []).some(({ mountPath }) =>
			isAtOrBelow(normalPath(mountPath ?? ''), deviceListMount),
		),
	};
	return (Object.keys(taken) as BypassKind[]).flatMap((kind) =>
		taken[kind] ? [{ container: container.name, kind, does: describeRoute(kind) }] : [],
	);
}

/** Host paths of the volumes of a pod, by volume. */
function gpuVolumes({ spec }: Pod): ReadonlyMap<string, string> {
	return new Map((spec.volumes ?? []).flatMap(({ name, hostPath }) => (hostPath ? [[name, hostPath.path ?? ''] as const] : [])));
}

/** Whether a path of the host gives GPUs: the root, /dev, /dev/nvidia…, and the folders of the driver's sockets. */
function isGpuHostPath(path: string): boolean {
	const normal = normalPath(path);
	return (
		normal === '/' ||
		normal === '/dev' ||
		normal.startsWith('/dev/nvidia') ||
		gpuHostPaths.some((folder) => isAtOrBelow(normal, folder))
	);
}

function isAtOrBelow(path: string, folder: string): boolean {
	return path === folder || path.startsWith(`${folder}/`);
}

/** Without empty and `.` parts; the API server refuses `..`. */
function normalPath(path: string): string {
	return `/${path
		.split('/')
		.filter((part) => part !== '' && part !== '.')
		.join('/')}`;
}
