import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withDefaults } from '../../api/defaults.ts';
import { admitClaim } from './admit-claim.ts';
import { type Claim, extendedResourceAnnotation } from './claim.ts';
import { type ClaimDemand, claimDemand } from './claim-demand.ts';

const digest = 'd'.repeat(64);
const namespace = { name: 'team-a', labels: { team: 'a' } };

function demand(spec: object = {}): ClaimDemand {
	const result = claimDemand(
		withDefaults({
			apiVersion: 'gpupolicy.dev/v1alpha1',
			kind: 'GpuPolicy',
			metadata: { name: 'p' },
			spec: { mode: 'Enforce', devices: { allow: [{ productName: 'A' }] }, workloads: {}, ...spec },
		}),
		digest,
	);
	if (result.state !== 'Demanded') throw new Error(result.state);
	return result.demand;
}

const claim = (...expressions: string[]): Claim => ({
	spec: {
		devices: {
			requests: [
				{ name: 'gpu', exactly: { deviceClassName: 'c', selectors: expressions.map((expression) => ({ cel: { expression } })) } },
			],
		},
	},
});
const selectorsOf = ({ spec }: Claim) => spec.devices?.requests?.[0]?.exactly?.selectors?.map(({ cel }) => cel?.expression);

describe('a claim under a policy', () => {
	it('gets the selector behind those of its own, once', () => {
		const policy = demand();
		const once = admitClaim(policy, claim('true'), namespace);
		assert.deepEqual(selectorsOf(once.claim), ['true', policy.selector]);
		assert.equal(once.denial, null);
		assert.deepEqual(admitClaim(policy, once.claim, namespace).claim, once.claim);
	});

	it('gets it in each alternative', () => {
		const policy = demand();
		const firstAvailable = [
			{ name: 'x', deviceClassName: 'c' },
			{ name: 'y', deviceClassName: 'c', selectors: [{ cel: { expression: policy.selector } }] },
		];
		const { claim: made } = admitClaim(policy, { spec: { devices: { requests: [{ name: 'gpu', firstAvailable }] } } }, namespace);
		const lists = made.spec.devices?.requests?.[0]?.firstAvailable?.map(({ selectors }) => selectors?.length);
		assert.deepEqual(lists, [1, 1]);
	});

	it('is refused without it where nothing can add it, and warned about in an audit', () => {
		const text = 'a device that it forbids may be allocated: request gpu has no selector of the policy';
		const refused = admitClaim(demand(), claim(), namespace, { mutates: false });
		assert.deepEqual([refused.denial, refused.warning], [`policy p@${digest.slice(0, 12)}: ${text}`, null]);
		const audited = admitClaim(demand({ mode: 'Audit' }), claim(), namespace);
		assert.equal(audited.denial, null);
		assert.ok(audited.warning?.endsWith(text));
		assert.deepEqual(audited.claim, claim());
	});

	it('is left alone where by its own words it keeps to another driver, and only there', () => {
		const policy = demand();
		for (const own of [
			'device.driver == "nic.example.com"',
			'device.driver == "nic.example.com" && device.attributes["x"].y == 1',
		])
			assert.deepEqual(selectorsOf(admitClaim(policy, claim(own), namespace).claim), [own]);
		for (const own of [
			'device.driver == "gpu.nvidia.com"',
			'device.driver == "nic.example.com" || true',
			'device.driver == "nic.example.com" && false || true',
			'device.driver == "nic.example.com" ? true : true',
			'device.driver == "nic.example.com" == false',
			'device.driver == "gpu.\\x6evidia.com"',
			' device.driver == "nic.example.com"',
			'true && device.driver == "nic.example.com"',
		])
			assert.deepEqual(selectorsOf(admitClaim(policy, claim(own), namespace).claim), [own, policy.selector]);
	});

	it('of an administrator, of an exempt namespace or of a reserved one is left alone', () => {
		const policy = demand({ workloads: { exemptions: [{ namespaceSelector: { matchLabels: { team: 'a' } }, reason: 'x' }] } });
		assert.deepEqual(admitClaim(policy, claim(), namespace).claim, claim());
		assert.deepEqual(admitClaim(demand(), claim(), { name: 'kube-system', labels: {} }).claim, claim());
		const admin: Claim = {
			spec: { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'c', adminAccess: true } }] } },
		};
		assert.deepEqual(admitClaim(demand(), admin, namespace), { claim: admin, denial: null, warning: null });
	});

	it('of an extended resource of NVIDIA is refused where the ways around are', () => {
		const extended = (deviceClassName: string): Claim => ({
			metadata: { annotations: { [extendedResourceAnnotation]: 'true' } },
			spec: { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName } }] } },
		});
		const refuses = demand({ workloads: { bypass: 'Deny' } });
		assert.match(admitClaim(refuses, extended('gpu.nvidia.com'), namespace).denial ?? '', /the scheduler chose the devices/);
		assert.equal(admitClaim(refuses, extended('nic.example.com'), namespace).denial, null);
		assert.equal(admitClaim(demand(), extended('gpu.nvidia.com'), namespace).denial, null);
	});
});
