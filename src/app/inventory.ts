import path from 'node:path';
import process from 'node:process';
import { type DeviceVerdict, judgeDevices } from '../core/desired/device-selection.ts';
import type { Unknown } from '../core/observed/fact.ts';
import type { Inventory } from '../core/observed/inventory.ts';
import type { InventorySource } from '../core/ports/inventory-source.ts';
import {
	type GpuInventoryManifest,
	liveInventory,
	nvidiaSmiSource,
	nvmlSource,
	recordedSource,
	toInventoryManifest,
} from '../gpu/index.ts';
import { CodedError, exitCodes } from '../runtime/errors.ts';
import { type LoadedPolicies, loadPolicies, type PolicyLocation } from './load-policies.ts';
import { locateRoot } from './locate-root.ts';
import { inventoryFileName } from './recorded-inventory.ts';

export const inventorySources = ['nvml', 'nvidia-smi', 'recorded'] as const;

export interface InventoryFlags {
	readonly directory?: string | undefined;
	/** Absent: the live devices, or the file that `inventory` names. */
	readonly source?: (typeof inventorySources)[number] | undefined;
	/** A recorded inventory, relative to the current directory. */
	readonly inventory?: string | undefined;
}

/** What the command prints: the file that can be committed, or why there is none. */
export type InventoryResult = GpuInventoryManifest | (Unknown & { readonly kind: 'Unknown' });

/** One reading, with what renders it. */
export interface InventoryReading {
	readonly result: InventoryResult;
	/** `null` where it is unknown. */
	readonly inventory: Inventory | null;
	/** Source and time for people: `NVML 580.65.06`. */
	readonly source: string;
}

/** The source that the flags ask for. */
export function openInventory({ directory, source, inventory }: InventoryFlags): InventorySource {
	if (inventory !== undefined && source !== undefined && source !== 'recorded') {
		throw new CodedError('GP2010', `--inventory names a recorded inventory and --source ${source} asks for the devices`, {
			hint: 'use one of the two',
			exit: exitCodes.usage,
		});
	}
	if (source === 'nvml') return nvmlSource();
	if (source === 'nvidia-smi') return nvidiaSmiSource();
	if (inventory !== undefined) return recordedSource(path.resolve(inventory), inventory);
	if (source === 'recorded') return recordedSource(path.join(locateRoot(directory), inventoryFileName), inventoryFileName);
	return liveInventory();
}

/** Reads the devices once. Never rejects: what cannot be read is an unknown result. */
export async function readInventory(source: InventorySource, timeoutMs: number): Promise<InventoryReading> {
	const fact = await source.observe({ timeoutMs });
	if (fact.state === 'known') {
		return { result: toInventoryManifest(fact.value, { readings: true }), inventory: fact.value, source: fact.source };
	}
	const { reason, message } = fact;
	return { result: { kind: 'Unknown', state: 'unknown', reason, message }, inventory: null, source: source.name };
}

/** Verdicts per device, by policy name. */
export type PolicyVerdicts = ReadonlyMap<string, readonly DeviceVerdict[]>;

/** What each policy at hand says of each device, by policy name; empty where there is no policy. */
export async function policyVerdicts(location: PolicyLocation, inventory: Inventory): Promise<PolicyVerdicts> {
	let policies: LoadedPolicies['policies'];
	try {
		({ policies } = await loadPolicies(location));
	} catch (error) {
		if (error instanceof CodedError) return new Map(); // a machine without a policy still has devices
		throw error;
	}
	const selecting = policies.filter(({ policy }) => policy.spec.devices !== undefined);
	return new Map(selecting.map(({ policy }) => [policy.metadata.name, judgeDevices(policy.spec.devices, inventory)]));
}

/**
 * Reads again and again until a signal comes: at the interval, and at once when the source hears of an XID. Every reading is
 * given to `show`. Resolves with the signal.
 */
export async function watchInventory(
	source: InventorySource,
	options: { readonly timeoutMs: number; readonly everyMs: number },
	show: (reading: InventoryReading) => void,
): Promise<'SIGINT' | 'SIGTERM'> {
	let wake = () => {};
	let stopped: 'SIGINT' | 'SIGTERM' | null = null;
	const stop = (signal: 'SIGINT' | 'SIGTERM') => {
		stopped = signal;
		wake();
	};
	process.once('SIGINT', stop);
	process.once('SIGTERM', stop);
	const unsubscribe = source.subscribe?.(() => wake());
	while (stopped === null) {
		const reading = await readInventory(source, options.timeoutMs);
		if (stopped !== null) break;
		show(reading);
		await new Promise<void>((resolve) => {
			const timer = setTimeout(resolve, options.everyMs);
			wake = () => {
				clearTimeout(timer);
				resolve();
			};
			if (stopped !== null) wake();
		});
	}
	unsubscribe?.();
	return stopped;
}
