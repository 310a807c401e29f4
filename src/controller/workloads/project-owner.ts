import type { ApiObject } from '../../core/ports/cluster.ts';
import type { Parent } from '../../core/workloads/owner.ts';
import { restartedAnnotation } from '../../core/workloads/restart-annotation.ts';
import { type Workload, workloadState } from '../../core/workloads/workload.ts';
import { controllerOf } from './project-pod.ts';

/** A ReplicaSet or Job: whose it is. */
export interface Link {
	readonly uid: string;
	readonly parent: Parent | null;
	/** Of a ReplicaSet that nobody owns. */
	readonly workload: Workload | null;
}

/** What remediation reads of an owner. */
export function projectWorkload(kind: Workload['kind'], object: ApiObject): Workload {
	const { namespace = '', name, uid = '' } = object.metadata;
	return workloadState({ kind, namespace, name, uid }, object as Parameters<typeof workloadState>[1], templateRestart(object));
}

export function projectReplicaSet(object: ApiObject): Link {
	const parent = controllerOf(object);
	return { uid: object.metadata.uid ?? '', parent, workload: parent === null ? projectWorkload('ReplicaSet', object) : null };
}

export function projectJob(object: ApiObject): Link {
	return { uid: object.metadata.uid ?? '', parent: controllerOf(object), workload: null };
}

export function differs<T>(before: T, after: T): boolean {
	return JSON.stringify(before) !== JSON.stringify(after);
}

/** Our annotation on the pod template. */
function templateRestart(object: ApiObject): string {
	const { template } = (object['spec'] ?? {}) as {
		template?: { metadata?: { annotations?: Readonly<Record<string, string>> | null } | null };
	};
	return template?.metadata?.annotations?.[restartedAnnotation] ?? '';
}
