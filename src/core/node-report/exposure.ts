import type { AnsweredDevice } from '../device-answer/index.ts';
import { deviceFinder, wholeBusId } from '../device-answer/index.ts';
import type { GpuDevice } from '../observed/inventory.ts';
import { gpuResourcePrefix } from '../workloads/gpu-request.ts';
import type { Allocations, NodeObservation, ObservedProcess } from './observation.ts';

/** Whether anything can use a device, and what; or why that cannot be told. */
export interface DeviceExposure {
	readonly exposure: 'Exposed' | 'NotExposed' | 'Unknown';
	/** Empty where nothing exposes it. */
	readonly by: string;
}

/** Exposures by UUID of the GPU; what happens on a MIG device happens on its GPU. */
export function exposures(observation: NodeObservation): ReadonlyMap<string, DeviceExposure> {
	const { inventory, allocations, processes } = observation;
	if (inventory.state === 'unknown') return new Map();
	const { devices } = inventory.value;
	const offered = allocations?.state === 'known' ? byDevice(devices, allocations.value, observation) : null;
	return new Map(
		devices.map((device): [string, DeviceExposure] => {
			const own = processes.filter((one) => one.device.uuid === device.uuid);
			if (own.length > 0) return [device.uuid, { exposure: 'Exposed', by: holders(own) }];
			const by = offered?.ways.get(device.uuid);
			if (by !== undefined) return [device.uuid, { exposure: 'Exposed', by }];
			const open = [
				...(allocations?.state === 'unknown' ? [allocations.message] : []),
				...(offered?.unresolved ?? []),
				...(device.processes === null
					? [`its processes are unknown: ${device.lost ?? device.unread?.['processes'] ?? 'the driver does not list them'}`]
					: []),
			];
			const [first] = open;
			return [device.uuid, first === undefined ? { exposure: 'NotExposed', by: '' } : { exposure: 'Unknown', by: first }];
		}),
	);
}

/** `pid 4242 (python) of ml/train-0`, and how many more. */
function holders(processes: readonly ObservedProcess[]): string {
	const [first, ...more] = processes;
	return first === undefined ? '' : `${processText(first)}${more.length === 0 ? '' : ` and ${more.length} more`}`;
}

/** `pid 4242 (python) of ml/train-0`. */
function processText({ process, pod }: Pick<ObservedProcess, 'process' | 'pod'>): string {
	const { pid, name } = process;
	return `pid ${pid}${name ? ` (${name})` : ''}${pod ? ` of ${pod.namespace}/${pod.name}` : ''}`;
}

/** What the kubelet gave or can give, by UUID of the GPU. */
function byDevice(
	devices: readonly GpuDevice[],
	{ held, allocatable, unresolved }: Allocations,
	{ plugin }: NodeObservation,
): { readonly ways: ReadonlyMap<string, string>; readonly unresolved: readonly string[] } {
	const find = deviceFinder(named(devices));
	const proxied = new Set(plugin?.resources.map(({ name }) => name));
	const ways = new Map<string, string>();
	const open = [...unresolved];
	const placed = devices.every(({ pciBusId }) => pciBusId !== '');
	const note = (id: string, resource: string, how: string): void => {
		if (!speaksOfGpus(resource, id, proxied)) return;
		const device = find(id);
		// A card of another kind, as of a network, where it is known in which places the GPUs are.
		if (!device && placed && wholeBusId.test(id)) return;
		if (!device) open.push(`${resource} has a device ${JSON.stringify(id)}, and no GPU of this node is known by that name`);
		else if (!ways.has(device.parent ?? device.uuid)) ways.set(device.parent ?? device.uuid, how);
	};
	for (const { id, resource, holder } of held)
		note(id, resource, `${holder.namespace}/${holder.pod} (container ${holder.container}) holds it as ${resource}`);
	for (const { id, resource } of allocatable) note(id, resource, `allocatable as ${resource}`);
	return { ways, unresolved: open };
}

/**
 * Other plugins number their devices too, also those of the same vendor for other things than GPUs: what they call 0 is no GPU. A resource of GPUs by a
 * name of its own is known as one by the proxy before it.
 */
function speaksOfGpus(resource: string, id: string, proxied: ReadonlySet<string>): boolean {
	if (proxied.has(resource) || /^(GPU|MIG)-/i.test(id)) return true;
	return resource.startsWith(gpuResourcePrefix) && (!bareNumber.test(id) || namedForGpus.test(resource));
}

/** `0`, a MIG device `0:1`, a share `0::2`. */
const bareNumber = /^\d[\d:]*$/;
const namedForGpus = /^nvidia\.com\/(gpu|mig-)/;

/** Devices as ids of plugins are looked up among; what is said of them does not matter here. */
function named(devices: readonly GpuDevice[]): readonly AnsweredDevice[] {
	const untold = { verdict: 'Unknown', policy: null, reason: '' } as const;
	return devices.flatMap(({ uuid, index, pciBusId, mig }) => [
		{ uuid, index, pciBusId, parent: null, ...untold },
		...mig.children.map((child, at) => ({ uuid: child.uuid, index: at, pciBusId, parent: uuid, ...untold })),
	]);
}
