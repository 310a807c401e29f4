import { type ConditionType, conditionReasons, conditionTypes } from '../../src/api/conditions.ts';

/** What a condition speaks of, in the order in which `describe` shows them. */
const subjects: Readonly<Record<ConditionType, string>> = {
	Ready:
		'Everything that the policy demands is in place and was seen to be. Repeats the reason of what is worst; `kubectl wait --for=condition=Ready gpol/NAME` waits for it.',
	Reconciling: 'Work is under way. Present only while True.',
	Stalled: 'Nothing but a person helps. Present only while True; Ready is then False with the same reason.',
	FilesConverged: 'The files of a repo. Local only.',
	AdmissionProgrammed: 'New pods get the environment of the policy. For policies with `spec.workloads`, in a cluster.',
	WorkloadsConverged: 'Running pods. For policies with `spec.workloads`, in a cluster.',
	NodesValidated:
		'The devices of the nodes, or of this machine. For policies with `spec.nodes`, and locally for those with `spec.devices`.',
};

/** Text of docs/reference/conditions.md. */
export function conditionReference(): string {
	const types = Object.keys(subjects) as ConditionType[];
	const forgotten = Object.keys(conditionTypes).filter((type) => !types.includes(type as ConditionType));
	if (forgotten.length > 0) throw new Error(`docs/generate/conditions.ts says nothing of ${forgotten.join(', ')}`);
	const cell = (text: string): string => text.replaceAll('|', '\\|');
	const sections = types.map((type) => {
		const rows = Object.entries(conditionReasons[type]).map(
			([reason, { status, meaning }]) => `| ${reason} | ${status} | ${cell(meaning)} |`,
		);
		return [`## ${type}`, subjects[type], ['| Reason | Status | What it says |', '|---|---|---|', ...rows].join('\n')].join(
			'\n\n',
		);
	});
	return `${['# Conditions', 'Generated from `src/api/conditions.ts` by `npm run generate`. A reason has one status, and no reason is ever given another meaning. The message of a condition carries the evidence: what was read, where, when.', ...sections].join('\n\n')}\n`;
}
