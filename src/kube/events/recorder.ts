import { randomBytes } from 'node:crypto';
import { type Cluster, ClusterError, type ObjectName, type Resource } from '../../core/ports/cluster.ts';
import type { ClusterEvent, EventRecorder } from '../../core/ports/events.ts';
import { microTime } from '../lease/micro-time.ts';
import { eventObject, type Reporter, seriesKey, topicKey } from './series.ts';

const events: Resource = { group: 'events.k8s.io', version: 'v1', resource: 'events', kind: 'Event', namespaced: true };

export interface RecorderSettings extends Reporter {
	/** Writes a second in the long run, and at once after a quiet time. */
	readonly ratePerSecond?: number;
	readonly burst?: number;
	/** Milliseconds for which repetitions are gathered before they are written. */
	readonly gatherMs?: number;
	/** Milliseconds after which a series that nothing adds to is closed: the next repetition is a new event. */
	readonly quietMs?: number;
	/** Different notes for one reason about one object within `quietMs`; what comes after them is gathered in one series. */
	readonly notesPerTopic?: number;
	/** Events that wait to be written; further ones are dropped. */
	readonly maxWaiting?: number;
}

interface Series {
	readonly event: ClusterEvent;
	/** `null` until the first event is written. */
	object: ObjectName | null;
	count: number;
	written: number;
	lastAt: number;
	/** Milliseconds for which the next repetitions are gathered; doubled each time, so that a lasting trouble becomes cheap. */
	gatherMs: number;
	/** In the queue. */
	waiting: boolean;
	/** Repetitions are being gathered. */
	gathering: boolean;
	timer: NodeJS.Timeout | undefined;
}

/** The longest pause between two writes of one series. */
const maxGatherMs = 5 * 60_000;

/** Writes events, gathers repetitions into series, and keeps within a rate. Nothing that it does can fail its caller. */
export class KubeEventRecorder implements EventRecorder {
	readonly #cluster: Cluster;
	readonly #settings: Required<RecorderSettings>;
	readonly #series = new Map<string, Series>();
	/** Keys of the notes of each topic. */
	readonly #topics = new Map<string, Set<string>>();
	readonly #queue: Series[] = [];
	readonly #stop = new AbortController();
	#tokens: number;
	#filledAt = performance.now();
	#running: Promise<void> | undefined;
	#dropped = 0;

	constructor(cluster: Cluster, settings: RecorderSettings) {
		this.#cluster = cluster;
		this.#settings = {
			ratePerSecond: 5,
			burst: 50,
			gatherMs: 5_000,
			quietMs: 6 * 60_000,
			notesPerTopic: 10,
			maxWaiting: 1_000,
			...settings,
		};
		this.#tokens = this.#settings.burst;
	}

	/** Events that were not written: the queue was full, or the server refused them. */
	get dropped(): number {
		return this.#dropped;
	}

	record(event: ClusterEvent): void {
		if (this.#stop.signal.aborted) return;
		const key = this.#gather(event);
		const combined = key === topicKey(event);
		const standing = this.#series.get(key);
		if (standing) {
			this.#repeat(key, standing);
			return;
		}
		const series: Series = {
			event: combined ? { ...event, note: `(combined from similar events): ${event.note}` } : event,
			object: null,
			count: 1,
			written: 0,
			lastAt: Date.now(),
			gatherMs: this.#settings.gatherMs,
			waiting: false,
			gathering: false,
			timer: undefined,
		};
		this.#series.set(key, series);
		this.#awaitQuiet(key, series);
		this.#enqueue(series);
	}

	/** Writes what waits, within a time limit in milliseconds, and takes no more. */
	async close(limitMs = 2_000): Promise<void> {
		for (const series of this.#series.values()) {
			clearTimeout(series.timer);
			if (series.count > series.written) this.#enqueue(series);
		}
		const timer = setTimeout(() => this.#stop.abort(), limitMs);
		await this.#running;
		clearTimeout(timer);
		this.#stop.abort();
		this.#series.clear();
	}

	/** The key of the series that an event belongs to: its own, or the one for all further notes of its topic. */
	#gather(event: ClusterEvent): string {
		const key = seriesKey(event);
		const topic = topicKey(event);
		const notes = this.#topics.get(topic) ?? new Set();
		this.#topics.set(topic, notes);
		if (notes.has(key)) return key;
		if (notes.size >= this.#settings.notesPerTopic) return topic;
		notes.add(key);
		return key;
	}

	/** A repetition is written with all that come within a while; the while doubles each time. */
	#repeat(key: string, series: Series): void {
		series.count++;
		series.lastAt = Date.now();
		if (series.gathering) return;
		series.gathering = true;
		this.#after(series, series.gatherMs, () => {
			series.gathering = false;
			series.gatherMs = Math.min(maxGatherMs, series.gatherMs * 2);
			this.#enqueue(series);
			this.#awaitQuiet(key, series);
		});
	}

	/** A series that nothing adds to is closed: the next repetition is a new event. */
	#awaitQuiet(key: string, series: Series): void {
		this.#after(series, this.#settings.quietMs, () => this.#forget(key, series));
	}

	#after(series: Series, ms: number, run: () => void): void {
		clearTimeout(series.timer);
		series.timer = setTimeout(run, ms);
		series.timer.unref();
	}

	#forget(key: string, series: Series): void {
		this.#series.delete(key);
		const topic = topicKey(series.event);
		const notes = this.#topics.get(topic);
		notes?.delete(key);
		if (notes?.size === 0) this.#topics.delete(topic);
	}

	#enqueue(series: Series): void {
		if (series.waiting) return;
		if (this.#queue.length >= this.#settings.maxWaiting) {
			this.#dropped++;
			return;
		}
		series.waiting = true;
		this.#queue.push(series);
		this.#running ??= this.#work().finally(() => {
			this.#running = undefined;
		});
	}

	async #work(): Promise<void> {
		for (let series = this.#queue.shift(); series !== undefined; series = this.#queue.shift()) {
			await this.#token();
			series.waiting = false;
			if (this.#stop.signal.aborted) {
				this.#dropped += 1 + this.#queue.splice(0).length;
				return;
			}
			try {
				await this.#write(series);
			} catch (error) {
				// Only what a request can come to is expected here; either way an event is not worth a failure.
				this.#dropped++;
				if (!(error instanceof ClusterError)) process.emitWarning(error instanceof Error ? error : String(error));
			}
		}
	}

	async #write(series: Series): Promise<void> {
		const { count, lastAt, event } = series;
		const signal = this.#stop.signal;
		series.written = count;
		// The state of a series is the server's: a repetition that was written twice says the same.
		if (series.object !== null) {
			const patch = { series: { count, lastObservedTime: microTime(lastAt) } };
			try {
				await this.#cluster.patch(events, series.object, patch, { signal });
				return;
			} catch (error) {
				// The server forgets events after an hour: begin anew.
				if (!(error instanceof ClusterError) || error.failure !== 'NotFound') throw error;
			}
		}
		const object = eventObject(event, this.#settings, lastAt, randomBytes(8).toString('hex'));
		await this.#cluster.create(events, object, { signal });
		series.object = { name: object.metadata.name, namespace: object.metadata.namespace ?? 'default' };
		if (count > 1)
			await this.#cluster.patch(events, series.object, { series: { count, lastObservedTime: microTime(lastAt) } }, { signal });
	}

	/** Waits for the right to write one event. */
	async #token(): Promise<void> {
		const { ratePerSecond, burst } = this.#settings;
		const now = performance.now();
		this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledAt) / 1000) * ratePerSecond);
		this.#filledAt = now;
		this.#tokens--;
		if (this.#tokens >= 0) return;
		const wait = (-this.#tokens / ratePerSecond) * 1000;
		await new Promise<void>((resolve) => {
			const timer = setTimeout(done, wait);
			const signal = this.#stop.signal;
			function done(): void {
				clearTimeout(timer);
				signal.removeEventListener('abort', done);
				resolve();
			}
			signal.addEventListener('abort', done, { once: true });
		});
	}
}
