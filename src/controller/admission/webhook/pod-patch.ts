import { appliedAnnotation } from '../../../core/workloads/applied-annotation.ts';
import { containerLists, type Pod } from '../../../core/workloads/pod.ts';

/** One operation of RFC 6902. */
export interface PatchOperation {
	readonly op: 'add';
	readonly path: string;
	readonly value: unknown;
}

/**
 * What turns a pod into the one that the core made of it: the whole env of each container that changed, and the annotation. Empty where
 * nothing changed. The same patch as a MutatingAdmissionPolicy makes.
 */
export function podPatch(before: Pod, after: Pod): readonly PatchOperation[] {
	const operations: PatchOperation[] = [];
	for (const list of containerLists) {
		for (const [index, container] of (after.spec[list] ?? []).entries()) {
			const was = before.spec[list]?.[index]?.env ?? [];
			if (JSON.stringify(was) === JSON.stringify(container.env ?? [])) continue;
			operations.push({ op: 'add', path: `/spec/${list}/${index}/env`, value: container.env });
		}
	}
	const applied = after.metadata?.annotations?.[appliedAnnotation];
	const annotations = before.metadata?.annotations;
	if (applied !== undefined && applied !== annotations?.[appliedAnnotation]) {
		operations.push(
			annotations
				? {
						op: 'add',
						path: `/metadata/annotations/${appliedAnnotation.replaceAll('~', '~0').replaceAll('/', '~1')}`,
						value: applied,
					}
				: { op: 'add', path: '/metadata/annotations', value: { [appliedAnnotation]: applied } },
		);
	}
	return operations;
}
