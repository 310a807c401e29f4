import type { NodeTaint } from '../../api/v1alpha1.generated.ts';
import { deviceVerdicts } from '../../core/nodes/judge-node.ts';
import type { ClusterNode } from '../../core/nodes/node.ts';
import { sameJson } from '../../core/same-json.ts';
import { policyLabelValue } from '../admission/names.ts';
import { type DraObject, deviceClass, deviceClassName, taintRule } from './dra-objects.ts';
import { type PolicyOverNodes, selects } from './node-policy.ts';
import type { NodeView } from './node-view.ts';

/** What the DRA objects of a policy come to. */
export interface DraPlan {
	readonly classes: readonly DraObject[];
	readonly rules: readonly DraObject[];
	/** What is to be said of them in the status. */
	readonly notes: readonly string[];
}

/** What one node adds to the plan of a policy. */
interface NodePart {
	/** UUIDs for the DeviceClass. */
	readonly allowed: readonly string[];
	readonly rules: readonly DraObject[];
	/** UUIDs of devices that cannot be judged now: rules that stand on them stay. */
	readonly open: readonly string[];
	/** Since we look, the driver has not published everything: whatever stands on this node stays. */
	readonly incomplete?: true;
}

interface Sheet {
	readonly digest: string;
	/** Nodes for which the driver publishes something, by name. */
	readonly parts: Map<string, NodePart>;
	/** Of the node index, when the parts were made. */
	tick: number;
	/** Of our own objects, when the plan was last carried out; `null` where it has to be. */
	settled: number | null;
	notes: readonly string[];
}

/** No class of so many devices fits into a selector. */
const mostDevices = 1_000;

/**
 * Plans the DeviceClass and the DeviceTaintRules of policies over their nodes, resolved by UUID to what the driver publishes now. Only nodes
 * that changed are judged again, and a policy for which nothing changed costs nothing.
 */
export class DraPlanner {
	readonly #view: NodeView;
	readonly #sheets = new Map<string, Sheet>();

	constructor(view: NodeView) {
		this.#view = view;
	}

	/** The plan of an Enforce policy; `null` where the last one is carried out and holds. */
	plan(policy: PolicyOverNodes): DraPlan | null {
		const label = policyLabelValue(policy.name);
		const sheet = this.#sheet(policy);
		if (this.#refresh(policy, sheet)) sheet.settled = null;
		if (sheet.settled === this.#view.ownTick(label)) return null;
		const rules = [...sheet.parts.values()].flatMap((part) => part.rules);
		const planned = new Set(rules.map(({ name }) => name));
		if (deviceTaint(policy))
			for (const { object } of this.#view.own(label).rules)
				if (!planned.has(object.name) && this.#stays(policy, sheet, object)) rules.push(object);
		const { classes, notes } = this.#classOf(policy, sheet, label);
		sheet.notes = notes;
		return { classes, rules, notes };
	}

	/** The plan is carried out: our own objects are as it says. `tick`: of them, when it was made. */
	settle({ owner }: PolicyOverNodes, tick: number): void {
		const sheet = this.#sheets.get(owner.uid);
		if (sheet) sheet.settled = tick;
	}

	/** What the last plan has to say. */
	notes({ owner }: PolicyOverNodes): readonly string[] {
		return this.#sheets.get(owner.uid)?.notes ?? [];
	}

	forget(uid: string): void {
		this.#sheets.delete(uid);
	}

	#sheet({ owner, digest }: PolicyOverNodes): Sheet {
		const standing = this.#sheets.get(owner.uid);
		if (standing?.digest === digest) return standing;
		const sheet: Sheet = { digest, parts: new Map(), tick: -1, settled: null, notes: [] };
		this.#sheets.set(owner.uid, sheet);
		return sheet;
	}

	/** Whether any part is another now. */
	#refresh(policy: PolicyOverNodes, sheet: Sheet): boolean {
		const { index } = this.#view;
		if (sheet.tick === index.tick) return false;
		const since = sheet.tick;
		sheet.tick = index.tick;
		let changed = since < 0;
		for (const place of index.places()) {
			if (index.changedAt(place) <= since) continue;
			const name = index.nameAt(place);
			const node = this.#view.node(name);
			const before = sheet.parts.get(name);
			const part = node && selects(policy, node) ? this.#partOf(policy, node, before) : null;
			if (part) sheet.parts.set(name, part);
			else sheet.parts.delete(name);
			changed ||= !sameJson(before ?? null, part);
		}
		for (const name of sheet.parts.keys()) if (!this.#view.node(name)) changed = sheet.parts.delete(name);
		return changed;
	}

	#partOf(policy: PolicyOverNodes, node: ClusterNode, before: NodePart | undefined): NodePart | null {
		const published = this.#view.published(node.name);
		// While the driver rewrites its slices what they were stays; which devices the node has is told in a moment.
		if (published === null) return null;
		if (published.state === 'missing') return before ?? { allowed: [], rules: [], open: [], incomplete: true };
		const facts = this.#view.facts(node);
		const verdicts = new Map<string, string>();
		for (const source of facts.state === 'known' ? [published, facts] : [published]) {
			for (const { device, verdict } of deviceVerdicts(policy, source))
				if (verdict !== 'unknown') verdicts.set(device.uuid, verdict);
		}
		const part = { allowed: [] as string[], rules: [] as DraObject[], open: [] as string[] };
		const taint = deviceTaint(policy);
		for (const { device, published: at } of published.devices) {
			const { uuid } = device;
			const verdict = verdicts.get(uuid) ?? 'unknown';
			if (uuid === '') continue;
			if (verdict === 'allowed') part.allowed.push(uuid);
			else if (verdict === 'unknown') part.open.push(uuid);
			else if (taint) part.rules.push(...at.map((one) => taintRule(policy.name, uuid, one, taint)));
		}
		return part;
	}

	/** Whether a rule that nothing plans stays all the same: nobody can tell now what it stands on. */
	#stays(policy: PolicyOverNodes, { parts }: Sheet, { device, spec }: DraObject): boolean {
		if (!('deviceSelector' in spec)) return false;
		const part = parts.get(spec.deviceSelector.pool);
		if (part) return part.incomplete === true || part.open.includes(device);
		// A driver that is being restarted publishes nothing, and then everything at once: claims must not be faster than we are.
		const node = this.#view.node(spec.deviceSelector.pool);
		return node !== undefined && selects(policy, node);
	}

	#classOf(policy: PolicyOverNodes, { parts }: Sheet, label: string): Pick<DraPlan, 'classes' | 'notes'> {
		const all = [...parts.values()];
		if (all.some(({ incomplete }) => incomplete)) {
			const standing = this.#view.own(label).classes.map(({ object }) => object);
			return { classes: standing, notes: [] };
		}
		const count = all.reduce((sum, { allowed }) => sum + allowed.length, 0);
		const found = count > mostDevices ? 'TooLong' : deviceClass(policy.name, [...new Set(all.flatMap(({ allowed }) => allowed))]);
		if (found === null) return { classes: [], notes: [] };
		if (found === 'TooLong')
			return { classes: [], notes: [`no DeviceClass: the ${count} allowed devices do not fit into one selector`] };
		const devices = `${count} allowed ${count === 1 ? 'device' : 'devices'}`;
		return { classes: [found], notes: [`DeviceClass ${deviceClassName(policy.name)} holds ${devices}`] };
	}
}

/** The taint that claims are kept away by; devices know NoSchedule and NoExecute only. */
export function deviceTaint({ taint }: PolicyOverNodes): NodeTaint | null {
	return taint?.effect === 'NoSchedule' ? taint : null;
}
