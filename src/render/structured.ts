import { dump } from 'js-yaml';

/** Pretty JSON with a final newline; `--json` and `-o json` print the same bytes. */
export function renderJson(value: unknown): string {
	return `${JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? v.toString() : v), 2)}\n`;
}

export function renderYaml(value: unknown): string {
	return dump(JSON.parse(renderJson(value)), { lineWidth: -1, noRefs: true });
}
