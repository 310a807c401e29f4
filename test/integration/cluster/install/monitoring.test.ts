import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { render, root } from './chart.ts';

interface Alert {
	readonly alert: string;
	readonly expr: string;
	readonly labels: { readonly severity: string };
	readonly annotations: Readonly<Record<string, string>>;
}

const all = ['metrics.serviceMonitor.enabled=true', 'metrics.prometheusRule.enabled=true', 'metrics.dashboard.enabled=true'];

/** Names of metrics that the code declares, and labels beside each. */
const declared = new Set(
	globSync('src/**/*metrics.ts', { cwd: root }).flatMap((file) =>
		[...readFileSync(join(root, file), 'utf8').matchAll(/'(gpupolicy_\w+)'/g)].map(([, name = '']) => name),
	),
);

function unknownMetrics(expression: string): string[] {
	return [...expression.matchAll(/\bgpupolicy_\w+/g)]
		.map(([name]) => name)
		.filter((name) => !declared.has(name) && !declared.has(name.replace(/_(bucket|sum|count)$/, '')));
}

async function alerts(...values: readonly string[]): Promise<Alert[]> {
	const rule = (await render([...all, ...values])).find(({ kind }) => kind === 'PrometheusRule');
	return ((rule?.spec as { groups: { rules: Alert[] }[] } | undefined)?.groups ?? []).flatMap(({ rules }) => rules);
}

describe('the monitoring of the chart', () => {
	it('is not there unless it is asked for', async () => {
		const kinds = (await render()).map(({ kind }) => kind);
		assert.ok(!kinds.includes('ServiceMonitor') && !kinds.includes('PrometheusRule'));
	});

	it('scrapes every port that serves metrics, by Services that select the pods', async () => {
		const objects = await render(all);
		const monitors = objects.filter(({ kind }) => kind === 'ServiceMonitor');
		assert.equal(monitors.length, 2);
		for (const monitor of monitors) {
			const { selector, endpoints } = monitor.spec as {
				selector: { matchLabels: Record<string, string> };
				endpoints: { port: string }[];
			};
			const service = objects.find(
				({ kind, metadata }) =>
					kind === 'Service' &&
					metadata.namespace === monitor.metadata.namespace &&
					metadata.name.endsWith('-metrics') &&
					Object.entries(selector.matchLabels).every(([label, value]) => metadata.labels?.[label] === value),
			);
			assert.ok(service, monitor.metadata.name);
			const { ports, selector: pods } = service.spec as {
				ports: { name: string; targetPort: string }[];
				selector: Record<string, string>;
			};
			assert.deepEqual(
				endpoints.map(({ port }) => port),
				ports.map(({ name }) => name),
			);
			const owner = objects.find(
				({ kind, metadata, spec }) =>
					/^(Deployment|DaemonSet)$/.test(kind) &&
					metadata.namespace === monitor.metadata.namespace &&
					JSON.stringify((spec as { selector: { matchLabels: object } }).selector.matchLabels) === JSON.stringify(pods),
			);
			const served = [
				...JSON.stringify(owner).matchAll(/"name":"([\w-]+)","containerPort"|"containerPort":\d+,"name":"([\w-]+)"/g),
			];
			const names = served.map(([, one, other]) => one ?? other);
			for (const { targetPort } of ports) assert.ok(names.includes(targetPort), `${targetPort} of ${names}`);
		}
	});

	it('rests on metrics that the code has', async () => {
		assert.ok(declared.size > 20, `${declared.size} metrics`);
		const rules = await alerts();
		assert.ok(rules.length > 8);
		for (const { alert, expr } of rules) assert.deepEqual(unknownMetrics(expr), [], alert);
		const board = (await render(all)).find(({ metadata }) => metadata.name === 'gpupolicy-dashboard');
		const { panels } = JSON.parse((board?.['data'] as Record<string, string> | undefined)?.['gpupolicy.json'] ?? '') as {
			panels: { title: string; targets: { expr: string }[] }[];
		};
		assert.ok(panels.length > 8);
		for (const { title, targets } of panels) for (const { expr } of targets) assert.deepEqual(unknownMetrics(expr), [], title);
	});

	it('tells with each alert how bad it is, what is wrong and what to do', async () => {
		const rules = await alerts();
		assert.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length);
		for (const { alert, labels, annotations } of rules) {
			assert.match(labels.severity, /^(warning|critical)$/, alert);
			assert.ok((annotations['summary'] ?? '').length > 10 && (annotations['description'] ?? '').length > 10, alert);
		}
	});

	it('has no alert on agents where there are none', async () => {
		for (const { alert, expr } of await alerts('node.enabled=false')) assert.doesNotMatch(expr, /_agent_|_device_plugin_/, alert);
	});
});
