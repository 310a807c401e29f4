/**
 * `helm test`: the controller brings a policy into force and says so, and the agent of every GPU node reports its devices. The policy is
 * GpuPolicy gpupolicy-test, which the release makes for the time of the test: an audit, which changes nothing.
 */
import { get, waitFor } from './api.mjs';

const group = '/apis/gpupolicy.dev/v1alpha1';
const { POLICY: name, ADMISSION: admission, NODES: nodes } = process.env;
const remedy = 'kubectl label node NAME nvidia.com/gpu.present=true, or set node.affinity';

const policy = await waitFor(async () => {
	const found = await get(`${group}/gpupolicies/${name}`);
	if (!found) return `there is no GpuPolicy ${name}`;
	const conditions = found.status?.conditions ?? [];
	const of = (type) => conditions.find((one) => one.type === type);
	if (!of('Ready')) return `no controller has written a status to GpuPolicy ${name}`;
	if (of('Stalled')) return `GpuPolicy ${name} is stalled: ${of('Stalled').reason}: ${of('Stalled').message}`;
	if (found.status.observedGeneration !== found.metadata.generation) return `the status of GpuPolicy ${name} is of an older spec`;
	if (of('Reconciling')) return `GpuPolicy ${name} is still being worked on: ${of('Reconciling').message}`;
	if (admission !== 'off' && of('AdmissionProgrammed')?.status !== 'True')
		return `new pods would not be judged: ${of('AdmissionProgrammed')?.reason}: ${of('AdmissionProgrammed')?.message}`;
	return found;
});
for (const { type, status, reason, message } of policy.status.conditions) console.log(`${type} ${status} ${reason}: ${message}`);

if (nodes === 'true') {
	const reports = await waitFor(async () => {
		const daemonSet = await get('/apis/apps/v1/namespaces/gpupolicy-node/daemonsets/gpupolicy-node');
		const { desiredNumberScheduled = 0, numberReady = 0 } = daemonSet?.status ?? {};
		if (desiredNumberScheduled === 0) return `no node is taken for a GPU node: ${remedy}`;
		if (numberReady < desiredNumberScheduled) return `${numberReady} of ${desiredNumberScheduled} node pods are ready`;
		const filled = (await get(`${group}/gpunodereports`)).items.filter(({ status }) => status?.observedAt);
		return filled.length < desiredNumberScheduled ? `${filled.length} of ${desiredNumberScheduled} agents have reported` : filled;
	});
	for (const { metadata, status } of reports)
		console.log(
			`${metadata.name}: ${status.devices?.length ?? 0} devices, read by ${status.source?.kind ?? 'nobody'} at ${status.observedAt}`,
		);
}
