import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { policy, Sandbox } from './sandbox.ts';

/** Writes down every file that a process loads, one a line. */
const recorder = `import { registerHooks } from 'node:module';
import { appendFileSync } from 'node:fs';
registerHooks({ load: (url, context, next) => (appendFileSync(process.env.LOADED_INTO, url + '\\n'), next(url, context)) });
`;

/** Stands in the client of a cluster, and nowhere else in what is built. */
const ofTheClient = 'application/apply-patch+yaml';

describe('a command about the repo', () => {
	/** Files that a command line loads which hold the client of a cluster, and how many it loads at all. */
	function loaded(box: Sandbox, args: readonly string[]): { readonly client: readonly string[]; readonly files: number } {
		const record = box.at('.loaded');
		fs.rmSync(record, { force: true });
		box.run(args, {
			env: { LOADED_INTO: record, NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(recorder)}` },
		});
		const files = fs
			.readFileSync(record, 'utf8')
			.split('\n')
			.filter((url) => url.startsWith('file:'))
			.map((url) => fileURLToPath(url));
		return {
			client: files.filter((file) => /@kubernetes/.test(file) || fs.readFileSync(file, 'utf8').includes(ofTheClient)),
			files: files.length,
		};
	}

	it('loads nothing of the client of a cluster, whatever it is', (t) => {
		const box = new Sandbox(t, { 'gpupolicy.yaml': policy(), 'train.py': 'import torch\n' });
		const lines = [
			'reconcile',
			'get',
			'get -o yaml',
			'describe',
			'history',
			'rollback',
			'plan --diff',
			'check',
			'check -o sarif',
			'validate',
			'version',
			'inventory',
			'explain env/late',
			'resume one',
			'get -w',
			'--help',
			'plan --help',
			'--version',
			'completion bash',
		];
		for (const line of lines) {
			const { client, files } = loaded(box, line.split(' '));
			assert.deepEqual(client, [], line);
			assert.ok(files > 0, line);
		}
	});

	it('would be found out: one about a cluster loads it', (t) => {
		const box = new Sandbox(t, { kubeconfig: '{}' });
		assert.notDeepEqual(loaded(box, ['get', '--kubeconfig', box.at('kubeconfig')]).client, []);
	});
});
