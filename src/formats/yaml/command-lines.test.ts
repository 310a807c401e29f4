import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { yaml } from './index.ts';

const interest = { variables: new Set(['CUDA_VISIBLE_DEVICES', 'A']), gpuLibraries: new Set<string>(), ordinals: false };

/** Settings of command lines: place, value, and what is wrong with their standing. */
function settings(text: string): string[] {
	const { carriers } = yaml.scan({ path: 'x.yaml', bytes: Buffer.from(text) }, interest);
	return carriers
		.flatMap((carrier) => carrier.settings.map((setting) => ({ id: carrier.id, setting })))
		.filter(({ setting }) => setting.notRewritable === 'it stands in a command line')
		.map(({ id, setting: { variable, value, span, forbidden } }) => {
			assert.ok(text.slice(span.start, span.end).startsWith(`${variable}=`), text.slice(span.start, span.end));
			return `${id} ${variable}=${value.kind === 'literal' ? value.text : `<${value.why}>`}${forbidden ? ' forbidden' : ''}`;
		});
}

describe('a command line in YAML', () => {
	for (const [title, text, expected] of [
		['of a workflow', 'jobs:\n  t:\n    steps:\n      - run: A=0 pytest\n', ['jobs.t.steps.0.run A=0']],
		['of several lines', 'run: |\n  cd x\n  export A=0\n  python x.py\n', ['run A=0']],
		// biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of a workflow
		['with an expression', 'run: A=${{ matrix.gpu }} pytest\n', ['run A=<another variable>']],
		['that sets a variable for later steps', 'run: echo "A=0" >> $GITHUB_ENV\n', ['run A=0']],
		['of a pipeline', 'train:\n  script:\n    - A=0 python x.py\n', ['train.script.0 A=0']],
		['of a hook', 'entry: env A=0 pytest\n', ['entry A=0']],
		['of a task with a template', 'cmds:\n  - A=0 python {{.FILE}}\n', ['cmds.0 A=0']],
		['as a list of arguments', 'command: [env, "A=0", python, x.py]\n', ['command.1 A=0']],
		[
			'of a compose service',
			'services:\n  a:\n    command: sh -c "CUDA_VISIBLE_DEVICES=0 python x.py"\n',
			['services.a.command CUDA_VISIBLE_DEVICES=0 forbidden'],
		],
		[
			'of a pod',
			'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: c\n      args:\n        - |\n          export CUDA_VISIBLE_DEVICES=0\n          python x.py\n',
			['spec.containers.0.args.0 CUDA_VISIBLE_DEVICES=0 forbidden'],
		],
		[
			'in a script of a ConfigMap',
			'apiVersion: v1\nkind: ConfigMap\ndata:\n  run.sh: |\n    export A=0\n    python x.py\n',
			['data.run.sh A=0'],
		],
	] as const) {
		it(`${title} is read`, () => assert.deepEqual(settings(text), expected));
	}

	for (const [title, text] of [
		['is prose', 'description: A=0 python x.py\n'],
		['shows it only', 'run: echo "A=0 python x.py"\n'],
		['compares it', 'run: test "$X" = "A=0"\n'],
		['is an environment of its own', 'env:\n  A: "0"\n'],
		['is no shell text', 'run: "A=0 \'"\n'],
		['stands in a Secret', 'apiVersion: v1\nkind: Secret\nstringData:\n  run.sh: |\n    export A=0\n    x\n'],
	] as const) {
		it(`that ${title} is left alone`, () => assert.deepEqual(settings(text), []));
	}
});

describe('a device in a command line', () => {
	const devices = (text: string) =>
		yaml
			.scan({ path: 'x.yaml', bytes: Buffer.from(text) }, { ...interest, ordinals: true })
			.devices.map(({ ordinal, span, notRewritable }) => [ordinal, text.slice(span.start, span.end), notRewritable]);
	const forPerson = 'it stands in a command line';

	it('is found, for a person', () => {
		assert.deepEqual(devices('command: python x.py --device cuda:1\n'), [[1, 'cuda:1', forPerson]]);
		assert.deepEqual(devices('run: |\n  cd x\n  python x.py --device=cuda:2\n'), [[2, 'cuda:2', forPerson]]);
	});

	it('is none in prose, in an image and in what is only shown', () => {
		for (const text of ['about: use cuda:1 here\n', 'run: docker pull cuda:12\n', 'run: echo cuda:1\n', 'image: a cuda:1\n'])
			assert.deepEqual(devices(text), []);
	});

	it('that is all of an argument is found once', () => {
		assert.deepEqual(devices('command: [python, --device, cuda:1]\n'), [[1, 'cuda:1', undefined]]);
	});
});
