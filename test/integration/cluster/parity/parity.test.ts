import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startCluster, type TestCluster } from '../../../cluster/index.ts';
import { corpus, type Sample } from './corpus.ts';
import { differences } from './differences.ts';
import { serverVerdict, type Verdict } from './server-verdict.ts';

let cluster: TestCluster;
before(async () => {
	cluster = await startCluster();
});
after(() => cluster.stop());

/** All objects of a file, as one verdict. */
async function verdictOnAll({ objects }: Sample): Promise<Verdict> {
	const verdicts: Verdict[] = [];
	for (const object of objects) verdicts.push(await serverVerdict(cluster, object));
	return {
		accepted: verdicts.every(({ accepted }) => accepted),
		paths: [...new Set(verdicts.flatMap(({ paths }) => paths))].sort(),
		text: verdicts.map(({ text }) => text).join('\n'),
	};
}

describe('a manifest is judged by a real API server as by gpupolicy validate', () => {
	const samples = corpus().filter(({ server }) => server !== 'text');

	it('is shown by at least 150 manifests, good and bad', () => {
		assert.ok(samples.length >= 150, `${samples.length} manifests`);
		assert.ok(samples.some(({ ours }) => ours.accepted) && samples.some(({ ours }) => !ours.accepted));
	});

	it('lists no difference for a manifest that is not there', () => {
		const names = new Set(samples.map(({ name }) => name));
		assert.deepEqual(
			Object.keys(differences).filter((name) => !names.has(name)),
			[],
		);
	});

	for (const sample of samples) {
		const listed = differences[sample.name];
		it(`${sample.name}${listed ? `, but ${listed.why}` : ''}`, async () => {
			const server = await verdictOnAll(sample);
			const said = `the server:\n${server.text}\nwe:\n${sample.ours.text}`;
			assert.equal(server.accepted ? 'accepts' : 'rejects', sample.server, said);
			assert.deepEqual(server.paths, listed?.server ?? sample.ours.paths, said);
			if (listed) assert.notDeepEqual(server.paths, sample.ours.paths, 'there is no difference any more');
		});
	}
});
