import type { ApiObject } from '../../../../src/core/ports/cluster.ts';

export interface Container {
	readonly name: string;
	readonly image: string;
	readonly command?: readonly string[];
	readonly args?: readonly string[];
	readonly env?: readonly { readonly name: string; readonly value?: string }[];
	readonly restartPolicy?: string;
	readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
	readonly securityContext?: Readonly<Record<string, unknown>>;
	readonly resources?: { readonly requests?: object; readonly limits?: object };
	readonly ports?: readonly { readonly hostPort?: number }[];
}

export interface PodSpec {
	readonly containers: readonly Container[];
	readonly initContainers?: readonly Container[];
	readonly securityContext?: Readonly<Record<string, unknown>>;
	readonly volumes?: readonly object[];
	readonly [field: string]: unknown;
}

/** The pod specs in an object: of its template, or its own. */
export function podsOf({ kind, spec }: ApiObject): { readonly kind: string; readonly spec: PodSpec }[] {
	if (kind === 'Pod') return [{ kind, spec: spec as PodSpec }];
	const template = (spec as { template?: { spec: PodSpec } } | undefined)?.template;
	return template ? [{ kind, spec: template.spec }] : [];
}

/** What a pod could do beyond its own process. */
export function risks(spec: PodSpec): string[] {
	const found: string[] = [];
	const unless = (holds: boolean, what: string): void => {
		if (!holds) found.push(what);
	};
	const { runAsNonRoot, runAsUser, seccompProfile } = spec.securityContext ?? {};
	unless(runAsNonRoot === true && runAsUser !== 0, 'runs as root');
	unless(runAsUser !== undefined, 'no user');
	unless((seccompProfile as { type?: string } | undefined)?.type === 'RuntimeDefault', 'no seccomp profile');
	for (const field of ['hostNetwork', 'hostPID', 'hostIPC', 'hostUsers']) unless(!spec[field], field);
	for (const volume of spec.volumes ?? []) unless(!('hostPath' in volume), 'hostPath');
	for (const { securityContext = {}, resources, ports = [] } of [...spec.containers, ...(spec.initContainers ?? [])]) {
		unless(securityContext['readOnlyRootFilesystem'] === true, 'writable root');
		unless(securityContext['allowPrivilegeEscalation'] === false, 'privilege escalation');
		unless(securityContext['privileged'] !== true, 'privileged');
		unless(JSON.stringify(securityContext['capabilities']) === '{"drop":["ALL"]}', 'capabilities');
		unless(resources?.requests !== undefined && resources.limits !== undefined, 'no resources');
		for (const { hostPort } of ports) unless(hostPort === undefined, 'hostPort');
	}
	return found;
}
