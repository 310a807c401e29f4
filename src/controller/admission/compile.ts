import type { ApiMetadata } from '../../core/ports/cluster.ts';
import { appliedEntry } from '../../core/workloads/applied-annotation.ts';
import type { PodDemand } from '../../core/workloads/demand.ts';
import { requirementsOf } from '../../core/workloads/label-selector.ts';
import {
	namespaceNameLabel,
	namespaceRequirements,
	type ReservedNamespaces,
	reservedNamespaces,
} from '../../core/workloads/pod-scope.ts';
import { apiSelector } from './api-selector.ts';
import {
	bypassCondition,
	bypassVariables,
	inScopeCondition,
	messageExpression,
	mutationExpression,
	mutationVariables,
	notMirror,
	passes,
	validationVariables,
} from './compile-expressions.ts';
import {
	bindingName,
	type Copy,
	carriesAnnotation,
	compiledAnnotation,
	contentDigest,
	managedBy,
	managedByLabel,
	type Part,
	policyLabel,
	policyLabelValue,
	policyObjectName,
	probeLabel,
	type Reach,
	unmutatedLabel,
} from './names.ts';
import { type AdmissionKind, type AdmissionObject, admissionGroup, contentOf, type Mutator } from './objects.ts';
import { webhookDemand } from './webhook/webhook-demand.ts';

/** A policy and its two bindings, for one part. */
export interface CompiledPart {
	readonly policy: AdmissionObject;
	/** Reaches the pods that the policy selects; `null` in a canary copy. */
	readonly scope: AdmissionObject | null;
	/** Reaches our probes only; `null` where the webhook answers, which knows them by their labels. */
	readonly probe: AdmissionObject | null;
}

/** Everything that admission needs for one policy. */
export interface CompiledAdmission {
	/** Digest of what was compiled: the same for the same demand, whatever the copy. */
	readonly digest: string;
	/** Sets the env of pods; `null` where the mode changes nothing or the server serves no such policy. */
	readonly mutation: CompiledPart | null;
	/** Checks the env of pods; `null` where the policy demands none. */
	readonly validation: CompiledPart | null;
	/** Checks the ways around the device plugin; `null` where the policy allows them. */
	readonly bypass: CompiledPart | null;
}

export interface CompileOptions {
	readonly copy: Copy;
	/** What changes pods; `null`: nothing can. */
	readonly mutating: Mutator | null;
	/** UID of the GpuPolicy, which owns the objects. */
	readonly uid: string;
	readonly reserved?: ReservedNamespaces;
}

/** Compiles a policy. Pure; the same demand gives the same objects, byte for byte, every default of the API server spelled out. */
export function compileAdmission(demand: PodDemand, options: CompileOptions): CompiledAdmission {
	const reserved = options.reserved ?? reservedNamespaces;
	const compiler = new Compiler(demand, options, reserved);
	const mutates = demand.mode === 'Enforce' && demand.variables.length > 0;
	const parts = {
		mutation: mutates && options.mutating ? compiler.mutation(options.mutating) : null,
		validation: demand.variables.length > 0 ? compiler.validation() : null,
		bypass: demand.bypass === 'Allow' ? null : compiler.bypass(),
	};
	const specs = (['mutation', 'validation', 'bypass'] as const).map((name) => {
		const part = parts[name];
		return part && [part.policy.apiVersion, contentOf(part.policy)];
	});
	const digest = contentDigest([specs, appliedEntry(demand)]);
	const stamp = (part: CompiledPart | null): CompiledPart | null =>
		part && {
			policy: stamped(part.policy, digest),
			scope: part.scope && stamped(part.scope, digest),
			probe: part.probe && stamped(part.probe, digest),
		};
	return { digest, mutation: stamp(parts.mutation), validation: stamp(parts.validation), bypass: stamp(parts.bypass) };
}

/** All objects of a compiled policy, policies before their bindings. */
export function objectsOf({ mutation, validation, bypass }: CompiledAdmission): readonly AdmissionObject[] {
	return [mutation, validation, bypass].flatMap((part) =>
		part ? [part.policy, part.scope, part.probe].filter((one) => one !== null) : [],
	);
}

/** The labels of a pod that one copy of a policy answers in the probe namespace. */
export function probeLabels(policy: string, copy: Copy, mutated: boolean): Readonly<Record<string, string>> {
	return {
		[managedByLabel]: managedBy,
		[policyLabel]: policyLabelValue(policy),
		[probeLabel]: copy.toLowerCase(),
		...(mutated ? {} : { [unmutatedLabel]: 'true' }),
	};
}

function stamped(object: AdmissionObject, digest: string): AdmissionObject {
	const { annotations } = object.metadata;
	return { ...object, metadata: { ...object.metadata, annotations: { ...annotations, [compiledAnnotation]: digest } } };
}

class Compiler {
	readonly #demand: PodDemand;
	readonly #options: CompileOptions;
	readonly #reserved: ReservedNamespaces;

	constructor(demand: PodDemand, options: CompileOptions, reserved: ReservedNamespaces) {
		this.#demand = demand;
		this.#options = options;
		this.#reserved = reserved;
	}

	mutation(by: Mutator): CompiledPart {
		const demand = this.#demand;
		if (typeof by === 'object') {
			const { policy } = demand;
			const { copy, uid } = this.#options;
			return {
				policy: webhookDemand(demand, copy, this.#metadata(policyObjectName(policy, 'env', copy), uid), by.demandsIn),
				scope: null,
				probe: null,
			};
		}
		const spec = {
			failurePolicy: 'Ignore',
			reinvocationPolicy: 'IfNeeded',
			matchConstraints: this.#constraints('env'),
			variables: mutationVariables(demand, this.#reserved.probe),
			mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: mutationExpression(demand) } }],
		};
		return this.#part('Mutating', 'env', spec, {});
	}

	validation(): CompiledPart {
		const demand = this.#demand;
		const enforce = demand.mode === 'Enforce';
		const spec = {
			failurePolicy: enforce ? 'Fail' : 'Ignore',
			matchConstraints: this.#constraints('env'),
			matchConditions: [notMirror, ...inScopeCondition(demand)],
			variables: validationVariables(demand, this.#reserved.probe),
			validations: [
				{
					expression: passes(demand),
					message: `container env does not match policy ${demand.policy}`,
					messageExpression,
					reason: 'Invalid',
				},
			],
		};
		return this.#part('Validating', 'env', spec, { validationActions: enforce ? ['Deny'] : ['Warn', 'Audit'] });
	}

	bypass(): CompiledPart {
		const demand = this.#demand;
		const deny = demand.mode === 'Enforce' && demand.bypass === 'Deny';
		const spec = {
			failurePolicy: deny ? 'Fail' : 'Ignore',
			matchConstraints: this.#constraints('bypass'),
			matchConditions: [notMirror, bypassCondition],
			variables: bypassVariables(demand, this.#reserved.probe),
			validations: [
				{
					expression: passes(demand),
					message: `the pod reaches GPUs around the device plugin, past policy ${demand.policy}`,
					messageExpression,
					reason: 'Invalid',
				},
			],
		};
		return this.#part('Validating', 'bypass', spec, { validationActions: deny ? ['Deny'] : ['Warn', 'Audit'] });
	}

	#part(family: 'Mutating' | 'Validating', part: Part, spec: Readonly<Record<string, unknown>>, actions: object): CompiledPart {
		const { policy } = this.#demand;
		const { copy } = this.#options;
		const kind = `${family}AdmissionPolicy` as const;
		const name = policyObjectName(policy, part, copy);
		const binding = (reach: Reach, matchResources: object) =>
			this.#object(`${kind}Binding`, bindingName(policy, part, copy, reach), { policyName: name, matchResources, ...actions });
		return {
			policy: this.#object(kind, name, spec),
			scope: copy === 'Bound' ? binding('Scope', this.#scope()) : null,
			probe: binding('Probe', this.#probe(family)),
		};
	}

	/** Pods at their creation, and ephemeral containers that join them where they can be in scope. */
	#constraints(part: Part): object {
		const rule = (operation: string, resource: string): object => ({
			apiGroups: [''],
			apiVersions: ['v1'],
			operations: [operation],
			resources: [resource],
			scope: 'Namespaced',
		});
		const ephemeral = part === 'bypass' || this.#demand.containers === 'All';
		return {
			matchPolicy: 'Equivalent',
			namespaceSelector: {},
			objectSelector: {},
			resourceRules: [rule('CREATE', 'pods'), ...(ephemeral ? [rule('UPDATE', 'pods/ephemeralcontainers')] : [])],
		};
	}

	#scope(): object {
		return {
			matchPolicy: 'Equivalent',
			namespaceSelector: apiSelector(namespaceRequirements(this.#demand, this.#reserved)),
			objectSelector: apiSelector(requirementsOf(this.#demand.podSelector)),
		};
	}

	#probe(family: 'Mutating' | 'Validating'): object {
		const { [policyLabel]: policy = '', [probeLabel]: copy = '' } = probeLabels(this.#demand.policy, this.#options.copy, true);
		return {
			matchPolicy: 'Equivalent',
			namespaceSelector: apiSelector([{ key: namespaceNameLabel, operator: 'In', values: [this.#reserved.probe] }]),
			objectSelector: apiSelector([
				{ key: policyLabel, operator: 'In', values: [policy] },
				{ key: probeLabel, operator: 'In', values: [copy] },
				...(family === 'Mutating' ? [{ key: unmutatedLabel, operator: 'DoesNotExist' as const, values: [] }] : []),
			]),
		};
	}

	#object(kind: AdmissionKind, name: string, spec: Readonly<Record<string, unknown>>): AdmissionObject {
		const { mutating, uid } = this.#options;
		const version = kind.startsWith('Mutating') && typeof mutating === 'string' ? mutating : 'v1';
		return { apiVersion: `${admissionGroup}/${version}`, kind, metadata: this.#metadata(name, uid), spec };
	}

	#metadata(name: string, uid: string): ApiMetadata {
		const demand = this.#demand;
		return {
			name,
			labels: { [managedByLabel]: managedBy, [policyLabel]: policyLabelValue(demand.policy) },
			annotations: { [carriesAnnotation]: appliedEntry(demand) },
			ownerReferences: [{ apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', name: demand.policy, uid }],
		};
	}
}
