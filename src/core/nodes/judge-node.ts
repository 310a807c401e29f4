import type { ConditionReason } from '../../api/conditions.ts';
import type { PolicyVerdict, Violation } from '../../api/v1alpha1.generated.ts';
import { type DeviceSelector, type DeviceVerdict, judgeDevices } from '../desired/device-selection.ts';
import type { FactSource, KnownFacts, NodeFacts, ObservedDevice, PublishedDevice } from './facts.ts';
import { selectorAsLabels } from './label-facts.ts';
import { currentVerdict } from './report-facts.ts';

/** A policy, as far as nodes are judged by it. */
export interface NodePolicy {
	readonly name: string;
	/** Digest of the spec: the agent's verdict on another one does not count. */
	readonly digest: string;
	readonly devices: DeviceSelector;
	/** Whether something keeps claims from a device that the DRA driver publishes: a taint rule, or the admission of this policy. */
	keepsClaimsFrom(device: PublishedDevice): boolean;
}

/** What a policy says of one node. `Unknown` is not compliant and not the opposite. */
export interface NodeVerdict {
	readonly verdict: PolicyVerdict['verdict'];
	readonly reason: ConditionReason<'NodesValidated'>;
	/** What is wrong or missing; empty where the node is compliant. */
	readonly message: string;
	/** Where the facts come from; `null` where there are none. */
	readonly source: FactSource | null;
	readonly violations: readonly Violation[];
}

const missingReasons = { Stale: 'ReportStale', Unreadable: 'NVMLUnavailable', Unseen: 'NotYetObserved' } as const;

/** Judges a node by the best facts that there are. `judged`: the verdicts on its devices, where they are at hand. */
export function judgeNode(node: string, policy: NodePolicy, facts: NodeFacts, judged?: readonly DeviceVerdict[]): NodeVerdict {
	if (facts.state === 'missing') {
		const { why, message, source } = facts;
		return { verdict: 'Unknown', reason: missingReasons[why], message, source, violations: [] };
	}
	const own = facts.source === 'AgentReport' ? currentVerdict(facts.verdicts, policy) : null;
	return own ? byAgent(node, own, facts) : byDevices(node, policy, facts, judged ?? deviceVerdicts(policy, facts));
}

/** The verdict on each device that the facts describe, in their order. */
export function deviceVerdicts(
	policy: Pick<NodePolicy, 'name' | 'digest' | 'devices'>,
	facts: KnownFacts,
): readonly DeviceVerdict[] {
	const devices = facts.devices.map(({ device }) => device);
	const selector = facts.namesAsLabels ? selectorAsLabels(policy.devices) : policy.devices;
	const judged = (by: DeviceSelector): readonly DeviceVerdict[] =>
		judgeDevices(by, { source: 'recorded', driverVersion: '', cudaVersion: null, observedAt: '', devices });
	if (facts.denyUnknown === null || (selector.deny ?? []).length === 0) return judged(selector);
	return judged(selector.allow ? { allow: selector.allow } : {}).map((one) =>
		one.verdict === 'forbidden' ? one : { device: one.device, verdict: 'unknown', reason: `unknown: deny: ${facts.denyUnknown}` },
	);
}

function byDevices(node: string, policy: NodePolicy, facts: KnownFacts, judged: readonly DeviceVerdict[]): NodeVerdict {
	const { source } = facts;
	const exposed: { readonly observed: ObservedDevice; readonly reason: string }[] = [];
	const open: string[] = [];
	for (const [i, verdict] of judged.entries()) {
		const observed = facts.devices[i] as ObservedDevice;
		if (verdict.verdict === 'allowed') continue;
		const exposure = effectiveExposure(observed, policy);
		if (exposure === 'NotExposed') continue;
		if (verdict.verdict === 'unknown') open.push(`${describe(observed)} ${verdict.reason}`);
		else if (exposure === 'Unknown')
			open.push(`${describe(observed)} is forbidden (${verdict.reason}); whether it is exposed is unknown`);
		else exposed.push({ observed, reason: verdict.reason });
	}
	if (exposed.length > 0) {
		const violations = exposed.map(({ observed, reason }) => violation(node, observed, reason));
		return {
			verdict: 'NonCompliant',
			reason: 'ForbiddenDeviceExposed',
			message: violations.map(({ message }) => message).join('; '),
			source,
			violations,
		};
	}
	if (facts.others !== null) open.push(facts.others);
	if (open.length > 0) return { verdict: 'Unknown', reason: 'NVMLUnavailable', message: open.join('; '), source, violations: [] };
	return { verdict: 'Compliant', reason: 'AllCompliant', message: '', source, violations: [] };
}

function byAgent(node: string, { verdict, reason, message = '', devices = [] }: PolicyVerdict, facts: KnownFacts): NodeVerdict {
	const { source } = facts;
	if (verdict === 'Compliant') return { verdict, reason: 'AllCompliant', message: '', source, violations: [] };
	if (verdict === 'Unknown') {
		const known = reason === 'ReportStale' || reason === 'NotYetObserved' ? reason : 'NVMLUnavailable';
		return { verdict, reason: known, message: message || 'the agent could not tell', source, violations: [] };
	}
	const mismatch = reason === 'InventoryMismatch';
	const because = new Map(
		devices.filter((one) => one.verdict === 'Forbidden').map((one) => [one.uuid, one.because ?? 'forbidden']),
	);
	const violations = facts.devices.flatMap((observed) => {
		const why = because.get(observed.device.uuid);
		return why === undefined || observed.exposure !== 'Exposed' ? [] : [violation(node, observed, why)];
	});
	const own = message || violations.map((one) => one.message).join('; ') || 'the agent gives no message';
	return {
		verdict,
		reason: mismatch ? 'InventoryMismatch' : 'ForbiddenDeviceExposed',
		message: own,
		source,
		violations:
			violations.length > 0 && !mismatch
				? violations
				: [{ place: node, rule: mismatch ? 'device/inventory' : 'device/forbidden', message: own }],
	};
}

function effectiveExposure({ exposure, published }: ObservedDevice, policy: NodePolicy): 'Exposed' | 'NotExposed' | 'Unknown' {
	if (exposure !== 'Claimable') return exposure;
	return published.every((one) => policy.keepsClaimsFrom(one)) ? 'NotExposed' : 'Exposed';
}

function describe({ device: { uuid, productName } }: ObservedDevice): string {
	const id = uuid.length > 12 ? `${uuid.slice(0, 12)}…` : uuid;
	return [id, productName].filter((part) => part !== '').join(' ') || 'a device without a name';
}

function violation(node: string, observed: ObservedDevice, reason: string): Violation {
	const { uuid, productName } = observed.device;
	const held = observed.exposure === 'Claimable' ? 'claims can be given it' : 'in use or allocatable';
	return {
		place: `${node}/${uuid || productName || observed.device.index}`,
		rule: 'device/forbidden',
		message: `${describe(observed)} is forbidden (${reason}) and ${held}`,
	};
}
