import { CodedError } from '../runtime/errors.ts';
import { pathFinder } from './jsonpath/index.ts';

/**
 * Objects in the order of a field, as kubectl's `--sort-by`: those without it first, and equal ones as they came.
 *
 * @throws CodedError GP2019 where the path is none, GP2022 where no object has such a field, GP2023 where its values have no order
 */
export function sortBy<T>(objects: readonly T[], path: string): readonly T[] {
	const find = pathFinder(path);
	const keyed = objects.map((object) => ({ object, key: find(object)[0] ?? null }));
	const kinds = new Set(keyed.flatMap(({ key }) => (key === null ? [] : [typeof key])));
	if (objects.length > 0 && kinds.size === 0)
		throw new CodedError('GP2022', `no policy has a field ${path} to sort by`, {
			hint: 'gpupolicy explain gpupolicy names the fields',
		});
	if (kinds.size > 1 || kinds.has('object'))
		throw new CodedError('GP2023', `${path} has no order: its values are neither all numbers nor all text`, {
			hint: 'sort by a field that is one value in each policy, as .metadata.name',
		});
	return keyed.sort((a, b) => order(a.key, b.key)).map(({ object }) => object);
}

function order(a: unknown, b: unknown): number {
	if (a === b) return 0;
	if (a === null || b === null) return a === null ? -1 : 1;
	return (a as string) < (b as string) ? -1 : 1;
}
