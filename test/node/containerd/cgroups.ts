import { existsSync, globSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../cluster/until.ts';

/** Ids of the containers that a containerd has, by its state folder. */
export function containerIds(state: string): string[] {
	const tasks = join(state, 'io.containerd.runtime.v2.task', 'k8s.io');
	return existsSync(tasks) ? readdirSync(tasks) : [];
}

/** Removes the cgroups of containers that were killed with their runtime, once the last process has left them; others' stay. */
export async function removeCgroups(ids: readonly string[]): Promise<void> {
	for (const hierarchy of ['/sys/fs/cgroup', ...globSync('/sys/fs/cgroup/*/')]) {
		const parent = join(hierarchy, 'k8s.io'); // The namespace of the kubelet's containers in containerd.
		for (const id of ids) await until(`the cgroup of ${id} is empty`, () => removed(join(parent, id)));
		removed(parent);
	}
}

/** Whether a cgroup is gone now. One that has processes or cgroups in it stays. */
function removed(folder: string): boolean {
	try {
		if (existsSync(folder)) rmdirSync(folder);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EBUSY') return false;
		throw error;
	}
}
