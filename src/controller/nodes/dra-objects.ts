import type { NodeTaint } from '../../api/v1alpha1.generated.ts';
import { celString, celStrings } from '../../core/cel/literals.ts';
import type { PublishedDevice } from '../../core/nodes/facts.ts';
import { gpuDriver } from '../../core/nodes/slice-facts.ts';
import type { ApiObject, Resource } from '../../core/ports/cluster.ts';
import { contentDigest, managedBy, managedByLabel, policyLabel, policyLabelValue } from '../admission/names.ts';
import type { ClusterPolicy } from '../duty.ts';
import { deviceKey } from './node-policy.ts';

/** UUID of the device that a DeviceTaintRule is about: its name and pool may change, it does not. */
const deviceAnnotation = 'gpupolicy.dev/device';

/** A DeviceClass or DeviceTaintRule of ours as it has to be. */
export interface DraObject {
	readonly name: string;
	/** Value of the policy label. */
	readonly policy: string;
	/** UUID; empty on a DeviceClass. */
	readonly device: string;
	/** Of the spec what we set. */
	readonly spec: DraSpec;
}

/** One as the server holds it. */
export interface LiveDraObject {
	readonly object: DraObject;
	readonly uid: string;
	/** Milliseconds since 1970 by the clock of the server. */
	readonly createdAt: number;
}

export type DraSpec =
	| { readonly selectors: readonly { readonly cel: { readonly expression: string } }[] }
	| {
			readonly deviceSelector: PublishedDevice;
			readonly taint: { readonly key: string; readonly value?: string; readonly effect: string };
	  };

/** Characters of a CEL selector that the API server takes. */
const longestSelector = 10 * 1024;

/** Name of the DeviceClass that holds the devices which a policy allows. */
export function deviceClassName(policy: string): string {
	return `gpupolicy.${policyLabelValue(policy)}`;
}

/**
 * The DeviceClass of the devices with these UUIDs, MIG devices by their parent's. `TooLong`: the server would not take it. An empty list has
 * no class: a class without a selector would hold every device.
 */
export function deviceClass(policy: string, uuids: readonly string[]): DraObject | 'TooLong' | null {
	if (uuids.length === 0) return null;
	const attributes = `device.attributes[${celString(gpuDriver)}]`;
	const id = `${attributes}.?parentUUID.orValue(${attributes}.?uuid.orValue(""))`;
	const expression = `device.driver == ${celString(gpuDriver)} && ${id} in ${celStrings([...uuids].sort())}`;
	if (expression.length > longestSelector) return 'TooLong';
	return {
		name: deviceClassName(policy),
		policy: policyLabelValue(policy),
		device: '',
		spec: { selectors: [{ cel: { expression } }] },
	};
}

/** The rule that keeps claims from one published device. It names driver, pool and device: an empty selector would match every device. */
export function taintRule(policy: string, uuid: string, at: PublishedDevice, taint: NodeTaint): DraObject {
	if (at.driver === '' || at.pool === '' || at.device === '')
		throw new RangeError('a DeviceTaintRule must name driver, pool and device');
	const { driver, pool, device } = at;
	const { key, value } = taint;
	return {
		// Pool and device are unique in a cluster; a UUID that two nodes claim must not make one rule of two.
		name: `gpupolicy.${contentDigest([policy, uuid, pool, device]).slice(0, 32)}`,
		policy: policyLabelValue(policy),
		device: uuid,
		spec: {
			deviceSelector: { driver, pool, device },
			taint: { key, ...(value === undefined || value === '' ? {} : { value }), effect: 'NoSchedule' },
		},
	};
}

/** An object as it is applied: owned by its policy, so that it goes with it. */
export function toApply(resource: Resource, { name, policy, device, spec }: DraObject, owner: ClusterPolicy): ApiObject {
	return {
		apiVersion: `${resource.group}/${resource.version}`,
		kind: resource.kind,
		metadata: {
			name,
			labels: { [managedByLabel]: managedBy, [policyLabel]: policy },
			...(device === '' ? {} : { annotations: { [deviceAnnotation]: device } }),
			ownerReferences: [{ apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', name: owner.name, uid: owner.uid }],
		},
		spec,
	};
}

/** What is kept of one that the server holds. */
export function readDraObject({ metadata, kind, ...rest }: ApiObject): LiveDraObject {
	const spec = (rest['spec'] ?? {}) as Record<string, unknown>;
	const taint = (spec['taint'] ?? {}) as { readonly key?: string; readonly value?: string; readonly effect?: string };
	const { key = '', value, effect = '' } = taint;
	const object: DraObject = {
		name: metadata.name,
		policy: metadata.labels?.[policyLabel] ?? '',
		device: metadata.annotations?.[deviceAnnotation] ?? '',
		spec:
			kind === 'DeviceClass'
				? ({ selectors: spec['selectors'] ?? [] } as DraSpec)
				: ({
						deviceSelector: spec['deviceSelector'] ?? {},
						taint: { key, ...(value === undefined || value === '' ? {} : { value }), effect },
					} as DraSpec),
	};
	return { object, uid: metadata.uid ?? '', createdAt: Date.parse(metadata.creationTimestamp ?? '') || 0 };
}

/** Keys of the devices that rules are about, with their pools. */
export function devicesOf(rules: readonly DraObject[]): ReadonlyMap<string, string> {
	return new Map(
		rules.flatMap(({ spec }) => ('deviceSelector' in spec ? [[deviceKey(spec.deviceSelector), spec.deviceSelector.pool]] : [])),
	);
}
