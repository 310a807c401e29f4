import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ApiObject } from '../../core/ports/cluster.ts';
import { Store } from './store.ts';

function object(name: string, version: string, label = ''): ApiObject {
	return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'n', resourceVersion: version, labels: { label } } };
}

function store(differs?: (before: string, after: string) => boolean): { readonly store: Store<string>; readonly told: string[] } {
	const told: string[] = [];
	return {
		told,
		store: new Store<string>({
			project: ({ metadata }) => metadata.labels?.label ?? '',
			onChange: ({ namespace, name }, before, after) => told.push(`${namespace}/${name} ${before ?? '-'}>${after ?? '-'}`),
			...(differs ? { differs } : {}),
		}),
	};
}

describe('the objects of a cache', () => {
	it('are told as they come, change and go', () => {
		const { store: objects, told } = store();
		objects.put(object('a', '1', 'x'));
		objects.put(object('a', '2', 'y'));
		objects.remove(object('a', '3', 'y'));
		objects.remove(object('a', '3', 'y'));
		assert.deepEqual(told, ['n/a ->x', 'n/a x>y', 'n/a y>-']);
		assert.equal(objects.size, 0);
	});

	it('that a new full list does not name went away', () => {
		const { store: objects, told } = store();
		objects.beginList();
		for (const name of ['a', 'b', 'c']) objects.put(object(name, '1', name));
		objects.endList();
		objects.put(object('d', '2', 'd'));
		told.length = 0;
		objects.beginList();
		objects.put(object('b', '5', 'B'));
		objects.put(object('a', '1', 'a'));
		objects.endList();
		assert.deepEqual(told, ['n/b b>B', 'n/c c>-', 'n/d d>-']);
		assert.deepEqual([...objects.values()], ['a', 'B']);
		assert.equal(objects.get({ namespace: 'n', name: 'b' }), 'B');
	});

	it('of a list that broke off stay, until one is complete', () => {
		const { store: objects } = store();
		objects.put(object('a', '1'));
		objects.beginList();
		objects.put(object('b', '2'));
		objects.beginList();
		objects.put(object('a', '1'));
		assert.equal(objects.size, 2);
		objects.endList();
		assert.equal(objects.size, 1);
	});

	it('are not told where the caller sees no difference, and are kept up to date all the same', () => {
		const { store: objects, told } = store((before, after) => before[0] !== after[0]);
		objects.put(object('a', '1', 'x1'));
		objects.put(object('a', '2', 'x2'));
		objects.put(object('a', '3', 'y3'));
		assert.deepEqual(told, ['n/a ->x1', 'n/a x2>y3']);
	});
});
