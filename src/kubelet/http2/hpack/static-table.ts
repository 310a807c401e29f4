import type { HeaderField } from './header-field.ts';

/** RFC 7541, appendix A, in its order; a value stands behind `=`. */
const table = `
	:authority; :method=GET; :method=POST; :path=/; :path=/index.html; :scheme=http; :scheme=https; :status=200; :status=204;
	:status=206; :status=304; :status=400; :status=404; :status=500; accept-charset; accept-encoding=gzip, deflate;
	accept-language; accept-ranges; accept; access-control-allow-origin; age; allow; authorization; cache-control;
	content-disposition; content-encoding; content-language; content-length; content-location; content-range; content-type;
	cookie; date; etag; expect; expires; from; host; if-match; if-modified-since; if-none-match; if-range; if-unmodified-since;
	last-modified; link; location; max-forwards; proxy-authenticate; proxy-authorization; range; referer; refresh; retry-after;
	server; set-cookie; strict-transport-security; transfer-encoding; user-agent; vary; via; www-authenticate;
`;

/** The fields that both ends know from the start; the first has index 1. */
export const staticTable: readonly HeaderField[] = table
	.split(';')
	.map((entry) => entry.trim())
	.filter((entry) => entry !== '')
	.map((entry) => {
		const [name = '', value = ''] = entry.split('=');
		return { name, value };
	});

/** The index of a field, or of its name alone, by `name` and `name=value`; of a name that stands there more than once that of the first. */
export const staticIndexes: ReadonlyMap<string, number> = new Map(
	staticTable.toReversed().flatMap(({ name, value }, index): [string, number][] => {
		const number = staticTable.length - index;
		return [
			[name, number],
			[`${name}=${value}`, number],
		];
	}),
);
