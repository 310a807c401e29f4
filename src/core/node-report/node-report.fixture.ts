import { withDefaults } from '../../api/defaults.ts';
import type { GpuPolicySpec } from '../../api/v1alpha1.generated.ts';
import { known } from '../observed/fact.ts';
import { device, inventory, rtx5060 } from '../observed/inventory.fixture.ts';
import type { GpuDevice, GpuProcess } from '../observed/inventory.ts';
import { type PolicyState, policyState } from './agent-policy.ts';
import type { NodeObservation, ObservedProcess } from './observation.ts';

const at = '2026-11-21T10:41:02.000Z';

export const bad = rtx5060(0);
export const good = device(1);

export const allowGood = { allow: [{ productName: good.productName }] };

/** A policy as an agent reads it from an API server; its digest is its spec. */
export function state(
	name: string,
	spec: Partial<Record<keyof GpuPolicySpec, unknown>>,
	more: { readonly uid?: string; readonly deleting?: boolean; readonly problems?: readonly string[] } = {},
): PolicyState {
	const policy = withDefaults({
		apiVersion: 'gpupolicy.dev/v1alpha1',
		kind: 'GpuPolicy',
		metadata: { name },
		spec: { mode: 'Enforce', nodes: {}, ...spec },
	});
	const object = { ...policy, metadata: { ...policy.metadata, uid: more.uid ?? name } };
	return policyState(object, { digest: JSON.stringify(spec), deleting: more.deleting ?? false, problems: more.problems ?? [] });
}

/** What was seen of devices, with nothing around them. */
export function observation(devices: readonly GpuDevice[], more: Partial<NodeObservation> = {}): NodeObservation {
	return {
		inventory: known(inventory(...devices), 'NVML 580.65.06', at),
		processes: [],
		allocations: null,
		plugin: null,
		...more,
	};
}

/** A process on a device, outside of any container. */
export function on(device: GpuDevice, pid: number, more: Partial<ObservedProcess> = {}): ObservedProcess {
	const process: GpuProcess = { pid, startTime: `${pid}0`, usedMemoryBytes: 1, name: 'python', kind: 'Compute' };
	const environment = { state: 'read', values: new Map() } as const;
	return { device, process, reading: { container: null, environment, unread: null }, pod: null, ...more };
}
