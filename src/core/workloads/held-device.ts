/** A device that a policy forbids, and that a pod holds. */
export interface HeldDevice {
	/** `resource claim gpu`, `process 4242 (python)`. */
	readonly by: string;
	/** Name of the claim, or of the container that the process is of: the last part of a violation's place. */
	readonly place: string;
	/** `gpu-1 of n0 (NVIDIA GeForce RTX 5060 Ti)` */
	readonly device: string;
	/** The verdict's reason. */
	readonly reason: string;
	/** A pod that replaces this one would not get it: its claim was made for it, or a device plugin gave it, and both keep to the policy now. */
	readonly replaceable: boolean;
}

/** What most pods hold; there are very many. */
export const holdsNothing: readonly HeldDevice[] = [];

/** `resource claim gpu holds gpu-1 of n0 (NVIDIA …), which is forbidden: matches no allow entry`. */
export function describeHeldDevice({ by, device, reason }: HeldDevice): string {
	return `${by} holds ${device}, which is forbidden: ${reason}`;
}
