import { join } from 'node:path';
import { moduleSource } from './tools/build.ts';

/** Paths of the definitions of ServiceMonitor and PrometheusRule, from the Prometheus operator's own source. */
export async function monitoringCrds(): Promise<string[]> {
	const operator = { module: 'prometheus-operator', source: 'github.com/prometheus-operator/prometheus-operator' };
	const folder = await moduleSource(operator, 'example/prometheus-operator-crd');
	return ['servicemonitors', 'prometheusrules'].map((kind) => join(folder, `monitoring.coreos.com_${kind}.yaml`));
}
