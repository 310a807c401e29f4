import type { HeaderField } from '../http2/index.ts';

/** The fields by name; of a name that stands twice the last one, since gRPC knows none that may. */
export function byName(fields: readonly HeaderField[]): Readonly<Partial<Record<string, string>>> {
	const all: Record<string, string> = Object.create(null);
	for (const { name, value } of fields) all[name] = value;
	return all;
}
