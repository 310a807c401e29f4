import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Metrics } from './metrics.ts';

describe('metrics', () => {
	it('are shown in the text format of Prometheus, labels escaped', () => {
		const metrics = new Metrics();
		const runs = metrics.counter('runs_total', 'Runs.\nAll of them.');
		runs.add({ duty: 'a"b\\c\n' });
		runs.add({ duty: 'a"b\\c\n' }, 2);
		metrics.gauge('up', 'Up.', () => 1);
		metrics.gauge('ready', 'Ready.', () => [{ labels: { policy: 'x' }, value: Number.NaN }]);
		assert.equal(
			metrics.text(),
			[
				'# HELP runs_total Runs.\\nAll of them.',
				'# TYPE runs_total counter',
				'runs_total{duty="a\\"b\\\\c\\n"} 3',
				'# HELP up Up.',
				'# TYPE up gauge',
				'up 1',
				'# HELP ready Ready.',
				'# TYPE ready gauge',
				'ready{policy="x"} NaN',
				'',
			].join('\n'),
		);
	});

	it('count a distribution in buckets that include the ones below', () => {
		const metrics = new Metrics();
		const seconds = metrics.histogram('seconds', 'Time.', [0.1, 1]);
		for (const value of [0.05, 0.5, 5]) seconds.observe(value, { duty: 'a' });
		assert.deepEqual(metrics.text().split('\n').slice(2, -1), [
			'seconds_bucket{duty="a",le="0.1"} 1',
			'seconds_bucket{duty="a",le="1"} 2',
			'seconds_bucket{duty="a",le="+Inf"} 3',
			'seconds_sum{duty="a"} 5.55',
			'seconds_count{duty="a"} 3',
		]);
	});
});
