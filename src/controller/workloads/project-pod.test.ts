import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PodProjection } from './project-pod.ts';

describe('what is kept of a pod', () => {
	it('tells a list of devices that is mounted, however its path is written', () => {
		const mounting = (mountPath: string) => {
			const containers = [{ name: 'main', image: 'x', volumeMounts: [{ name: 'list', mountPath }] }];
			const spec = { containers, volumes: [{ name: 'list', emptyDir: {} }] };
			const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'n', name: 'p' }, spec };
			return new PodProjection().project(pod).shape.routes.map(({ kind }) => kind);
		};
		assert.deepEqual(mounting('/var/run/nvidia-container-devices/all'), ['DeviceListMount']);
		assert.deepEqual(mounting('/var//run/./nvidia-container-devices/all'), ['DeviceListMount']);
		assert.deepEqual(mounting('/data'), []);
	});
});
