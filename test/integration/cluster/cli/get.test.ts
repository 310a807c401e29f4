import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { load, loadAll } from 'js-yaml';
import type { GpuPolicy } from '../../../../src/api/v1alpha1.generated.ts';
import { startCluster, type TestCluster } from '../../../cluster/index.ts';
import { Command, type Running } from './command.ts';

const resource = '/apis/gpupolicy.dev/v1alpha1/gpupolicies';
const env = [{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' }];

describe('gpupolicy get --context', () => {
	let cluster: TestCluster;
	let gpupolicy: Command;

	before(async () => {
		cluster = await startCluster();
		gpupolicy = new Command(cluster);
	});
	after(() => cluster?.stop());

	async function create(name: string, spec: object, labels: Record<string, string> = {}): Promise<void> {
		const { status, body } = await cluster.request('POST', resource, {
			apiVersion: 'gpupolicy.dev/v1alpha1',
			kind: 'GpuPolicy',
			metadata: { name, labels },
			spec,
		});
		assert.equal(status, 201, JSON.stringify(body));
	}

	async function setReady(name: string, status: 'True' | 'False', reason: string): Promise<void> {
		const condition = { type: 'Ready', status, reason, message: 'said by a test', lastTransitionTime: '2026-01-01T00:00:00Z' };
		const patch = {
			status: {
				observedGeneration: 1,
				conditions: [condition],
				workloads: { summary: '3/4', selected: 4, compliant: 3, restartRequired: 1, unmanaged: 0 },
			},
		};
		const answer = await cluster.request('PATCH', `${resource}/${name}/status`, patch, {
			contentType: 'application/merge-patch+json',
		});
		assert.equal(answer.status, 200, JSON.stringify(answer.body));
	}

	/** Stdout of a command that must succeed without a word on stderr. */
	async function stdout(args: readonly string[]): Promise<string> {
		const ran = await gpupolicy.run(args);
		assert.deepEqual({ code: ran.code, stderr: ran.stderr }, { code: 0, stderr: '' }, args.join(' '));
		return ran.stdout;
	}

	it('says like kubectl that there is none', async () => {
		const ours = await gpupolicy.run(['get']);
		const theirs = await cluster.kubectl(['get', 'gpol']);
		assert.deepEqual(ours, theirs);
		assert.equal(await stdout(['get', '-o', 'name']), '');
		assert.deepEqual(JSON.parse(await stdout(['get', '-o', 'json'])).items, []);
	});

	it('shows the columns of the CRD, with the values that kubectl shows', async () => {
		await create('first', { mode: 'Enforce', env, workloads: {} }, { team: 'ml', tier: 'prod' });
		await create('second', { mode: 'Audit', suspend: true, env }, { team: 'vision' });
		await setReady('first', 'False', 'DriftDetected');
		await setReady('second', 'True', 'AuditOnly');
		const ours = table(await stdout(['get']));
		const theirs = table((await cluster.kubectl(['get', 'gpol'])).stdout);
		// Ages move on between the two, and what is not there is blank in kubectl.
		const without = (rows: readonly string[][]) => rows.map((row) => row.slice(0, -1).filter((cell) => cell !== '-'));
		assert.deepEqual(without(ours), without(theirs));
		assert.match(ours[1]?.at(-1) ?? '', /^\d+[sm]$/);
		const wide = await stdout(['get', '-o', 'wide']);
		assert.match(wide, /^NAME .* SUSPENDED .* DIGEST +MESSAGE$/m);
		assert.match(wide, /^second .* Suspended .* said by a test$/m);
	});

	it('chooses by name and by -l as kubectl does', async () => {
		for (const args of [
			['first'],
			['-l', 'team=ml'],
			['-l', 'team in (ml,vision),tier!=prod'],
			['-l', '!tier'],
			['--selector', 'team=nobody'],
		]) {
			const ours = await stdout(['get', ...args, '-o', 'name']);
			assert.equal(ours, (await cluster.kubectl(['get', 'gpol', ...args, '-o', 'name'])).stdout, args.join(' '));
		}
	});

	it('prints the same objects as kubectl in json and yaml, and the same text from a template', async () => {
		for (const name of [[], ['first']]) {
			const ask = async (format: string) => [
				await stdout(['get', ...name, '-o', format]),
				(await cluster.kubectl(['get', 'gpol', ...name, '-o', format])).stdout,
			];
			for (const [format, parse] of [
				['json', JSON.parse],
				['yaml', load],
			] as const) {
				const [ours, theirs] = (await ask(format)).map((text) => withoutListMetadata(parse(text)));
				assert.deepEqual(ours, theirs, `${name} ${format}`);
			}
			for (const template of [
				'{.metadata.name}|{.spec.mode}|{.spec.env[0].value}',
				'{range .items[*]}{.metadata.name}{"\\t"}{.status.conditions[?(@.type=="Ready")].reason}{"\\n"}{end}',
				'{.items[?(@.spec.mode=="Audit")].metadata.name}',
				'{.items[*].metadata.labels.team}',
				"{.items[0].metadata['name','uid']}",
				'{.items[-1:].metadata.labels}',
				'{.kind}',
			]) {
				const [ours, theirs] = await ask(`jsonpath=${template}`);
				assert.equal(ours, theirs, `${name} ${template}`);
			}
		}
		assert.equal(await stdout(['get', '--json']), await stdout(['get', '-o', 'json']));
	});

	it('shows the columns that are asked for as kubectl does', async () => {
		for (const spec of [
			'NAME:.metadata.name,MODE:.spec.mode',
			'NAME:metadata.name,WHY:{.status.conditions[?(@.type=="Ready")].reason},SUSPENDED:{spec.suspend}',
			'VARIABLES:.spec.env[*].name,FIRST:.spec.env[0],LABELS:.metadata.labels,ALL:.spec.env',
			'PODS:.status.workloads,NOTHING:.no.such',
		])
			for (const more of [[], ['first'], ['--no-headers'], ['-l', 'team=ml', '--no-headers']]) {
				const args = [...more, '-o', `custom-columns=${spec}`];
				const theirs = await cluster.kubectl(['get', 'gpol', ...args]);
				assert.equal(theirs.code, 0, theirs.stderr);
				assert.deepEqual(table(await stdout(['get', ...args])), table(theirs.stdout), args.join(' '));
			}
		assert.doesNotMatch(await stdout(['get', '--no-headers']), /NAME/);
	});

	it('sorts by a field as kubectl does', async () => {
		for (const path of [
			'.metadata.name',
			'{.spec.mode}',
			'metadata.labels.tier',
			'.status.workloads.selected',
			'.metadata.creationTimestamp',
		]) {
			const args = ['--sort-by', path, '-o', 'name'];
			assert.equal(await stdout(['get', ...args]), (await cluster.kubectl(['get', 'gpol', ...args])).stdout, path);
		}
		assert.deepEqual((await stdout(['get', '--sort-by', '.spec.mode', '--no-headers'])).match(/^\w+/gm), ['second', 'first']);
	});

	it('is asked through kubectl as a plugin, with the current context and with another kubeconfig', async () => {
		const direct = await stdout(['get', '-o', 'name']);
		assert.deepEqual(await gpupolicy.plugin(['get', '-o', 'name']), { code: 0, stdout: direct, stderr: '' });
		const elsewhere = gpupolicy.as('/nonexistent');
		assert.equal((await elsewhere.plugin(['get', '-o', 'name', '--kubeconfig', cluster.kubeconfig])).stdout, direct);
		const help = await gpupolicy.plugin(['get', '--help']);
		assert.equal(help.code, 0);
		assert.match(help.stdout, /\$ kubectl gpupolicy get/);
		const missing = await gpupolicy.plugin(['get', 'frist']);
		assert.equal(missing.code, 1);
		assert.match(missing.stderr, /gpupolicies\.gpupolicy\.dev "frist" not found \[GP2006\]\n {2}did you mean "first"\?/);
	});

	describe('-w', () => {
		const running: Running[] = [];
		after(() => Promise.all(running.map((one) => one.end('SIGKILL'))));

		function start(args: readonly string[]): Running {
			const one = gpupolicy.start(args);
			running.push(one);
			return one;
		}

		it('prints what is there, then each policy that changes, comes or goes, until Ctrl-C', async () => {
			const watch = start(['get', '-w']);
			await watch.writes(({ stdout }) => lines(stdout).length === 3, 'the header and two policies');
			assert.match(lines(watch.stdout)[0] ?? '', /^NAME +READY/);
			await setReady('second', 'True', 'Converged');
			await watch.writes(({ stdout }) => /^second +True +Audit .*Converged/m.test(stdout), 'the change');
			await create('third', { mode: 'Audit', env });
			await watch.writes(({ stdout }) => /^third +Unknown/m.test(stdout), 'the new one');
			await cluster.request('DELETE', `${resource}/third`);
			await watch.writes(({ stdout }) => stdout.match(/^third /gm)?.length === 2, 'the end of it');
			assert.equal(lines(watch.stdout).length, 6);
			assert.equal(await watch.end('SIGINT'), 130);
			assert.equal(watch.stderr, '');
		});

		it('keeps to a name or a selector, in any format', async () => {
			const named = start(['get', 'first', '-w', '-o', 'name']);
			const chosen = start(['get', '-l', 'team=vision', '-w', '-o', 'yaml']);
			await named.writes(({ stdout }) => stdout.includes('first'), 'the name');
			await chosen.writes(({ stdout }) => stdout.includes('name: second'), 'the object');
			await setReady('first', 'True', 'Converged');
			await setReady('second', 'False', 'DriftDetected');
			await named.writes(({ stdout }) => stdout === 'gpupolicy.gpupolicy.dev/first\n'.repeat(2), 'the name twice');
			await chosen.writes(({ stdout }) => stdout.includes('DriftDetected'), 'the second state');
			const objects = loadAll(chosen.stdout) as readonly GpuPolicy[];
			assert.deepEqual(
				objects.map(({ metadata, status }) => `${metadata.name} ${status?.conditions?.[0]?.reason}`),
				['second Converged', 'second DriftDetected'],
			);
			assert.equal(await named.end('SIGTERM'), 0);
			await chosen.end('SIGTERM');
		});

		it('goes on after the server was away, and says so', async () => {
			const watch = start(['get', '-w']);
			await watch.writes(({ stdout }) => lines(stdout).length === 3, 'the header and two policies');
			await cluster.components['kube-apiserver'].kill();
			await watch.writes(({ stderr }) => stderr.includes('the watch broke and is taken up again'), 'that it broke');
			await cluster.components['kube-apiserver'].start();
			await watch.writes(({ stderr }) => stderr.includes('the watch is back'), 'that it is back');
			await setReady('first', 'False', 'DriftDetected');
			await watch.writes(({ stdout }) => /^first +False/m.test(stdout), 'the change');
			await watch.end('SIGTERM');
		});
	});

	describe('a fault', () => {
		const failures: readonly [string, () => Promise<{ code: number | null; stderr: string }>, number, RegExp][] = [
			['an unknown name', () => gpupolicy.run(['get', 'secnd']), 1, /"secnd" not found \[GP2006\]\n {2}did you mean "second"\?/],
			['a name that is a path', () => gpupolicy.run(['get', '../namespaces']), 1, /not found \[GP2006\]/],
			['an empty name', () => gpupolicy.run(['get', '']), 1, /gpupolicies\.gpupolicy\.dev "" not found \[GP2006\]/],
			['a selector that is none', () => gpupolicy.run(['get', '-l', 'a===']), 64, /is not a label selector: .*\[GP2020\]/],
			['a name and a selector', () => gpupolicy.run(['get', 'first', '-l', 'a=b']), 64, /\[GP2000\]/],
			['a template that is none', () => gpupolicy.run(['get', '-o', 'jsonpath={.a']), 64, /\[GP2019\]/],
			['columns that are none', () => gpupolicy.run(['get', '-o', 'custom-columns=NAME']), 64, /"NAME" is no column.*\[GP2021\]/],
			['a path that is none', () => gpupolicy.run(['get', '-o', 'custom-columns=A:{']), 64, /no path of a field \[GP2019\]/],
			[
				'an order by nothing',
				() => gpupolicy.run(['get', '--sort-by', '.no']),
				1,
				/no policy has a field .no to sort by \[GP2022\]/,
			],
			['an order by lists', () => gpupolicy.run(['get', '--sort-by', '.spec.env']), 1, /has no order.*\[GP2023\]/],
			['an unknown format', () => gpupolicy.run(['get', '-o', 'xml']), 64, /to be one of: table, wide.*\[GP2000\]/],
			['a flag of the repo', () => gpupolicy.run(['get', '-f', 'gpupolicy.yaml']), 64, /-f speaks of a repo.*\[GP2018\]/],
			['-w without a cluster', () => gpupolicy.plain(['get', '-w']), 64, /-w needs a cluster.*\[GP2017\]/],
			['-l without a cluster', () => gpupolicy.plain(['get', '-l', 'a=b']), 64, /-l needs a cluster.*\[GP2017\]/],
			[
				'an unknown context',
				() => gpupolicy.plain(['get', '--context', 'prod']),
				1,
				/there is no context "prod" in .*\[GP4103\]\n {2}known: test/,
			],
			['a kubeconfig that is not there', () => gpupolicy.as('/nonexistent').run(['get']), 1, /\[GP4101\]/],
		];
		for (const [what, run, code, message] of failures) {
			it(`of ${what} is one clear message`, async () => {
				const ran = await run();
				assert.match(ran.stderr, message);
				assert.equal(ran.code, code);
				assert.match(ran.stderr, /^error: [^\n]+\[GP\d{4}\]\n( {2}[^\n]+\n)?$/);
			});
		}

		it('of a right that is missing names verb, resource and what grants it; granted so, it works', async () => {
			const reader = gpupolicy.as(cluster.kubeconfigFor(cluster.user('ann')));
			for (const flags of [[], ['-w']]) {
				const refused = await reader.run(['get', ...flags]);
				assert.equal(refused.code, 1);
				assert.match(refused.stderr, /may not list gpupolicies\.gpupolicy\.dev.*\[GP4301\]/);
			}
			const { stderr } = await reader.run(['get']);
			const [, hint = ''] = stderr.match(/grants it: (.*), or use another account/) ?? [];
			for (const line of hint.split('; ')) {
				const ran = await cluster.kubectl(line.split(' ').slice(1));
				assert.equal(ran.code, 0, `${line}: ${ran.stderr}`);
			}
			await granted(() => reader.run(['get', '-o', 'name']));
			// A watch without the right to watch ends too, and does not try for ever.
			const watch = await reader.run(['get', '-w']);
			assert.equal(watch.code, 1);
			assert.match(watch.stderr, /may not watch gpupolicies\.gpupolicy\.dev.*\[GP4301\]/);
		});

		it('of a server that does not answer, or answers something else, names it', async () => {
			const proxy = await cluster.proxy();
			proxy.set('refuse');
			const refused = await gpupolicy.as(cluster.kubeconfigFor(undefined, proxy.url)).run(['get']);
			assert.equal(refused.code, 1);
			assert.match(refused.stderr, new RegExp(`${proxy.url} \\(context test\\) does not answer: .*\\[GP4303\\]`));
			const stranger = await gpupolicy.as(cluster.kubeconfigFor({ token: 'wrong' })).run(['get']);
			assert.equal(stranger.code, 1);
			assert.match(stranger.stderr, /\[GP4302\]\n {2}log in again/);
			assert.doesNotMatch(stranger.stderr, /wrong/);
		});

		it('of a cluster without our kinds says how they are installed', async () => {
			const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
			assert.equal((await cluster.request('DELETE', `${crds}/gpupolicies.gpupolicy.dev`)).status, 200);
			const limit = performance.now() + 60_000;
			let ran = await gpupolicy.run(['get']);
			while (!ran.stderr.includes('[GP4304]') && performance.now() < limit) ran = await gpupolicy.run(['get']);
			assert.equal(ran.code, 1);
			assert.match(ran.stderr, /does not serve gpupolicies\.gpupolicy\.dev \[GP4304\]\n {2}install it: kubectl apply/);
		});
	});

	/** RBAC reaches the authoriser a moment after it is written. */
	async function granted(run: () => Promise<{ code: number | null; stderr: string }>): Promise<void> {
		const limit = performance.now() + 30_000;
		for (;;) {
			const ran = await run();
			if (ran.code === 0) return;
			if (performance.now() > limit) throw new Error(ran.stderr);
		}
	}
});

function lines(text: string): string[] {
	return text.split('\n').filter((line) => line !== '');
}

function table(text: string): string[][] {
	return lines(text).map((line) => line.trim().split(/ {2,}/));
}

function withoutListMetadata(value: unknown): unknown {
	const { metadata, ...rest } = value as { readonly kind: string; readonly metadata: object };
	return rest.kind === 'List' ? rest : value;
}
