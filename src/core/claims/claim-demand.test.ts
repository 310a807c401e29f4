import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withDefaults } from '../../api/defaults.ts';
import { claimDemand } from './claim-demand.ts';

const digest = 'd'.repeat(64);
const devices = { allow: [{ productName: 'A' }] };

function demanded(spec: object) {
	return claimDemand(
		withDefaults({
			apiVersion: 'gpupolicy.dev/v1alpha1',
			kind: 'GpuPolicy',
			metadata: { name: 'p' },
			spec: { mode: 'Enforce', ...spec },
		}),
		digest,
	);
}

describe('what a policy demands of resource claims', () => {
	it('is nothing without devices, and without a word on workloads', () => {
		assert.equal(demanded({ workloads: {} }).state, 'Nothing');
		assert.equal(demanded({ devices }).state, 'Nothing');
		assert.equal(demanded({ devices: { deny: [] }, workloads: {} }).state, 'Nothing');
	});

	it('is its selector, with a comment that says whose it is', () => {
		const result = demanded({ devices, workloads: { bypass: 'Deny' } });
		assert.ok(result.state === 'Demanded');
		assert.match(result.demand.selector, /^\/\/ GpuPolicy p\ndevice\.driver != /);
		assert.equal(result.demand.refusesExtended, true);
		const audit = demanded({ mode: 'Audit', devices, workloads: { bypass: 'Deny' } });
		assert.ok(audit.state === 'Demanded' && !audit.demand.refusesExtended);
	});

	it('cannot rest on pods, which a claim does not know', () => {
		const selected = demanded({ devices, workloads: { podSelector: { matchLabels: { a: 'b' } } } });
		assert.ok(selected.state === 'LeftAlone' && selected.because.includes('podSelector'));
		const exempt = demanded({
			devices,
			workloads: {
				exemptions: [
					{ podSelector: { matchLabels: { a: 'b' } }, reason: 'x' },
					{ namespaceSelector: { matchLabels: { a: 'b' } }, reason: 'y' },
				],
			},
		});
		assert.ok(exempt.state === 'Demanded');
		assert.deepEqual(
			exempt.demand.exemptions.map(({ reason }) => reason),
			['y'],
		);
		assert.deepEqual(exempt.demand.notes, ['exemptions[0] select pods: the claims of these pods are governed all the same']);
	});

	it('is refused with the figure where it does not fit', () => {
		const long = (letter: string) => Array.from({ length: 64 }, (_, i) => ({ productName: `${i}`.padEnd(96, letter) }));
		const result = demanded({ devices: { allow: long('a'), deny: long('b') }, workloads: {} });
		assert.ok(result.state === 'TooLong');
		assert.match(result.message, /^spec\.devices does not fit .*: 1\d,\d{3} bytes of 10,240; use fewer or shorter entries$/);
	});

	it('names each criterion that the driver leaves untold, with what comes of it', () => {
		const result = demanded({
			devices: {
				allow: [
					{ uuid: 'GPU-12', pciDeviceId: '0x220410DE' },
					{ uuid: 'MIG-12345678' },
					{ uuid: 'GPU-12345678' },
					{ minMemory: '20Gi' },
				],
				deny: [
					{ uuid: 'MIG-12345678' },
					{ maxMemory: '1Gi' },
					{ pciDeviceId: '0x220410DE' },
					{ productName: 'A', mig: 'Enabled' },
				],
			},
			workloads: {},
		});
		assert.ok(result.state === 'Demanded');
		assert.deepEqual(
			result.demand.notes.map((note) => note.slice(0, note.indexOf(':'))),
			[
				'deny[0].uuid',
				'deny[1].maxMemory',
				'deny[2].pciDeviceId',
				'allow[0].pciDeviceId',
				'allow[0].uuid',
				'allow[1].uuid',
				'allow[3].minMemory',
			],
		);
	});
});
