import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import type { ClusterPolicy, DutyOutcome } from '../../../../src/controller/duty.ts';
import { admitClaim } from '../../../../src/core/claims/admit-claim.ts';
import { type Claim, extendedResourceAnnotation } from '../../../../src/core/claims/claim.ts';
import { type ClaimDemand, claimDemand } from '../../../../src/core/claims/claim-demand.ts';
import { longestSelector, selectorLength } from '../../../../src/core/claims/device-selector.ts';
import { until } from '../../../cluster/until.ts';
import { AdmissionBench, type PolicySpec, untilDone } from '../admission/fixture.ts';
import { rtx3090, rtx5060 } from '../nodes/rig.ts';
import { claims } from './random-claims.ts';
import type { Live } from './scheduling.ts';

const only3090 = { allow: [{ productName: rtx3090 }] };
const seed = Number(process.env['FC_SEED'] ?? Date.now() % 1_000_000);

const oneGpu: Claim = { spec: { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu.nvidia.com' } }] } } };

/** A server, its policies, and claims that are made there in dry runs. */
class ClaimsBench {
	readonly bench: AdmissionBench;

	constructor(bench: AdmissionBench) {
		this.bench = bench;
	}

	/** Creates a claim in a dry run; what the server says of it. */
	async create(
		claim: Claim,
		namespace = 'team-a',
		version = 'v1',
	): Promise<{ claim: Live; refusal: string; warnings: readonly string[] }> {
		const path = `/apis/resource.k8s.io/${version}/namespaces/${namespace}/resourceclaims?dryRun=All`;
		const body = { ...claim, metadata: { name: 'claim', ...claim.metadata } };
		const answer = await this.bench.server.request('POST', path, body);
		const { status, warnings } = answer;
		const refusal = status >= 300 ? (answer.body as Live).message : '';
		return { claim: answer.body, refusal, warnings };
	}

	/** The selectors of the first request of a claim as it would be stored. */
	async selectors(claim: Claim, namespace?: string): Promise<readonly string[]> {
		const { claim: made, refusal } = await this.create(claim, namespace);
		assert.equal(refusal, '');
		return (made.spec.devices.requests[0].exactly.selectors ?? []).map(({ cel }: Live) => cel.expression);
	}

	async apply(
		name: string,
		spec: PolicySpec,
	): Promise<{ policy: ClusterPolicy; outcome: DutyOutcome; demand: ClaimDemand | null }> {
		const policy = await this.bench.policy(name, spec);
		const outcome = await this.duty.reconcile(policy, untilDone);
		const demanded = claimDemand(policy.object, policy.digest);
		return { policy, outcome, demand: demanded.state === 'Demanded' ? demanded.demand : null };
	}

	get duty() {
		this.#duty ??= this.bench.duty();
		return this.#duty;
	}
	#duty: ReturnType<AdmissionBench['duty']> | null = null;

	async removeAll(): Promise<void> {
		const owners = new Set((await this.bench.objects()).map((name) => name.slice(name.indexOf('.') + 1)));
		for (const policy of this.bench.policies.values()) if (owners.has(policy.name)) await this.duty.cleanUp(policy, untilDone);
		this.bench.policies.clear();
		assert.deepEqual(await this.bench.objects(), []);
	}
}

function says({ condition, stalled }: DutyOutcome): string {
	return `${stalled ? `${stalled.reason}: ${stalled.message}` : condition?.reason}`;
}

describe('resource claims in the API server', () => {
	let on: ClaimsBench;
	before(async () => {
		const args = { 'kube-apiserver': ['--runtime-config=resource.k8s.io/v1beta1=true,resource.k8s.io/v1beta2=true'] };
		on = new ClaimsBench(await AdmissionBench.start({ audit: 'None', args }));
		await on.bench.namespace('team-a', { team: 'a' });
		await on.bench.namespace('team-b', { team: 'b' });
		await on.bench.namespace('admins', { 'resource.kubernetes.io/admin-access': 'true' });
	});
	after(() => on?.bench.stop());
	afterEach(() => on.removeAll());

	it('get the selector of a policy in every request, in every version of the API, where its selectors reach', async () => {
		const exemptions = [{ namespaceSelector: { matchLabels: { team: 'b' } }, reason: 'they test drivers' }];
		const { outcome, demand } = await on.apply('reach', {
			mode: 'Enforce',
			devices: only3090,
			workloads: { exemptions },
		});
		assert.equal(says(outcome), 'PolicyActive', outcome.condition?.message);
		assert.match(outcome.condition?.message ?? '', /Resource claims: 21 of 21 shapes answered as planned/);
		assert.ok(demand);
		assert.deepEqual(await on.selectors(oneGpu), [demand.selector]);
		assert.deepEqual(await on.selectors(oneGpu, 'team-b'), []);
		assert.deepEqual(await on.selectors(oneGpu, 'kube-system'), []);
		const [request] = oneGpu.spec.devices?.requests ?? [];
		const admin: Claim = {
			spec: { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'x', adminAccess: true } }] } },
		};
		assert.deepEqual(await on.selectors(admin, 'admins'), [], 'an administrator looks at any device');
		assert.match((await on.create(admin)).refusal, /admin access|adminAccess/i, 'and nobody else does');
		const older = { spec: { devices: { requests: [{ name: 'gpu', ...request?.exactly }] } } } as Claim;
		const { claim, refusal } = await on.create(older, 'team-a', 'v1beta1');
		assert.equal(refusal, '');
		assert.equal(claim.spec.devices.requests[0].selectors[0].cel.expression, demand.selector);
		const { claim: beta } = await on.create(oneGpu, 'team-a', 'v1beta2');
		assert.equal(beta.spec.devices.requests[0].exactly.selectors[0].cel.expression, demand.selector);
		for (const claim of fc.sample(claims, { numRuns: 60, seed })) await sameAsCore(demand, claim);
	});

	/** The server's answer is the core's, and a claim that has the selector gets no second one. */
	async function sameAsCore(demand: ClaimDemand, claim: Claim): Promise<void> {
		const planned = admitClaim(demand, claim, { name: 'team-a', labels: { team: 'a' } });
		const { claim: made, refusal } = await on.create(claim);
		assert.equal(refusal, '', `FC_SEED=${seed}`);
		const selectors = ({ spec }: Claim) =>
			(spec.devices?.requests ?? []).map(({ exactly, firstAvailable = [] }) =>
				[exactly, ...firstAvailable].map((entry) => entry?.selectors ?? []),
			);
		assert.deepEqual(selectors(made), selectors(planned.claim), `FC_SEED=${seed}`);
		const again = await on.create({ spec: made.spec });
		assert.deepEqual(again.claim.spec, made.spec, 'once is enough');
	}

	it('are never refused nor left without while a policy changes its devices and its mode', async () => {
		const workloads = { bypass: 'Allow' };
		const first = await on.apply('flips', { mode: 'Enforce', devices: only3090, workloads });
		const refusals: string[] = [];
		const seen: (readonly { readonly cel: { readonly expression: string } }[] | undefined)[] = [];
		let done = false;
		const creating = (async () => {
			while (!done) {
				const { claim, refusal } = await on.create(oneGpu);
				if (refusal !== '') refusals.push(refusal);
				else seen.push(claim.spec.devices.requests[0].exactly.selectors);
				await pause(10);
			}
		})();
		let last = first;
		try {
			last = await on.apply('flips', { mode: 'Enforce', devices: { deny: [{ productName: rtx5060 }] }, workloads });
			assert.equal(says(last.outcome), 'PolicyActive', last.outcome.condition?.message);
			assert.deepEqual(await on.selectors(oneGpu), [last.demand?.selector], 'once it is True, it is in force');
		} finally {
			done = true;
			await creating;
		}
		assert.deepEqual(refusals, []);
		// A server that takes up the new one between its two rounds over a claim appends both: that narrows, and no more.
		const found = seen.map((selectors) => selectors?.map(({ cel }) => cel.expression).join(' and '));
		const [before, after] = [first.demand?.selector ?? '', last.demand?.selector ?? ''];
		assert.notEqual(before, after);
		assert.deepEqual(
			[...new Set(found)].filter((one) => ![before, after, `${before} and ${after}`].includes(one ?? '')),
			[],
			'between two selectors there is no gap',
		);
		assert.ok(found.length > 0);
		const audit = await on.apply('flips', { mode: 'Audit', devices: only3090, workloads });
		assert.equal(says(audit.outcome), 'ValidationOnly', audit.outcome.condition?.message);
		// The duty of a test does not wait until every server has let go of the mutation.
		const { warnings } = await until('claims are left as they are', async () => {
			const created = await on.create(oneGpu);
			return created.claim.spec.devices.requests[0].exactly.selectors === undefined && created;
		});
		assert.match(
			warnings.join(),
			/policy flips@[0-9a-f]{12}: a device that it forbids may be allocated: request gpu has no selector of the policy/,
		);
		const dropped = await on.apply('flips', { mode: 'Audit', workloads });
		assert.equal(dropped.outcome.condition, null);
		assert.deepEqual(await on.bench.objects('flips'), []);
	});

	it('are put back under the policy where somebody deletes the objects, and the policy says so', async () => {
		const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } };
		const elsewhere = { mode: 'Enforce' as const, devices: only3090, workloads: { namespaceSelector } };
		// Those of other namespaces do not count for how many selectors a request takes.
		for (let i = 0; i < 32; i++) await on.bench.policy(`elsewhere-${i}`, elsewhere);
		const { policy } = await on.apply('repaired', { mode: 'Enforce', devices: only3090, workloads: { bypass: 'Allow' } });
		const path = '/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicybindings/gpupolicy-claims.repaired';
		assert.equal((await on.bench.server.request('DELETE', path)).status, 200);
		assert.equal(says(await on.duty.reconcile(policy, untilDone)), 'PolicyActive');
		assert.equal((await on.bench.server.request('GET', path)).status, 200);
		assert.ok(
			on.bench.events.some(({ reason, note }) => reason === 'AdmissionRepaired' && note?.includes('gpupolicy-claims.repaired')),
		);
	});

	it('of extended resources are refused where ways around are: the scheduler chose their devices before', async () => {
		const extended = { ...oneGpu, metadata: { annotations: { [extendedResourceAnnotation]: 'true' } } };
		await on.apply('extended', { mode: 'Enforce', devices: only3090, workloads: { bypass: 'Deny' } });
		assert.match((await on.create(extended)).refusal, /the scheduler chose the devices of an extended resource before admission/);
		const nic = {
			...extended,
			spec: { devices: { requests: [{ name: 'nic', exactly: { deviceClassName: 'nic.example.com' } }] } },
		};
		assert.equal((await on.create(nic)).refusal, '', 'those of other vendors are not ours to refuse');
	});

	it('are left alone by a policy that selects pods, which says why', async () => {
		const podSelector = { matchLabels: { tier: 'gpu' } };
		const { outcome } = await on.apply('pods', { mode: 'Enforce', devices: only3090, workloads: { podSelector } });
		assert.match(outcome.condition?.message ?? '', /Resource claims are left alone: a claim does not say which pods will use it/);
		assert.deepEqual(await on.selectors(oneGpu), []);
	});

	it('stay as they are where the selector of a policy does not fit, with the figure; the longest that fits is taken', async () => {
		const entries = (count: number, length: number) =>
			Array.from({ length: count }, (_, i) => ({ productName: `${i}`.padEnd(length, 'x') }));
		const workloads = { bypass: 'Allow' };
		const long = await on.apply('long', {
			mode: 'Enforce',
			devices: { allow: entries(64, 96), deny: entries(64, 96) },
			workloads,
		});
		assert.match(
			says(long.outcome),
			/^InvalidSpec: spec\.devices does not fit into the selector of a resource claim: 1\d,\d{3} bytes of 10,240/,
		);
		assert.deepEqual(await on.bench.objects('long'), []);
		on.bench.policies.delete('long');
		// The costliest criteria, as many as fit: the length binds long before the cost does. And whatever is written stays text.
		const hostile = ['"] || true || ["', '\\"', "');drop", '{{x}} $(A) %s', 'é 漢 😀', '\\u0022 || true //', '*"*', '// comment'];
		const costly = Array.from({ length: 48 }, (_, i) => ({
			productNamePattern: `*${i}${'?*'.repeat(30)}`,
			mig: 'Disabled' as const,
		}));
		const allow = hostile.flatMap((text) => [{ productName: text }, { productNamePattern: `*${text}?` }]);
		const fits = await on.apply('fits', { mode: 'Enforce', devices: { allow, deny: costly }, workloads });
		assert.equal(says(fits.outcome), 'PolicyActive', fits.outcome.condition?.message);
		const length = selectorLength(fits.demand?.selector ?? '');
		assert.ok(length > longestSelector * 0.9 && length <= longestSelector, `${length} bytes`);
		assert.deepEqual(await on.selectors(oneGpu), [fits.demand?.selector]);
	});

	it('stay as they are where more policies would append to them than a request takes', async () => {
		const spec = { mode: 'Enforce' as const, devices: only3090, workloads: { bypass: 'Allow' } };
		for (let i = 0; i < 32; i++) await on.bench.policy(`many-${i}`, spec);
		const { outcome } = await on.apply('many-32', spec);
		assert.match(says(outcome), /^InvalidSpec: 33 policies append a device selector .* a request takes 32 selectors$/);
	});
});

describe('resource claims in an API server that cannot change them', () => {
	let on: ClaimsBench;
	before(async () => {
		on = new ClaimsBench(await AdmissionBench.start({ audit: 'None', mutatingAdmissionPolicy: false }));
		await on.bench.namespace('team-a');
	});
	after(() => on?.bench.stop());

	it('are refused without the selector, and the policy says that it only checks', async () => {
		const { outcome, demand } = await on.apply('checked', {
			mode: 'Enforce',
			devices: only3090,
			workloads: { bypass: 'Allow' },
		});
		assert.equal(says(outcome), 'ValidationOnly', outcome.condition?.message);
		assert.match(outcome.condition?.message ?? '', /nothing here can change claims/);
		assert.match((await on.create(oneGpu)).refusal, /request gpu has no selector of the policy/);
		const selectors = [{ cel: { expression: demand?.selector ?? '' } }];
		const right: Claim = {
			spec: { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu.nvidia.com', selectors } }] } },
		};
		assert.equal((await on.create(right)).refusal, '');
	});
});
