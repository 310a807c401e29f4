import type { FileSet, GpuPolicy } from '../../api/v1alpha1.generated.ts';
import { type Fact, mapFact, unknown } from '../observed/fact.ts';
import type { Inventory } from '../observed/inventory.ts';
import { type DeviceVerdict, judgeDevices } from './device-selection.ts';
import type { DesiredValue, DesiredVariable } from './file-policy.ts';
import { visibleDevices } from './visible-devices.ts';

/** A policy as it was loaded: valid, with defaults, and with the place where it stands. */
export interface PolicyInput {
	readonly policy: GpuPolicy;
	/** sha256 of the canonical spec, hex. */
	readonly digest: string;
	/** Manifest as the user named it. */
	readonly file: string;
	/** Line of the document in it. */
	readonly line: number;
}

/** Where a secret value comes from: `spec.env[].valueFrom.file`. */
export interface SecretReference {
	readonly path: string;
	readonly key?: string;
	readonly format?: 'Dotenv' | 'JSON' | 'YAML';
}

/** The facts of this machine that desired values may rest on. */
export interface DesiredFacts {
	/** The inventory that values rest on: recorded beside the policy, else live. */
	readonly inventory: Fact<Inventory>;
	secret(reference: SecretReference): Fact<string>;
}

/** Why a policy cannot be applied at all until a person changes it. */
export interface PolicyProblem {
	readonly reason: 'InvalidSpec' | 'SelectorCannotMatch';
	readonly message: string;
}

/** A policy resolved for this machine. */
export interface ResolvedPolicy {
	readonly input: PolicyInput;
	readonly name: string;
	readonly digest: string;
	/** `gpupolicy.yaml:1`. */
	readonly origin: string;
	readonly audit: boolean;
	readonly suspended: boolean;
	/** Verdict per device; `null` where the policy selects no devices. */
	readonly devices: Fact<readonly DeviceVerdict[]> | null;
	/** Variables that target files. */
	readonly variables: readonly DesiredVariable[];
	/** How many devices the policy makes visible; `null` when unknown or not said. */
	readonly visibleCount: number | null;
	readonly fileSets: readonly FileSet[];
	readonly problems: readonly PolicyProblem[];
}

/** Value of one `spec.env` entry on this machine. */
function resolveValue(
	entry: NonNullable<GpuPolicy['spec']['env']>[number],
	devices: Fact<readonly DeviceVerdict[]> | null,
	facts: DesiredFacts,
): DesiredValue {
	if (entry.value !== undefined) return { state: 'known', text: entry.value };
	const source = entry.valueFrom;
	if (source?.devices) {
		const as = source.devices.as;
		const fact = devices ?? mapFact(facts.inventory, (inventory) => judgeDevices(undefined, inventory));
		if (fact.state === 'unknown') return { state: 'unknown', message: fact.message };
		const visible = visibleDevices(fact.value, as);
		return visible.state === 'known' ? { state: 'known', text: visible.value } : { state: 'unknown', message: visible.message };
	}
	if (source?.file) {
		const fact = facts.secret(source.file);
		return fact.state === 'known' ? { state: 'known', text: fact.value } : { state: 'unknown', message: fact.message };
	}
	return { state: 'unknown', message: `${entry.name} has neither value nor valueFrom` };
}

/** Devices that a CUDA_VISIBLE_DEVICES value makes visible; the list is taken as written. */
function countVisible(variables: readonly DesiredVariable[]): number | null {
	const value = variables.find((variable) => variable.name === 'CUDA_VISIBLE_DEVICES')?.value;
	if (value?.state !== 'known') return null;
	return value.text.split(',').filter((part) => part.trim() !== '').length;
}

function problemsOf(
	fileSets: readonly FileSet[],
	visibleCount: number | null,
	devices: Fact<readonly DeviceVerdict[]> | null,
): PolicyProblem[] {
	const problems: PolicyProblem[] = [];
	for (const [index, set] of fileSets.entries()) {
		if (set.deviceOrdinal === undefined || visibleCount === null || visibleCount === 1) continue;
		problems.push({
			reason: 'InvalidSpec',
			message: `spec.files[${index}].deviceOrdinal needs exactly one visible device; CUDA_VISIBLE_DEVICES makes ${visibleCount} visible`,
		});
	}
	if (
		devices?.state === 'known' &&
		devices.value.length > 0 &&
		devices.value.every((verdict) => verdict.verdict === 'forbidden')
	) {
		problems.push({
			reason: 'SelectorCannotMatch',
			message: `no device of this machine is allowed: ${devices.value.map((verdict) => `${verdict.device.productName} ${verdict.reason}`).join('; ')}`,
		});
	}
	return problems;
}

/** Resolves a policy against the facts of this machine. Pure. */
export function resolvePolicy(input: PolicyInput, facts: DesiredFacts): ResolvedPolicy {
	const { spec, metadata } = input.policy;
	const devices = spec.devices ? mapFact(facts.inventory, (inventory) => judgeDevices(spec.devices, inventory)) : null;
	const variables = (spec.env ?? []).flatMap((entry, index): DesiredVariable[] => {
		if (entry.targets && !entry.targets.includes('Files')) return [];
		return [
			{
				name: entry.name,
				value: resolveValue(entry, devices, facts),
				secret: entry.valueFrom?.file !== undefined,
				field: `spec.env[${index}]`,
			},
		];
	});
	const visibleCount = countVisible(variables);
	const fileSets = spec.files ?? [];
	return {
		input,
		name: metadata.name,
		digest: input.digest,
		origin: `${input.file}:${input.line}`,
		audit: spec.mode === 'Audit',
		suspended: spec.suspend === true,
		devices,
		variables,
		visibleCount,
		fileSets,
		problems: problemsOf(fileSets, visibleCount, devices),
	};
}

/** True where some value of the policy rests on the devices of this machine. */
export function needsInventory(policy: GpuPolicy): boolean {
	return policy.spec.devices !== undefined || (policy.spec.env ?? []).some((entry) => entry.valueFrom?.devices !== undefined);
}

/** A fact for policies when nobody looked at the devices. */
export const noInventory: Fact<Inventory> = unknown('NotYetObserved', 'no policy asks for the devices of this machine');
