import type { JsonSchema } from '../api/json-schema.ts';
import type { PathComplaint } from './diagnostic.ts';
import type { Path } from './path.ts';
import type { TreeNode, TreeScalar } from './tree.ts';

/** Plain scalars that a YAML 1.1 reader (kubectl, PyYAML) takes for a boolean and YAML 1.2 for a string. */
const oldBoolean = /^(?:y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF)$/;
/** Plain scalars that are another number in YAML 1.1, or a number there only (tried: sigs.k8s.io/yaml 1.6, which kubectl uses). */
const oldOctal = /^[-+]?0[0-9_]+$/;
const oldNumber = /^[-+]?(?:0b[01_]+|0x[0-9a-fA-F]*_[0-9a-fA-F_]*|(?=[^_]*_)[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9_]+)?)$/;

/**
 * Scalars that the two dialects of YAML read differently, in fields where it matters. The cluster's tools read YAML 1.1, so a
 * policy that says `on` would mean something else there.
 */
export function checkScalars(root: TreeNode, schema: JsonSchema): PathComplaint[] {
	const complaints: PathComplaint[] = [];
	const walk = (node: TreeNode, at: JsonSchema | undefined, path: Path): void => {
		if (!at) return;
		if (node.kind === 'list') {
			for (const [index, item] of node.items.entries()) walk(item, at.items, [...path, index]);
		} else if (node.kind === 'map') {
			for (const [name, { node: field }] of node.entries) {
				const known = at.properties && Object.hasOwn(at.properties, name) ? at.properties[name] : at.additionalProperties;
				if (name !== 'status' || path.length > 0) walk(field, known, [...path, name]);
			}
		} else {
			const complaint = node.plain ? judge(node, at) : undefined;
			if (complaint) complaints.push({ ...complaint, path });
		}
	};
	walk(root, schema, []);
	return complaints;
}

function judge({ source }: TreeScalar, schema: JsonSchema): Omit<PathComplaint, 'path'> | undefined {
	const takesString = schema.type === 'string' && !schema.enum;
	const takesNumber = schema.type === 'integer' || schema['x-kubernetes-int-or-string'] === true;
	if (takesString && oldBoolean.test(source)) return ambiguous(source, 'a boolean', `quote it: "${source}"`, 'a quoted string');
	if (takesString && (oldOctal.test(source) || oldNumber.test(source)))
		return ambiguous(source, oldOctal.test(source) ? 'an octal number' : 'a number', `quote it: "${source}"`, 'a quoted string');
	if (takesNumber && oldOctal.test(source))
		return ambiguous(
			source,
			'an octal number',
			`write ${Number(source.replaceAll('_', ''))} if that is meant`,
			'a number without a leading zero',
		);
	return undefined;
}

function ambiguous(source: string, other: string, hint: string, expected: string): Omit<PathComplaint, 'path'> {
	return {
		code: 'GP1014',
		message: `${source} is ${other} in YAML 1.1, which kubectl reads, and not in YAML 1.2`,
		expected,
		hint,
	};
}
