import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { compliantLabel } from '../../../../src/core/nodes/node-marks.ts';
import type { ApiObject } from '../../../../src/core/ports/cluster.ts';
import { endAll } from '../../running-command.ts';
import { condition, eventually, Followed, type Held, message, read, ready } from '../controller/policies.ts';
import { RunningController } from '../controller/running-controller.ts';
import { argumentsOf } from '../install/chart.ts';
import { ok } from '../nodes/rig.ts';
import { differenceOf, digestOf, everything, linesOf, markedNodes, named } from './everything.ts';
import { policiesPath, World } from './world.ts';

const admission = '/apis/admissionregistration.k8s.io/v1';
const dra = '/apis/resource.k8s.io';
const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const soak = process.env.SOAK === '1';

describe('the controller, when something around it goes wrong', () => {
	let world: World;

	before(async () => {
		world = await World.start();
		await world.stage('meddled');
		await world.staged('meddled');
	});
	after(async () => {
		await endAll();
		await world?.cluster.stop();
	});

	async function inOrder(): Promise<void> {
		await eventually(async () => named(await everything(world.cluster)).length === 0, 'nothing of ours is left', 60_000);
		assert.deepEqual(named(await markedNodes(world.cluster)), []);
		assert.equal(world.controller.exited, false);
		assert.deepEqual(world.controller.strays, []);
	}

	async function linesNow(name: string): Promise<readonly string[]> {
		const all = [...(await everything(world.cluster)), ...(await markedNodes(world.cluster))];
		return linesOf({ policy: (await read(world.cluster, name)) as Held, all, pods: await world.pods(name) });
	}

	/** The objects of a policy that are in force, copies under trial left out. */
	async function inForce(name: string): Promise<readonly ApiObject[]> {
		return (await everything(world.cluster)).filter(
			({ kind, metadata }) =>
				kind.includes('Admission') && metadata.name.endsWith(`.${name}`) && !metadata.name.includes('canary'),
		);
	}

	function specs(objects: readonly ApiObject[]): readonly string[] {
		return objects.map(({ kind, metadata, spec }) => JSON.stringify([kind, metadata.name, spec])).toSorted();
	}

	it('puts back what a user edits or deletes of ours, writes each object a few times at most, and tells of it', async () => {
		const { cluster } = world;
		await world.apply('meddled', 'restart');
		await world.settled('meddled');
		await world.agentsReport('meddled');
		const tainted = '/api/v1/nodes/meddled-bad';
		await eventually(
			async () => (await ok(cluster.request('GET', tainted))).body.spec.taints !== undefined,
			'the node is tainted',
		);
		await world.settled('meddled');
		const was = await linesNow('meddled');
		const rule = (await everything(cluster)).find(({ kind }) => kind === 'DeviceTaintRule')?.metadata.name;
		const edits: Readonly<Record<string, object>> = {
			[`${admission}/mutatingadmissionpolicies/gpupolicy-env.meddled`]: {
				spec: { matchConditions: [{ name: 'never', expression: 'false' }] },
			},
			[`${admission}/mutatingadmissionpolicybindings/gpupolicy-env.meddled`]: {
				spec: { matchResources: { objectSelector: { matchLabels: { no: 'pod' } } } },
			},
			[`${admission}/validatingadmissionpolicies/gpupolicy-env.meddled`]: { spec: { validations: [{ expression: 'true' }] } },
			[`${admission}/validatingadmissionpolicybindings/gpupolicy-env.meddled`]: { spec: { validationActions: ['Audit'] } },
			'/api/v1/nodes/meddled-good': { metadata: { labels: { [compliantLabel]: 'no' } } },
			[tainted]: { spec: { taints: null } },
		};
		const mark = cluster.audit.mark();
		const mended = (how: string): Promise<void> =>
			eventually(async () => digestOf(await linesNow('meddled')) === digestOf(was), `what was ${how} is put back`, 60_000).catch(
				async (error: Error) => {
					throw new Error(`${error.message}\n${differenceOf(was, await linesNow('meddled'))}`);
				},
			);
		for (const [path, edit] of Object.entries(edits)) await ok(cluster.request('PATCH', `${path}?fieldManager=meddler`, edit));
		await world.settled('meddled');
		await mended('edited');
		const others = [`${dra}/v1/deviceclasses/gpupolicy.meddled`, `${dra}/v1beta2/devicetaintrules/${rule}`];
		const deleted = [...Object.keys(edits).filter((path) => !path.startsWith('/api/v1/nodes')), ...others];
		for (const path of deleted) await ok(cluster.request('DELETE', path));
		await mended('deleted');
		await ok(cluster.request('DELETE', '/apis/gpupolicy.dev/v1alpha1/gpunodereports/meddled-good'));
		await world.agentsReport('meddled');
		await mended('deleted');
		await world.settled('meddled');
		const notes = async (): Promise<string> => {
			const { items } = (await ok(cluster.request('GET', '/apis/events.k8s.io/v1/events'))).body;
			const told = (items as { reason: string; note: string }[]).filter(({ reason }) => reason === 'AdmissionRepaired');
			return told.map(({ note }) => note).join('\n');
		};
		for (const kind of ['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding', 'ValidatingAdmissionPolicyBinding'])
			await eventually(async () => (await notes()).includes(`${kind}/gpupolicy-env.meddled`), `an event names the ${kind}`).catch(
				async (error: Error) => {
					throw new Error(`${error.message}:\n${await notes()}`);
				},
			);
		const counted = new Map<string, number>();
		for (const { requestURI } of await world.writesSince(mark)) {
			const path = requestURI.replace(/\?.*/, '');
			if (!path.endsWith('/status')) counted.set(path, (counted.get(path) ?? 0) + 1);
		}
		// Twice meddled with: each time a check may be relaxed first, and the object be put back once or, where edits came one by one, twice.
		assert.deepEqual(
			[...counted].filter(([path, count]) => count > 6 && !path.includes('/gpupolicy-probe/')),
			[],
		);
		await world.quiet();
	});

	it('never takes a field of a DeviceClass from another manager: it says so, and makes the class anew when that is deleted', async () => {
		const { cluster } = world;
		const path = `${dra}/v1/deviceclasses/gpupolicy.meddled`;
		const mine = { spec: { selectors: [{ cel: { expression: 'false' } }] } };
		await ok(cluster.request('PATCH', `${path}?fieldManager=meddler`, mine));
		const held = await new Followed(cluster, 'meddled').until(
			(one) => condition(one, 'Stalled') === 'True/FieldManagerConflict',
			'stalled',
			60_000,
		);
		assert.match(message(held, 'Stalled'), /deviceclasses\.resource\.k8s\.io gpupolicy\.meddled.*meddler/);
		assert.deepEqual((await ok(cluster.request('GET', path))).body.spec, mine.spec);
		await ok(cluster.request('DELETE', path));
		await world.settled('meddled');
		assert.notDeepEqual((await ok(cluster.request('GET', path))).body.spec, mine.spec);
	});

	it('changes nothing in force while rights are missing, says which, and goes on when they are back', async () => {
		const { cluster } = world;
		await world.apply('meddled', 'restart');
		await world.settled('meddled');
		const steps: readonly {
			readonly without: readonly (readonly [role: string, verb: string, resource: string])[];
			readonly to: 'evict' | 'restart';
		}[] = [
			{
				without: [
					['gpupolicy-admission', 'patch', 'mutatingadmissionpolicies'],
					['gpupolicy-nodes-manage', 'patch', 'nodes'],
					['gpupolicy-controller', 'create', 'controllerrevisions'],
				],
				to: 'evict',
			},
			...(soak
				? [
						{ without: [['gpupolicy-remediation', 'create', 'pods/eviction'] as const], to: 'evict' as const },
						{ without: [['gpupolicy-remediation', 'patch', 'deployments'] as const], to: 'restart' as const },
					]
				: []),
		];
		for (const { without, to } of steps) {
			const was = specs(await inForce('meddled'));
			const what = `without ${without.map((right) => right.join(' ')).join(', ')}`;
			const giveBack = await Promise.all(without.map(([role, verb, resource]) => world.takeAway(role, verb, resource)));
			await world.apply('meddled', to, { interval: '11m' });
			const resources = without.map(([, , resource]) => resource);
			const held = await new Followed(cluster, 'meddled').until(
				(one) =>
					condition(one, 'Stalled') === 'True/Forbidden' &&
					resources.every((resource) => message(one, 'Stalled').includes(resource)),
				`stalled, naming ${resources.join(', ')}`,
				90_000,
			);
			for (const [, verb, resource] of without)
				assert.match(message(held, 'Stalled'), new RegExp(`may not (${verb}|apply) ${resource}`), what);
			assert.equal(condition(held, 'Ready'), 'False/Forbidden', what);
			if (resources.includes('mutatingadmissionpolicies')) assert.deepEqual(specs(await inForce('meddled')), was, what);
			for (const give of giveBack) await give();
			// By itself within half a minute; the sample does not wait for that.
			if (!soak) await world.apply('meddled', to);
			await world.settled('meddled');
		}
		const giveBack = await world.takeAway('gpupolicy-policies', 'patch', 'gpupolicies/status');
		const lines = world.controller.lines.length;
		await world.apply('meddled', 'report');
		await eventually(
			async () =>
				world.controller.lines.slice(lines).some(({ msg }) => /may not \w+ gpupolicies\.gpupolicy\.dev\/status/.test(msg)),
			'the log says what no status can say',
			60_000,
		);
		await giveBack();
		await world.settled('meddled');
	});

	it('does not depend on the time of day: an hour ahead, then an hour behind, each after the other', async () => {
		const { cluster } = world;
		await world.apply('meddled', 'report');
		await world.settled('meddled');
		for (const [hours, to] of [
			[1, 'evict'],
			[-1, 'restart'],
		] as const) {
			await world.quiet();
			assert.equal(await world.controller.end(), 0);
			const mark = cluster.audit.mark();
			world.controller = withClock(hours, () => world.installation.start());
			await world.controller.leads();
			await eventually(async () => (await world.controller.get('/readyz')).status === 200, 'it knows everything', 60_000);
			await pause(2_000);
			const idle = (await world.writesSince(mark)).map(({ verb, requestURI }) => `${verb} ${requestURI}`);
			assert.deepEqual(idle, [], `with its clock off by ${hours} h there is nothing to do`);
			await world.apply('meddled', to);
			const value = to === 'evict' ? 'B' : 'A';
			const values = async (): Promise<unknown[]> =>
				(await world.pods('meddled')).map((pod) => JSON.stringify(pod['spec']).match(/"NCCL_DEBUG","value":"(.)"/)?.[1]);
			await eventually(
				async () => {
					await world.settled('meddled');
					return (await values()).every((one) => one === value);
				},
				`the pods are replaced by a controller whose clock is off by ${hours} h`,
				60_000,
			).catch(async (error: Error) => {
				const { status } = (await read(cluster, 'meddled')) as Held;
				throw new Error(`${error.message}: ${await values()} ${JSON.stringify(status?.conditions, null, 1)}`);
			});
			const replaced = (await world.writesSince(mark)).filter(({ objectRef }) => objectRef?.namespace === 'meddled');
			assert.ok(replaced.length <= 3, `${replaced.length} of 2 restarts or 3 evictions`);
		}
	});

	it('lets policies go that are deleted in the middle of their first trial, of an edit and of a clean-up', async () => {
		const { cluster } = world;
		await world.remove('meddled');
		const delays = soak ? [0, 60, 250, 600, 1_000, 1_800, 2_600, 3_500] : [60, 600, 1_800, 2_600];
		await Promise.all(
			delays.map(async (delay, index) => {
				const name = `short-lived-${index}`;
				await world.apply(name, 'restart');
				if (index % 2 === 1) {
					await world.settled(name);
					await world.apply(name, 'deny');
				}
				await pause(delay);
				await world.remove(name);
				await world.gone(name);
			}),
		);
		await world.gone('meddled');
		await inOrder();
		assert.deepEqual(
			world.controller.lines.filter(({ level, stack }) => level === 'error' || stack !== undefined),
			[],
		);
		const { body } = await cluster.request('GET', '/api/v1/namespaces/gpupolicy-probe/pods');
		assert.deepEqual(body.items, []);
	});

	it('keeps what is in force while the namespace of its probes goes, says so, and goes on when it is back', async () => {
		const { cluster } = world;
		await world.apply('meddled', 'report');
		await world.settled('meddled');
		const was = specs(await inForce('meddled'));
		// A finalizer holds it in Terminating, as an API service that is down would.
		const held = '/api/v1/namespaces/gpupolicy-probe/configmaps';
		await ok(cluster.request('POST', held, { metadata: { name: 'held', finalizers: ['test.example/held'] } }));
		await ok(cluster.request('DELETE', '/api/v1/namespaces/gpupolicy-probe'));
		const mark = cluster.audit.mark();
		await world.apply('meddled', 'restart');
		await world.apply('unprobed', 'audit', { workloads: undefined, env: undefined });
		const seen = await new Followed(cluster, 'meddled').until(
			(one) => one.status?.observedGeneration === one.metadata.generation && message(one, 'Ready').includes('gpupolicy-probe'),
			'says which namespace',
			60_000,
		);
		assert.notEqual(ready(seen), 'True/Converged');
		await new Followed(cluster, 'unprobed').until((one) => ready(one) === 'True/AuditOnly', 'what needs no probe is done');
		assert.deepEqual(specs(await inForce('meddled')), was, 'what was in force is');
		await ok(cluster.request('PATCH', `${held}/held`, { metadata: { finalizers: null } }));
		await eventually(
			async () => (await cluster.request('GET', '/api/v1/namespaces/gpupolicy-probe')).status === 404,
			'gone',
			60_000,
		);
		const { status } = await cluster.request('GET', `${policiesPath}/unprobed`);
		assert.equal(status, 200);
		await world.remove('unprobed');
		await world.gone('unprobed');
		assert.deepEqual(specs(await inForce('meddled')), was, 'without the namespace nothing is proved, and nothing changed');
		const writes = (await world.writesSince(mark)).filter(
			({ objectRef }) => objectRef?.apiGroup === 'admissionregistration.k8s.io',
		);
		assert.ok(writes.length <= 120, `${writes.length} writes while it could not work`);
		await world.install();
		if (!soak) await world.apply('meddled', 'restart', { interval: '11m' });
		await world.settled('meddled');
		assert.notDeepEqual(specs(await inForce('meddled')), was);
		await world.remove('meddled');
		await world.gone('meddled');
		await inOrder();
	});

	it('takes a policy of 300 requirements to its pods, or says with the figure why it cannot', async () => {
		const { cluster } = world;
		const matchExpressions = Array.from({ length: 32 }, (_, i) => ({
			key: `k-${i}.example.com/x`,
			operator: 'NotIn',
			values: ['a', 'b'],
		}));
		const exemptions = Array.from({ length: 30 }, (_, i) => ({
			reason: `exempt ${i}`,
			podSelector: {
				matchExpressions: Array.from({ length: 8 }, (_, j) => ({ key: `e-${i}-${j}`, operator: 'In', values: ['a'] })),
			},
		}));
		const selectors = { namespaceSelector: { matchExpressions }, podSelector: { matchExpressions }, exemptions };
		await world.apply('selective', 'report', { workloads: selectors, nodes: undefined });
		const held = await new Followed(cluster, 'selective').until(
			(one) => /^(True\/Converged|False\/DriftDetected|False\/InvalidSpec)$/.test(ready(one)),
			'a verdict',
			90_000,
		);
		if (ready(held) === 'False/InvalidSpec')
			assert.match(message(held, 'Stalled'), /\d[\d,]* (characters )?of \d/, 'with the figure');
		else assert.equal(condition(held, 'AdmissionProgrammed'), 'True/PolicyActive');
		await world.remove('selective');
		await world.gone('selective');
		await inOrder();
	});

	// Long runs only: the first takes the CRDs away from a cluster at work, the second waits minutes for answers.
	if (soak) {
		it('takes everything back when its CRDs are deleted, waits, and begins anew when they are there again', async () => {
			const { cluster } = world;
			await world.apply('meddled', 'evict');
			await world.settled('meddled');
			await ok(cluster.request('DELETE', `${crds}/gpupolicies.gpupolicy.dev`));
			await eventually(
				async () => (await cluster.request('GET', `${crds}/gpupolicies.gpupolicy.dev`)).status === 404,
				'gone',
				90_000,
			);
			await inOrder();
			await eventually(async () => (await world.controller.get('/readyz')).status === 503, 'not ready', 60_000);
			assert.match((await world.controller.get('/readyz')).body, /waiting for the CRD/);
			await world.install();
			await eventually(async () => (await world.controller.get('/readyz')).status === 200, 'ready again', 90_000);
			await world.apply('meddled', 'restart');
			await world.settled('meddled');
			await world.remove('meddled');
			await world.gone('meddled');
			await inOrder();
		});

		it('carries a policy out on a server that takes 5 s for each answer, under one lease', async () => {
			const { cluster, installation } = world;
			assert.equal(await world.controller.end(), 0);
			const proxy = await cluster.proxy();
			const kubeconfig = cluster.kubeconfigFor(installation.identity, proxy.url);
			world.controller = new RunningController(cluster, { kubeconfig, args: argumentsOf(installation.objects, 'Deployment') });
			await world.controller.leads();
			proxy.delay(2_500);
			await world.apply('meddled', 'evict');
			await world.settled('meddled', 900_000);
			assert.equal(condition(await read(cluster, 'meddled'), 'AdmissionProgrammed'), 'True/PolicyActive');
			assert.ok(!world.controller.lines.some(({ msg }) => msg === 'no longer leading'));
			proxy.delay(0);
			await world.remove('meddled');
			await world.gone('meddled');
			await inOrder();
			await proxy.close();
		});
	}
});

/** Starts a process whose time of day is off by so many hours. */
function withClock<T>(hours: number, start: () => T): T {
	const was = process.env['NODE_OPTIONS'];
	const code = `const Real = Date; globalThis.Date = class extends Real {
		constructor(...of) { if (of.length === 0) super(Real.now() + ${hours * 3_600_000}); else super(...of); }
		static now() { return Real.now() + ${hours * 3_600_000}; }
	};`;
	process.env['NODE_OPTIONS'] = `--import=data:text/javascript,${encodeURIComponent(code)}`;
	try {
		return start();
	} finally {
		if (was === undefined) delete process.env['NODE_OPTIONS'];
		else process.env['NODE_OPTIONS'] = was;
	}
}
