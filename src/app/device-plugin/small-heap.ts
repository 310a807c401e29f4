import { setFlagsFromString } from 'node:v8';

/**
 * Leaves V8's optimizing compilers out, and its heap small. The kubelet calls a few times a minute at most: code is hardly ever optimized then, and the memory
 * of those compilers is never given back to the system. Measured over 3,000 allocations in a row, in one run: 65 MB resident at the most, against 71 to 79 MB
 * with Maglev and 76 MB with TurboFan besides. Maglev takes a fifth of a millisecond of each at the median, and nothing at p99.
 */
export function keepHeapSmall(): void {
	for (const flag of ['--no-turbofan', '--no-maglev', '--optimize-for-size']) setFlagsFromString(flag);
}
