import type { Log } from '../runtime/log.ts';

/** What the kubelet asks of a plugin besides its list. */
export type PluginCall = 'Allocate' | 'PreStartContainer' | 'GetPreferredAllocation';

/** Where the proxy tells what it does. */
export interface ProxyTelemetry {
	readonly log: Log;
	/** A call of the kubelet was answered; `refused` by a policy, `failed` by the plugin. */
	called(method: PluginCall, result: 'ok' | 'refused' | 'failed', seconds: number): void;
	/** A registration with the kubelet. */
	registered(resource: string, result: 'ok' | 'failed'): void;
	/** A list was sent to the kubelet. */
	listed(resource: string): void;
}
