import type { Interest } from '../../core/ports/format.ts';

/** Words besides the variables whose presence makes a scan worth while. */
const always = ['>>> gpupolicy', '<<< gpupolicy', 'environ.clear', '#>>>gpupolicy'];
const forOrdinals = ['cuda', 'main_gpu', 'device_map'];

/** False only where a scan would certainly find nothing: no variable, no GPU import, no device, no block is named in the bytes. */
export function mayConcern(bytes: Uint8Array, interest: Interest): boolean {
	const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	for (const variable of interest.variables) if (text.includes(variable)) return true;
	for (const needle of always) if (text.includes(needle)) return true;
	if (interest.ordinals) for (const needle of forOrdinals) if (text.includes(needle)) return true;
	for (const library of interest.gpuLibraries) if (text.includes(library.split('.')[0] as string)) return true;
	return false;
}
