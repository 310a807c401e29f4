import { withDefaults } from '../api/defaults.ts';
import { gpuPolicySchema } from '../api/schema.generated.ts';
import type { GpuPolicy } from '../api/v1alpha1.generated.ts';
import { decodeManifest } from './decode.ts';
import { type Complaint, diagnose, type ManifestDiagnostic, type PathComplaint } from './diagnostic.ts';
import { policyDigest } from './digest.ts';
import { readDocuments } from './documents.ts';
import { identify } from './identify.ts';
import { checkMeaning, checkSelector } from './meaning.ts';
import { formatPath, type Path, parsePath } from './path.ts';
import { checkRules } from './rules.ts';
import { checkScalars } from './scalars.ts';
import { checkSchema } from './schema-check.ts';
import { SourceText } from './source-text.ts';
import { find, findNearest, type Range, type TreeNode, toData } from './tree.ts';

/** A valid policy as it stands in a file. */
export interface LoadedPolicy {
	/** With defaults. */
	readonly policy: GpuPolicy;
	/** sha256 of the canonical spec, hex. */
	readonly digest: string;
	/** As it was given to `parseManifest`. */
	readonly file: string;
	/** Line where the document begins, 1-based. */
	readonly line: number;
	/** Place of the value at a path such as `spec.env[0].value`; of what is nearest above it where the manifest does not say it. */
	position(path: string): { readonly line: number; readonly column: number };
	/** The object as it is written, without defaults: what an API server is sent. */
	written(): unknown;
	/** Text of a 1-based line of the file, for messages. */
	sourceLine(line: number): string;
}

export interface ParsedManifest {
	/** The good ones, in order; a document with an error gives none. */
	readonly policies: readonly LoadedPolicy[];
	/** In order of place. */
	readonly diagnostics: readonly ManifestDiagnostic[];
}

/** Most diagnostics about one document: whoever wrote a hundred mistakes wants to see the first. */
const maxDiagnostics = 50;

/**
 * Reads one manifest file: YAML or JSON, any number of documents. Never throws: whatever is wrong is a diagnostic with its
 * place, and the good documents of a file with bad ones are still returned.
 */
export function parseManifest(input: string | Uint8Array, file: string): ParsedManifest {
	const decoded = decodeManifest(input);
	if (!decoded.ok) {
		const source = new SourceText(decoded.text);
		return { policies: [], diagnostics: [diagnose(file, source, [decoded.offset, decoded.offset + 1], '', decoded.complaint)] };
	}
	const source = new SourceText(decoded.text);
	const policies: LoadedPolicy[] = [];
	const diagnostics: ManifestDiagnostic[] = [];
	const complain = (range: Range, path: string, complaint: Complaint) =>
		diagnostics.push(diagnose(file, source, range, path, complaint));
	let empty = true;

	for (const document of readDocuments(decoded.text)) {
		for (const complaint of document.complaints.slice(0, maxDiagnostics)) complain(complaint.range, '', complaint);
		if (document.complaints.length > 0) empty = false;
		const { tree } = document;
		if (!tree || isNothing(tree)) continue;
		empty = false;
		if (document.complaints.length > 0) continue;
		for (const item of objectsOf(tree)) {
			const found = readPolicy(item.tree);
			for (const complaint of found.complaints)
				complain(placeOf(item.tree, complaint), formatPath([...item.path, ...complaint.path]), complaint);
			if (!found.policy) continue;
			const { policy } = found;
			const begin = source.place(item.tree.range[0], item.tree.range[0]).line;
			policies.push({
				policy,
				digest: policyDigest(policy.spec),
				file,
				line: begin,
				position: (path) => {
					const { line, column } = source.place(...findNearest(item.tree, parsePath(path)).node.range);
					return { line, column };
				},
				written: () => toData(item.tree),
				sourceLine: (line) => source.line(line),
			});
		}
	}
	if (empty)
		complain([0, 0], '', {
			code: 'GP1102',
			message: 'there is no document in this file',
			hint: 'gpupolicy init writes a policy',
		});
	return { policies, diagnostics: diagnostics.sort((a, b) => a.line - b.line || a.column - b.column) };
}

function isNothing(tree: TreeNode): boolean {
	return tree.kind === 'scalar' && tree.value === null;
}

/** The objects of a document: itself, or the items of a List. */
function objectsOf(tree: TreeNode): { readonly tree: TreeNode; readonly path: Path }[] {
	const identity = identify(tree);
	return identity.is === 'list'
		? identity.items.map((item, index) => ({ tree: item, path: ['items', index] }))
		: [{ tree, path: [] }];
}

/** One object: the defaulted policy where nothing is wrong with it, and all complaints. */
function readPolicy(tree: TreeNode): { readonly policy?: GpuPolicy; readonly complaints: readonly PathComplaint[] } {
	const identity = identify(tree);
	if (identity.is === 'other') return { complaints: [identity.complaint] };
	if (identity.is === 'list')
		return {
			complaints: [{ code: 'GP1011', path: ['kind'], message: 'a list within a list', hint: 'write the policies themselves' }],
		};

	// The server fills in defaults before it validates, and so do we.
	const policy = withDefaults(toData(tree));
	const scalars = checkScalars(tree, gpuPolicySchema);
	const ambiguous = new Set(scalars.map(({ path }) => formatPath(path)));
	const schema = checkSchema(policy, maxDiagnostics, (path) => sourceOf(tree, path)).filter(
		({ path }) => !ambiguous.has(formatPath(path)),
	);
	const structural = [...scalars, ...schema];
	const broken = structural.map(({ path }) => path);
	const rules = checkRules(policy, (path) => broken.some((inner) => path.every((step, index) => inner[index] === step)));
	const errors = [...structural, ...rules].slice(0, maxDiagnostics);
	if (errors.length > 0) return { complaints: errors };
	const contradictions = checkSelector(policy);
	if (contradictions.some(({ code }) => code === 'GP1016')) return { complaints: contradictions };
	return { policy, complaints: [...ignored(tree), ...contradictions, ...checkMeaning(policy)] };
}

/** A scalar as it is written: `8.0`, not 8. */
function sourceOf(tree: TreeNode, path: Path): string | undefined {
	const node = find(tree, path)?.node;
	return node?.kind === 'scalar' ? node.source : undefined;
}

/** What a manifest may carry and nobody reads. */
function ignored(tree: TreeNode): PathComplaint[] {
	if (!find(tree, ['metadata', 'namespace'])) return [];
	return [
		{
			code: 'GP1108',
			path: ['metadata', 'namespace'],
			message: 'a GpuPolicy is cluster-scoped: namespace has no effect',
			hint: 'remove it',
		},
	];
}

/** Where to point: the value, the key where the field itself is meant, or what is nearest above a field that is missing. */
function placeOf(tree: TreeNode, { path, atKey }: PathComplaint): Range {
	const exact = find(tree, path);
	if (exact) return atKey && exact.key ? exact.key : pointAt(exact);
	return pointAt(findNearest(tree, path));
}

/** A mapping or list under a key is pointed at by its key: the value may begin lines below and be pages long. */
function pointAt({ node, key }: { readonly node: TreeNode; readonly key?: Range }): Range {
	if (node.kind === 'scalar' || !key) return node.kind === 'scalar' ? node.range : [node.range[0], firstKeyEnd(node)];
	return key;
}

function firstKeyEnd(node: TreeNode): number {
	if (node.kind === 'map') for (const entry of node.entries.values()) return entry.key[1];
	return node.range[0] + 1;
}
