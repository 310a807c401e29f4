import type { SecretReference } from '../core/desired/resolve.ts';
import type { Fact } from '../core/observed/fact.ts';
import type { Inventory } from '../core/observed/inventory.ts';
import type { Format } from '../core/ports/format.ts';
import type { InventorySource } from '../core/ports/inventory-source.ts';
import type { Journal, PassLock } from '../core/ports/journal.ts';
import type { Repository } from '../core/ports/repository.ts';
import type { Worktree } from '../core/ports/worktree.ts';

/** Everything impure that a pass uses; `app/` decides what stands behind each. */
export interface EnginePorts {
	readonly worktree: Worktree;
	/** Opened only by passes that write. */
	journal(): Journal;
	readonly lock: PassLock;
	readonly repository: Repository;
	/** Inventory recorded beside the policy or named by the user; `null` where there is none. */
	readonly recorded: Fact<Inventory> | null;
	/** The live devices of this machine. */
	readonly live: InventorySource;
	secret(reference: SecretReference): Fact<string>;
	readonly formats: readonly Format[];
	/** Import names that make a Python file a GPU program, where the policy does not list its own. */
	readonly defaultGpuLibraries: readonly string[];
	/** Version of this program: part of the basis of remembered outcomes. */
	readonly version: string;
	/** RFC 3339. */
	now(): string;
	/** Milliseconds, monotonic. */
	elapsed(): number;
	/** sha256, hex. */
	hash(text: string | Uint8Array): string;
	/** Called every so often with counts while files are read. */
	progress?(phase: 'listing' | 'reading' | 'writing', done: number, total: number): void;
}
