import { setTimeout as pause } from 'node:timers/promises';
import type { TestCluster } from '../../../cluster/index.ts';
import { type AuditEntry, isOurs } from './world.ts';

interface Motion {
	/** Whether a request is of this duty while it changes something, or tries a change out. */
	is(entry: AuditEntry): boolean;
	/** About how many such requests one edit of a policy brings: the kill comes after one of them. */
	readonly requests: number;
}

const changing = ['create', 'update', 'patch', 'delete'];
const about =
	(...resources: readonly string[]) =>
	({ verb, objectRef }: AuditEntry): boolean =>
		changing.includes(verb) && resources.includes(objectRef?.resource ?? '');

/** The duties of the controller, as the server sees them at work. */
export const motions = {
	/** The copy that is tried out and the pods that try it, and the real objects. */
	admission: {
		is: (entry) =>
			(changing.includes(entry.verb) && entry.objectRef?.apiGroup === 'admissionregistration.k8s.io') ||
			(entry.objectRef?.namespace === 'gpupolicy-probe' && entry.objectRef.resource === 'pods'),
		requests: 80,
	},
	/** Restarts, evictions, and what is written down of them on the policy. */
	workloads: {
		is: (entry) =>
			about('deployments', 'statefulsets')(entry) ||
			(entry.objectRef?.subresource === 'eviction' && entry.verb === 'create') ||
			(about('gpupolicies')(entry) && entry.objectRef?.subresource === undefined),
		requests: 4,
	},
	/** Labels, taints, DeviceClasses, reports. */
	nodes: { is: about('nodes', 'deviceclasses', 'gpunodereports'), requests: 4 },
	history: { is: about('controllerrevisions'), requests: 2 },
	status: {
		is: (entry) => about('gpupolicies')(entry) && entry.objectRef?.subresource === 'status',
		requests: 4,
	},
} as const satisfies Readonly<Record<string, Motion>>;

export type MotionName = keyof typeof motions;

export const motionNames = Object.keys(motions) as readonly MotionName[];

/** Resolves in the middle of a duty, when the server has received so many of its requests; `false` where they did not come within the limit. */
export async function inTheMiddleOf(
	cluster: TestCluster,
	motion: MotionName,
	mark: ReturnType<TestCluster['audit']['mark']>,
	share: number,
	limitMs: number,
): Promise<boolean> {
	const { is, requests } = motions[motion];
	const wanted = 1 + Math.floor(share * requests);
	for (const limit = performance.now() + limitMs; performance.now() < limit; await pause(15)) {
		if (cluster.audit.soFar(mark, 'RequestReceived').filter((entry) => isOurs(entry) && is(entry)).length >= wanted) return true;
	}
	return false;
}
