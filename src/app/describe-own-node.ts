import type { GpuNodeReport } from '../api/v1alpha1.generated.ts';
import { reportFacts } from '../core/nodes/report-facts.ts';
import type { NodeDescription } from '../render/cluster/node.ts';
import { CodedError } from '../runtime/errors.ts';
import { isStale, readNodeReport } from './node-report-file.ts';
import { reportedProcesses } from './reported-processes.ts';

/** This machine, as its agent reports it in a file. Throws a CodedError where there is no report of a machine of that name. */
export function describeOwnNode(name: string, file: string, now: number): NodeDescription {
	const report = readNodeReport(file);
	if (report?.metadata.name === name) return described(report, now);
	const what = report ? `is the report of ${report.metadata.name}` : 'cannot be read';
	throw new CodedError('GP4403', `there is no report of ${name}: ${file} ${what}`, {
		hint: 'gpupolicy agent --local keeps the report of a machine; a node of a cluster needs --context or --kubeconfig',
	});
}

function described(report: GpuNodeReport, now: number): NodeDescription {
	const { metadata, status = {} } = report;
	const facts = reportFacts(status);
	const verdicts = status.policies ?? [];
	return {
		node: metadata.name,
		source: 'AgentReport',
		facts: facts === null ? 'the report is empty' : facts.state === 'known' ? facts.through : facts.message,
		agent: { version: status.agentVersion ?? null, observedAt: status.observedAt ?? null },
		devices: (status.devices ?? []).map(({ index, uuid, productName, memoryBytes = null, exposure = 'Unknown' }) => ({
			...{ index, uuid, productName, memoryBytes, exposure },
		})),
		verdicts: verdicts.map(({ name, verdict, reason = '', message = '', devices = [] }) => ({
			policy: name,
			verdict,
			reason,
			message: verdict === 'Compliant' ? '' : message,
			devices: (status.devices ?? []).map(({ uuid }) => devices.find((one) => one.uuid === uuid)?.because ?? '-'),
		})),
		conflict: [],
		label: null,
		taints: [],
		processes: reportedProcesses(status),
		pods: [],
		unread: [
			...(isStale(report, now) ? ['the agent of this machine is silent: systemctl status gpupolicy-agent'] : []),
			...(status.unread ?? []),
		],
	};
}
