import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import type { Metrics } from './metrics.ts';

/** Metrics of the process itself, under the names that Prometheus' client libraries give them. */
export function addProcessMetrics(metrics: Metrics): void {
	const startedAt = Date.now() / 1000 - process.uptime();
	metrics.gauge('process_start_time_seconds', 'Start of the process, in seconds since 1970.', () => startedAt);
	metrics.gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss());
	metrics.gauge('nodejs_heap_used_bytes', 'Heap in use.', () => process.memoryUsage().heapUsed);
	metrics.gauge('process_cpu_seconds', 'User and system time spent.', () => {
		const { user, system } = process.cpuUsage();
		return (user + system) / 1e6;
	});
	const delay = monitorEventLoopDelay({ resolution: 500 });
	delay.enable();
	metrics.gauge('nodejs_eventloop_lag_max_seconds', 'Longest delay of the event loop since it was last asked for.', () => {
		const longest = delay.max / 1e9;
		delay.reset();
		return longest;
	});
}
