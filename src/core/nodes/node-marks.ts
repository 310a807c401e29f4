import type { PolicyVerdict } from '../../api/v1alpha1.generated.ts';
import type { ClusterNode, Taint } from './node.ts';

/** Says whether every Enforce policy that selects the node finds it compliant. */
export const compliantLabel = 'gpupolicy.dev/compliant';
/** Says which marks on a node are ours, so that nothing of anybody else's is ever taken away. */
export const marksAnnotation = 'gpupolicy.dev/node-marks';

/** What one Enforce policy that selects the node says. */
export interface MarkWish {
	readonly policy: string;
	readonly verdict: PolicyVerdict['verdict'];
	/** The taint that the policy sets on nodes that expose a forbidden device; `null` where it sets none. */
	readonly taint: (Taint & { readonly effect: string }) | null;
	/**
	 * What is held back. `Everything`: the policy's taint stays as it is, there or not, because the policy is suspended. `Additions`: no node is
	 * tainted that is not, because the breaker stopped it.
	 */
	readonly hold: 'Nothing' | 'Additions' | 'Everything';
}

/** The marks that are ours, as the annotation says. */
interface OwnMarks {
	readonly label: boolean;
	readonly taints: readonly OwnTaint[];
}

interface OwnTaint {
	readonly key: string;
	readonly effect: string;
	/** By name. */
	readonly policies: readonly string[];
	/** When we set it, in milliseconds since 1970 by the clock of whoever did. */
	readonly at?: number;
}

/** What has to be written on a node. */
export interface MarkChange {
	/** `null` removes it; absent leaves it. */
	readonly label?: 'true' | 'false' | null;
	/** All taints of the node. Absent leaves them. */
	readonly taints?: readonly Taint[];
	/** Value of the annotation; `null` removes it; absent leaves it. */
	readonly marks?: string | null;
	/** Policies that had no part in a taint of the node and have one now. */
	readonly tainting: readonly string[];
}

/** `true` if every policy says so, `false` if one does not, `null` where it is unknown or nobody asks. */
export function complianceLabel(verdicts: readonly PolicyVerdict['verdict'][]): 'true' | 'false' | null {
	if (verdicts.includes('NonCompliant')) return 'false';
	return verdicts.length === 0 || verdicts.includes('Unknown') ? null : 'true';
}

/** Whether a policy has a part in a taint of the node. */
export function taints(node: Pick<ClusterNode, 'marks'>, policy: string): boolean {
	return ownMarks(node.marks).taints.some(({ policies }) => policies.includes(policy));
}

/** When a taint was set that a policy has a part in, in milliseconds since 1970; `null` where it has none, or nobody wrote it down. */
export function taintedAt(node: Pick<ClusterNode, 'marks'>, policy: string): number | null {
	const times = ownMarks(node.marks).taints.flatMap(({ policies, at }) => (policies.includes(policy) ? (at ?? []) : []));
	return times.length === 0 ? null : Math.max(...times);
}

/**
 * What label, taints and annotation have to become; `null` where they are as they should be. `wishes` are those of all Enforce policies
 * that select the node: what nobody wishes any more goes, if it is ours. `at`: now, in milliseconds since 1970, to be written down with a new taint.
 */
export function decideMarks(node: ClusterNode, wishes: readonly MarkWish[], at?: number): MarkChange | null {
	const own = ownMarks(node.marks);
	const label = decideLabel(node, own, wishes);
	const { taints, noted, tainting } = decideTaints(node, own, wishes, at);
	const marks = write({ label: label.own, taints: noted });
	const change: MarkChange = {
		...(label.change === undefined ? {} : { label: label.change }),
		...(same(taints, node.taints) ? {} : { taints }),
		...(marks === node.marks ? {} : { marks }),
		tainting,
	};
	return 'label' in change || 'taints' in change || 'marks' in change ? change : null;
}

function decideLabel(
	{ labels }: ClusterNode,
	own: OwnMarks,
	wishes: readonly MarkWish[],
): { readonly own: boolean; readonly change?: 'true' | 'false' | null } {
	const wanted = complianceLabel(wishes.map(({ verdict }) => verdict));
	const standing = Object.hasOwn(labels, compliantLabel) ? labels[compliantLabel] : undefined;
	if (wanted !== null) {
		// One that somebody else set, and rightly, stays theirs.
		return standing === wanted ? { own: own.label } : { own: true, change: wanted };
	}
	// A claim that nobody can confirm must not stand on a node that policies select.
	const goes = standing !== undefined && (own.label || wishes.length > 0);
	return goes ? { own: false, change: null } : { own: false };
}

function decideTaints(
	node: ClusterNode,
	own: OwnMarks,
	wishes: readonly MarkWish[],
	at: number | undefined,
): { readonly taints: readonly Taint[]; readonly noted: readonly OwnTaint[]; readonly tainting: readonly string[] } {
	const noted = new Map(own.taints.map((taint) => [id(taint), taint]));
	const wanted = new Map<string, { readonly taint: Taint; readonly policies: string[]; readonly sure: boolean }>();
	const tainting: string[] = [];
	for (const { policy, verdict, taint, hold } of [...wishes].sort((a, b) => (a.policy < b.policy ? -1 : 1))) {
		if (taint === null) continue;
		const before = noted.get(id(taint))?.policies.includes(policy) ?? false;
		// On a fact that we lack nothing is tainted, and nothing that was is freed.
		const sure = verdict === 'NonCompliant' && (hold === 'Nothing' || (hold === 'Additions' && before));
		if (!sure && !(before && (hold === 'Everything' || verdict === 'Unknown'))) continue;
		const joined = wanted.get(id(taint));
		if (joined) joined.policies.push(policy);
		wanted.set(id(taint), {
			// Two values for one taint: that of the first policy by name which is sure stands.
			taint: joined && (joined.sure || !sure) ? joined.taint : taint,
			policies: joined?.policies ?? [policy],
			sure: sure || (joined?.sure ?? false),
		});
		if (!before) tainting.push(policy);
	}
	const taints: Taint[] = [];
	const foreign = new Set<string>();
	for (const standing of node.taints) {
		const key = id(standing);
		if (!noted.has(key)) {
			foreign.add(key);
			taints.push(standing);
			continue;
		}
		const want = wanted.get(key);
		if (want) taints.push(!want.sure || (standing.value ?? '') === (want.taint.value ?? '') ? standing : clean(want.taint));
	}
	for (const [key, { taint }] of wanted) if (!taints.some((one) => id(one) === key)) taints.push(clean(taint));
	const kept = [...wanted]
		.filter(([key]) => !foreign.has(key))
		.map(
			([
				key,
				{
					taint: { key: name, effect },
					policies,
				},
			]) => {
				const since = noted.has(key) ? noted.get(key)?.at : at;
				return { key: name, effect, policies, ...(since === undefined ? {} : { at: since }) };
			},
		);
	return { taints, noted: kept, tainting: tainting.filter((policy) => kept.some(({ policies }) => policies.includes(policy))) };
}

/** A node has one taint of a key and an effect. */
function id({ key, effect }: { readonly key: string; readonly effect: string }): string {
	return `${key}:${effect}`;
}

function clean({ key, value, effect }: Taint): Taint {
	return value === undefined || value === '' ? { key, effect } : { key, value, effect };
}

function same(a: readonly Taint[], b: readonly Taint[]): boolean {
	return a.length === b.length && a.every((taint, i) => taint === b[i]);
}

/** What cannot be read claims nothing: no mark is then ours. */
function ownMarks(text: string | null): OwnMarks {
	if (text === null) return { label: false, taints: [] };
	try {
		const { label, taints }: { label?: unknown; taints?: unknown } = JSON.parse(text) ?? {};
		return { label: label === true, taints: Array.isArray(taints) ? taints.filter(isOwnTaint) : [] };
	} catch {
		return { label: false, taints: [] };
	}
}

function isOwnTaint(value: Partial<Record<keyof OwnTaint, unknown>> | null): value is OwnTaint {
	return (
		typeof value?.key === 'string' &&
		typeof value.effect === 'string' &&
		Array.isArray(value.policies) &&
		value.policies.every((name) => typeof name === 'string') &&
		(value.at === undefined || typeof value.at === 'number')
	);
}

function write({ label, taints }: OwnMarks): string | null {
	if (!label && taints.length === 0) return null;
	const sorted = [...taints]
		.sort((a, b) => (id(a) < id(b) ? -1 : 1))
		.map(({ key, effect, at, policies }) => ({
			key,
			effect,
			...(at === undefined ? {} : { at }),
			policies: [...policies].sort(),
		}));
	return JSON.stringify({ ...(label ? { label: true } : {}), ...(sorted.length > 0 ? { taints: sorted } : {}) });
}
