import { age } from '../get.ts';
import { renderTable } from '../table.ts';
import { printable } from '../terminal.ts';

export interface DescribedDevice {
	readonly index: number;
	readonly uuid: string;
	readonly productName: string;
	/** `null` where the source does not tell. */
	readonly memoryBytes: number | null;
	/** `Exposed`, `Claimable`, `NotExposed` or `Unknown`. */
	readonly exposure: string;
}

export interface DescribedVerdict {
	readonly policy: string;
	/** Absent where the source does not tell. */
	readonly mode?: 'Enforce' | 'Audit';
	readonly verdict: 'Compliant' | 'NonCompliant' | 'Unknown';
	readonly reason: string;
	/** Empty where the node is compliant. */
	readonly message: string;
	/** Of each device, in their order: `allowed: allow[0] productName`. Empty where the facts are missing. */
	readonly devices: readonly string[];
}

export interface DescribedPod {
	/** `ml/train-7f9c…`. */
	readonly pod: string;
	/** What each policy that selects it says, and what it does around the device plugin. */
	readonly says: readonly string[];
}

/** One node with what is known of its devices and what every policy says of it. */
export interface NodeDescription {
	readonly node: string;
	/** Where the facts come from; `null` where there are none. */
	readonly source: string | null;
	/** `agent report (NVML 580.65)`, or why there are no facts. */
	readonly facts: string;
	/** The agent of the node; `null` where it never wrote. */
	readonly agent: { readonly version: string | null; readonly observedAt: string | null } | null;
	readonly devices: readonly DescribedDevice[];
	readonly verdicts: readonly DescribedVerdict[];
	/** Enforce policies that together leave no device usable. */
	readonly conflict: readonly string[];
	/** `gpupolicy.dev/compliant`; `null` where it is not there. */
	readonly label: string | null;
	readonly taints: readonly string[];
	/** Processes on devices, as the agent reports them. */
	readonly processes: readonly {
		readonly pid: number;
		readonly deviceUuid: string;
		readonly name: string;
		readonly pod: string | null;
		/** What policies find wrong with it; empty where nothing is. */
		readonly says: readonly string[];
	}[];
	/** Pods on the node that ask for a GPU or reach one otherwise. */
	readonly pods: readonly DescribedPod[];
	/** What could not be read, and why. */
	readonly unread: readonly string[];
}

/** One node as `kubectl describe` would show it, from the side of its GPUs. */
export function renderNode(view: NodeDescription, now: number): string {
	const { node, facts, agent, devices, verdicts, conflict, label, taints, processes, pods, unread } = view;
	const lines = [
		`Name:        ${node}`,
		`Facts:       ${printable(facts)}`,
		`Agent:       ${agent === null ? 'none reports' : `${agent.version ?? 'of unknown version'}, last heard ${age(agent.observedAt, now)} ago`}`,
		`Compliant:   ${label ?? 'no label'}`,
		`Taints:      ${taints.join(', ') || 'none'}`,
	];
	if (devices.length > 0)
		lines.push(
			'Devices:',
			renderTable(
				['  INDEX', 'PRODUCT', 'MEMORY', 'EXPOSURE', 'UUID', ...verdicts.map(({ policy }) => policy)],
				devices.map(({ index, productName, memoryBytes, exposure, uuid }, at) => [
					`  ${index}`,
					printable(productName || '-'),
					memoryBytes === null ? '-' : `${Math.round(memoryBytes / 2 ** 30)} GiB`,
					exposure,
					printable(uuid || '-'),
					...verdicts.map((verdict) => printable(verdict.devices[at] ?? '-')),
				]),
			).trimEnd(),
		);
	lines.push(
		verdicts.length === 0 ? 'Policies:    none selects it' : 'Policies:',
		...verdicts.map(
			({ policy, mode, verdict, reason, message }) =>
				`  ${policy}${mode === undefined ? '' : `  ${mode}`}  ${verdict}  ${reason}${message === '' ? '' : `: ${printable(message)}`}`,
		),
	);
	if (conflict.length > 0)
		lines.push(`Conflict:    ${conflict.join(' and ')} together leave no device usable; the last verdict stays`);
	if (processes.length > 0)
		lines.push(
			'Processes:',
			...processes.map(({ pid, deviceUuid, name, pod, says }) =>
				printable(
					`  ${pid}  ${name || '-'}  ${deviceUuid}${pod === null ? '' : `  ${pod}`}${says.length === 0 ? '' : `  ${says.join('; ')}`}`,
				),
			),
		);
	if (pods.length > 0)
		lines.push('Pods:', ...pods.map(({ pod, says }) => printable(`  ${pod}  ${says.join('; ') || 'no variable deviates'}`)));
	for (const what of unread) lines.push(`Not read:    ${printable(what)}`);
	return `${lines.join('\n')}\n`;
}
