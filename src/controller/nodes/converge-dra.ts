import type { NodeTaint } from '../../api/v1alpha1.generated.ts';
import type { PublishedDevice } from '../../core/nodes/facts.ts';
import { deviceVerdicts, type NodePolicy } from '../../core/nodes/judge-node.ts';
import type { ClusterNode } from '../../core/nodes/node.ts';
import type { Cluster, Resource } from '../../core/ports/cluster.ts';
import { eachAtOnce } from '../admission/pause.ts';
import { sameJson } from '../admission/same-json.ts';
import type { ClusterPolicy } from '../duty.ts';
import { type DraObject, deviceClass, deviceClassName, taintRule, toApply } from './dra-objects.ts';
import type { NodeView } from './node-view.ts';

/** What the DRA objects of a policy come to. */
export interface DraPlan {
	readonly classes: readonly DraObject[];
	readonly rules: readonly DraObject[];
	/** What could not be expressed, for the status. */
	readonly notes: readonly string[];
}

const writesAtOnce = 8;

/**
 * The DeviceClass and the DeviceTaintRules of a policy over its nodes, resolved by UUID to what the driver publishes now. Rules on devices that
 * cannot be judged now stay as they are.
 */
export function planDra(
	policy: NodePolicy,
	taint: NodeTaint | null,
	selected: readonly ClusterNode[],
	view: NodeView,
	standing: DraPlan,
): DraPlan {
	const allowed = new Set<string>();
	const rules: DraObject[] = [];
	/** By UUID, and pools whose slices are being rewritten. */
	const open = new Set<string>();
	for (const node of selected) {
		const published = view.published(node.name);
		if (published === null) continue;
		if (published.state === 'missing') {
			// Whatever stands on this node stays: which devices it has is told in a moment.
			for (const rule of standing.rules)
				if ('deviceSelector' in rule.spec && rule.spec.deviceSelector.pool === node.name) open.add(rule.device);
			continue;
		}
		const best = new Map<string, string>();
		const facts = view.facts(node);
		for (const source of facts.state === 'known' ? [published, facts] : [published]) {
			for (const { device, verdict } of deviceVerdicts(policy, source)) if (verdict !== 'unknown') best.set(device.uuid, verdict);
		}
		for (const observed of published.devices) {
			const { uuid } = observed.device;
			const verdict = best.get(uuid) ?? 'unknown';
			if (uuid === '') continue;
			if (verdict === 'allowed') allowed.add(uuid);
			else if (verdict === 'unknown') open.add(uuid);
			else if (taint) for (const at of observed.published) rules.push(taintRule(policy.name, uuid, at, taint));
		}
	}
	const planned = new Set(rules.map(({ name }) => name));
	if (taint) for (const rule of standing.rules) if (open.has(rule.device) && !planned.has(rule.name)) rules.push(rule);
	const found = deviceClass(policy.name, [...allowed]);
	const tooLong = `no DeviceClass: the ${allowed.size} allowed devices do not fit into one selector`;
	return {
		classes: found === null || found === 'TooLong' ? [] : [found],
		rules,
		notes:
			found === 'TooLong'
				? [tooLong]
				: found
					? [
							`DeviceClass ${deviceClassName(policy.name)} holds ${allowed.size} allowed ${allowed.size === 1 ? 'device' : 'devices'}`,
						]
					: [],
	};
}

/** Brings the server to the plan. What is as it should be is not written. */
export async function applyDra(
	cluster: Cluster,
	owner: ClusterPolicy,
	plan: DraPlan,
	view: NodeView,
	standing: DraPlan,
	signal: AbortSignal,
): Promise<void> {
	const { dra } = view;
	if (!dra) return;
	await converge(cluster, owner, dra.classes, plan.classes, standing.classes, signal);
	if (dra.taintRules) await converge(cluster, owner, dra.taintRules, plan.rules, standing.rules, signal);
}

async function converge(
	cluster: Cluster,
	owner: ClusterPolicy,
	resource: Resource,
	wanted: readonly DraObject[],
	standing: readonly DraObject[],
	signal: AbortSignal,
): Promise<void> {
	const live = new Map(standing.map((object) => [object.name, object]));
	const keep = new Set(wanted.map(({ name }) => name));
	const changed = wanted.filter((object) => !sameJson(object, live.get(object.name)));
	await eachAtOnce(changed, writesAtOnce, (object) => cluster.apply(resource, toApply(resource, object, owner), { signal }));
	const gone = standing.filter(({ name }) => !keep.has(name));
	await eachAtOnce(gone, writesAtOnce, ({ name }) => cluster.delete(resource, { name }, { signal }));
}

/** Key of a published device. */
export function deviceKey({ driver, pool, device }: PublishedDevice): string {
	return `${driver}/${pool}/${device}`;
}
