/**
 * `helm test`: this container asked for one device, so the kubelet, the proxy and the vendor's plugin have given it one. It must be a device of
 * the node's report, and no Enforce policy may forbid it.
 */
import { spawnSync } from 'node:child_process';
import { get, waitFor } from './api.mjs';

const group = '/apis/gpupolicy.dev/v1alpha1';
const { NODE_NAME: node = '', NVIDIA_VISIBLE_DEVICES: given = '' } = process.env;

/** UUIDs, or indexes, of the devices of this container: from the variable that the plugin sets, else as NVML shows them here. */
function devices() {
	const named = given.split(',').filter((id) => /^(GPU-|MIG-|\d)/.test(id));
	if (named.length > 0) return named;
	const { stdout, stderr } = spawnSync(process.execPath, ['/opt/gpupolicy/bin/gpupolicy.js', 'inventory', '-o', 'json'], {
		encoding: 'utf8',
	});
	const seen = stdout ? (JSON.parse(stdout).devices ?? []).map(({ uuid }) => uuid) : [];
	if (seen.length === 0)
		throw new Error(`this container asked for a device and sees none: NVIDIA_VISIBLE_DEVICES="${given}" ${stderr}`);
	return seen;
}

/** A MIG device is part of its GPU, and judged as that; before R470 its name held that of the GPU. */
function isDevice({ uuid, index, migDevices = [] }, id) {
	return uuid === id || `${index}` === id || id.startsWith(`MIG-${uuid}/`) || migDevices.some((one) => one.uuid === id);
}

const held = devices();
const report = await waitFor(async () => {
	const found = await get(`${group}/gpunodereports/${node}`);
	return found?.status?.devices?.length > 0 ? found : `the agent of ${node} has reported no device`;
});
const enforced = (await get(`${group}/gpupolicies`)).items
	.filter(({ spec }) => spec.mode === 'Enforce')
	.map(({ metadata }) => metadata.name);

for (const id of held) {
	const device = report.status.devices.find((one) => isDevice(one, id));
	if (!device) throw new Error(`${id} was given to this container and is not in the report of ${node}`);
	const against = (report.status.policies ?? [])
		.filter(({ name }) => enforced.includes(name))
		.flatMap(({ name, devices: verdicts = [] }) =>
			verdicts.filter(({ uuid }) => uuid === device.uuid).map((one) => ({ name, ...one })),
		)
		.filter(({ verdict }) => verdict !== 'Allowed');
	if (against.length > 0)
		throw new Error(
			`${id} (${device.productName}) was given out: ${against.map(({ name, verdict, because }) => `${name}: ${verdict}, ${because}`).join('; ')}`,
		);
	const part = device.uuid === id || !id.startsWith('MIG-') ? '' : ` as ${id}`;
	console.log(`${node}: ${device.productName} ${device.uuid} was given out${part}, and no policy forbids it`);
}
