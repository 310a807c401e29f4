import type { ExitCode } from '../../runtime/errors.ts';
import { paint, printable, type Terminal } from '../terminal.ts';

/** One thing that is not as a policy says, or that nobody can tell. */
export interface ClusterFinding {
	readonly policy: string;
	/** `pod/env`, `pod/static`, `pod/ephemeral`, `pod/bypass`, `pod/device`, `device/forbidden`, `device/inventory`, `node/unknown`, `policy/stalled`, `policy/unobserved`, `admission`. */
	readonly rule: string;
	/** `ml/train-7f9c/train`, `gpu-node-2/GPU-91…`, the name of the policy. */
	readonly place: string;
	readonly message: string;
	/** `finding` fails a check, `unknown` leaves it open, `warning` does neither. */
	readonly severity: 'finding' | 'unknown' | 'warning';
}

/** What one policy came to. */
export interface CheckedPolicy {
	readonly name: string;
	readonly mode: 'Enforce' | 'Audit';
	readonly digest: string;
	/** `null`: it asks nothing of pods. */
	readonly pods: { readonly selected: number; readonly compliant: number } | null;
	/** `null`: it asks nothing of nodes. */
	readonly nodes: { readonly total: number; readonly compliant: number; readonly unknown: number } | null;
}

export interface ClusterCheck {
	readonly context: string;
	readonly server: string;
	readonly policies: readonly CheckedPolicy[];
	/** By place. */
	readonly findings: readonly ClusterFinding[];
	readonly exitCode: ExitCode;
}

/** What `check --context` prints: a line a finding, then one that sums up. */
export function renderClusterCheck({ policies, findings }: ClusterCheck, terminal: Terminal): string {
	const lines = findings.map(({ policy, rule, place, message, severity }) => {
		const mark = severity === 'finding' ? '' : `${severity}: `;
		return `${printable(place)}: ${paint(terminal, severity === 'finding' ? 'bad' : 'warn', `${mark}${rule}`)}  ${printable(message)}\n   ${policy}\n`;
	});
	const sum = (of: (policy: CheckedPolicy) => number): number => policies.reduce((total, policy) => total + of(policy), 0);
	const parts = [
		...(policies.some(({ pods }) => pods)
			? [`${sum(({ pods }) => pods?.compliant ?? 0)} of ${sum(({ pods }) => pods?.selected ?? 0)} pods in order`]
			: []),
		...(policies.some(({ nodes }) => nodes)
			? [
					`${sum(({ nodes }) => nodes?.compliant ?? 0)} of ${sum(({ nodes }) => nodes?.total ?? 0)} nodes compliant, ${sum(({ nodes }) => nodes?.unknown ?? 0)} unknown`,
				]
			: []),
		`${findings.filter(({ severity }) => severity === 'finding').length} findings`,
	];
	return `${lines.join('')}${policies.length} ${policies.length === 1 ? 'policy' : 'policies'}: ${parts.join(', ')}.\n`;
}
