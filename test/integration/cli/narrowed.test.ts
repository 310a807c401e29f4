import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { bareProgram, policy, Sandbox } from './sandbox.ts';

/** Two policies, each with a file and a revision of its own, and their statuses. */
function twoPolicies(t: TestContext): Sandbox {
	const repo = new Sandbox(t, {
		'gpupolicy.yaml': policy({ name: 'one', include: ['one.py'] }),
		'two.gpupolicy.yaml': policy({ name: 'two', include: ['two.py'], visible: '0' }),
		'one.py': 'x = 1\n',
		'two.py': bareProgram,
	});
	assert.equal(repo.run(['reconcile']).code, 0);
	repo.write('one.py', bareProgram);
	assert.equal(repo.run(['reconcile']).code, 0);
	return repo;
}

describe('-f on commands that look at what passes stored', () => {
	it('keeps get, describe and history to the policies of those manifests', (t) => {
		const repo = twoPolicies(t);
		for (const [file, name, other] of [
			['gpupolicy.yaml', 'one', 'two'],
			['two.gpupolicy.yaml', 'two', 'one'],
		] as const) {
			const names = JSON.parse(repo.run(['get', '-f', file, '-o', 'json']).stdout).items.map(
				(item: { metadata: { name: string } }) => item.metadata.name,
			);
			assert.deepEqual(names, [name]);
			const described = repo.run(['describe', '-f', file]).stdout;
			assert.match(described, new RegExp(`^Name: +${name}$`, 'm'));
			assert.doesNotMatch(described, new RegExp(`^Name: +${other}$`, 'm'));
			const revisions = JSON.parse(repo.run(['history', '-f', file, '-o', 'json']).stdout) as { number: number }[];
			assert.deepEqual(
				revisions.map(({ number }) => number),
				[name === 'two' ? 1 : 2],
			);
		}
		assert.equal(repo.run(['get', 'two', '-f', 'gpupolicy.yaml']).code, 1);
		assert.equal(repo.run(['history', '1', '-f', 'gpupolicy.yaml']).code, 1);
	});

	it('lets rollback undo only what those policies changed', (t) => {
		const repo = twoPolicies(t);
		for (const args of [['2'], ['--to', '0']]) {
			const refused = repo.run(['rollback', ...args, '-f', 'two.gpupolicy.yaml']);
			assert.equal(refused.code, 64, refused.stdout);
			assert.match(refused.stderr, /revision 2 would be undone and changed nothing for two \[GP2016\]/);
		}
		assert.equal(repo.run(['rollback', '-f', 'two.gpupolicy.yaml']).code, 0);
		assert.equal(repo.read('two.py'), bareProgram);
		assert.notEqual(repo.read('one.py'), bareProgram);
	});

	it('fails where a named manifest cannot be used', (t) => {
		const repo = twoPolicies(t);
		repo.write('broken.yaml', 'kind: GpuPolicy\n');
		for (const command of ['get', 'describe', 'history', 'rollback']) {
			for (const file of ['broken.yaml', 'missing.yaml']) {
				const ran = repo.run([command, '-f', file]);
				assert.equal(ran.code, 1, command);
				assert.match(ran.stderr, /no usable policy in (?:broken|missing)\.yaml \[GP2004\]/, command);
			}
		}
	});
});
