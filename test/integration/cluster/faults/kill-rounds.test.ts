import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { compliantLabel } from '../../../../src/core/nodes/node-marks.ts';
import type { TestCluster } from '../../../cluster/index.ts';
import { endAll } from '../../running-command.ts';
import { eventually, read } from '../controller/policies.ts';
import { nodeOf, ok, report, reported } from '../nodes/rig.ts';
import { differenceOf, digestOf, everything, linesOf, markedNodes, named, ofPolicy } from './everything.ts';
import { inTheMiddleOf, type MotionName, motionNames } from './motion.ts';
import { generator } from './random.ts';
import { bad, good, type Variant, valueAfter, variantNames } from './variants.ts';
import { type AuditEntry, World } from './world.ts';

/** 100 with SOAK=1, a sample otherwise; the seed is printed and can be given as KILL_SEED. */
const rounds = Number(process.env.KILL_ROUNDS ?? (process.env.SOAK === '1' ? 100 : 6));
const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);

const names = ['kill-a', 'kill-b', 'kill-c', 'kill-d', 'kill-e'];
const victims = ['controller', 'kube-apiserver', 'etcd'] as const;

describe('kill -9 in the middle of each duty', () => {
	let world: World;
	/** What a controller that nothing happens to makes of each variant. */
	const reference = new Map<Variant, readonly string[]>();
	/** What each policy has to be; a name that is missing has no policy. */
	const wanted = new Map<string, Variant>();

	before(begin);
	after(async () => {
		await endAll();
		await world?.cluster.stop();
	});

	async function begin(): Promise<void> {
		world = await World.start();
		await Promise.all(names.map((name) => world.stage(name)));
		await world.staged(...names);
	}

	it('is tried against what the same specs come to undisturbed', async () => {
		await Promise.all(
			variantNames.map(async (variant, index) => {
				const name = names[index] as string;
				await world.apply(name, variant);
				wanted.set(name, variant);
				await world.settled(name);
				await world.agentsReport(name);
			}),
		);
		for (const [name, variant] of wanted) {
			let lines = await linesFor(name, variant);
			await eventually(
				async () => {
					await world.settled(name);
					const before = lines;
					lines = await linesFor(name, variant);
					if (digestOf(before) === digestOf(lines) && carries(lines, variant)) return true;
					await pause(1_000);
					return false;
				},
				`${variant} has come to rest`,
				60_000,
			);
			reference.set(variant, lines);
		}
		assert.equal(
			new Set([...reference.values()].map(digestOf)).size,
			variantNames.length,
			'each variant is told from the others',
		);
	});

	it(`comes to the same as without, with no write lost or doubled and no watch stuck (${rounds} kills, KILL_SEED=${seed})`, async () => {
		const hit = new Map<string, number>();
		const failures: string[] = [];
		for (let round = 0; round < rounds; round++) {
			try {
				const { where, what } = await killOnce(round);
				if (where !== null) hit.set(where, (hit.get(where) ?? 0) + 1);
				console.log(what);
			} catch (error) {
				if (rounds < 20) throw error;
				// A long run goes on, in a new world.
				failures.push((error as Error).message);
				console.log(`FAILED: ${(error as Error).message}`);
				await endAll();
				await world.cluster.stop();
				wanted.clear();
				await begin();
			}
		}
		const middles = [...hit].map(([where, count]) => `${where} ${count}`).toSorted();
		console.log(`${rounds} kills, ${failures.length} failures; in the middle of: ${middles.join(', ')}`);
		assert.deepEqual(failures, []);
		assert.ok(hit.size > 0, 'kills met duties at work');
	});

	/** One round: policies change, somebody is killed while they do, everything ends as without. Says what happened. */
	async function killOnce(round: number): Promise<{ readonly where: string | null; readonly what: string }> {
		const random = generator(seed * 1_000 + round);
		const victim = victims[round % victims.length] as (typeof victims)[number];
		const motion = motionNames[round % motionNames.length] as MotionName;
		const from = performance.now();
		const mark = world.cluster.audit.mark();
		const before = await world.restarts();
		const { told, changes } = await change(random, motion);
		const caught = await inTheMiddleOf(world.cluster, motion, mark, random(), 15_000);
		await pause(random() * 40);
		const at = Math.round(performance.now() - from);
		const what = `round ${round} of KILL_SEED=${seed}: ${told.join(', ')}; ${victim} killed after ${at} ms, ${caught ? 'in the middle of' : 'without'} ${motion}`;
		const downMs = random() ** 2 * 3_000;
		const editFrom = random();
		if (victim === 'controller')
			// The next one meets a spec that the first never saw, now and then.
			await world.killController(async () => {
				if (editFrom < 0.3) await edit(random, changes);
			});
		else await world.killServer(victim, downMs);
		await isAsWithout(what);
		const settled = performance.now();
		assert.deepEqual(await surplus(mark, changes), [], `${what}: written more often than there was reason to`);
		// The audit log misses the answer of a server that was killed; the owners themselves do not.
		for (const [owner, count] of await world.restarts()) {
			const most = changes.get(owner.split('/')[0] ?? '') ?? 0;
			assert.ok(count - (before.get(owner) ?? 0) <= most, `${what}: ${owner} was restarted more than ${most} times`);
		}
		await seesEverything(what, random);
		assert.equal(world.controller.exited, false, what);
		assert.deepEqual(world.controller.strays, [], what);
		const broken = world.controller.lines.filter(({ level, stack }) => level === 'error' || stack !== undefined);
		assert.deepEqual(broken, [], what);
		const took = [settled - from, performance.now() - settled].map((ms) => `${(ms / 1_000).toFixed(1)} s`);
		return {
			where: caught ? `${motion} ${victim}` : null,
			what: `${what}; as without after ${took[0]}, watches tried in ${took[1]}`,
		};
	}

	/** Two or three policies are created, edited, deleted, or deleted and made anew. Says what, and how often each was changed. */
	async function change(
		random: () => number,
		motion: MotionName,
	): Promise<{ readonly told: string[]; readonly changes: Map<string, number> }> {
		const told: string[] = [];
		const changes = new Map(names.map((name) => [name, 0]));
		const shuffled = names.map((name) => ({ name, order: random() })).toSorted((a, b) => a.order - b.order);
		const chosen = shuffled.slice(0, random() < 0.5 ? 2 : 3).map(({ name }) => name);
		for (const name of chosen) {
			const was = wanted.get(name);
			const roll = random();
			if (roll < 0.25 && was !== undefined) {
				await world.remove(name);
				wanted.delete(name);
				changes.set(name, 1);
				told.push(`${name} deleted`);
				if (random() < 0.6) continue;
				await world.gone(name);
			}
			const variant = anotherThan(was, random, motion === 'workloads');
			await world.apply(name, variant);
			wanted.set(name, variant);
			changes.set(name, (changes.get(name) ?? 0) + 1);
			told.push(`${name} ${variant}`);
		}
		return { told, changes };
	}

	function anotherThan(was: Variant | undefined, random: () => number, replacesPods = false): Variant {
		const others = variantNames.filter((variant) => variant !== was && !(replacesPods && valueAfter[variant] === null));
		return others[Math.floor(random() * others.length)] as Variant;
	}

	async function edit(random: () => number, changes: Map<string, number>): Promise<void> {
		const [name, was] = [...wanted][Math.floor(random() * wanted.size)] ?? [];
		if (name === undefined) return;
		const variant = anotherThan(was, random);
		await world.apply(name, variant);
		wanted.set(name, variant);
		changes.set(name, (changes.get(name) ?? 0) + 1);
	}

	async function linesFor(name: string, variant: Variant): Promise<readonly string[]> {
		const policy = await read(world.cluster, name);
		if (policy === null) return [];
		const all = [...(await everything(world.cluster)), ...(await markedNodes(world.cluster))];
		const pods = valueAfter[variant] === null ? [] : await world.pods(name);
		return linesOf({ policy, all, pods });
	}

	/** Every pod of a variant that replaces pods has its value. */
	function carries(lines: readonly string[], variant: Variant): boolean {
		const value = valueAfter[variant];
		return (
			value === null ||
			lines.filter((line) => line.includes(`NCCL_DEBUG`) && line.includes(`\\"value\\":\\"${value}\\"`)).length >= 3
		);
	}

	/** Everything is as a controller that nothing happened to has left it. */
	async function isAsWithout(what: string): Promise<void> {
		const inTime = async (name: string): Promise<void> => {
			const variant = wanted.get(name);
			if (variant === undefined) return world.gone(name);
			await world.settled(name);
			await world.agentsReport(name);
			const expected = reference.get(variant) as readonly string[];
			let lines: readonly string[] = [];
			await eventually(
				async () => {
					// A server that was killed a moment ago may still refuse one of our own requests.
					lines = await linesFor(name, variant).catch((error: Error) => [error.message]);
					if (digestOf(lines) === digestOf(expected)) return true;
					await world.settled(name);
					return false;
				},
				'as without',
				60_000,
			).catch((error: Error) => {
				throw new Error(`${name} (${variant}): ${error.message}\n${differenceOf(expected, lines)}`);
			});
		};
		await Promise.all(names.map(inTime)).catch((error: Error) => {
			const log = world.controller.lines.slice(-12).map((line) => JSON.stringify(line));
			throw new Error(`${what}: ${error.message}\n${log.join('\n')}`);
		});
		const all = [...(await everything(world.cluster)), ...(await markedNodes(world.cluster))];
		const strays = all.filter(({ kind, metadata }) =>
			kind === 'Node' || kind === 'GpuNodeReport'
				? ![...wanted.keys()].some((name) => metadata.name.startsWith(`${name}-`))
				: ![...wanted.keys()].some((name) => ofPolicy(name, [{ kind, apiVersion: '', metadata }]).length > 0),
		);
		assert.deepEqual(named(strays), [], `${what}: nothing is left of policies that are gone`);
	}

	/** What was written more often than the changes of a round account for, a kill included. */
	async function surplus(
		mark: ReturnType<TestCluster['audit']['mark']>,
		changes: ReadonlyMap<string, number>,
	): Promise<readonly string[]> {
		const counted = new Map<string, { readonly most: number; count: number }>();
		for (const entry of await world.writesSince(mark)) {
			const most = mostOf(entry, changes);
			const { resource, subresource, namespace, name } = entry.objectRef ?? {};
			const key = [resource, subresource, namespace, name].filter((part) => part !== undefined).join('/');
			const seen = counted.get(key);
			if (seen) seen.count++;
			else counted.set(key, { most, count: 1 });
		}
		return [...counted].flatMap(([key, { most, count }]) => (count > most ? `${key}: ${count} times, at most ${most}` : []));
	}

	/** How often an object may be written at most in a round in which its policy was changed so often. */
	function mostOf({ objectRef }: AuditEntry, changes: ReadonlyMap<string, number>): number {
		const { resource = '', subresource, namespace, name = '' } = objectRef ?? {};
		const policy = names.find(
			(one) => namespace === one || name === one || name.startsWith(`${one}-`) || name.endsWith(`.${one}`),
		);
		const changed =
			policy === undefined ? [...changes.values()].reduce((sum, count) => sum + count, 0) : (changes.get(policy) ?? 0);
		switch (resource) {
			// A restart, an eviction, a past spec: once, whoever does it.
			case 'deployments':
			case 'statefulsets':
			case 'pods':
				return namespace === 'gpupolicy-probe' ? 4 * changed : changed;
			case 'controllerrevisions':
				return 2 * changed;
			default:
				return subresource === 'status' ? 10 + 8 * changed : 4 * changed + 2;
		}
	}

	/** A watch that is stuck would show none of this: changes of everything that the controller follows, seen one by one. */
	async function seesEverything(what: string, random: () => number): Promise<void> {
		const { cluster } = world;
		const enforced = [...wanted].filter(([, variant]) => variant !== 'audit');
		const [name] = enforced[Math.floor(random() * enforced.length)] ?? [];
		if (name === undefined) return;
		const mark = cluster.audit.mark();
		const comesBack = async (path: string): Promise<void> => {
			await ok(cluster.request('DELETE', path));
			await eventually(async () => (await cluster.request('GET', path)).status === 200, `${path} is put back`, 60_000);
		};
		const label = async (kind: string): Promise<string | undefined> =>
			(await nodeOf(cluster, `${name}-${kind}`)).metadata.labels[compliantLabel];
		const selected = async (): Promise<number | undefined> => (await read(cluster, name))?.status?.workloads?.selected;
		const was = [await label('good'), await label('bad')];
		await Promise.all([
			comesBack(`/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/gpupolicy-env.${name}`),
			comesBack(`/apis/resource.k8s.io/v1/deviceclasses/gpupolicy.${name}`),
			(async () => {
				const path = `/api/v1/namespaces/${name}/pods`;
				const container = { name: 'main', image: 'none', resources: { limits: { 'nvidia.com/gpu': '1' } } };
				const spec = { nodeName: 'runs-pods', terminationGracePeriodSeconds: 0, containers: [container] };
				await eventually(
					async () => (await cluster.request('POST', path, { metadata: { name: 'seen' }, spec })).status === 201,
					'a pod is taken',
				);
				await eventually(async () => (await selected()) === 4, `${name}: a pod that came is seen`, 60_000);
				await ok(cluster.request('DELETE', `${path}/seen`));
				await eventually(async () => (await selected()) === 3, `${name}: a pod that went is seen`, 60_000);
			})(),
			(async () => {
				await ok(cluster.request('PATCH', `/api/v1/nodes/${name}-good`, { metadata: { labels: { [compliantLabel]: null } } }));
				await eventually(async () => (await label('good')) === was[0], `${name}: the label of a node is put back`, 60_000);
				await report(cluster, `${name}-good`, { devices: [reported(0, bad)] });
				await report(cluster, `${name}-bad`, { devices: [reported(0, good)] });
				await eventually(
					async () => (await label('good')) === was[1] && (await label('bad')) === was[0],
					`${name}: what agents report is seen`,
					60_000,
				);
			})(),
		]).catch((error: Error) => {
			throw new Error(`${what}, then: ${error.message}`);
		});
		assert.ok((await world.writesSince(mark)).length <= 40, what);
		await isAsWithout(`${what}, then with everything touched`);
	}
});
