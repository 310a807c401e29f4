import type { ConditionReason } from '../../api/conditions.ts';
import type { PolicyVerdict } from '../../api/v1alpha1.generated.ts';
import type { Fact } from '../observed/fact.ts';
import type { GpuDevice, Inventory } from '../observed/inventory.ts';
import type { DeviceExposure } from './exposure.ts';
import { type PolicyInForce, type Rulings, rulingsOn } from './in-force.ts';
import type { JudgedProcess } from './judge-process.ts';
import { fitText } from './report-limits.ts';

type Reason = ConditionReason<'NodesValidated'>;

/** What a policy says of the node, with the evidence. It rests on what was read now, and never on what was known before. */
export function policyVerdict(
	{ policy }: PolicyInForce,
	inventory: Fact<Inventory>,
	exposed: ReadonlyMap<string, DeviceExposure>,
	processes: readonly JudgedProcess[],
): PolicyVerdict {
	const said = (verdict: PolicyVerdict['verdict'], reason: Reason, message: string): PolicyVerdict => ({
		name: policy.name,
		digest: policy.digest,
		verdict,
		reason,
		message: fitText(message, 1_024),
		...processCounts(policy.name, processes),
	});
	if (inventory.state === 'unknown') return said('Unknown', 'NVMLUnavailable', inventory.message);
	const { devices } = inventory.value;
	const rulings = rulingsOn(policy.devices, inventory.value);
	const evidence =
		inventory.value.source === 'sysfs'
			? inventory.source
			: `${devices.filter(({ lost }) => lost === null).length} of ${devices.length} devices read through ${inventory.source}`;
	const { wrong, open, fine } = sorted(devices, rulings, exposed);
	const verdict =
		wrong.length > 0
			? said('NonCompliant', 'ForbiddenDeviceExposed', [...wrong, evidence].join('; '))
			: open.length > 0
				? said('Unknown', 'NVMLUnavailable', [...open, evidence].join('; '))
				: said('Compliant', 'AllCompliant', [evidence, ...fine].join('; '));
	return {
		...verdict,
		devices: Object.entries(rulings).map(([uuid, { verdict, reason }]) => ({
			uuid: fitText(uuid, 96),
			verdict,
			because: fitText(reason, 256),
		})),
	};
}

/** Sentences about the devices: forbidden ones in use, ones that leave the verdict open, and the others. */
function sorted(
	devices: readonly GpuDevice[],
	rulings: Rulings,
	exposed: ReadonlyMap<string, DeviceExposure>,
): Record<'wrong' | 'open' | 'fine', string[]> {
	const sentences: Record<'wrong' | 'open' | 'fine', string[]> = { wrong: [], open: [], fine: [] };
	for (const device of devices) {
		const { verdict, reason } = rulings[device.uuid] ?? {
			verdict: 'Unknown',
			reason: `unknown: ${device.lost ?? 'not identified'}`,
		};
		const { exposure, by } = exposed.get(device.uuid) ?? { exposure: 'Unknown', by: '' };
		const name = deviceName(device);
		if (verdict === 'Allowed') sentences.fine.push(`${name} ${reason}`);
		else if (exposure === 'NotExposed') sentences.fine.push(`${name} ${reason}, not exposed`);
		else if (verdict === 'Unknown') sentences.open.push(`${name} ${reason}`);
		else if (exposure === 'Exposed') sentences.wrong.push(`${name} is forbidden (${reason}): ${by}`);
		else sentences.open.push(`${name} is forbidden (${reason}); whether it is exposed is unknown${by && `: ${by}`}`);
	}
	return sentences;
}

function processCounts(
	policy: string,
	processes: readonly JudgedProcess[],
): Pick<PolicyVerdict, 'processesOnForbidden' | 'environmentsDeviating'> {
	let processesOnForbidden = 0;
	let environmentsDeviating = 0;
	for (const { rulings } of processes) {
		const own = rulings.find((one) => one.policy === policy);
		if (own?.device.verdict === 'Forbidden') processesOnForbidden++;
		if (own?.environment?.verdict === 'Deviating') environmentsDeviating++;
	}
	return { processesOnForbidden, environmentsDeviating };
}

/** `GPU-3f0c5a77… NVIDIA GeForce RTX 3090`. */
function deviceName({ uuid, productName, index }: GpuDevice): string {
	const id = uuid.length > 12 ? `${uuid.slice(0, 12)}…` : uuid;
	return [id, productName].filter((part) => part !== '').join(' ') || `device ${index}`;
}
