import process from 'node:process';
import type { InventorySource } from '../core/ports/inventory-source.ts';
import { whereDriver } from './driver-presence.ts';
import { firstKnown } from './first-known.ts';
import { type NvidiaSmiOptions, nvidiaSmiSource } from './nvidia-smi/source.ts';
import { type NvmlOptions, nvmlSource } from './nvml/source.ts';
import { timeLimited } from './time-limit.ts';

/** The devices of this machine: NVML, then nvidia-smi where NVML cannot be loaded. Loads nothing that only a recorded inventory needs. */
export function liveInventory(options: NvmlOptions & NvidiaSmiOptions = {}): InventorySource {
	const sources = timeLimited(firstKnown([nvmlSource(options), nvidiaSmiSource(options)]));
	return whereDriver(sources, process.platform, options.environment ?? process.env);
}
