import { apiGroup, apiVersion } from '../api/group.ts';
import { show, typeName } from './describe-error.ts';
import type { PathComplaint } from './diagnostic.ts';
import { didYouMean, editDistance } from './did-you-mean.ts';
import type { Path } from './path.ts';
import { find, type TreeNode } from './tree.ts';

/** What a document is, by its apiVersion and kind. */
export type Identity =
	| { readonly is: 'policy' }
	| { readonly is: 'list'; readonly items: readonly TreeNode[] }
	/** None of ours, or unusable: `complaint` says which. */
	| { readonly is: 'other'; readonly complaint: PathComplaint };

const kinds = ['GpuPolicy', 'GpuPolicyList', 'GpuNodeReport', 'GpuInventory'];

/** Kinds of ours that are no policy, and where they come from. */
const writers: Readonly<Record<string, string>> = {
	GpuNodeReport: 'written by the agent of its node',
	GpuInventory: 'a record of the devices of a machine',
};

/** Tells a policy from a list of objects, from other kinds and from misspelt ones. */
export function identify(tree: TreeNode): Identity {
	if (tree.kind !== 'map') {
		const data = tree.kind === 'scalar' ? tree.value : [];
		return other([], {
			code: 'GP1005',
			message: `${tree.kind === 'scalar' ? show(data) : 'this'} is ${typeName(data)}, not a policy`,
			expected: 'a mapping',
			hint: `begin with apiVersion: ${apiVersion}`,
		});
	}
	const version = text(tree, 'apiVersion');
	const kind = text(tree, 'kind');
	const items = find(tree, ['items'])?.node;
	if (items?.kind === 'list' && ((version === 'v1' && kind === 'List') || (version === apiVersion && kind === 'GpuPolicyList')))
		return { is: 'list', items: items.items };

	const group = version?.split('/')[0];
	const kindIsOurs = kind !== undefined && kinds.includes(kind);
	const kindIsNear = kind !== undefined && (kindIsOurs || editDistance(kind.toLowerCase(), 'gpupolicy') <= 2);
	const versionIsNear = version !== undefined && (group === apiGroup || editDistance(version, apiVersion) <= 4);

	if (version === undefined && (kind === undefined || kindIsNear)) {
		return other(['apiVersion'], {
			code: 'GP1006',
			atKey: true,
			message: 'apiVersion is missing',
			expected: apiVersion,
			hint: `add apiVersion: ${apiVersion}`,
		});
	}
	if (version !== apiVersion && (kindIsNear || versionIsNear)) {
		return other(['apiVersion'], {
			code: 'GP1010',
			message: `${show(version)} is not a version of this API`,
			expected: apiVersion,
			hint: `write apiVersion: ${apiVersion}`,
		});
	}
	if (version !== apiVersion) {
		return other(['kind'], { code: 'GP1101', message: `${kind ?? 'this'} of ${version} is not ours: passed over` });
	}
	if (kind === 'GpuPolicy') return { is: 'policy' };
	const writtenBy = kind === undefined ? undefined : writers[kind];
	if (writtenBy) return other(['kind'], { code: 'GP1101', message: `a ${kind} is ${writtenBy}: passed over` });
	if (kind === undefined)
		return other(['kind'], {
			code: 'GP1006',
			atKey: true,
			message: 'kind is missing',
			expected: 'GpuPolicy',
			hint: 'add kind: GpuPolicy',
		});
	const near = didYouMean(kind, kinds);
	return other(['kind'], {
		code: 'GP1011',
		message: `${show(kind)} is not a kind of ${apiGroup}`,
		expected: 'GpuPolicy',
		hint: near ? `did you mean ${show(near)}?` : 'write kind: GpuPolicy',
	});
}

function other(path: Path, complaint: Omit<PathComplaint, 'path'>): Identity {
	return { is: 'other', complaint: { ...complaint, path } };
}

function text(tree: TreeNode, field: string): string | undefined {
	const node = find(tree, [field])?.node;
	if (node?.kind !== 'scalar' || node.value === null) return undefined;
	return String(node.value);
}
