/** How the device-plugin proxy tells the agent of its node what it does: `device-plugin.json` in the state directory of both. */
export interface DevicePluginState {
	readonly version: 1;
	/** When it was written, RFC 3339. */
	readonly at: string;
	/** Why every device is Unhealthy: there is no answer of the agent yet; `null` once there is. */
	readonly waiting: string | null;
	readonly resources: readonly ProxiedResource[];
	/** The last ones, oldest first; at most 32. */
	readonly refusals: readonly Refusal[];
}

/** A resource that a device plugin registered with the proxy. */
export interface ProxiedResource {
	/** `nvidia.com/gpu`. */
	readonly name: string;
	/** Socket of the plugin itself, relative to the plugin directory. */
	readonly endpoint: string;
	/** Whether the kubelet listens to the proxy for this resource. */
	readonly registered: boolean;
	/** How many devices the plugin lists. */
	readonly devices: number;
	/** Devices that the plugin calls Healthy and the kubelet sees as Unhealthy. */
	readonly hidden: readonly HiddenDevice[];
}

export interface HiddenDevice {
	/** As the plugin names it. */
	readonly id: string;
	readonly reason: string;
}

/** A container that was not given, or not started on, a device. */
export interface Refusal {
	/** RFC 3339. */
	readonly at: string;
	readonly resource: string;
	/** As the plugin names the device. */
	readonly id: string;
	/** `null` where no policy decides. */
	readonly policy: string | null;
	readonly reason: string;
}
