import type { ConditionReason } from '../../api/conditions.ts';
import type { PolicyVerdict, Violation } from '../../api/v1alpha1.generated.ts';
import { type DeviceSelector, type DeviceVerdict, judgeDevices } from '../desired/device-selection.ts';
import type { GpuDevice } from '../observed/inventory.ts';
import type { FactSource, KnownFacts, NodeFacts, ObservedDevice, PublishedDevice } from './facts.ts';
import { selectorAsLabels } from './label-facts.ts';
import { currentVerdict } from './report-facts.ts';

/** A policy, as far as nodes are judged by it. */
export interface NodePolicy {
	readonly name: string;
	/** Digest of the spec: the agent's verdict on another one does not count. */
	readonly digest: string;
	readonly devices: DeviceSelector;
	/** Whether a taint rule keeps claims from a device that the DRA driver publishes. */
	keepsClaimsFrom(device: PublishedDevice): boolean;
}

/** What a policy says of one node, in short. `Unknown` is not compliant and not the opposite. */
export interface NodeGrade {
	readonly verdict: PolicyVerdict['verdict'];
	readonly reason: ConditionReason<'NodesValidated'>;
	/** Where the facts come from; `null` where there are none. */
	readonly source: FactSource | null;
}

/** What a policy says of one node, and why. */
export interface NodeVerdict extends NodeGrade {
	/** What is wrong or missing; empty where the node is compliant. */
	readonly message: string;
	/** What was read, and through what: `2 devices read through agent report (NVML 580.65.06)`; empty where nothing was. */
	readonly evidence: string;
	readonly violations: readonly Violation[];
}

const missingReasons = { Stale: 'ReportStale', Unreadable: 'NVMLUnavailable', Unseen: 'NotYetObserved' } as const;

/** What `judgeNode` says, without the words: for thousands of nodes. */
export function gradeNode(policy: NodePolicy, facts: NodeFacts, judged?: readonly DeviceVerdict[]): NodeGrade {
	if (facts.state === 'missing') return { verdict: 'Unknown', reason: missingReasons[facts.why], source: facts.source };
	const own = verdictOfAgent(policy, facts);
	return own ? gradeOfAgent(own, facts) : gradeDevices(policy, facts, judged ?? deviceVerdicts(policy, facts));
}

/** Judges a node by the best facts that there are. `judged`: the verdicts on its devices, where they are at hand. */
export function judgeNode(node: string, policy: NodePolicy, facts: NodeFacts, judged?: readonly DeviceVerdict[]): NodeVerdict {
	if (facts.state === 'missing') {
		return { ...gradeNode(policy, facts), message: facts.message, evidence: '', violations: [] };
	}
	const own = verdictOfAgent(policy, facts);
	return own ? byAgent(node, own, facts) : byDevices(node, policy, facts, judged ?? deviceVerdicts(policy, facts));
}

/** What the node's own agent says; `null` where it says nothing of this spec, or did not know that claims can be given a device. */
function verdictOfAgent(policy: NodePolicy, facts: KnownFacts): PolicyVerdict | null {
	if (facts.source !== 'AgentReport') return null;
	const own = currentVerdict(facts.verdicts, policy);
	return own?.verdict === 'Compliant' && facts.devices.some(({ exposure }) => exposure === 'Claimable') ? null : own;
}

/** The verdict on each device that the facts describe, in their order. */
export function deviceVerdicts(
	policy: Pick<NodePolicy, 'name' | 'digest' | 'devices'>,
	facts: KnownFacts,
): readonly DeviceVerdict[] {
	const selector = facts.namesAsLabels ? selectorAsLabels(policy.devices) : policy.devices;
	if (facts.denyUnknown === null || (selector.deny ?? []).length === 0) return judgeAll(selector, facts.devices);
	return judgeAll(allowOnly(selector), facts.devices).map((one) =>
		one.verdict === 'forbidden' ? one : { device: one.device, verdict: 'unknown', reason: `unknown: deny: ${facts.denyUnknown}` },
	);
}

const allowOnlyOf = new WeakMap<DeviceSelector, DeviceSelector>();

/** One object for one selector. */
function allowOnly(selector: DeviceSelector): DeviceSelector {
	const known = allowOnlyOf.get(selector) ?? (selector.allow ? { allow: selector.allow } : {});
	allowOnlyOf.set(selector, known);
	return known;
}

/** What was judged of one model by a selector that names no single device: thousands of nodes hold the same few. */
const byModel = new WeakMap<DeviceSelector, Map<string, DeviceVerdict>>();
const models = 1_000;

function judgeAll(selector: DeviceSelector, observed: readonly ObservedDevice[]): readonly DeviceVerdict[] {
	const judge = (devices: readonly GpuDevice[]): readonly DeviceVerdict[] =>
		judgeDevices(selector, { source: 'recorded', driverVersion: '', cudaVersion: null, observedAt: '', devices });
	if (namesSingleDevices(selector)) return judge(observed.map(({ device }) => device));
	const remembered = byModel.get(selector);
	const known = remembered && remembered.size < models ? remembered : new Map<string, DeviceVerdict>();
	if (known !== remembered) byModel.set(selector, known);
	return observed.map(({ device, model }) => {
		const before = known.get(model);
		if (before) return { ...before, device };
		const [verdict] = judge([device]) as [DeviceVerdict];
		known.set(model, verdict);
		return verdict;
	});
}

function namesSingleDevices({ allow = [], deny = [] }: DeviceSelector): boolean {
	return [...allow, ...deny].some(({ uuid, pciBusId }) => uuid !== undefined || pciBusId !== undefined);
}

/** Devices, by place, that a policy does not allow and that something can use; and those where either cannot be told. */
function concerns(
	policy: NodePolicy,
	facts: KnownFacts,
	judged: readonly DeviceVerdict[],
): { readonly exposed: readonly number[]; readonly open: readonly number[] } {
	const exposed: number[] = [];
	const open: number[] = [];
	for (const [i, { verdict }] of judged.entries()) {
		if (verdict === 'allowed') continue;
		const exposure = effectiveExposure(facts.devices[i] as ObservedDevice, policy);
		if (exposure === 'NotExposed') continue;
		(verdict === 'forbidden' && exposure === 'Exposed' ? exposed : open).push(i);
	}
	return { exposed, open };
}

function gradeDevices(policy: NodePolicy, facts: KnownFacts, judged: readonly DeviceVerdict[]): NodeGrade {
	const { exposed, open } = concerns(policy, facts, judged);
	const { source } = facts;
	if (exposed.length > 0) return { verdict: 'NonCompliant', reason: 'ForbiddenDeviceExposed', source };
	if (open.length > 0 || facts.others !== null) return { verdict: 'Unknown', reason: 'NVMLUnavailable', source };
	return { verdict: 'Compliant', reason: 'AllCompliant', source };
}

function byDevices(node: string, policy: NodePolicy, facts: KnownFacts, judged: readonly DeviceVerdict[]): NodeVerdict {
	const { exposed, open } = concerns(policy, facts, judged);
	const grade = gradeDevices(policy, facts, judged);
	const at = (i: number) => ({ observed: facts.devices[i] as ObservedDevice, reason: judged[i]?.reason ?? '' });
	const wrong = exposed.map((i) => explain(at(i).observed, at(i).reason));
	const unknown = open.map((i) => {
		const { observed, reason } = at(i);
		return judged[i]?.verdict === 'unknown'
			? `${describe(observed)} ${reason}`
			: `${describe(observed)} is forbidden (${reason}); whether it is exposed is unknown`;
	});
	return {
		...grade,
		message: (wrong.length > 0 ? wrong : [...unknown, ...(facts.others === null ? [] : [facts.others])]).join('; '),
		evidence: evidenceOf(facts),
		violations: exposed.map((i) => violation(node, at(i).observed, at(i).reason, facts.through)),
	};
}

function evidenceOf({ devices, through }: KnownFacts): string {
	return `${devices.length} ${devices.length === 1 ? 'device' : 'devices'} read through ${through}`;
}

function gradeOfAgent({ verdict, reason }: PolicyVerdict, { source }: KnownFacts): NodeGrade {
	if (verdict === 'Compliant') return { verdict, reason: 'AllCompliant', source };
	if (verdict === 'NonCompliant')
		return { verdict, reason: reason === 'InventoryMismatch' ? reason : 'ForbiddenDeviceExposed', source };
	return { verdict, reason: reason === 'ReportStale' || reason === 'NotYetObserved' ? reason : 'NVMLUnavailable', source };
}

function byAgent(node: string, own: PolicyVerdict, facts: KnownFacts): NodeVerdict {
	const { verdict, message = '', devices = [] } = own;
	const grade = gradeOfAgent(own, facts);
	const evidence = evidenceOf(facts);
	if (verdict === 'Compliant') return { ...grade, message: '', evidence, violations: [] };
	if (verdict === 'Unknown') return { ...grade, message: message || 'the agent could not tell', evidence, violations: [] };
	const mismatch = grade.reason === 'InventoryMismatch';
	const because = new Map(
		devices.filter((one) => one.verdict === 'Forbidden').map((one) => [one.uuid, one.because ?? 'forbidden']),
	);
	const violations = facts.devices.flatMap((observed) => {
		const why = because.get(observed.device.uuid);
		return why === undefined || observed.exposure !== 'Exposed' ? [] : [violation(node, observed, why, facts.through)];
	});
	const text = message || violations.map((one) => one.message).join('; ') || 'the agent gives no message';
	return {
		...grade,
		message: text,
		evidence,
		violations:
			violations.length > 0 && !mismatch
				? violations
				: [{ place: node, rule: mismatch ? 'device/inventory' : 'device/forbidden', message: text }],
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

function violation(node: string, observed: ObservedDevice, reason: string, through: string): Violation {
	const { uuid, productName } = observed.device;
	return {
		place: `${node}/${uuid || productName || observed.device.index}`,
		rule: 'device/forbidden',
		message: `${explain(observed, reason)}; read through ${through}`,
	};
}

function explain(observed: ObservedDevice, reason: string): string {
	const held = observed.exposure === 'Claimable' ? 'claims can be given it' : observed.by || 'in use or allocatable';
	return `${describe(observed)} is forbidden (${reason})${observed.by === '' || observed.exposure === 'Claimable' ? ' and' : ':'} ${held}`;
}
