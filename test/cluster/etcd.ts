/** Compacts etcd up to its present revision, through its JSON gateway. */
export async function compact(port: number): Promise<void> {
	const call = async (path: string, body: unknown): Promise<{ header?: { revision?: string } }> => {
		const answer = await fetch(`http://127.0.0.1:${port}/v3/${path}`, { method: 'POST', body: JSON.stringify(body) });
		if (!answer.ok) throw new Error(`etcd answers ${answer.status} to ${path}: ${await answer.text()}`);
		return (await answer.json()) as { header?: { revision?: string } };
	};
	// Base64 of a key that nothing has: only the revision in the answer's head counts.
	const { header } = await call('kv/range', { key: 'AA==' });
	await call('kv/compaction', { revision: header?.revision, physical: true });
}
