import { type TestCluster, until } from '../../../cluster/index.ts';

interface Served {
	readonly name: string;
	readonly verbs: readonly string[];
}

/** What comes and goes by itself: Events age out, and the API server and its controllers keep Leases and addresses. */
const passing =
	/^(events|endpoints|endpointslices|leases|componentstatuses|apiservices|ipaddresses|flowschemas|prioritylevelconfigurations)(\.|$)/;

/** Every object that the server lists, of every kind that it serves, as `resource.group namespace/name`; what passes by itself left out. */
export async function everything(cluster: TestCluster): Promise<string[]> {
	const { body } = await cluster.request('GET', '/apis');
	// Every version: some resources are served in one that is not preferred.
	const groups = (body.groups as { name: string; versions: { groupVersion: string }[] }[]).flatMap(({ name, versions }) =>
		versions.map(({ groupVersion }) => ({ suffix: `.${name}`, path: `/apis/${groupVersion}` })),
	);
	const found = new Set<string>();
	for (const { suffix, path } of [{ suffix: '', path: '/api/v1' }, ...groups]) {
		const { resources } = (await cluster.request('GET', path)).body as { resources: readonly Served[] };
		for (const { name } of resources.filter(({ name, verbs }) => !name.includes('/') && verbs.includes('list'))) {
			if (passing.test(name)) continue;
			// What a CRD defines is answered by 429 until its storage is ready.
			const answer = await until(`${path}/${name} is served`, async () => {
				const one = await cluster.request('GET', `${path}/${name}`);
				return one.status !== 429 && one;
			});
			if (answer.status !== 200) throw new Error(`${path}/${name}: ${answer.status}`);
			for (const { metadata } of answer.body.items)
				found.add(`${name}${suffix} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`);
		}
	}
	return [...found].sort();
}
