/** A device that a policy forbids, and that a resource claim gave to a pod. */
export interface HeldDevice {
	readonly claim: string;
	/** `gpu-1 of n0 (NVIDIA GeForce RTX 5060 Ti)` */
	readonly device: string;
	/** The verdict's reason. */
	readonly reason: string;
	/** The claim was made for this pod, and one that is made now would keep to the policy. */
	readonly replaceable: boolean;
}

/** `resource claim gpu holds gpu-1 of n0 (NVIDIA …), which is forbidden: matches no allow entry`. */
export function describeHeldDevice({ claim, device, reason }: HeldDevice): string {
	return `resource claim ${claim} holds ${device}, which is forbidden: ${reason}`;
}
