import { type Document, parseAllDocuments, type YAMLError } from 'yaml';
import { buildTree, type PlacedComplaint } from './build-tree.ts';
import type { Complaint } from './diagnostic.ts';
import type { Range, TreeNode } from './tree.ts';

/** One YAML document of a file. */
export interface ManifestDocument {
	/** Absent where the document is empty, or so broken that nothing can be said about its fields. */
	readonly tree?: TreeNode;
	/** What is wrong with it as YAML. */
	readonly complaints: readonly PlacedComplaint[];
}

const wording: Readonly<Partial<Record<YAMLError['code'], Omit<Complaint, 'code'>>>> = {
	TAB_AS_INDENT: { message: 'a tab indents this line', expected: 'spaces', hint: 'YAML is indented with spaces only' },
	BAD_INDENT: {
		message: 'the indentation fits no line above',
		expected: 'the same indentation for all fields of a mapping',
		hint: 'line it up with its neighbours',
	},
	MISSING_CHAR: { message: 'something is missing here' },
	BAD_DQ_ESCAPE: {
		message: 'an escape that double quotes do not know',
		hint: 'use single quotes, or write \\\\ for a backslash',
	},
	RESOURCE_EXHAUSTION: { message: 'nested too deeply to be read' },
};

/** Reads every document of a text. Never throws; never runs long on what the size limit lets through. */
export function readDocuments(text: string): ManifestDocument[] {
	let documents: Document.Parsed[];
	try {
		const parsed = parseAllDocuments(text, {
			logLevel: 'silent',
			merge: false,
			prettyErrors: false,
			resolveKnownTags: false,
			schema: 'core',
			// Found while the tree is built: here the search is quadratic.
			uniqueKeys: false,
		});
		documents = 'empty' in parsed ? [] : (parsed as Document.Parsed[]);
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		return [
			{
				complaints: [
					{
						code: 'GP1012',
						range: [0, 1],
						message: 'nested too deeply to be read',
						hint: 'no field of the API is nested so deep',
					},
				],
			},
		];
	}
	return documents.map((document) => {
		const complaints = [...document.errors, ...document.warnings].map(complaintOf);
		if (complaints.length > 0) return { complaints };
		const tree = buildTree(document, (complaint) => complaints.push(complaint));
		return tree === undefined ? { complaints } : { tree, complaints };
	});
}

function complaintOf(error: YAMLError): PlacedComplaint {
	const range: Range = [error.pos[0], Math.max(error.pos[1], error.pos[0] + 1)];
	if (error.code === 'TAG_RESOLVE_FAILED')
		return { code: 'GP1001', range, message: `tags are not supported: ${sentence(error.message)}`, hint: 'write a plain value' };
	const words = wording[error.code];
	const message = words && error.code !== 'MISSING_CHAR' ? words.message : `not YAML: ${sentence(error.message)}`;
	return {
		code: error.code === 'RESOURCE_EXHAUSTION' ? 'GP1012' : 'GP1001',
		range,
		message,
		expected: words?.expected,
		hint: words?.hint ?? 'see the line above too: a missing quote or colon shows late',
	};
}

function sentence(text: string): string {
	return text.charAt(0).toLowerCase() + text.slice(1);
}
