import type { ObservedProcess, ProcessReading } from '../core/node-report/observation.ts';
import type { GpuDevice } from '../core/observed/inventory.ts';
import type { PodFinder, ProcessReader } from './ports.ts';

/** Processes that are read at once. */
const atOnce = 8;

/** What is known of the processes on devices. What a process started with does not change, so each is read once for the variables asked for. */
export class ProcessReadings {
	readonly #reader: ProcessReader;
	readonly #pods: PodFinder | null;
	#known = new Map<string, ProcessReading>();
	#variables = '';

	/** `pods`: `null` outside of a cluster. */
	constructor(reader: ProcessReader, pods: PodFinder | null) {
		this.#reader = reader;
		this.#pods = pods;
	}

	/** Observes every process on these devices. */
	async observe(
		devices: readonly GpuDevice[],
		variables: readonly string[],
		withNamespaceLabels: boolean,
	): Promise<readonly ObservedProcess[]> {
		const asked = [...new Set(variables)].sort();
		if (asked.join() !== this.#variables) this.#known.clear();
		this.#variables = asked.join();
		const kept = new Map<string, ProcessReading>();
		const found = devices.flatMap((device) => (device.processes ?? []).map((process) => ({ device, process })));
		const readings = await mapLimited(found, async ({ process }) => {
			const key = `${process.pid} ${process.startTime}`;
			const reading = kept.get(key) ?? this.#known.get(key) ?? (await this.#reader.read(process, asked));
			// What could not be read may be readable at the next look.
			if (reading.unread === null && reading.environment.state === 'read') kept.set(key, reading);
			return reading;
		});
		this.#known = kept;
		return mapLimited(found, async ({ device: { uuid, index }, process }, i) => {
			const reading = readings[i] as ProcessReading;
			const pod = reading.container && this.#pods ? await this.#pods.find(reading.container, withNamespaceLabels) : null;
			return { device: { uuid, index }, process, reading, pod };
		});
	}
}

/** Like map, with a few under way at once and the results in order. */
async function mapLimited<T, R>(items: readonly T[], use: (item: T, index: number) => Promise<R>): Promise<R[]> {
	const results = new Array<R>(items.length);
	let next = 0;
	const work = async (): Promise<void> => {
		for (let i = next++; i < items.length; i = next++) results[i] = await use(items[i] as T, i);
	};
	await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
	return results;
}
