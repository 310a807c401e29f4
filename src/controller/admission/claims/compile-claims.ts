import type { ClaimDemand } from '../../../core/claims/claim-demand.ts';
import type { ApiMetadata, Resource } from '../../../core/ports/cluster.ts';
import { appliedEntry } from '../../../core/workloads/applied-annotation.ts';
import { namespaceNameLabel, namespaceRequirements, type ReservedNamespaces } from '../../../core/workloads/pod-scope.ts';
import { apiSelector } from '../api-selector.ts';
import { type CompiledPart, probeLabels } from '../compile.ts';
import { messageExpression, passes } from '../compile-expressions.ts';
import {
	bindingName,
	type Copy,
	carriesAnnotation,
	compiledAnnotation,
	contentDigest,
	managedBy,
	managedByLabel,
	policyLabel,
	policyLabelValue,
	policyObjectName,
	probeLabel,
	type Reach,
	unmutatedLabel,
} from '../names.ts';
import { type AdmissionKind, type AdmissionObject, admissionGroup, type MutatingVersion } from '../objects.ts';
import { claimMutationExpression, claimMutationVariables, claimValidationVariables } from './claim-expressions.ts';

/** Everything that admission needs for the claims of one policy. */
export interface CompiledClaims {
	/** Digest of what was compiled: the same for the same demand, whatever the copy. */
	readonly digest: string;
	/** Appends the selector; `null` where the mode changes nothing or the server serves no such policy. */
	readonly mutation: CompiledPart | null;
	readonly validation: CompiledPart;
}

export interface ClaimsOptions {
	readonly copy: Copy;
	/** Version of MutatingAdmissionPolicy that the server serves; `null`: none. */
	readonly mutating: MutatingVersion | null;
	/** ResourceClaims, in whatever version. */
	readonly claims: Resource;
	/** UID of the GpuPolicy, which owns the objects. */
	readonly uid: string;
	readonly reserved: ReservedNamespaces;
}

/** Compiles the claims of a policy. Pure; every default of the API server is spelled out. */
export function compileClaims(demand: ClaimDemand, options: ClaimsOptions): CompiledClaims {
	const enforce = demand.mode === 'Enforce';
	const matched = { matchConstraints: constraints(options.claims) };
	const mutation =
		enforce && options.mutating !== null
			? part(
					demand,
					options,
					'Mutating',
					options.mutating,
					{},
					{
						failurePolicy: 'Ignore',
						reinvocationPolicy: 'IfNeeded',
						...matched,
						variables: claimMutationVariables(demand, options.reserved.probe),
						mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: claimMutationExpression(demand) } }],
					},
				)
			: null;
	const validation = part(
		demand,
		options,
		'Validating',
		'v1',
		{ validationActions: enforce ? ['Deny'] : ['Warn', 'Audit'] },
		{
			failurePolicy: enforce ? 'Fail' : 'Ignore',
			...matched,
			variables: claimValidationVariables(demand, options.reserved.probe),
			validations: [
				{
					expression: passes(demand),
					message: `the resource claim does not keep to the devices of policy ${demand.policy}`,
					messageExpression,
					reason: 'Invalid',
				},
			],
		},
	);
	const specs = [mutation, validation].map((one) => one && [one.policy.apiVersion, one.policy.spec]);
	const digest = contentDigest([specs, appliedEntry(demand)]);
	return { digest, mutation: mutation && stamped(mutation, digest), validation: stamped(validation, digest) };
}

/** All objects, policies before their bindings. */
export function claimObjectsOf({ mutation, validation }: CompiledClaims): readonly AdmissionObject[] {
	return [mutation, validation].flatMap((one) =>
		one ? [one.policy, one.scope, one.probe].filter((object) => object !== null) : [],
	);
}

/** Whether an admission object of ours is about claims. Names are ours alone. */
export function isAboutClaims(name: string): boolean {
	return /^gpupolicy-(canary-)?claims(-probe)?\./.test(name);
}

function part(
	{ policy, digest, namespaceSelector }: ClaimDemand,
	{ copy, reserved, uid }: ClaimsOptions,
	family: 'Mutating' | 'Validating',
	version: string,
	actions: object,
	spec: Readonly<Record<string, unknown>>,
): CompiledPart {
	const kind = `${family}AdmissionPolicy` as const;
	const policyName = policyObjectName(policy, 'claims', copy);
	const object = (of: AdmissionKind, name: string, content: Readonly<Record<string, unknown>>): AdmissionObject => {
		const metadata: ApiMetadata = {
			name,
			labels: { [managedByLabel]: managedBy, [policyLabel]: policyLabelValue(policy) },
			annotations: { [carriesAnnotation]: appliedEntry({ policy, digest }) },
			ownerReferences: [{ apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', name: policy, uid }],
		};
		return { apiVersion: `${admissionGroup}/${version}`, kind: of, metadata, spec: content };
	};
	const binding = (reach: Reach, matchResources: object): AdmissionObject =>
		object(`${kind}Binding`, bindingName(policy, 'claims', copy, reach), { policyName, matchResources, ...actions });
	return {
		policy: object(kind, policyName, spec),
		scope:
			copy === 'Bound'
				? binding('Scope', {
						matchPolicy: 'Equivalent',
						namespaceSelector: apiSelector(namespaceRequirements({ namespaceSelector }, reserved)),
						objectSelector: {},
					})
				: null,
		probe: binding('Probe', probeScope(policy, copy, reserved, family)),
	};
}

/**
 * A claim cannot be changed once it stands, so that its creation is all there is to see. It is seen in the version in which it is written: what is
 * patched after a conversion gets lost (Kubernetes 1.36.3 converts the result to the version of the request, and reads it as the other one).
 */
function constraints({ group, resource }: Resource): object {
	return {
		matchPolicy: 'Equivalent',
		namespaceSelector: {},
		objectSelector: {},
		resourceRules: [
			{ apiGroups: [group], apiVersions: ['*'], operations: ['CREATE'], resources: [resource], scope: 'Namespaced' },
		],
	};
}

function probeScope(policy: string, copy: Copy, reserved: ReservedNamespaces, family: 'Mutating' | 'Validating'): object {
	const { [policyLabel]: name = '', [probeLabel]: label = '' } = probeLabels(policy, copy, true);
	return {
		matchPolicy: 'Equivalent',
		namespaceSelector: apiSelector([{ key: namespaceNameLabel, operator: 'In', values: [reserved.probe] }]),
		objectSelector: apiSelector([
			{ key: policyLabel, operator: 'In', values: [name] },
			{ key: probeLabel, operator: 'In', values: [label] },
			...(family === 'Mutating' ? [{ key: unmutatedLabel, operator: 'DoesNotExist' as const, values: [] }] : []),
		]),
	};
}

function stamped(one: CompiledPart, digest: string): CompiledPart {
	const stamp = (object: AdmissionObject): AdmissionObject => ({
		...object,
		metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [compiledAnnotation]: digest } },
	});
	return { policy: stamp(one.policy), scope: one.scope && stamp(one.scope), probe: one.probe && stamp(one.probe) };
}
