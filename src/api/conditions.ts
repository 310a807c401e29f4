/** Types of the conditions of a GpuPolicy and of a GpuNodeReport (kstatus: `Reconciling` and `Stalled` are present only while True). */
export const conditionTypes = {
	/** Everything that the policy demands is in place and was seen to be. */
	Ready: 'Ready',
	/** Work is under way. Present only while True. */
	Reconciling: 'Reconciling',
	/** Nothing but a person helps. Present only while True; Ready repeats its reason. */
	Stalled: 'Stalled',
	/** Files of the repo. Local only; absent where the policy has no `files` block, and in a cluster. */
	FilesConverged: 'FilesConverged',
	/** Running pods. Absent where the policy has no `workloads` block. */
	WorkloadsConverged: 'WorkloadsConverged',
	/** New pods get the env of the policy. Absent where the policy has no `workloads` block. */
	AdmissionProgrammed: 'AdmissionProgrammed',
	/** Devices of the nodes, or of this machine, as NVML shows them. Absent where the policy has no `nodes` block. */
	NodesValidated: 'NodesValidated',
} as const;

export type ConditionType = keyof typeof conditionTypes;

/** A reason has one status: which one. */
export type ConditionStatus = 'True' | 'False' | 'Unknown';

interface Reason {
	readonly status: ConditionStatus;
	/** What it says, for `gpupolicy explain` and the docs. */
	readonly meaning: string;
}

/** Reasons of `Stalled`; `Ready` repeats them with status False. */
export const stalledReasons = {
	InvalidSpec: {
		status: 'True',
		meaning: 'The spec cannot be carried out as it is written; the message says which field and why.',
	},
	SelectorCannotMatch: {
		status: 'True',
		meaning: 'A selector contradicts itself or this machine, so that nothing can ever match it.',
	},
	ConflictingPolicies: {
		status: 'True',
		meaning: 'Two policies demand different values in one place, or leave no device usable; both are named.',
	},
	Forbidden: { status: 'True', meaning: 'Our account lacks a right; the message names the verb and the resource.' },
	FieldManagerConflict: { status: 'True', meaning: 'Another field manager owns a field that the policy sets; we never force.' },
	RemediationHalted: { status: 'True', meaning: 'The circuit breaker stopped remediation; `gpupolicy resume NAME` lifts it.' },
} as const satisfies Readonly<Record<string, Reason>>;

/**
 * Every reason of every condition, with its one status. `Ready` also takes those of `Stalled` (False) and of `Reconciling`
 * (Unknown).
 */
export const conditionReasons = {
	Ready: {
		Converged: { status: 'True', meaning: 'Every duty of the policy is done, and was seen to be.' },
		AuditOnly: {
			status: 'True',
			meaning: 'An audit is complete; violations stand in the other conditions. Nothing was changed.',
		},
		DriftDetected: { status: 'False', meaning: 'Files or pods are not as the policy demands.' },
		NodesNonCompliant: { status: 'False', meaning: 'A node exposes a forbidden device.' },
		FactsUnknown: { status: 'Unknown', meaning: 'A fact that the verdict rests on could not be read.' },
		NotYetObserved: { status: 'Unknown', meaning: 'Nobody has looked yet.' },
	},
	Reconciling: {
		Progressing: { status: 'True', meaning: 'Work is under way.' },
		ProgressingWithRetry: { status: 'True', meaning: 'Work failed and is tried again; the message says when and why.' },
	},
	Stalled: stalledReasons,
	FilesConverged: {
		InSync: { status: 'True', meaning: 'Every file that the policy includes is as it demands.' },
		Drifted: { status: 'False', meaning: 'Files differ from the policy and can be converged.' },
		WriteFailed: { status: 'False', meaning: 'A file could not be written; the others were.' },
		Refused: { status: 'False', meaning: 'Files need a person: they were left as they are.' },
		RepoUnavailable: { status: 'Unknown', meaning: 'The root could not be read.' },
		NoneSelected: { status: 'True', meaning: 'No file matches now.' },
		NotYetObserved: { status: 'Unknown', meaning: 'Nobody has looked yet.' },
	},
	WorkloadsConverged: {
		InSync: { status: 'True', meaning: 'Every selected pod carries the env of the policy.' },
		RestartRequired: { status: 'False', meaning: 'Running pods predate the policy, or were changed after admission.' },
		Unmanaged: {
			status: 'False',
			meaning:
				'Pods do not comply and no replacement would: static pods, ephemeral containers, and ways to a GPU that the policy denies.',
		},
		NoneSelected: { status: 'True', meaning: 'No pod is selected now.' },
		RemediationFailed: { status: 'False', meaning: 'A restart or eviction failed; the message names the pod.' },
		NotYetObserved: { status: 'Unknown', meaning: 'Nobody has looked yet.' },
	},
	AdmissionProgrammed: {
		PolicyActive: { status: 'True', meaning: 'The API server itself applies the policy; a probe was answered with its digest.' },
		WebhookActive: { status: 'True', meaning: 'Our webhook applies the policy; a probe was answered with its digest.' },
		ValidationOnly: { status: 'True', meaning: 'Pods are checked and not changed; the message says why.' },
		CanaryFailed: { status: 'False', meaning: 'The compiled policy did not prove itself on the canary, so it was not bound.' },
		APIUnavailable: { status: 'Unknown', meaning: 'The API server serves no admission policy, or did not answer.' },
		NotYetObserved: { status: 'Unknown', meaning: 'Nobody has looked yet.' },
	},
	NodesValidated: {
		AllCompliant: { status: 'True', meaning: 'No selected node exposes a forbidden device.' },
		ForbiddenDeviceExposed: { status: 'False', meaning: 'A forbidden device is held by a process or pod, or is allocatable.' },
		InventoryMismatch: { status: 'False', meaning: 'The committed inventory and the devices of the machine differ.' },
		NVMLUnavailable: { status: 'Unknown', meaning: 'The devices could not be read.' },
		ReportStale: { status: 'Unknown', meaning: 'The report of a node is older than three heartbeats.' },
		NoneSelected: { status: 'True', meaning: 'No node is selected now.' },
		NotYetObserved: { status: 'Unknown', meaning: 'Nobody has looked yet.' },
	},
} as const satisfies Readonly<Record<ConditionType, Readonly<Record<string, Reason>>>>;

/** A reason that a condition of type `T` may have. */
export type ConditionReason<T extends ConditionType = ConditionType> = T extends 'Ready'
	? keyof (typeof conditionReasons)['Ready'] | keyof typeof stalledReasons | 'Progressing' | 'ProgressingWithRetry'
	: T extends ConditionType
		? keyof (typeof conditionReasons)[T]
		: never;

/** The one status that a condition of this type has for this reason. */
export function statusOfReason<T extends ConditionType>(type: T, reason: ConditionReason<T>): ConditionStatus {
	const own = (conditionReasons[type] as Readonly<Record<string, Reason>>)[reason as string];
	if (own) return own.status;
	return Object.hasOwn(stalledReasons, reason) ? 'False' : 'Unknown';
}
