import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Memory } from '../../src/controller/workloads/memory.ts';
import { breakerFloor, breakerWindowMs } from '../../src/core/workloads/breaker.ts';
import {
	type OwnerFacts,
	planRemediation,
	type RemediationInput,
	underwayOwners,
} from '../../src/core/workloads/remediation-plan.ts';
import {
	type AnnotationPatch,
	evictionsPatch,
	haltPatch,
	liftPatch,
	readRemediationState,
	resumePatch,
} from '../../src/core/workloads/remediation-state.ts';
import { parseRestart, restartText } from '../../src/core/workloads/restart-annotation.ts';
import { runs } from './runs.ts';

const digest = 'd1';
const limitMs = 600_000;
const tickMs = 1_000;

interface SimPod {
	uid: string;
	created: string;
	wrong: boolean;
	ready: boolean;
	restarted: string;
}

interface SimOwner {
	name: string;
	desired: number;
	atOnce: number;
	/** New pods of it never become ready. */
	broken: boolean;
	/** New pods of it are as wrong as the old ones: admission does not reach them. */
	stubborn: boolean;
	template: string;
	complete: boolean;
	pods: SimPod[];
}

interface Touch {
	at: number;
	owner: string;
	pods: number;
}

/** A cluster in which rollouts go on by themselves, and a controller that may be killed between any two writes. */
class World {
	now = Date.UTC(2026, 0, 1);
	readonly began = this.now;
	readonly owners: SimOwner[];
	readonly touches: Touch[] = [];
	readonly evicted: string[] = [];
	annotations: Record<string, string> = {};
	memory: Memory;
	resumes = 0;
	lastLift = 0;
	#uid = 0;

	constructor(owners: readonly { desired: number; atOnce: number; broken: boolean; stubborn?: boolean }[]) {
		this.owners = owners.map((owner, index) => ({
			stubborn: false,
			...owner,
			name: `o${index}`,
			template: '',
			complete: true,
			pods: Array.from({ length: owner.desired }, () => this.#pod({ wrong: true, ready: true, restarted: '' })),
		}));
		this.memory = new Memory(() => this.now - this.began);
	}

	kill(): void {
		this.memory = new Memory(() => this.now - this.began);
	}

	get selected(): number {
		return this.owners.reduce((sum, { pods }) => sum + pods.length, 0);
	}

	get wrong(): number {
		return this.owners.reduce((sum, { pods }) => sum + pods.filter(({ wrong }) => wrong).length, 0);
	}

	patch(changes: AnnotationPatch): void {
		for (const [name, value] of Object.entries(changes)) {
			if (value === null) delete this.annotations[name];
			else this.annotations[name] = value;
		}
	}

	/** One second: pods become ready, and rollouts replace as many as they may. */
	tick(): void {
		this.now += tickMs;
		for (const owner of this.owners) {
			if (!owner.broken) for (const pod of owner.pods) pod.ready = true;
			while (owner.pods.length < owner.desired)
				owner.pods.push(this.#pod({ wrong: owner.stubborn, ready: false, restarted: owner.template }));
			const down = owner.pods.filter(({ ready }) => !ready).length;
			const old = owner.pods.filter(({ restarted }) => restarted !== owner.template).slice(0, Math.max(0, owner.atOnce - down));
			owner.pods = owner.pods.map((pod) =>
				old.includes(pod) ? this.#pod({ wrong: owner.stubborn, ready: false, restarted: owner.template }) : pod,
			);
			if (owner.pods.every(({ ready, restarted }) => ready && restarted === owner.template)) owner.complete = true;
		}
	}

	facts(): OwnerFacts[] {
		return this.owners.map(({ name, desired, atOnce, template, complete, pods }) => ({
			workload: this.memory.ahead({
				kind: 'Deployment',
				namespace: 'n',
				name,
				uid: name,
				desired,
				available: pods.length === desired && pods.every(({ ready }) => ready),
				rollout: complete ? { state: 'Complete' } : { state: 'Rolling', allReplaced: false, message: 'rolling' },
				atOnce,
				noRestart: null,
				noEviction: null,
				leaving: false,
				restarted: parseRestart(template),
				restartedText: template,
			}),
			ready: pods.filter(({ ready }) => ready).length,
			deviating: pods
				.filter(({ wrong }) => wrong)
				.map(({ uid, created, restarted }) => ({
					name: uid,
					uid,
					created,
					restarted,
					predates: true,
					refused: false,
					ofOtherSpec: false,
				})),
		}));
	}

	input(settings: Pick<RemediationInput['settings'], 'type' | 'budget' | 'pauseMs'>): RemediationInput {
		const state = readRemediationState(this.annotations);
		const alive = new Set(this.owners.flatMap(({ pods }) => pods.map(({ uid }) => uid)));
		const owners = this.facts();
		const evicted = state.evictions.filter(({ uid }) => !alive.has(uid));
		for (const { uid, owner } of evicted) {
			const found = owners.find(({ workload }) => `Deployment n/${workload.name}` === owner);
			if (found?.workload.available && found.ready >= found.workload.desired) this.memory.cameBack(uid);
		}
		this.memory.begin(
			evicted.length > 0 ||
				owners.some(({ workload }) => workload.restarted && this.now - workload.restarted.at < settings.pauseMs),
		);
		const all = { ...settings, policy: 'p', digest, selected: this.selected, limitMs };
		const input: RemediationInput = { settings: all, now: this.now, state, owners, evicted, memory: this.memory };
		this.memory.see(underwayOwners(input));
		return input;
	}

	restart(name: string): void {
		const owner = this.owner(name);
		owner.template = restartText({ policy: 'p', digest, at: this.now });
		owner.complete = false;
		this.touches.push({ at: this.now, owner: name, pods: owner.desired });
	}

	evict(name: string, uid: string): void {
		const owner = this.owner(name);
		owner.pods = owner.pods.filter((pod) => pod.uid !== uid);
		this.evicted.push(uid);
		this.touches.push({ at: this.now, owner: name, pods: 1 });
	}

	owner(name: string): SimOwner {
		const owner = this.owners.find((one) => one.name === name);
		assert.ok(owner);
		return owner;
	}

	/** Owners that lack pods now. */
	down(): { owners: number; pods: number } {
		const lacking = this.owners.map(({ desired, pods }) => desired - pods.filter(({ ready }) => ready).length);
		return { owners: lacking.filter((n) => n > 0).length, pods: lacking.reduce((sum, n) => sum + n, 0) };
	}

	#pod(pod: Pick<SimPod, 'wrong' | 'ready' | 'restarted'>): SimPod {
		return { uid: `u${this.#uid++}`, created: `${new Date(this.now).toISOString().slice(0, 19)}Z`, ...pod };
	}
}

const owner = fc
	.record({ desired: fc.integer({ min: 1, max: 6 }), share: fc.double({ min: 0, max: 1, noNaN: true }) })
	.map(({ desired, share }) => ({ desired, atOnce: Math.max(1, Math.round(desired * share)), broken: false }));
const settings = fc.record({
	type: fc.constantFrom('Restart' as const, 'Evict' as const),
	budget: fc.integer({ min: 1, max: 4 }),
	pauseMs: fc.constantFrom(0, 5_000, 30_000),
});
/** Seeds of when the controller dies. */
const deaths = fc.integer({ min: 1, max: 0x7fffffff });

/** Where the controller dies in each step: before, between or after its writes. Thirty times, and then no more: one that always dies gets nowhere. */
function* dying(seed: number): Generator<string> {
	let random = seed;
	for (let left = 30; left > 0; ) {
		random = (Math.imul(random, 1_103_515_245) + 12_345) & 0x7fffffff;
		const death = ['no', 'no', 'no', 'no', 'before', 'between', 'after'][(random >> 8) % 7] ?? 'no';
		if (death !== 'no') left--;
		yield death;
	}
}

interface Run {
	readonly world: World;
	readonly budget: number;
	readonly pauseMs: number;
	readonly type: 'Restart' | 'Evict';
	/** `null`: the controller never dies. */
	readonly dies: Iterator<string> | null;
	readonly resumes: boolean;
	readonly refuses?: (uid: string) => boolean;
	readonly until: (state: string) => boolean;
	readonly limit: number;
}

/** Lets world and controller go on, and holds every step to the laws. Returns the state of the last plan. */
function go({ world, budget, pauseMs, type, dies, resumes, refuses, until, limit }: Run): string {
	for (let step = 0; step < limit; step++) {
		world.tick();
		const down = world.down();
		if (type === 'Evict') assert.ok(down.pods <= budget, `${down.pods} pods down with a budget of ${budget}`);
		else assert.ok(down.pods <= budget || down.owners <= 1, `${down.owners} owners and ${down.pods} pods down with ${budget}`);
		const death = dies?.next().value ?? 'no';
		if (death === 'before') world.kill();
		const { selected } = world;
		const plan = planRemediation(world.input({ type, budget, pauseMs }));
		const before = world.touches.at(-1)?.at;
		switch (plan.state) {
			case 'Restart':
				if (death === 'between') break;
				world.restart(plan.owner.workload.name);
				if (death !== 'after') world.memory.restarted(plan.owner.workload, world.owner(plan.owner.workload.name).template);
				break;
			case 'Evict':
				if (refuses?.(plan.pod.uid) === true) {
					world.memory.holdBack(plan.pod.uid, 'budget', 10_000, false);
					break;
				}
				world.patch(evictionsPatch(plan.remember));
				if (death === 'between') break;
				world.evict(plan.owner.workload.name, plan.pod.uid);
				if (death !== 'after') world.memory.evicted(plan.pod.uid);
				break;
			case 'Forget':
				world.patch(evictionsPatch([]));
				break;
			case 'Halt':
				world.patch(haltPatch(`t${step}`, world.now));
				break;
			case 'Halted':
				if (!resumes) break;
				world.patch(resumePatch(world.annotations, 'ann') ?? {});
				world.resumes++;
				break;
			case 'Lift':
				world.patch(liftPatch(world.now, plan.last));
				world.lastLift = world.now;
				break;
		}
		if (death === 'between' || death === 'after') world.kill();
		if (world.touches.at(-1)?.at === world.now && before !== undefined && before !== world.now)
			assert.ok(world.now - before >= pauseMs, `two remediations within ${world.now - before} ms, the pause is ${pauseMs} ms`);
		const recent = world.touches.filter(({ at }) => at > world.lastLift && world.now - at < breakerWindowMs);
		const touched = recent.reduce((sum, { pods }) => sum + pods, 0);
		assert.ok(
			touched * 2 <= selected || touched < breakerFloor || recent.length === 1,
			`${touched} of ${selected} pods touched within five minutes`,
		);
		if (until(plan.state)) return plan.state;
	}
	return 'unfinished';
}

describe('remediation', () => {
	it('replaces every wrong pod once, within budget, pause and breaker, however often the controller is killed', () => {
		fc.assert(
			fc.property(fc.array(owner, { minLength: 1, maxLength: 8 }), settings, deaths, (owners, chosen, seed) => {
				const world = new World(owners);
				const end = go({
					world,
					...chosen,
					dies: dying(seed),
					resumes: true,
					until: (state) => state === 'Idle',
					limit: 20_000,
				});
				assert.equal(end, 'Idle');
				assert.equal(world.wrong, 0);
				if (chosen.type === 'Restart') {
					const restarted = world.touches.map(({ owner: name }) => name);
					assert.deepEqual([...restarted].sort(), [...new Set(restarted)].sort(), 'no owner was restarted twice');
					assert.equal(restarted.length, owners.length);
				} else {
					go({ world, ...chosen, dies: null, resumes: true, until: (state) => state === 'Forget', limit: 600 });
					assert.deepEqual(readRemediationState(world.annotations).evictions, [], 'nothing is remembered for ever');
					assert.equal(new Set(world.evicted).size, world.evicted.length, 'no pod was evicted twice');
					assert.equal(
						world.evicted.length,
						owners.reduce((sum, { desired }) => sum + desired, 0),
					);
				}
			}),
			runs(150),
		);
	});

	it('stops at an owner that does not come back, and touches no other', () => {
		fc.assert(
			fc.property(fc.array(owner, { minLength: 2, maxLength: 6 }), settings, fc.nat(), deaths, (owners, chosen, pick, seed) => {
				const world = new World(owners.map((one, index) => ({ ...one, broken: index === pick % owners.length })));
				const budget = 1;
				const dies = dying(seed);
				const end = go({ world, ...chosen, budget, dies, resumes: true, until: (state) => state === 'Failed', limit: 20_000 });
				assert.equal(end, 'Failed');
				const touched = world.touches.length;
				assert.equal(world.touches.at(-1)?.owner, `o${pick % owners.length}`);
				go({ world, ...chosen, budget, dies, resumes: true, until: () => false, limit: 700 });
				assert.equal(world.touches.length, touched);
				for (const one of world.owners) one.broken = false;
				const rest = go({
					world,
					...chosen,
					budget,
					dies: null,
					resumes: true,
					until: (state) => state === 'Idle',
					limit: 20_000,
				});
				assert.equal(rest, 'Idle', 'goes on by itself when the owner is back');
				assert.equal(world.wrong, 0);
			}),
			runs(60),
		);
	});

	it('stays stopped by the breaker until somebody resumes', () => {
		fc.assert(
			fc.property(deaths, fc.constantFrom('Restart' as const, 'Evict' as const), (seed, type) => {
				const world = new World(Array.from({ length: 8 }, () => ({ desired: 1, atOnce: 1, broken: false })));
				const dies = dying(seed);
				const options = { world, type, budget: 4, pauseMs: 0, dies, until: (state: string) => state === 'Halted', limit: 500 };
				assert.equal(go({ ...options, resumes: false }), 'Halted');
				assert.equal(world.touches.length, 4, 'half of eight');
				go({ ...options, resumes: false, until: () => false, limit: 900 });
				assert.equal(world.touches.length, 4, 'a quarter of an hour later too');
				assert.equal(go({ ...options, resumes: true, until: (state) => state === 'Idle' }), 'Idle');
				assert.equal(world.wrong, 0);
				assert.ok(world.resumes >= 1);
			}),
			runs(30),
		);
	});

	it('stops where new pods are as wrong as the old ones, after one restart or a few evictions', () => {
		fc.assert(
			fc.property(fc.array(owner, { minLength: 1, maxLength: 5 }), settings, deaths, (owners, chosen, seed) => {
				const world = new World(owners.map((one) => ({ ...one, stubborn: true })));
				const dies = dying(seed);
				const end = go({ world, ...chosen, dies, resumes: true, until: (state) => state === 'Failed', limit: 20_000 });
				assert.equal(end, 'Failed');
				const touched = world.touches.length;
				if (chosen.type === 'Restart') {
					const restarted = world.touches.map(({ owner: name }) => name);
					assert.equal(new Set(restarted).size, restarted.length);
				} else assert.ok(new Set(world.evicted).size === touched && touched <= chosen.budget, `${touched} evictions`);
				go({ world, ...chosen, dies, resumes: true, until: () => false, limit: 900 });
				assert.equal(world.touches.length, touched, 'a quarter of an hour later too');
			}),
			runs(60),
		);
	});

	it('leaves an owner that is not available for reasons of its own, until it is', () => {
		fc.assert(
			fc.property(fc.array(owner, { minLength: 1, maxLength: 5 }), settings, fc.nat(), (owners, chosen, pick) => {
				const world = new World(owners.map((one, index) => ({ ...one, broken: index === pick % owners.length })));
				const ill = world.owner(`o${pick % owners.length}`);
				for (const pod of ill.pods) pod.ready = false;
				const options = { world, ...chosen, dies: null, resumes: true };
				for (let step = 0; step < 300; step++) {
					world.tick();
					const plan = planRemediation(world.input(chosen));
					assert.ok(!('owner' in plan) || plan.owner.workload.name !== ill.name, plan.state);
				}
				ill.broken = false;
				assert.equal(go({ ...options, until: (state) => state === 'Idle', limit: 20_000 }), 'Idle');
				assert.equal(world.wrong, 0);
			}),
			runs(40),
		);
	});

	it('also replaces pods that the policy came to select only after evictions began', () => {
		fc.assert(
			fc.property(fc.array(owner, { minLength: 2, maxLength: 5 }), settings, fc.nat(60), (owners, chosen, later) => {
				const world = new World(owners);
				const hidden = world.owners.pop();
				assert.ok(hidden);
				go({ world, ...chosen, type: 'Evict', dies: null, resumes: true, until: () => false, limit: later + 1 });
				// They came up meanwhile, where the policy did not reach.
				const created = `${new Date(world.now).toISOString().slice(0, 19)}Z`;
				world.owners.push({ ...hidden, pods: hidden.pods.map((pod) => ({ ...pod, created })) });
				const options = { ...chosen, type: 'Evict' as const, dies: null, resumes: true, limit: 20_000 };
				assert.equal(go({ world, ...options, until: (state) => state === 'Idle' }), 'Idle');
				assert.equal(world.wrong, 0);
			}),
			runs(60),
		);
	});

	it('plans the same for the same facts, whatever their order, and nothing for owners that are on their way out', () => {
		fc.assert(
			fc.property(
				fc.array(owner, { minLength: 1, maxLength: 6 }),
				settings,
				fc.nat(200),
				fc.infiniteStream(fc.nat()),
				(owners, chosen, steps, order) => {
					const world = new World(owners);
					go({ world, ...chosen, dies: null, resumes: true, until: () => false, limit: steps });
					const input = world.input(chosen);
					const plan = planRemediation(input);
					const shuffled = input.owners
						.map((one) => ({ one, at: order.next().value ?? 0 }))
						.sort((a, b) => a.at - b.at)
						.map(({ one }) => ({ ...one, deviating: one.deviating.toReversed() }));
					const again = planRemediation({ ...input, owners: shuffled, evicted: input.evicted.toReversed() });
					assert.equal(again.state, plan.state);
					if (plan.state === 'Restart' && again.state === 'Restart') assert.deepEqual(again.owner.workload, plan.owner.workload);
					if (plan.state === 'Evict' && again.state === 'Evict') assert.equal(again.pod.uid, plan.pod.uid);
					const gone = input.owners.map((one) => ({
						...one,
						workload: { ...one.workload, leaving: true, noRestart: 'gone', noEviction: 'gone' },
					}));
					const none = planRemediation({ ...input, owners: gone });
					assert.ok(['Idle', 'Halted', 'Lift', 'Forget'].includes(none.state), none.state);
				},
			),
			runs(100),
		);
	});

	it('lets a disruption budget hold single pods back, and goes on with the others', () => {
		fc.assert(
			fc.property(fc.array(owner, { minLength: 1, maxLength: 5 }), fc.nat(3), (owners, held) => {
				const world = new World(owners);
				const open = world.now + 120_000;
				const end = go({
					world,
					type: 'Evict',
					budget: 1,
					pauseMs: 0,
					dies: null,
					resumes: true,
					refuses: (uid) => world.now < open && uid === `u${held}`,
					until: (state) => state === 'Idle',
					limit: 20_000,
				});
				assert.equal(end, 'Idle');
				assert.equal(world.wrong, 0);
			}),
			runs(60),
		);
	});
});
