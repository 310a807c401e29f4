import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { deviceSelector } from '../../../../src/core/claims/device-selector.ts';
import { judgePublished } from '../../../../src/core/claims/judge-published.ts';
import { startCluster, type TestCluster } from '../../../cluster/index.ts';
import { ok } from '../nodes/rig.ts';
import { asRead, deviceSelections, oddEntry, type PublishedEntry, publishedEntry } from './random-devices.ts';
import { allocated, claimsOf, decided, group, podWithClaim, publish, schedulableNode, whyPending } from './scheduling.ts';

/** Each pool is judged by each of its policies: 31 devices at once, since a claim is given 32 at most. */
const pools = process.env['SOAK'] ? 20 : 3;
const policiesPerPool = process.env['SOAK'] ? 50 : 25;
const devicesPerPool = 31;
const seed = Number(process.env['FC_SEED'] ?? Date.now() % 1_000_000);

/** A device of another driver, which every selector has to let through: it also tells that the scheduler answered. */
const other: PublishedEntry = { name: 'nic', attributes: {}, capacity: {} };

describe('the selector of a policy, evaluated by the scheduler', () => {
	let server: TestCluster;
	before(async () => {
		server = await startCluster({ components: ['kube-scheduler'], audit: 'None', crds: false });
		await ok(server.request('POST', `${group}/deviceclasses`, { metadata: { name: 'any' }, spec: {} }));
	});
	after(() => server?.stop());

	/** Has the scheduler say of every device of a pool whether each selector takes it: an administrator's claim holds nothing. */
	async function taken(
		pool: string,
		devices: readonly PublishedEntry[],
		selectors: readonly string[],
	): Promise<readonly (ReadonlySet<string> | string)[]> {
		const labels = { 'resource.kubernetes.io/admin-access': 'true' };
		await ok(server.request('POST', '/api/v1/namespaces', { metadata: { name: pool, labels } }));
		await schedulableNode(server, pool, { pool });
		await publish(server, pool, devices);
		await publish(server, pool, [other], 'nic.example.com');
		for (const [i, expression] of selectors.entries()) {
			const exactly = { deviceClassName: 'any', allocationMode: 'All', adminAccess: true, selectors: [{ cel: { expression } }] };
			const spec = { devices: { requests: [{ name: 'all', exactly }] } };
			await ok(server.request('POST', `${group}/namespaces/${pool}/resourceclaims`, { metadata: { name: `c${i}` }, spec }));
			await podWithClaim(server, { namespace: pool, name: `c${i}` }, { resourceClaimName: `c${i}` }, { pool });
		}
		const pods = await decided(server, pool, selectors.length);
		const claims = await claimsOf(server, pool);
		return selectors.map((_, i) => {
			const devicesOf = allocated(claims.get(`c${i}`));
			return devicesOf === null
				? whyPending(pods.get(`c${i}`))
				: new Set(devicesOf.map((id) => id.slice(id.lastIndexOf('/') + 1)));
		});
	}

	async function compare(
		kind: string,
		entry: (name: string) => fc.Arbitrary<PublishedEntry>,
		differs: (allowed: boolean, isTaken: boolean) => boolean,
	): Promise<{ readonly taken: number; readonly left: number }> {
		const figures = { taken: 0, left: 0 };
		const names = Array.from({ length: devicesPerPool }, (_, i) => `d${i}`);
		const samples = fc.sample(
			fc.record({
				devices: fc.tuple(...names.map(entry)),
				policies: fc.array(deviceSelections, { minLength: policiesPerPool, maxLength: policiesPerPool }),
			}),
			{ numRuns: pools, seed },
		);
		for (const [i, { devices, policies }] of samples.entries()) {
			const answers = await taken(`${kind}-${i}`, devices, policies.map(deviceSelector));
			for (const [j, answer] of answers.entries()) {
				const policy = policies[j];
				assert.ok(policy && typeof answer !== 'string', `FC_SEED=${seed}: ${answer}\n${JSON.stringify(policy)}`);
				assert.ok(answer.has('nic'), `FC_SEED=${seed}: the device of another driver is left out by ${JSON.stringify(policy)}`);
				for (const device of devices) {
					const { verdict, reason } = judgePublished(policy, asRead(device));
					const isTaken: boolean = answer.has(device.name);
					figures[isTaken ? 'taken' : 'left']++;
					if (!differs(verdict === 'allowed', isTaken)) continue;
					const what: string = JSON.stringify({ policy, device }, null, 1);
					assert.fail(`FC_SEED=${seed}: ${isTaken ? 'taken' : 'left'}, the core says ${verdict} (${reason}): ${what}`);
				}
			}
		}
		return figures;
	}

	it('takes exactly the devices that the core allows, whatever the driver publishes of them', async (context) => {
		const figures = await compare('driver', publishedEntry, (allowed, isTaken) => allowed !== isTaken);
		assert.ok(figures.taken > 100 && figures.left > 100, JSON.stringify(figures));
		context.diagnostic(`${figures.taken} taken, ${figures.left} left (FC_SEED=${seed})`);
	});

	it('never takes a device, and never fails, for an attribute of a type that the driver does not give it', async (context) => {
		const figures = await compare('odd', oddEntry, (allowed, isTaken) => isTaken && !allowed);
		context.diagnostic(`${figures.taken} taken, ${figures.left} left (FC_SEED=${seed})`);
	});
});
