/** How the agent of a node tells the device-plugin proxy beside it what may be handed out: `answer.json` in the state directory of both. */
export interface DeviceAnswer {
	readonly version: 1;
	/** Name of the node. */
	readonly node: string;
	/** When it was made, RFC 3339; for a person, nothing rests on it. */
	readonly at: string;
	/** Those that select the node. Without one in mode Enforce everything passes unchanged. */
	readonly policies: readonly AnsweredPolicy[];
	readonly devices: readonly AnsweredDevice[];
	/** What a container gets besides, of policies in mode Enforce; a name stands once. */
	readonly env: readonly AnsweredVariable[];
}

export interface AnsweredPolicy {
	readonly name: string;
	readonly digest: string;
	readonly mode: 'Enforce' | 'Audit';
}

/** A GPU of the node, or a MIG device of one. */
export interface AnsweredDevice {
	readonly uuid: string;
	/** As NVML counts; of a MIG device within its GPU. */
	readonly index: number;
	/** `00000000:3B:00.0`; of a MIG device that of its GPU. */
	readonly pciBusId: string;
	/** UUID of the GPU of a MIG device; `null` for a GPU. */
	readonly parent: string | null;
	/** `Unknown` is not allowed. */
	readonly verdict: 'Allowed' | 'Forbidden' | 'Unknown';
	/** The policy that decides; `null` where none does. */
	readonly policy: string | null;
	readonly reason: string;
}

export interface AnsweredVariable {
	readonly name: string;
	readonly value: string;
	readonly policy: string;
}
