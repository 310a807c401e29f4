import type { GpuPolicySpec } from '../../api/v1alpha1.generated.ts';
import { PolicyReader, type StoredPolicy } from '../../controller/gpupolicy/stored-policy.ts';
import type { ApiObject, Cluster } from '../../core/ports/cluster.ts';
import { examinePolicy, type LoadedPolicy } from '../../manifest/index.ts';
import { noSuchPolicy } from '../no-such.ts';
import { readPolicyObjects } from './policies.ts';

/** What is asked about the policies of a cluster: as they are, or as they would be. */
export interface PolicyProposal {
	/** Only this one is of interest; the others still count where policies meet. */
	readonly name?: string | undefined;
	/** Manifests that count as if they were applied; they are of interest then. */
	readonly manifests?: readonly LoadedPolicy[] | undefined;
	/** The mode that those of interest count as if they had. */
	readonly asMode?: GpuPolicySpec['mode'] | undefined;
}

/** A policy as it would be in force. */
export interface EffectivePolicy extends StoredPolicy {
	readonly ofInterest: boolean;
	/** `gpupolicy.yaml:1`; `null` for one that is taken from the cluster. */
	readonly file: string | null;
	/** The object as the cluster holds it now; `null` where it holds none. */
	readonly live: ApiObject | null;
}

/** Every policy of the cluster, with what is proposed put in its place; by name. Those that are being deleted are left out. */
export async function effectivePolicies(cluster: Cluster, proposal: PolicyProposal): Promise<readonly EffectivePolicy[]> {
	const { name, manifests, asMode } = proposal;
	const live = (await readPolicyObjects(cluster, {})).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
	const proposed = new Map((manifests ?? []).map((loaded) => [loaded.policy.metadata.name, loaded]));
	const standing = new Map(live.map((object) => [object.metadata.name, object]));
	const names = [...new Set([...standing.keys(), ...proposed.keys()])].sort();
	if (name !== undefined && !names.includes(name))
		throw noSuchPolicy(
			name,
			names.map((one) => ({ metadata: { name: one } })),
		);
	const reader = new PolicyReader(examinePolicy);
	return names.map((one) => {
		const loaded = proposed.get(one);
		const object = standing.get(one) ?? null;
		const ofInterest = name === undefined ? manifests === undefined || loaded !== undefined : one === name;
		const base = loaded ? merged(object, loaded) : (object as ApiObject);
		const spec = base['spec'] as GpuPolicySpec;
		const read = asMode !== undefined && ofInterest ? { ...base, spec: { ...spec, mode: asMode } } : base;
		return { ...reader.read(read), ofInterest, file: loaded ? `${loaded.file}:${loaded.line}` : null, live: object };
	});
}

/** An object as it would be after a manifest was applied. */
function merged(object: ApiObject | null, { policy }: LoadedPolicy): ApiObject {
	const { metadata, spec } = policy;
	const labels = { ...object?.metadata.labels, ...metadata.labels };
	const kept = object ?? { apiVersion: policy.apiVersion, kind: policy.kind, metadata: { name: metadata.name } };
	return { ...kept, metadata: { ...kept.metadata, labels }, spec };
}
