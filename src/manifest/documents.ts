import { Composer, type Document, Parser, type YAMLError } from 'yaml';
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

/** Most syntax errors that are read of one file: the first ones say it all. */
const maxSyntaxErrors = 50;
/** Most documents in one file. */
const maxDocuments = 1000;

const wording: Readonly<Partial<Record<YAMLError['code'], Partial<Omit<Complaint, 'code'>>>>> = {
	TAB_AS_INDENT: { message: 'a tab indents this line', expected: 'spaces', hint: 'YAML is indented with spaces only' },
	BAD_INDENT: { hint: 'line it up with its neighbours' },
	BLOCK_AS_IMPLICIT_KEY: { hint: 'is a line indented too far, or text with ": " in it without quotes?' },
	BLOCK_IN_FLOW: { hint: 'put text with ": " in it into quotes' },
	BAD_DQ_ESCAPE: {
		message: 'an escape that double quotes do not know',
		hint: 'use single quotes, or write \\\\ for a backslash',
	},
	RESOURCE_EXHAUSTION: { message: 'nested too deeply to be read' },
};

/** Reads every document of a text. Never throws; never runs long on what the size limit lets through. */
export function readDocuments(text: string): ManifestDocument[] {
	const composed = compose(text);
	const documents = composed.documents.map((document): ManifestDocument => {
		const complaints = [...document.errors, ...document.warnings].slice(0, maxSyntaxErrors).map(complaintOf);
		if (complaints.length > 0) return { complaints };
		const tree = buildTree(document, (complaint) => complaints.push(complaint));
		return tree === undefined ? { complaints } : { tree, complaints };
	});
	return composed.gaveUp ? [...documents, { complaints: [composed.gaveUp] }] : documents;
}

interface Composed {
	readonly documents: readonly Document.Parsed[];
	/** Why reading ended before the end of the text. */
	readonly gaveUp?: PlacedComplaint;
}

/** Token by token, so that a text of nothing but errors or documents ends early instead of costing minutes. */
function compose(text: string): Composed {
	const documents: Document.Parsed[] = [];
	const composer = new Composer({
		logLevel: 'silent',
		merge: false,
		resolveKnownTags: false,
		schema: 'core',
		// Found while the tree is built: here the search is quadratic.
		uniqueKeys: false,
	});
	let errors = 0;
	const tooMany = (offset: number, message: string, hint: string): Composed => ({
		documents,
		gaveUp: { code: 'GP1012', range: [offset, offset + 1], message, hint },
	});
	try {
		for (const token of new Parser().parse(text)) {
			for (const document of composer.next(token)) documents.push(document as Document.Parsed);
			if (token.type === 'error' && ++errors > maxSyntaxErrors) {
				for (const document of composer.end(true, text.length)) documents.push(document as Document.Parsed);
				return { documents };
			}
			if (documents.length > maxDocuments) {
				const message = `more than ${maxDocuments.toLocaleString('en-US')} documents in one file`;
				return tooMany('offset' in token ? token.offset : 0, message, 'split it: one policy per file');
			}
		}
		for (const document of composer.end(true, text.length)) documents.push(document as Document.Parsed);
		return { documents };
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		return tooMany(0, 'nested too deeply to be read', 'no field of the API is nested so deep');
	}
}

function complaintOf(error: YAMLError): PlacedComplaint {
	const range: Range = [error.pos[0], Math.max(error.pos[1], error.pos[0] + 1)];
	if (error.code === 'TAG_RESOLVE_FAILED')
		return { code: 'GP1001', range, message: `tags are not supported: ${sentence(error.message)}`, hint: 'write a plain value' };
	const words = wording[error.code];
	const message = words?.message ?? `not YAML: ${sentence(error.message)}`;
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
