import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GpuNodeReportStatus } from '../../api/v1alpha1.generated.ts';
import { reportChange } from './report-change.ts';

const device = {
	uuid: 'GPU-1',
	index: 0,
	productName: 'RTX 3090',
	exposure: 'Exposed' as const,
	usedMemoryBytes: 1,
	processCount: 1,
};
const policy = { name: 'p', digest: 'd', verdict: 'Compliant' as const, message: 'm' };
const before: GpuNodeReportStatus = {
	observedAt: '2026-01-01T00:00:00Z',
	agentVersion: '0.1.0',
	devices: [device],
	processes: [{ pid: 1, deviceUuid: 'GPU-1', usedMemoryBytes: 1 }],
	policies: [policy],
};
const change = (after: Partial<GpuNodeReportStatus>) => reportChange(before, { ...before, ...after });

describe('a report', () => {
	it('that says nothing new is none, whatever the time, the memory in use, the clocks and the order of keys', () => {
		assert.equal(change({}), 'None');
		assert.equal(change({ observedAt: '2027-01-01T00:00:00Z', agentVersion: '0.2.0' }), 'None');
		assert.equal(change({ devices: [{ ...device, usedMemoryBytes: 9, throttleReasons: ['SwPowerCap'] }] }), 'None');
		assert.equal(change({ processes: [{ usedMemoryBytes: 9, deviceUuid: 'GPU-1', pid: 1 }] }), 'None');
	});

	it('of processes that come and go is minor', () => {
		assert.equal(change({ processes: [] }), 'Minor');
		assert.equal(change({ devices: [{ ...device, processCount: 2, exposedBy: 'pid 2' }] }), 'Minor');
		assert.equal(change({ policies: [{ ...policy, message: 'other words' }] }), 'Minor');
	});

	it('of devices and verdicts is material, and so is the first', () => {
		assert.equal(reportChange(null, before), 'Material');
		assert.equal(change({ devices: [{ ...device, xidCount: 1 }] }), 'Material');
		assert.equal(change({ devices: [{ ...device, lost: 'gone' }] }), 'Material');
		assert.equal(change({ devices: [{ ...device, exposure: 'NotExposed' }] }), 'Material');
		assert.equal(change({ policies: [{ ...policy, verdict: 'NonCompliant' }] }), 'Material');
		assert.equal(change({ policies: [{ ...policy, processesOnForbidden: 1 }] }), 'Material');
	});
});
