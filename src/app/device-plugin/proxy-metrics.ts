import type { DevicePluginProxy, ProxyTelemetry } from '../../device-plugin/index.ts';
import type { Log } from '../../runtime/log.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { addProcessMetrics } from '../../runtime/process-metrics.ts';

/** The metrics of a proxy, and the telemetry that feeds them. */
export function proxyMetrics(
	version: string,
	log: Log,
	proxy: () => DevicePluginProxy | null,
): { readonly metrics: Metrics; readonly telemetry: ProxyTelemetry } {
	const metrics = new Metrics();
	const resources = () => proxy()?.resources ?? [];
	metrics.gauge('gpupolicy_build_info', 'Always 1; the version is a label.', () => [{ labels: { version }, value: 1 }]);
	metrics.gauge('gpupolicy_device_plugin_answered', '1 once the agent of the node has answered.', () =>
		proxy()?.waiting === null ? 1 : 0,
	);
	metrics.gauge('gpupolicy_device_plugin_registered', '1 while the kubelet listens for a resource.', function* () {
		for (const { state } of resources()) yield { labels: { resource: state.name }, value: state.registered ? 1 : 0 };
	});
	metrics.gauge(
		'gpupolicy_device_plugin_devices',
		'Devices of a resource: handed out, kept back, or unhealthy by the word of the device plugin.',
		function* () {
			for (const { state, counts } of resources())
				for (const [name, value] of Object.entries(counts)) yield { labels: { resource: state.name, state: name }, value };
		},
	);
	const calls = metrics.counter('gpupolicy_device_plugin_calls_total', 'Calls of the kubelet for containers, by result.');
	const seconds = metrics.histogram(
		'gpupolicy_device_plugin_allocate_seconds',
		'Time of an allocation, with that of the device plugin itself.',
		[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5],
	);
	const registrations = metrics.counter(
		'gpupolicy_device_plugin_registrations_total',
		'Registrations with the kubelet, by result.',
	);
	const lists = metrics.counter('gpupolicy_device_plugin_lists_total', 'Lists of devices that were sent to the kubelet.');
	addProcessMetrics(metrics);
	const telemetry: ProxyTelemetry = {
		log,
		called: (method, result, took) => {
			calls.add({ method, result });
			if (method === 'Allocate') seconds.observe(took);
		},
		registered: (resource, result) => registrations.add({ resource, result }),
		listed: (resource) => lists.add({ resource }),
	};
	return { metrics, telemetry };
}
