/** Which container a process runs in, as its control group says. */
export interface ContainerGroup {
	/** Id of the container, 64 hex digits. */
	readonly containerId: string;
	/** UID of its pod; `null` for a container of no pod, or where the path does not tell. */
	readonly podUid: string | null;
}

/** A pod of the kubelet: a UID, with `_` for `-` under the systemd driver, or the hash that names a static one. */
const pod = /(?:^|[-/])pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?(?=[/:]|$)/g;
/** `cri-containerd-ID.scope`, `crio-ID.scope`, `docker-ID.scope`, `libpod-ID.scope`, `…:cri-containerd:ID`, or the bare id of cgroupfs. */
const container = /(?:^|[-:/])([0-9a-f]{64})(?:\.scope)?(?=\/|$)/;

/**
 * Reads `/proc/PID/cgroup` (cgroups(7)): version 2 has one line, version 1 one for each hierarchy. `null` where the process runs in no container.
 * In a pod the container is the outermost below the pod: what Docker starts inside of it belongs to it. Under kind the innermost pod counts.
 */
export function parseControlGroup(text: string): ContainerGroup | null {
	let found: ContainerGroup | null = null;
	for (const line of text.split('\n')) {
		const path = line.slice(line.indexOf(':', line.indexOf(':') + 1) + 1);
		const last = [...path.matchAll(pod)].at(-1);
		const below = last ? path.slice(last.index + last[0].length) : path;
		const id = container.exec(below)?.[1];
		if (id === undefined) continue;
		const podUid = last?.[1]?.replaceAll('_', '-') ?? null;
		if (podUid !== null) return { containerId: id, podUid };
		found ??= { containerId: id, podUid };
	}
	return found;
}
