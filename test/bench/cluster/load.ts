import type { Answer } from '../../cluster/requests.ts';
import { namespaces, nodes, owners, pods, type StaticObject } from './objects.ts';
import type { Size } from './size.ts';

/** Sends one request. */
export type Send = (method: string, path: string, body?: unknown) => Promise<Answer>;

const workers = 64;

/** Writes all static objects and their statuses. Resolves with how many objects there are. */
export async function load(send: Send, size: Size, progress: (text: string) => void): Promise<number> {
	const expect = async (method: string, path: string, body: object): Promise<void> => {
		for (let attempt = 1; ; attempt++) {
			const { status, body: answer } = await send(method, path, body);
			if (status < 300 || (status === 409 && method === 'POST')) return;
			// An overloaded server, or a namespace that admission has not heard of yet.
			if (attempt === 5 || (status !== 429 && status < 500 && status !== 404 && status !== 403))
				throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer).slice(0, 500)}`);
			await new Promise((resolve) => setTimeout(resolve, 200 * attempt));
		}
	};
	const write = async ({ path, name, object, status }: StaticObject): Promise<void> => {
		await expect('POST', path, object);
		if (status) await expect('PATCH', `${path}/${name}/status`, { status });
	};
	let done = 0;
	let shownAt = performance.now();
	const all = async (what: string, objects: Iterable<StaticObject>, total: number): Promise<void> => {
		const waiting = objects[Symbol.iterator]();
		let own = 0;
		const work = async (): Promise<void> => {
			for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
				await write(next.value);
				own++;
				done++;
				if (performance.now() - shownAt < 5_000) continue;
				shownAt = performance.now();
				progress(`  ${own} of ${total} ${what}`);
			}
		};
		await Promise.all(Array.from({ length: workers }, work));
	};
	const teams = namespaces(size);
	await all('namespaces', teams, teams.length);
	await all('owners', owners(size), Math.ceil(size.pods / 50) * 2);
	await all('nodes', nodes(size), size.nodes);
	await all('pods', pods(size), size.pods);
	return done;
}
