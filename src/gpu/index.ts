export { liveInventory } from './live.ts';
export { nvidiaSmiSource } from './nvidia-smi/source.ts';
export { nvmlSource } from './nvml/source.ts';
export { type GpuInventoryManifest, toInventoryManifest } from './recorded/manifest.ts';
export { recordedInventory } from './recorded/parse.ts';
export { readRecorded, recordedSource } from './recorded/source.ts';
