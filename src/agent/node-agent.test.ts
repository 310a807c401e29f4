import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { GpuNodeReportStatus } from '../api/v1alpha1.generated.ts';
import { allowGood, bad, good, state } from '../core/node-report/node-report.fixture.ts';
import { known } from '../core/observed/fact.ts';
import { inventory } from '../core/observed/inventory.fixture.ts';
import { NodeAgent } from './node-agent.ts';
import { defaultSchedule } from './report-schedule.ts';

const hour = 3_600_000;
/** Of the day: back by NTP, ahead after a suspend, back to 1970 with an empty battery. */
const jumps = [0, -hour, 9 * hour, -Date.UTC(2026, 10, 21), 400 * 24 * hour];

it('looks and writes by a monotonic clock, wherever the clock of the machine jumps', async () => {
	let looks = 0;
	const written: GpuNodeReportStatus[] = [];
	const enough = Promise.withResolvers<void>();
	const date = (): string => new Date(Date.UTC(2026, 10, 21) + (jumps[looks % jumps.length] as number)).toISOString();
	const agent = new NodeAgent({
		...{ node: 'n1', version: '0.1.0', pods: null, allocations: null, state: null, events: null },
		inventory: {
			name: 'test',
			observe: async () => {
				if (++looks >= 40 && written.length > 0) enough.resolve();
				return known({ ...inventory(bad, good), observedAt: date() }, 'NVML 580.65.06', date());
			},
			close: async () => undefined,
		},
		orders: { current: () => ({ policies: [state('p', { devices: allowGood })], labels: {} }) },
		processes: { read: () => Promise.reject(new Error('there is none')) },
		sink: {
			incarnation: '1',
			current: () => written.at(-1) ?? null,
			write: async (status) => {
				written.push(status);
				return true;
			},
		},
		schedule: { ...defaultSchedule, startSpreadMs: 0, random: Math.random },
		...{ intervalMs: 1, observeMs: 1_000, now: () => performance.now(), date, log: () => undefined },
	});
	agent.wake();
	await enough.promise;
	await agent.stop();
	assert.equal(written.length, 1, 'times are no change');
	assert.equal(written[0]?.conditions?.[0]?.lastTransitionTime, written[0]?.observedAt);
	assert.equal(agent.view.answer?.devices.length, 2);
});
