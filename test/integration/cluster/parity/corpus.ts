import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { parseManifest } from '../../../../src/manifest/index.ts';
import type { Verdict } from './server-verdict.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'manifests');

/** One file of `test/manifests`. */
export interface Sample {
	/** `bad/env-null.yaml` */
	readonly name: string;
	/** The objects in it, each as a client sends it: those of a List one by one. */
	readonly objects: readonly object[];
	/** What `gpupolicy validate` says of the file; paths as in the object, without the `items[0]` of a List. */
	readonly ours: Verdict;
	/** What the head of the file promises; `text` where the YAML itself is at fault, so that there is no object to send. */
	readonly server: 'accepts' | 'rejects' | 'text';
}

export function corpus(): Sample[] {
	return (['good', 'bad'] as const).flatMap((kind) =>
		readdirSync(join(folder, kind)).map((file) => {
			const text = readFileSync(join(folder, kind, file), 'utf8');
			const server = kind === 'good' ? 'accepts' : (/^# server: (\w+)$/m.exec(text)?.[1] as Sample['server']);
			return { name: `${kind}/${file}`, objects: server === 'text' ? [] : objectsOf(text), ours: ourVerdict(text, file), server };
		}),
	);
}

/** What `gpupolicy validate` says of a text. */
export function ourVerdict(text: string, file: string): Verdict {
	const errors = parseManifest(text, file).diagnostics.filter(({ severity }) => severity === 'error');
	return {
		accepted: errors.length === 0,
		paths: [...new Set(errors.map(({ path }) => path.replace(/^items\[\d+\]\.?/, '')))].sort(),
		text: errors.map(({ code, path, message }) => `${code} ${path}: ${message}`).join('\n'),
	};
}

function objectsOf(text: string): object[] {
	const values = parseAllDocuments(text, { merge: true }).map((document) => document.toJS() as { items?: object[] } | null);
	return values.flatMap((value) => (value === null ? [] : (value.items ?? [value])));
}
