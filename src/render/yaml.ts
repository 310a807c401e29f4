import { dump } from 'js-yaml';
import { renderJson } from './json.ts';

export function renderYaml(value: unknown): string {
	return dump(JSON.parse(renderJson(value)), { lineWidth: -1, noRefs: true });
}
