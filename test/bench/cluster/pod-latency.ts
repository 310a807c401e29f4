import { setTimeout as pause } from 'node:timers/promises';
import { compileAdmission, objectsOf } from '../../../src/controller/admission/compile.ts';
import { type AdmissionObject, type Mutator, resourceOf } from '../../../src/controller/admission/objects.ts';
import { podDemand } from '../../../src/core/workloads/demand.ts';
import { examinePolicy } from '../../../src/manifest/index.ts';
import type { Row } from '../bench.ts';
import { median } from '../measure.ts';
import { type Stage, say } from './stage.ts';
import { demandsIn, WebhookArm } from './webhook-arm.ts';

/** How many policies there are, whether one of them or each selects the pod, and how many pods are created in each arm. */
const groups: readonly (readonly [policies: number, selecting: 'one' | 'all', pods: number])[] = [
	[1, 'all', 300],
	[10, 'one', 150],
	[10, 'all', 80],
	[50, 'one', 100],
	[50, 'all', 20],
];
const variables = 3;
const manyVariables = 20;
/** API servers pick admission policies up within a second. */
const pickUpMs = 3_000;

interface Arm {
	readonly name: string;
	readonly objects: readonly object[];
	/** Variables that a pod must come out with. */
	readonly sets: number;
}

/** What admission adds to the creation of a pod that asks for a GPU and carries nothing of what is demanded. */
export async function podLatency(stage: Stage): Promise<Row[]> {
	const rows: Row[] = [];
	const webhook = await WebhookArm.open(stage);
	try {
		for (const group of groups) rows.push(...(await measureGroup(stage, webhook, group)));
	} finally {
		await webhook.close();
	}
	return rows;
}

async function measureGroup(
	stage: Stage,
	webhook: WebhookArm,
	[policies, selecting, pods]: (typeof groups)[number],
): Promise<Row[]> {
	say(
		`pods under ${policies} ${policies === 1 ? 'policy' : 'policies'}, ${selecting === 'one' ? 'one selects' : 'all select'} them`,
	);
	const selects = (i: number): boolean => selecting === 'all' || i === 0;
	const sets = (selecting === 'all' ? policies : 1) * variables;
	const arms: Arm[] = [
		{ name: 'none', objects: [], sets: 0 },
		{ name: 'empty', objects: many(policies, (i) => emptyPair(i, selects(i))), sets: 0 },
		{ name: 'least', objects: many(policies, (i) => leastPair(i, selects(i))), sets },
		{ name: 'ours', objects: many(policies, (i) => pair('ours', i, selects(i), variables)), sets },
		{
			name: 'webhook',
			objects: many(policies, (i) => pair('webhook', i, selects(i), variables, { mutating: { demandsIn } })),
			sets,
		},
		{ name: 'bypass', objects: many(policies, (i) => pair('bypass', i, selects(i), variables, { bypass: 'Warn' })), sets },
		...(policies === 1 ? [{ name: 'wide', objects: pair('wide', 0, true, manyVariables), sets: manyVariables }] : []),
	];
	return rowsOf(policies, selecting, pods, await measure(stage, webhook, arms, pods));
}

function rowsOf(policies: number, selecting: 'one' | 'all', pods: number, took: Readonly<Record<string, number>>): Row[] {
	const {
		none = Number.NaN,
		empty = Number.NaN,
		least = Number.NaN,
		ours = Number.NaN,
		bypass = Number.NaN,
		webhook = Number.NaN,
		wide,
	} = took;
	const ms = (value: number): string => `${value.toFixed(2)} ms`;
	const added = (value: number): string => `+${ms(value - none)}`;
	const rows: Row[] = [
		{
			what: policies === 1 ? 'pod, 1 policy' : `pod, ${policies} policies, ${selecting}`,
			ours: `${added(ours)} (MAP + VAP)`,
			peer: `${added(empty)} (both empty)`,
			figure: (ours - none) / (empty - none),
			goal: { kind: 'at most', limit: 2, unit: 'x' },
			note: `p50 of ${pods} pods in turn: ${ms(none)} in a namespace that none selects; ${added(bypass)} with the check of escape routes, a second VAP`,
		},
	];
	rows.push({
		what: '  beside the least',
		ours: `${added(ours)} (MAP + VAP)`,
		peer: `${added(least)} (constant patch)`,
		figure: (ours - none) / (least - none),
		note: `${((ours - none) / (least - none)).toFixed(2)} x of a pair written by hand that appends the same variables, looks at the first one only, and checks nothing`,
	});
	rows.push({
		what: '  beside the webhook',
		ours: `${added(ours)} (MAP + VAP)`,
		peer: `${added(webhook)} (webhook + VAP)`,
		figure: (webhook - none) / (ours - none),
		goal: { kind: 'at least', limit: 5, unit: 'x' },
	});
	if (wide !== undefined)
		rows.push({
			what: 'pod, a variable',
			ours: `${added(wide)} (${manyVariables} variables)`,
			peer: `${added(ours)} (${variables} variables)`,
			figure: (wide - ours) / (manyVariables - variables),
			goal: { kind: 'at most', limit: 0.05, unit: 'ms' },
		});
	return rows;
}

/** Milliseconds at p50 by arm. Each round creates one pod in each, in another order. */
async function measure(stage: Stage, webhook: WebhookArm, arms: readonly Arm[], pods: number): Promise<Record<string, number>> {
	const created: string[] = [];
	for (const { name, objects } of arms) {
		await expect(stage, 'POST', '/api/v1/namespaces', { metadata: { name: namespace(name), labels: { 'bench-arm': name } } });
		for (const object of objects) created.push(await create(stage, object));
	}
	try {
		await webhook.ensure();
		await pause(pickUpMs);
		for (const arm of arms) await untilAtWork(stage, arm);
		const times: Record<string, number[]> = Object.fromEntries(arms.map(({ name }) => [name, []]));
		const warmUp = Math.ceil(pods / 20);
		for (let round = -warmUp; round < pods; round++) {
			for (let k = 0; k < arms.length; k++) {
				const { name } = arms[(k + round + warmUp) % arms.length] as Arm;
				const began = performance.now();
				await expect(stage, 'POST', `/api/v1/namespaces/${namespace(name)}/pods`, pod(`p-${round + warmUp}`));
				if (round >= 0) times[name]?.push(performance.now() - began);
			}
		}
		return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
	} finally {
		for (const path of created.reverse()) await stage.send('DELETE', path);
		await webhook.ensure();
		for (const { name } of arms) {
			await stage.send('DELETE', `/api/v1/namespaces/${namespace(name)}/pods?gracePeriodSeconds=0`);
			// There is no controller that would empty it: what is in it is gone already.
			await stage.send('DELETE', `/api/v1/namespaces/${namespace(name)}`);
			await stage.send('PUT', `/api/v1/namespaces/${namespace(name)}/finalize`, {
				apiVersion: 'v1',
				kind: 'Namespace',
				metadata: { name: namespace(name) },
				spec: { finalizers: [] },
			});
		}
	}
}

function namespace(arm: string): string {
	return `bench-arm-${arm}`;
}

/** Waits until a pod comes out with all that the arm sets. */
async function untilAtWork(stage: Stage, { name, sets }: Arm): Promise<void> {
	const limit = performance.now() + 30_000;
	for (;;) {
		const { status, body } = await stage.send('POST', `/api/v1/namespaces/${namespace(name)}/pods?dryRun=All`, pod('probe'));
		const env = body.spec?.containers?.[0]?.env ?? [];
		if (status === 201 && env.length === sets) return;
		if (performance.now() > limit)
			throw new Error(`${name}: a pod has ${env.length} variables and not ${sets}: ${status} ${body.message ?? ''}`);
		await pause(200);
	}
}

function pod(name: string): object {
	return {
		metadata: { name },
		spec: {
			containers: ['main', 'sidecar'].map((container) => ({
				name: container,
				image: 'registry.example.com/team/main:v1',
				resources: { limits: { 'nvidia.com/gpu': '1' } },
			})),
			// Never scheduled: nothing but its creation happens to it.
			schedulingGates: [{ name: 'example.com/bench' }],
		},
	};
}

/** What our compiler makes of a policy with so many variables, which are its own. */
function pair(
	arm: string,
	i: number,
	selects: boolean,
	count: number,
	{ bypass = 'Allow', mutating = 'v1' }: { readonly bypass?: 'Allow' | 'Warn'; readonly mutating?: Mutator } = {},
): object[] {
	const { policy, digest, problems } = examinePolicy({
		apiVersion: 'gpupolicy.dev/v1alpha1',
		kind: 'GpuPolicy',
		metadata: { name: `${arm}-${i}` },
		spec: {
			mode: 'Enforce',
			env: Array.from({ length: count }, (_, k) => ({ name: `BENCH_${i}_${k}`, value: `value-${k}` })),
			workloads: { namespaceSelector: { matchLabels: { 'bench-arm': selects ? arm : 'elsewhere' } }, bypass },
		},
	});
	const demand = podDemand(policy, digest);
	if (problems.length > 0 || !demand) throw new Error(`the policy of the benchmark is wrong: ${problems.join('; ')}`);
	return objectsOf(compileAdmission(demand, { copy: 'Bound', mutating, uid: '00000000-0000-4000-8000-000000000000' })).map(
		(object) => ({ ...object, metadata: { ...object.metadata, ownerReferences: undefined } }),
	);
}

/** A mutation that changes nothing and a check that passes everything, with the same scope. */
function emptyPair(i: number, selects: boolean): object[] {
	// `[]` alone has no type that the server takes.
	return barePair('empty', i, selects, '[1].filter(i, false).map(i, JSONPatch{op: "remove", path: "/never"})');
}

/** The least that sets what ours sets, and a check that passes everything: what the server takes for the change itself. */
function leastPair(i: number, selects: boolean): object[] {
	const entries = Array.from({ length: variables }, (_, k) => `dyn({"name": "BENCH_${i}_${k}", "value": "value-${k}"})`);
	const first = `[JSONPatch{op: "add", path: "/spec/containers/" + string(i) + "/env", value: [${entries.join(', ')}]}]`;
	const more = entries.map((entry) => `JSONPatch{op: "add", path: "/spec/containers/" + string(i) + "/env/-", value: ${entry}}`);
	const there = `c.?env.orValue([]).exists(e, e.name == "BENCH_${i}_0")`;
	const expression = `object.spec.containers.transformList(i, c, !${there}, has(c.env) ? [${more.join(', ')}] : ${first}).flatten()`;
	return barePair('least', i, selects, expression);
}

function barePair(arm: string, i: number, selects: boolean, expression: string): object[] {
	const name = `bench-${arm}-${i}`;
	const apiVersion = 'admissionregistration.k8s.io/v1';
	const matchConstraints = {
		resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
	};
	const matchResources = { namespaceSelector: { matchLabels: { 'bench-arm': selects ? arm : 'elsewhere' } } };
	const mutations = [{ patchType: 'JSONPatch', jsonPatch: { expression } }];
	return [
		{
			apiVersion,
			kind: 'MutatingAdmissionPolicy',
			metadata: { name },
			spec: { matchConstraints, failurePolicy: 'Ignore', reinvocationPolicy: 'IfNeeded', mutations },
		},
		{ apiVersion, kind: 'MutatingAdmissionPolicyBinding', metadata: { name }, spec: { policyName: name, matchResources } },
		{
			apiVersion,
			kind: 'ValidatingAdmissionPolicy',
			metadata: { name },
			spec: { matchConstraints, failurePolicy: 'Fail', validations: [{ expression: 'true' }] },
		},
		{
			apiVersion,
			kind: 'ValidatingAdmissionPolicyBinding',
			metadata: { name },
			spec: { policyName: name, matchResources, validationActions: ['Deny'] },
		},
	];
}

function many(count: number, make: (i: number) => object[]): object[] {
	return Array.from({ length: count }, (_, i) => make(i)).flat();
}

/** Creates an object of admission and gives its path. */
async function create(stage: Stage, object: object): Promise<string> {
	const typed = object as AdmissionObject;
	const { group, version, resource } = resourceOf(typed);
	const { namespace: within } = typed.metadata;
	const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
	const path = `${root}/${within === undefined ? '' : `namespaces/${within}/`}${resource}`;
	await expect(stage, 'POST', path, object);
	return `${path}/${typed.metadata.name}`;
}

async function expect(stage: Stage, method: string, path: string, body: object): Promise<void> {
	const { status, body: answer } = await stage.send(method, path, body);
	if (status !== 201) throw new Error(`${method} ${path}: ${status} ${answer.message}`);
}
