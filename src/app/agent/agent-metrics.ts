import type { AgentTelemetry, NodeAgent } from '../../agent/node-agent.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { addProcessMetrics } from '../../runtime/process-metrics.ts';

/** The metrics of an agent, and the telemetry that feeds them. */
export function agentMetrics(
	version: string,
	agent: () => NodeAgent | null,
): { readonly metrics: Metrics; readonly telemetry: AgentTelemetry } {
	const metrics = new Metrics();
	metrics.gauge('gpupolicy_build_info', 'Always 1; the version is a label.', () => [{ labels: { version }, value: 1 }]);
	metrics.gauge('gpupolicy_agent_facts_known', '1 while the devices of the node could be read at the last look.', () =>
		agent()?.view.observation?.inventory.state === 'known' ? 1 : 0,
	);
	metrics.gauge('gpupolicy_agent_devices', 'Devices by what the policies together say of them.', () =>
		counted(
			(agent()?.view.answer?.devices ?? []).filter(({ parent }) => parent === null).map(({ verdict }) => verdict),
			deviceVerdicts,
		),
	);
	metrics.gauge(
		'gpupolicy_agent_processes',
		'Processes on devices that the report lists, which are at most 128, by the worst that a policy says of the device.',
		() =>
			counted(
				(agent()?.view.report?.processes ?? []).map(({ verdicts = [] }) => {
					const said = verdicts.map(({ verdict }) => verdict);
					return said.includes('Forbidden') ? 'Forbidden' : said.includes('Unknown') ? 'Unknown' : 'Allowed';
				}),
				deviceVerdicts,
			),
	);
	metrics.gauge('gpupolicy_agent_policies', 'Policies in force on the node, by what they say of it.', () =>
		counted(
			(agent()?.view.report?.policies ?? []).map(({ verdict }) => verdict),
			['Compliant', 'NonCompliant', 'Unknown'],
		),
	);
	metrics.gauge('gpupolicy_agent_device_xids', 'XID errors of each device since the agent began to listen.', function* () {
		const fact = agent()?.view.observation?.inventory;
		if (fact?.state !== 'known') return;
		for (const { uuid, xids } of fact.value.devices) if (xids !== null) yield { labels: { device: uuid }, value: xids.length };
	});
	const observations = metrics.counter(
		'gpupolicy_agent_observations_total',
		'Looks at the devices, by whether they could be read.',
	);
	const seconds = metrics.histogram(
		'gpupolicy_agent_observation_seconds',
		'Time of a look at the devices and the processes on them.',
		[0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 15],
	);
	const writes = metrics.counter('gpupolicy_agent_report_writes_total', 'Writes of the report, by result.');
	addProcessMetrics(metrics);
	const telemetry: AgentTelemetry = {
		observed: (result, took) => {
			observations.add({ result });
			seconds.observe(took);
		},
		reportWritten: (result) => writes.add({ result }),
	};
	return { metrics, telemetry };
}

const deviceVerdicts = ['Allowed', 'Forbidden', 'Unknown'] as const;

/** How often each verdict was given; those that were not count 0. */
function* counted(
	given: readonly string[],
	verdicts: readonly string[],
): Iterable<{ readonly labels: { readonly verdict: string }; readonly value: number }> {
	for (const verdict of verdicts) yield { labels: { verdict }, value: given.filter((one) => one === verdict).length };
}
