import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultSchedule, ReportSchedule } from './report-schedule.ts';

const minute = 60_000;
const schedule = (random = 0, now = 0): ReportSchedule => new ReportSchedule({ ...defaultSchedule, random: () => random }, now);

describe('when a report is due', () => {
	it('first within five seconds, at a time of its own', () => {
		assert.equal(schedule(0).dueInMs('Material', 0), 0);
		assert.equal(schedule(0.5).dueInMs('Material', 0), 2_500);
		assert.equal(schedule(0.5).dueInMs('Minor', 2_500), 0);
	});

	it('at once when something happens, and never twice within a second', () => {
		const one = schedule();
		one.written(10 * minute);
		assert.equal(one.dueInMs('Material', 10 * minute), 1_000);
		assert.equal(one.dueInMs('Material', 10 * minute + 5_000), 0);
	});

	it('once a minute when processes come and go', () => {
		const one = schedule();
		one.written(0);
		assert.equal(one.dueInMs('Minor', 10_000), 50_000);
	});

	it('when nothing happens no oftener than every five minutes, and within six', () => {
		for (const random of [0, 0.3, 0.999]) {
			const one = schedule(random);
			assert.ok(one.dueInMs('None', 0) >= 5 * minute, 'a restart is no reason');
			one.written(1_000);
			const due = one.dueInMs('None', 1_000);
			assert.ok(due >= 5 * minute && due < 6 * minute, `${due}`);
			assert.equal(one.dueInMs('None', 1_000 + due), 0);
			assert.equal(one.dueInMs('Minor', 1_000 + due), 0);
		}
	});
});
