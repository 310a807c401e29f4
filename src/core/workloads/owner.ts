import type { OwnerReference } from '../ports/cluster.ts';
import type { RunningPod } from './running-pod.ts';

/** What makes a pod again when it goes away: the last of its chain of controllers, or nothing. */
export interface Owner {
	/** `Deployment`, `StatefulSet`, …; `Pod` where nothing owns the pod, and `Node` of a static one. */
	readonly kind: string;
	readonly namespace: string;
	readonly name: string;
	readonly uid: string;
}

/** One link of the chain. */
export type Parent = Pick<OwnerReference, 'apiVersion' | 'kind' | 'name' | 'uid'>;

/** The controller of an object in between; `null` where it has none, `undefined` where the object itself is not known (yet). */
export type Parents = (kind: 'ReplicaSet' | 'Job', namespace: string, child: Parent) => Parent | null | undefined;

/** How an owner is named in messages: `Deployment ml/train`. It is unique, and serves as a key. */
export function ownerKey({ kind, namespace, name }: Pick<Owner, 'kind' | 'namespace' | 'name'>): string {
	return `${kind} ${namespace}/${name}`;
}

/** The last owner of a pod; `null` where a link of the chain is not known, so that nobody can tell. */
export function ownerOf(pod: RunningPod, parents: Parents): Owner | null {
	const { namespace, owner } = pod;
	if (owner === null) return { kind: 'Pod', namespace, name: pod.name, uid: pod.uid };
	const between =
		(owner.kind === 'ReplicaSet' && owner.apiVersion.startsWith('apps/')) ||
		(owner.kind === 'Job' && owner.apiVersion.startsWith('batch/'));
	const parent = between ? parents(owner.kind as 'ReplicaSet' | 'Job', namespace, owner) : null;
	if (parent === undefined) return null;
	const { kind, name, uid } = parent ?? owner;
	return { kind, namespace, name, uid };
}
