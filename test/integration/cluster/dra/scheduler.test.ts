import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { DeviceSelection } from '../../../../src/api/v1alpha1.generated.ts';
import type { AdmissionDuty } from '../../../../src/controller/admission/admission-duty.ts';
import type { ClusterPolicy } from '../../../../src/controller/duty.ts';
import type { Claim } from '../../../../src/core/claims/claim.ts';
import { judgePublished } from '../../../../src/core/claims/judge-published.ts';
import { examinePolicy } from '../../../../src/manifest/index.ts';
import { AdmissionBench, untilDone } from '../admission/fixture.ts';
import { ok } from '../nodes/rig.ts';
import { type Candidate, canBeMet, claims, deviceClasses, meets } from './random-claims.ts';
import { asRead, deviceSelections, type PublishedEntry, publishedEntry } from './random-devices.ts';
import { allocated, claimsOf, decided, group, podWithClaim, publish, schedulableNode } from './scheduling.ts';

/** Each wave has a policy, nodes and a namespace of its own. 40 waves are the thousand claims. */
const waves = process.env['SOAK'] ? 40 : 4;
const atOnce = 4;
const claimsPerWave = 25;
const nodesPerWave = 4;
const devicesPerNode = 5;
const seed = Number(process.env['FC_SEED'] ?? Date.now() % 1_000_000);

interface Wave {
	readonly devices: DeviceSelection;
	readonly nodes: readonly (readonly PublishedEntry[])[];
	readonly claims: readonly Claim[];
}

const nic: PublishedEntry = { name: 'nic-0', attributes: {}, capacity: {} };

/** Mixed nodes, and a policy that allows some of their devices and not all. */
const wave: fc.Arbitrary<Wave> = fc
	.record({
		devices: deviceSelections,
		nodes: fc.array(fc.tuple(...Array.from({ length: devicesPerNode }, (_, i) => publishedEntry(`gpu-${i}`))), {
			minLength: nodesPerWave,
			maxLength: nodesPerWave,
		}),
		claims: fc.array(claims, { minLength: claimsPerWave, maxLength: claimsPerWave }),
	})
	.filter(({ devices, nodes }) => {
		const manifest = {
			apiVersion: 'gpupolicy.dev/v1alpha1',
			kind: 'GpuPolicy',
			metadata: { name: 'p' },
			spec: { mode: 'Enforce', devices },
		};
		if (examinePolicy(manifest).problems.length > 0) return false;
		const all = nodes.flat();
		const allowed = all.filter((entry) => judgePublished(devices, asRead(entry)).verdict === 'allowed').length;
		return allowed >= 6 && allowed <= all.length - 4;
	});

describe('random claims over mixed nodes, with the real scheduler', () => {
	let bench: AdmissionBench;
	before(async () => {
		bench = await AdmissionBench.start({ components: ['kube-scheduler', 'kube-controller-manager'], audit: 'None' });
		for (const [name, selector] of Object.entries(deviceClasses)) {
			const spec = selector ? { selectors: [{ cel: { expression: selector.expression } }] } : {};
			await ok(bench.server.request('POST', `${group}/deviceclasses`, { metadata: { name }, spec }));
		}
	});
	after(() => bench?.stop());

	it('never allocates a device that the policy does not allow, and leaves no claim waiting that it could meet', async (context) => {
		const samples = fc.sample(wave, { numRuns: waves, seed });
		const duty = bench.duty();
		const figures = { claims: 0, allocated: 0, pending: 0, devices: 0, pendingForThePolicy: 0 };
		for (let first = 0; first < samples.length; first += atOnce) {
			const group = samples.slice(first, first + atOnce);
			const policies = await Promise.all(group.map((sample, i) => inForce(bench, duty, `wave-${first + i}`, sample)));
			for (const [i, sample] of group.entries()) {
				const result = await run(bench, `wave-${first + i}`, sample);
				for (const key of Object.keys(figures) as (keyof typeof figures)[]) figures[key] += result[key];
			}
			await Promise.all(policies.map((policy) => duty.cleanUp(policy, untilDone)));
			for (const { name } of policies) bench.policies.delete(name);
		}
		assert.ok(figures.allocated > figures.claims / 10 && figures.pendingForThePolicy > 0, JSON.stringify(figures));
		context.diagnostic(`${JSON.stringify(figures)} (FC_SEED=${seed})`);
	});
});

/** Has the policy of a wave govern the namespace of the wave. */
async function inForce(bench: AdmissionBench, duty: AdmissionDuty, name: string, { devices }: Wave): Promise<ClusterPolicy> {
	await bench.namespace(name);
	await bench.server.serviceAccount(name, 'default');
	const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': name } };
	const policy = await bench.policy(name, { mode: 'Enforce', devices, workloads: { namespaceSelector, bypass: 'Allow' } });
	const { condition } = await duty.reconcile(policy, untilDone);
	assert.equal(condition?.reason, 'PolicyActive', `FC_SEED=${seed}: ${condition?.message}`);
	return policy;
}

/** Creates the claims of a wave, half by templates, and judges what the scheduler made of them. */
async function run({ server }: AdmissionBench, name: string, sample: Wave) {
	const candidates = sample.nodes.map((entries): readonly Candidate[] => [
		...entries.map((device) => ({ driver: 'gpu.nvidia.com', device })),
		{ driver: 'nic.example.com', device: nic },
	]);
	const byId = new Map<string, Candidate>();
	for (const [i, onNode] of candidates.entries()) {
		const node = `${name}-${i}`;
		await schedulableNode(server, node, { wave: name });
		await publish(server, node, sample.nodes[i] ?? []);
		await publish(server, node, [nic], 'nic.example.com');
		for (const candidate of onNode) byId.set(`${candidate.driver}/${node}/${candidate.device.name}`, candidate);
	}
	for (const [i, { spec }] of sample.claims.entries()) {
		const own = `c${i}`;
		const templated = i % 2 === 1;
		const kind = templated ? 'resourceclaimtemplates' : 'resourceclaims';
		const body = templated ? { metadata: { name: own }, spec: { spec } } : { metadata: { name: own }, spec };
		await ok(server.request('POST', `${group}/namespaces/${name}/${kind}`, body));
		const reference = templated ? { resourceClaimTemplateName: own } : { resourceClaimName: own };
		await podWithClaim(server, { namespace: name, name: own }, reference, { wave: name });
	}
	const pods = await decided(server, name, sample.claims.length);
	const live = await claimsOf(server, name);
	const isAllowed = ({ driver, device }: Candidate): boolean =>
		driver !== 'gpu.nvidia.com' || judgePublished(sample.devices, asRead(device)).verdict === 'allowed';
	const held = new Set<Candidate>();
	const pending: Claim[] = [];
	for (const [i, claim] of sample.claims.entries()) {
		const pod = pods.get(`c${i}`);
		const claimName = pod?.status?.resourceClaimStatuses?.[0]?.resourceClaimName ?? `c${i}`;
		const given = allocated(live.get(claimName));
		if (given === null) {
			pending.push(claim);
			continue;
		}
		for (const id of given) {
			const candidate = byId.get(id);
			assert.ok(candidate, `FC_SEED=${seed}: ${id} is none of the devices here`);
			const what = JSON.stringify({ policy: sample.devices, claim, candidate }, null, 1);
			assert.ok(isAllowed(candidate), `FC_SEED=${seed}: a device was allocated that the policy does not allow: ${what}`);
			assert.ok(!held.has(candidate), `FC_SEED=${seed}: ${id} was given twice`);
			const requests = (claim.spec.devices?.requests ?? []).flatMap(({ exactly, firstAvailable = [] }) => [
				...(exactly ? [exactly] : []),
				...firstAvailable,
			]);
			assert.ok(
				requests.some((request) => meets(request, candidate)),
				`FC_SEED=${seed}: the device was not asked for: ${what}`,
			);
			held.add(candidate);
		}
	}
	let pendingForThePolicy = 0;
	for (const claim of pending) {
		const free = (candidate: Candidate): boolean => !held.has(candidate);
		const met = candidates.some((onNode) => canBeMet(claim, onNode, free, isAllowed));
		const what = JSON.stringify({ policy: sample.devices, claim }, null, 1);
		assert.ok(!met, `FC_SEED=${seed}: a claim waits that could be met: ${what}`);
		if (candidates.some((onNode) => canBeMet(claim, onNode, free, () => true))) pendingForThePolicy++;
	}
	return {
		claims: sample.claims.length,
		allocated: sample.claims.length - pending.length,
		pending: pending.length,
		devices: held.size,
		pendingForThePolicy,
	};
}
