import type { EnvVariable, GpuPolicy } from '../api/v1alpha1.generated.ts';
import { selectorContradictions } from '../core/desired/selector-contradictions.ts';
import type { PathComplaint } from './diagnostic.ts';
import type { Path } from './path.ts';

/** What a valid policy means that its author may not have meant: warnings only, in the order of the manifest. */
export function checkMeaning(policy: GpuPolicy): PathComplaint[] {
	const { spec } = policy;
	const env = spec.env ?? [];
	return [
		...indexWithoutOrder(env),
		...hostIndexForPods(env, spec.workloads !== undefined),
		...missingTwin(env),
		...reachesNothing(env, policy),
		...undecidedOrdinal(policy),
	];
}

/** Entries of `spec.devices` that no machine can make true: an error where no device could ever be allowed. */
export function checkSelector({ spec }: GpuPolicy): PathComplaint[] {
	return selectorContradictions(spec.devices).map(({ path, message, severity }) => ({
		code: severity === 'error' ? 'GP1016' : 'GP1109',
		path,
		message,
		hint:
			severity === 'error'
				? 'no device could ever be allowed: change this entry'
				: 'change or remove this entry: it has no effect',
	}));
}

const visible = 'CUDA_VISIBLE_DEVICES';

function named(env: readonly EnvVariable[], name: string): { readonly variable: EnvVariable; readonly path: Path } | undefined {
	const index = env.findIndex((variable) => variable.name === name);
	const variable = env[index];
	return variable && { variable, path: ['spec', 'env', index] };
}

/** Does the value consist of indexes, whose meaning follows CUDA_DEVICE_ORDER? */
function isIndex({ value, valueFrom }: EnvVariable): boolean {
	return valueFrom?.devices?.as === 'Index' || (value !== undefined && /^\s*\d+\s*(?:,|$)/.test(value));
}

function indexWithoutOrder(env: readonly EnvVariable[]): PathComplaint[] {
	const devices = named(env, visible);
	const order = named(env, 'CUDA_DEVICE_ORDER');
	if (!devices || !isIndex(devices.variable) || order?.variable.value === 'PCI_BUS_ID' || order?.variable.valueFrom) return [];
	const hint = 'add { name: CUDA_DEVICE_ORDER, value: PCI_BUS_ID }, or name devices by UUID';
	if (!order)
		return [
			{
				code: 'GP1104',
				path: devices.path,
				message: `an index in ${visible} follows CUDA's order, fastest first, unless CUDA_DEVICE_ORDER is PCI_BUS_ID`,
				hint,
			},
		];
	return [
		{
			code: 'GP1104',
			path: [...order.path, 'value'],
			message: `with CUDA_DEVICE_ORDER ${JSON.stringify(order.variable.value)} an index in ${visible} may be another device than nvidia-smi shows`,
			hint: 'write value: PCI_BUS_ID',
		},
	];
}

function hostIndexForPods(env: readonly EnvVariable[], selectsPods: boolean): PathComplaint[] {
	const devices = named(env, visible);
	if (
		!devices ||
		!selectsPods ||
		devices.variable.value === undefined ||
		!devices.variable.targets.includes('Workloads') ||
		!isIndex(devices.variable)
	)
		return [];
	return [
		{
			code: 'GP1105',
			path: devices.path,
			message: `${visible} names a device of one machine; it never reaches pods, where devices are numbered from 0 again`,
			hint: 'write targets: [Files]',
		},
	];
}

const twins = [['PYTORCH_CUDA_ALLOC_CONF', 'PYTORCH_ALLOC_CONF']] as const;

/** torch 2.9 reads PYTORCH_ALLOC_CONF; older ones read PYTORCH_CUDA_ALLOC_CONF. */
function missingTwin(env: readonly EnvVariable[]): PathComplaint[] {
	return twins.flatMap(([old, renamed]): PathComplaint[] => {
		const a = named(env, old);
		const b = named(env, renamed);
		const one = a ?? b;
		if (!one) return [];
		if (!a || !b) {
			const missing = a ? renamed : old;
			return [
				{
					code: 'GP1103',
					path: one.path,
					message: `torch 2.9 renamed ${old} to ${renamed}: ${missing} is not set`,
					hint: `add { name: ${missing}, value: ${JSON.stringify(one.variable.value ?? '…')} }, so that every torch reads it`,
				},
			];
		}
		if (a.variable.value === b.variable.value) return [];
		return [
			{
				code: 'GP1103',
				path: b.path,
				message: `${renamed} and ${old} have different values: which one counts depends on the version of torch`,
				hint: `write the value of ${old} here too`,
			},
		];
	});
}

function reachesNothing(env: readonly EnvVariable[], { spec }: GpuPolicy): PathComplaint[] {
	return env.flatMap(({ name, targets, valueFrom }, index): PathComplaint[] => {
		const path: Path = ['spec', 'env', index];
		if (!targets.includes('Files') && (name === visible || valueFrom)) {
			return [
				{
					code: 'GP1106',
					path,
					message: `${valueFrom ? 'a valueFrom' : name} never reaches pods, and targets leaves files out`,
					hint: 'write targets: [Files]',
				},
			];
		}
		const duties = [
			targets.includes('Files') && spec.files !== undefined,
			targets.includes('Workloads') && spec.workloads !== undefined,
		];
		if (duties.some(Boolean) || (spec.files === undefined && spec.workloads === undefined)) return [];
		const missing = targets.includes('Files') ? 'files' : 'workloads';
		return [
			{
				code: 'GP1106',
				path,
				message: `${name} targets ${missing} only, and the policy has no ${missing} block`,
				hint: `add spec.${missing}, or widen targets`,
			},
		];
	});
}

function undecidedOrdinal({ spec }: GpuPolicy): PathComplaint[] {
	const devices = named(spec.env ?? [], visible);
	const index = (spec.files ?? []).findIndex((set) => set.deviceOrdinal !== undefined);
	if (index < 0 || devices) return [];
	return [
		{
			code: 'GP1107',
			path: ['spec', 'files', index, 'deviceOrdinal'],
			message: `nothing sets ${visible}: with more than one GPU in the machine this is refused`,
			hint: `add { name: ${visible}, valueFrom: { devices: { as: Index } } }`,
		},
	];
}
