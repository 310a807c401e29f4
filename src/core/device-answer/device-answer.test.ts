import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allowedUuid, answer, forbiddenUuid } from './device-answer.fixture.ts';
import {
	type DevicePluginState,
	formatDeviceAnswer,
	formatDevicePluginState,
	parseDeviceAnswer,
	parseDevicePluginState,
} from './index.ts';

const order = 'CUDA_DEVICE_ORDER';
const written = answer({ env: [{ name: order, value: 'PCI_BUS_ID', policy: 'rtx3090-only' }] });

const text = formatDeviceAnswer(written);

describe('the answer of an agent', () => {
	it('is read as it was written', () => {
		assert.deepEqual(parseDeviceAnswer(text), written);
	});

	it('may have fields that are not known', () => {
		assert.deepEqual(parseDeviceAnswer(text.replace('{', '{ "later": [1],')), written);
	});

	it('is refused where it was cut off, at every byte', () => {
		const whole = text.trimEnd();
		for (let length = 0; length < whole.length; length++)
			assert.throws(() => parseDeviceAnswer(whole.slice(0, length)), /^Error: is no JSON/);
	});

	const wrong: [string, string, string, string][] = [
		['of another version', '"version": 1', '"version": 2', 'version is 2, not 1'],
		['without a version', '"version": 1,', '', 'version is nothing, not 1'],
		['without a list of devices', '"devices":', '"gpus":', 'devices is nothing, not a list'],
		['without a name of the node', '"gpu-node-1"', '""', 'node is "", not a string that is not empty'],
		[
			'with a verdict that there is not',
			'"Forbidden"',
			'"Denied"',
			'devices[1].verdict is "Denied", not "Allowed" or "Forbidden" or "Unknown"',
		],
		['with a mode that there is not', '"Enforce"', '"enforce"', 'policies[0].mode is "enforce", not "Enforce" or "Audit"'],
		[
			'with an index that is no number',
			'"index": 0',
			'"index": "0"',
			'devices[0].index is "0", not a whole number of at least 0',
		],
		[
			'with a parent that is neither a name nor none',
			'"parent": null',
			'"parent": false',
			'devices[0].parent is false, not a string',
		],
		['with one device twice', forbiddenUuid, allowedUuid, 'devices names a uuid twice'],
		[
			'with a variable that an allocation decides',
			order,
			'NVIDIA_VISIBLE_DEVICES',
			'env names NVIDIA_VISIBLE_DEVICES, which an allocation alone decides',
		],
		['with what is no name of a variable', order, 'A=B', 'env names "A=B", which is no name of a variable'],
	];
	for (const [what, from, to, message] of wrong)
		it(`is refused ${what}, and says where`, () => {
			assert.throws(() => parseDeviceAnswer(text.replace(from, to)), { message });
		});

	it('is refused with one variable twice', () => {
		const twice = formatDeviceAnswer({ ...written, env: [...written.env, ...written.env] });
		assert.throws(() => parseDeviceAnswer(twice), { message: `env names ${order} twice` });
	});

	it('is refused where it is JSON but no object', () => {
		assert.throws(() => parseDeviceAnswer('[]'), /^Error: the whole is \[\], not an object$/);
		assert.throws(() => parseDeviceAnswer('null'), /^Error: the whole is null, not an object$/);
	});
});

describe('the state of a proxy', () => {
	const state: DevicePluginState = {
		version: 1,
		at: '2026-11-21T10:41:03.000Z',
		waiting: null,
		resources: [
			{
				name: 'nvidia.com/gpu',
				endpoint: 'nvidia-gpu.sock',
				registered: true,
				devices: 2,
				hidden: [{ id: 'GPU-1', reason: 'deny[0]' }],
			},
		],
		refusals: [
			{ at: '2026-11-21T10:41:02.000Z', resource: 'nvidia.com/gpu', id: 'GPU-1', policy: null, reason: 'unknown device' },
		],
	};

	it('is read as it was written', () => {
		assert.deepEqual(parseDevicePluginState(formatDevicePluginState(state)), state);
		const waiting = { ...state, waiting: 'no answer yet', resources: [], refusals: [] };
		assert.deepEqual(parseDevicePluginState(formatDevicePluginState(waiting)), waiting);
	});

	it('is refused with what is wrong and where', () => {
		const text = formatDevicePluginState(state).replace('"registered": true', '"registered": 1');
		assert.throws(() => parseDevicePluginState(text), /^Error: resources\[0\]\.registered is 1, not true or false$/);
	});
});
