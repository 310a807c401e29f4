import type { JsonSchema } from '../api/json-schema.ts';
import { gpuPolicySchema } from '../api/schema.generated.ts';
import type {
	ComputeCapabilityRange,
	EnvVariable,
	FileValueSource,
	GpuPolicySpec,
	LabelSelectorRequirement,
	Proof,
	ValueSource,
} from '../api/v1alpha1.generated.ts';
import type { PathComplaint } from './diagnostic.ts';
import { durationMs } from './duration.ts';
import type { Path } from './path.ts';

/** The local form of a CEL rule of the schema. */
interface Twin {
	/** The same verdict as the rule, on a value that the schema accepts. */
	holds(value: never): boolean;
	readonly hint: string;
	/** Where in the value to point, where that can be said closer than the server says it. */
	at?(value: never): Path;
}

const proofKinds = ['nvml', 'exec', 'http', 'file', 'performance', 'memory'] as const;

const labelKey =
	/^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** One twin per `x-kubernetes-validations` rule, by the rule's message. */
export const ruleTwins: Readonly<Record<string, Twin>> = {
	'deviceOrdinal needs exactly one visible device, and CUDA_VISIBLE_DEVICES shows none or several': {
		holds: ({ files, env }: GpuPolicySpec) =>
			!files?.some((set) => set.deviceOrdinal !== undefined) ||
			!env?.some(
				({ name, value }) =>
					name === 'CUDA_VISIBLE_DEVICES' &&
					value !== undefined &&
					(value === '' || value.includes(',') || value.startsWith('-')),
			),
		hint: 'remove deviceOrdinal, or name one device in CUDA_VISIBLE_DEVICES',
		at: ({ files }: GpuPolicySpec) => [
			'files',
			(files ?? []).findIndex((set) => set.deviceOrdinal !== undefined),
			'deviceOrdinal',
		],
	},
	'interval must be at least 30s': {
		holds: (interval: string) => durationMs(interval) >= 30_000,
		hint: 'write 30s or more; 10m is the default',
	},
	'min must not be higher than max': {
		holds: ({ min, max }: ComputeCapabilityRange) => min === undefined || max === undefined || Number(min) <= Number(max),
		hint: 'swap the two',
	},
	'exactly one of value and valueFrom is required': {
		holds: (variable: EnvVariable) => (variable.value !== undefined) !== (variable.valueFrom !== undefined),
		hint: 'write value: "…", or valueFrom: { devices: { as: Index } }',
	},
	'NVIDIA_VISIBLE_DEVICES belongs to the container runtime and is never set by a policy': {
		holds: (variable: EnvVariable) => variable.name !== 'NVIDIA_VISIBLE_DEVICES',
		hint: 'use CUDA_VISIBLE_DEVICES',
	},
	'exactly one of devices and file is required': {
		holds: (source: ValueSource) => (source.devices !== undefined) !== (source.file !== undefined),
		hint: 'write devices: { as: Index }, or file: { path: … }',
	},
	'format needs a key: without one the whole file is the value': {
		holds: (source: FileValueSource) => source.format === undefined || source.key !== undefined,
		hint: 'add key, or remove format',
	},
	'In and NotIn need values, Exists and DoesNotExist take none': {
		holds: ({ operator, values }: LabelSelectorRequirement) =>
			(operator === 'In' || operator === 'NotIn') === (values !== undefined && values.length > 0),
		hint: 'add values, or use Exists',
	},
	'a key here is not a label key': {
		holds: (labels: Readonly<Record<string, string>>) =>
			Object.keys(labels).every((key) => key.length <= 317 && labelKey.test(key)),
		hint: 'write name or prefix/name: gpupolicy.dev/pool',
	},
	'annotations hold more than 256 KiB in all': {
		holds: (annotations: Readonly<Record<string, string>>) =>
			Object.entries(annotations).reduce((sum, [key, value]) => sum + Buffer.byteLength(key + value), 0) <= 262_144,
		hint: 'keep large texts elsewhere',
	},
	'exactly one of nvml, exec, http, file, performance and memory is required': {
		holds: (proof: Proof) => proofKinds.filter((kind) => proof[kind] !== undefined).length === 1,
		hint: 'keep one, and make another proof of the other',
	},
};

/**
 * Applies the CEL rules and the uniqueness of keyed lists to a defaulted policy. `broken` says which paths the schema refused:
 * a rule is not asked about a value with such a path inside, as the server does not ask it either.
 */
export function checkRules(policy: unknown, broken: (path: Path) => boolean): PathComplaint[] {
	const complaints: PathComplaint[] = [];
	const walk = (value: unknown, schema: JsonSchema, path: Path): void => {
		if (value === undefined || value === null) return;
		if (Array.isArray(value)) {
			complaints.push(...duplicates(value, schema, path));
			if (schema.items) for (const [index, item] of value.entries()) walk(item, schema.items, [...path, index]);
		} else if (typeof value === 'object') {
			for (const [name, property] of Object.entries(schema.properties ?? {})) {
				if (path.length === 0 && name === 'status') continue;
				if (Object.hasOwn(value, name)) walk((value as Record<string, unknown>)[name], property, [...path, name]);
			}
		}
		const rules = schema['x-kubernetes-validations'];
		if (!rules || broken(path)) return;
		for (const { message, fieldPath } of rules) {
			const twin = ruleTwins[message];
			if (!twin) throw new Error(`the schema has a rule without a local twin: ${message}`);
			if (twin.holds(value as never)) continue;
			const inside = twin.at?.(value as never) ?? (fieldPath ? [fieldPath.slice(1)] : []);
			complaints.push({ code: 'GP1009', path: [...path, ...inside], message, hint: twin.hint });
		}
	};
	walk(policy, gpuPolicySchema, []);
	return complaints;
}

/** Items that stand twice in a list that is a set or a map. */
function duplicates(list: readonly unknown[], schema: JsonSchema, path: Path): PathComplaint[] {
	const kind = schema['x-kubernetes-list-type'];
	if (kind !== 'set' && kind !== 'map') return [];
	const key = schema['x-kubernetes-list-map-keys']?.[0];
	const seen = new Set<unknown>();
	return list.flatMap((item, index): PathComplaint[] => {
		const identity = kind === 'set' ? item : (item as Record<string, unknown> | null)?.[key ?? ''];
		if (typeof identity !== 'string' || !seen.has(identity)) {
			seen.add(identity);
			return [];
		}
		const at = kind === 'map' && key ? [...path, index, key] : [...path, index];
		return [
			{
				code: 'GP1002',
				path: at,
				message: `${JSON.stringify(identity)} stands twice in this list`,
				expected: 'each once',
				hint: 'remove one of the two',
			},
		];
	});
}
