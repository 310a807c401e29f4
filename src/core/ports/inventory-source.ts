import type { Fact } from '../observed/fact.ts';
import type { Inventory } from '../observed/inventory.ts';

/** Where GPU facts come from: NVML, nvidia-smi, a recorded file, or a decorator over them. */
export interface InventorySource {
	/** Shown to people: `NVML`, `nvidia-smi`, `recorded gpupolicy.inventory.yaml`. */
	readonly name: string;
	/**
	 * Reads all devices once. Never rejects and never takes longer than `timeoutMs`:
	 * what cannot be had is `unknown`, with `TimedOut` when the time ran out.
	 */
	observe(options: { readonly timeoutMs: number }): Promise<Fact<Inventory>>;
	/** Calls back when the source hears that something happened on a device (an XID), until the returned function is called. */
	subscribe?(onChange: () => void): () => void;
	/** Ends whatever the source keeps (a child process); safe to call twice. */
	close(): Promise<void>;
}
