import type { Node } from 'yaml';
import yaml from 'yaml';
import type { YamlDocument } from './parse.ts';

/** True where a node stands inside a flow collection, in which `,` and brackets end an unquoted scalar. */
export function isInFlow(document: YamlDocument, wanted: Node): boolean {
	let inFlow = false;
	yaml.visit(document, {
		Node: (_key, node, path) => {
			if (node !== wanted) return undefined;
			inFlow = path.some((parent) => yaml.isCollection(parent) && parent.flow === true);
			return yaml.visit.BREAK;
		},
	});
	return inFlow;
}
