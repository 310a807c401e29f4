import { join } from 'node:path';
import { toolSource } from './tools/build.ts';

/** kwok does nothing without stages, and its release keeps them in its module. */
export async function kwokStages(): Promise<string[]> {
	const folder = await toolSource('kwok', 'kustomize/stage');
	return [
		'node/fast/node-initialize.yaml',
		'node/heartbeat-with-lease/node-heartbeat-with-lease.yaml',
		'pod/fast/pod-ready.yaml',
		'pod/fast/pod-complete.yaml',
		'pod/fast/pod-delete.yaml',
	].map((file) => join(folder, file));
}
