import type { GpuNodeReportStatus } from '../api/v1alpha1.generated.ts';
import type { NodeDescription } from '../render/cluster/node.ts';

/** Processes of a report, with the worst that a policy says of each. */
export function reportedProcesses({ processes = [] }: GpuNodeReportStatus): NodeDescription['processes'] {
	return processes.map(({ pid, deviceUuid, name = '', namespace, pod, verdicts = [] }) => ({
		pid,
		deviceUuid,
		name,
		pod: pod === undefined ? null : `${namespace ?? ''}/${pod}`,
		says: verdicts.flatMap(({ policy, verdict, environment, because = '' }) => [
			...(verdict === 'Allowed'
				? []
				: [`${policy}: on a device that is ${verdict === 'Forbidden' ? 'forbidden' : 'not judged'}`]),
			...(environment === 'Deviating' ? [`${policy}: ${because}`] : []),
		]),
	}));
}
