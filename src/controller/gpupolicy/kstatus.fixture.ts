import type { Condition, GpuPolicyStatus } from '../../api/v1alpha1.generated.ts';

/** What kstatus (sigs.k8s.io/cli-utils/pkg/kstatus, generic resources) makes of an object. */
export type KStatus = 'InProgress' | 'Failed' | 'Current' | 'Terminating';

/** The rules of kstatus for a resource that it does not know, as Flux and Argo CD apply them. */
export function kstatus(object: {
	readonly metadata: { readonly generation?: number; readonly deletionTimestamp?: string };
	readonly status?: GpuPolicyStatus;
}): KStatus {
	const { metadata, status } = object;
	if (metadata.deletionTimestamp !== undefined) return 'Terminating';
	if (status?.observedGeneration !== undefined && status.observedGeneration !== metadata.generation) return 'InProgress';
	for (const { type, status: is } of status?.conditions ?? []) {
		if (type === 'Reconciling' && is === 'True') return 'InProgress';
		if (type === 'Stalled' && is === 'True') return 'Failed';
	}
	const ready = status?.conditions?.find(({ type }) => type === 'Ready');
	return ready === undefined || ready.status === 'True' ? 'Current' : 'InProgress';
}

/** What is wrong with a status by the rules that hold at each step; empty where nothing is. */
export function statusFaults(status: GpuPolicyStatus, before?: GpuPolicyStatus): string[] {
	const faults: string[] = [];
	const conditions = status.conditions ?? [];
	const of = (type: string): Condition | undefined => conditions.find((one) => one.type === type);
	const types = conditions.map(({ type }) => type);
	if (new Set(types).size < types.length) faults.push('a type stands twice');
	if (status.observedGeneration === undefined) faults.push('no observedGeneration');
	for (const type of ['Reconciling', 'Stalled']) {
		const one = of(type);
		if (one && one.status !== 'True') faults.push(`${type} is present and ${one.status}`);
	}
	if (of('Reconciling') && of('Stalled')) faults.push('both Reconciling and Stalled');
	const ready = of('Ready');
	if (!ready) faults.push('no Ready');
	if (of('Stalled') && (ready?.status !== 'False' || ready.reason !== of('Stalled')?.reason))
		faults.push('Ready does not repeat Stalled');
	if (of('Reconciling') && ready?.status !== 'Unknown') faults.push('Ready is not Unknown while Reconciling');
	if (of('FilesConverged')) faults.push('FilesConverged in a cluster');
	for (const one of conditions) {
		if (one.observedGeneration === undefined || one.observedGeneration > (status.observedGeneration ?? 0))
			faults.push(`${one.type} speaks of generation ${one.observedGeneration}`);
		if (one.message === '') faults.push(`${one.type} has no message`);
		const was = before?.conditions?.find(({ type }) => type === one.type);
		if (!was) continue;
		const flipped = was.status !== one.status;
		const right = flipped ? one.lastTransitionTime >= was.lastTransitionTime : one.lastTransitionTime === was.lastTransitionTime;
		if (!right)
			faults.push(`${one.type} ${was.status} -> ${one.status}, its time ${was.lastTransitionTime} -> ${one.lastTransitionTime}`);
	}
	return faults;
}
