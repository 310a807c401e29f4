import { paint, printable, type Terminal, type Tone } from '../terminal.ts';

/** What a policy would have become of an admission object of ours. */
export interface ObjectChange {
	readonly kind: string;
	readonly name: string;
	readonly change: 'Create' | 'Update' | 'Delete' | 'InOrder';
	/** Unified diff of the objects as YAML; empty where they are in order. */
	readonly diff: string;
}

/** What would become of the pods of one owner. */
export interface OwnerPlan {
	/** `Deployment ml/train`. */
	readonly owner: string;
	/** `ml/train-7f9c…`, by name. */
	readonly pods: readonly string[];
	/** What the controller would do about the pods that run now: `Keep` where they are in order. */
	readonly action: 'Restart' | 'Evict' | 'Report' | 'Keep';
	/** Why it does no more. */
	readonly because: string | null;
	/** What admission would make of a pod like these that is created from now on. */
	readonly admission: 'Unchanged' | 'Mutated' | 'Warned' | 'Denied';
	/** What is wrong, container by container, and what admission would say. */
	readonly messages: readonly string[];
}

/** Pods under one policy. */
export interface PodsPlan {
	readonly selected: number;
	readonly compliant: number;
	readonly exempt: number;
	/** Those about which there is something to say. */
	readonly owners: readonly OwnerPlan[];
}

/** Nodes under one policy. */
export interface NodesPlan {
	readonly total: number;
	readonly compliant: number;
	readonly unknown: number;
	readonly message: string;
}

export interface PolicyPlan {
	readonly name: string;
	/** `cluster`, or the place in a manifest. */
	readonly origin: string;
	readonly mode: 'Enforce' | 'Audit';
	/** The mode that it has now, where it is judged as if it had another. */
	readonly insteadOf: 'Enforce' | 'Audit' | null;
	readonly suspended: boolean;
	readonly digest: string;
	/** Why nothing of it would be carried out, or not all. */
	readonly problems: readonly string[];
	/** What a person should know before. */
	readonly notes: readonly string[];
	readonly admission: readonly ObjectChange[];
	/** `null`: it asks nothing of pods. */
	readonly pods: PodsPlan | null;
	/** `null`: it asks nothing of nodes. */
	readonly nodes: NodesPlan | null;
}

/** What would be written on a node, over all policies. */
export interface NodePlan {
	readonly node: string;
	/** Policies that select it, by name. */
	readonly policies: readonly string[];
	/** `gpupolicy.dev/compliant`; absent: it stays. `null`: it goes. */
	readonly label?: 'true' | 'false' | null;
	/** `key=value:effect`. */
	readonly addedTaints: readonly string[];
	readonly removedTaints: readonly string[];
}

/** What the controller would do. */
export interface ClusterPlan {
	readonly context: string;
	readonly server: string;
	/** Version of MutatingAdmissionPolicy that is served; `null`: none, so that pods cannot be changed by it. */
	readonly mutating: string | null;
	readonly policies: readonly PolicyPlan[];
	readonly nodes: readonly NodePlan[];
}

/** Whether anything would be written, or somebody refused. */
export function changesAnything({ policies, nodes }: ClusterPlan): boolean {
	return (
		nodes.length > 0 ||
		policies.some(
			({ admission, pods }) =>
				admission.some(({ change }) => change !== 'InOrder') ||
				pods?.owners.some(({ action }) => action === 'Restart' || action === 'Evict') === true,
		)
	);
}

/** Messages that are shown of an owner; the rest is counted. */
const shownMessages = 3;

/** What `plan --context` prints: per policy its pods by owner and its admission objects, then the nodes. */
export function renderClusterPlan(plan: ClusterPlan, terminal: Terminal, options: { readonly diff: boolean }): string {
	const policies = plan.policies.map((policy) => renderPolicy(policy, terminal, options.diff));
	const nodes = plan.nodes.length === 0 ? '' : renderNodes(plan.nodes, terminal);
	const mutating =
		plan.mutating === null && plan.policies.some(({ pods, mode }) => pods !== null && mode === 'Enforce')
			? 'The API server serves no MutatingAdmissionPolicy: what is shown as changed at creation takes the webhook of the controller.\n'
			: '';
	const end =
		plan.policies.length === 0
			? 'There is no policy.\n'
			: changesAnything(plan)
				? `Nothing was written.${options.diff ? '' : '  gpupolicy plan --diff shows the admission objects.'}\n`
				: 'Nothing to change.\n';
	return [...policies, nodes, `${mutating}${end}`].filter((part) => part !== '').join('\n');
}

function renderPolicy(policy: PolicyPlan, terminal: Terminal, diff: boolean): string {
	const { name, origin, mode, insteadOf, suspended, pods, nodes, admission } = policy;
	const asIf = insteadOf === null ? '' : `  (as if; it is ${insteadOf})`;
	const lines = [`${paint(terminal, 'bold', name)}  ${printable(origin)}  ${mode}${asIf}${suspended ? '  suspended' : ''}`];
	for (const problem of policy.problems) lines.push(`  ${paint(terminal, 'bad', 'stalled')}    ${printable(problem)}`);
	for (const note of policy.notes) lines.push(`  ${paint(terminal, 'warn', 'note')}       ${printable(note)}`);
	if (pods) {
		const exempt = pods.exempt > 0 ? `, ${pods.exempt} exempt` : '';
		lines.push(`  pods       ${pods.compliant} of ${pods.selected} in order${exempt}`);
		for (const owner of pods.owners) lines.push(...renderOwner(owner, terminal));
	}
	if (nodes)
		lines.push(
			`  nodes      ${nodes.compliant} of ${nodes.total} compliant, ${nodes.unknown} unknown: ${printable(nodes.message)}`,
		);
	const changed = admission.filter(({ change }) => change !== 'InOrder');
	if (admission.length > 0)
		lines.push(
			`  admission  ${changed.length === 0 ? `${admission.length} objects in order` : `${changed.length} of ${admission.length} objects change`}`,
		);
	for (const object of changed) {
		lines.push(`    ${symbolOf(object, terminal)} ${object.kind} ${object.name}`);
		if (diff) lines.push(object.diff.trimEnd());
	}
	return `${lines.join('\n')}\n`;
}

const symbols: Readonly<Record<ObjectChange['change'], readonly [string, Tone]>> = {
	Create: ['+', 'good'],
	Update: ['~', 'warn'],
	Delete: ['-', 'bad'],
	InOrder: [' ', 'dim'],
};

function symbolOf({ change }: ObjectChange, terminal: Terminal): string {
	const [symbol, tone] = symbols[change];
	return paint(terminal, tone, symbol);
}

const actions: Readonly<Record<OwnerPlan['action'], string>> = {
	Restart: 'would be restarted',
	Evict: 'would be evicted',
	Report: 'reported',
	Keep: 'in order',
};

const atCreation: Readonly<Record<OwnerPlan['admission'], string | null>> = {
	Unchanged: null,
	Mutated: 'new ones are changed',
	Warned: 'new ones are warned of',
	Denied: 'new ones are refused',
};

function renderOwner({ owner, pods, action, because, admission, messages }: OwnerPlan, terminal: Terminal): string[] {
	const acts = action === 'Restart' || action === 'Evict';
	const symbol = admission === 'Denied' ? paint(terminal, 'bad', '!') : acts ? paint(terminal, 'warn', '~') : '·';
	const parts = [
		`${actions[action]}${because === null ? '' : ` (${because})`}`,
		...(atCreation[admission] === null ? [] : [atCreation[admission]]),
	];
	const more = messages.length > shownMessages ? [`      and ${messages.length - shownMessages} more`] : [];
	return [
		`    ${symbol} ${printable(`${owner}  ${pods.length} ${pods.length === 1 ? 'pod' : 'pods'}: ${parts.join('; ')}`)}`,
		...messages.slice(0, shownMessages).map((message) => `      ${printable(message)}`),
		...more,
	];
}

function renderNodes(nodes: readonly NodePlan[], terminal: Terminal): string {
	const lines = nodes.map(({ node, policies, label, addedTaints, removedTaints }) => {
		const parts = [
			...(label === undefined ? [] : [label === null ? 'label compliant goes' : `label compliant=${label}`]),
			...addedTaints.map((taint) => `+ taint ${taint}`),
			...removedTaints.map((taint) => `- taint ${taint}`),
			...(label === undefined && addedTaints.length + removedTaints.length === 0 ? ['our annotation'] : []),
		];
		return `  ${paint(terminal, 'warn', '~')} ${printable(node)}  ${parts.join(', ')}  (${policies.join(', ') || 'no policy'})\n`;
	});
	return `nodes\n${lines.join('')}`;
}
