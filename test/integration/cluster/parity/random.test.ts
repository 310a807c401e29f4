import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import fc from 'fast-check';
import { gpuPolicySchema } from '../../../../src/api/schema.generated.ts';
import { startCluster, type TestCluster } from '../../../cluster/index.ts';
import { runs } from '../../../property/runs.ts';
import { corpus, ourVerdict } from './corpus.ts';
import { mutate, mutation } from './mutation.ts';
import { serverVerdict } from './server-verdict.ts';

let cluster: TestCluster;
before(async () => {
	cluster = await startCluster();
});
after(() => cluster.stop());

/** Whether one of two paths stands in the other: who reads a list as a mapping names a key in it, who misses a field names what it should be in. */
function related(a: string, b: string): boolean {
	const [short, long] = a.length < b.length ? [a, b] : [b, a];
	return long.startsWith(short) && /^($|[.[])/.test(long.slice(short.length));
}

it('a good manifest with one or two things changed is judged by the server as by gpupolicy validate, and nothing is named that we do not name', async () => {
	const good = corpus()
		.filter(({ ours }) => ours.accepted)
		.flatMap(({ objects }) => objects)
		.filter((object) => (object as { kind?: string }).kind === 'GpuPolicy');
	const manifest = fc
		.tuple(fc.constantFrom(...good), fc.array(mutation, { minLength: 1, maxLength: 2 }))
		.map(([object, changes]) => changes.reduce((changed, each) => mutate(changed, gpuPolicySchema, each), object));
	const judged = { accepted: 0, rejected: 0 };
	await fc.assert(
		fc.asyncProperty(manifest, async (object) => {
			const ours = ourVerdict(JSON.stringify(object), 'manifest.json');
			const server = await serverVerdict(cluster, object);
			judged[server.accepted ? 'accepted' : 'rejected']++;
			const said = `the server:\n${server.text}\nwe:\n${ours.text}`;
			// What the fields mean together is for the controller to say (InvalidSpec).
			const onlyMeaning = !ours.accepted && ours.text.split('\n').every((line) => line.startsWith('GP1016 '));
			assert.equal(server.accepted, ours.accepted || onlyMeaning, said);
			assert.ok(server.accepted || server.paths.length > 0, said);
			for (const path of server.paths)
				assert.ok(
					ours.paths.some((each) => related(each, path)),
					`${path} is not named\n${said}`,
				);
		}),
		runs(400),
	);
	assert.ok(judged.accepted >= 40 && judged.rejected >= 40, `the sample is one-sided: ${JSON.stringify(judged)}`);
});
