import { CodedError, exitCodes } from '../runtime/errors.ts';
import { pathFinder } from './jsonpath/index.ts';
import type { Columns } from './table.ts';
import { printable } from './terminal.ts';

/**
 * The columns of kubectl's `-o custom-columns=`: `NAME:.metadata.name,MODE:.spec.mode`. Values that are not there print as `<none>`, several with commas
 * between them.
 *
 * @throws CodedError GP2019 where a path is none, GP2021 where the columns are written otherwise
 */
export function customColumns(spec: string): Columns<unknown> {
	const columns = spec.split(',').map((column) => {
		const colon = column.indexOf(':');
		if (colon < 0)
			throw new CodedError('GP2021', `${JSON.stringify(column)} is no column: a header, a colon and a path are expected`, {
				hint: 'write them as kubectl takes them: -o custom-columns=NAME:.metadata.name,MODE:.spec.mode',
				exit: exitCodes.usage,
			});
		return { header: column.slice(0, colon), find: pathFinder(column.slice(colon + 1)) };
	});
	return {
		header: columns.map(({ header }) => header),
		row: (object) =>
			columns.map(({ find }) => {
				const found = find(object);
				return found.length === 0 ? '<none>' : found.map((value) => printable(inGo(value))).join(',');
			}),
	};
}

/** A value as Go's `fmt.Sprint` prints it, which is what kubectl shows and scripts cut up. */
function inGo(value: unknown): string {
	if (value === null) return '<nil>';
	if (Array.isArray(value)) return `[${value.map(inGo).join(' ')}]`;
	if (typeof value !== 'object') return String(value);
	const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
	return `map[${fields.map(([name, field]) => `${name}:${inGo(field)}`).join(' ')}]`;
}
