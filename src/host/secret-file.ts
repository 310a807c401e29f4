import fs from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { parse as parseYaml } from 'yaml';
import type { SecretReference } from '../core/desired/resolve.ts';
import { type Fact, known, unknown } from '../core/observed/fact.ts';
import { errorCode } from '../runtime/errors.ts';

const MAX_BYTES = 1024 * 1024;

/** Reads the value that `valueFrom.file` names. The value never appears in a message, only its place does. */
export function readSecret(root: string, reference: SecretReference, at: string): Fact<string> {
	const label = reference.key === undefined ? reference.path : `${reference.path} key ${reference.key}`;
	try {
		const text = readInside(root, reference.path);
		if (text === null)
			return unknown('Forbidden', `${reference.path} lies outside the root, is no regular file, or is larger than 1 MiB`);
		const value = reference.key === undefined ? text.replace(/\r?\n$/, '') : pick(text, reference);
		if (value === undefined) return unknown('SourceFailed', `${label}: no such key with a scalar value`);
		if (value.includes('\0')) return unknown('SourceFailed', `${label} holds a NUL byte`);
		return known(value, label, at);
	} catch (error) {
		const code = errorCode(error);
		if (code === 'ENOENT')
			return unknown('NoSource', `${reference.path} does not exist; write the value there once, every file follows it`);
		return unknown('SourceFailed', `${label} could not be read${code ? ` (${code})` : ''}`);
	}
}

function readInside(root: string, relative: string): string | null {
	const absolute = path.join(root, relative);
	const real = fs.realpathSync(absolute);
	const realRoot = fs.realpathSync(root);
	if (!real.startsWith(realRoot + path.sep)) return null;
	const stat = fs.statSync(real);
	if (!stat.isFile() || stat.size > MAX_BYTES) return null;
	return fs.readFileSync(real, 'utf8').replace(/^\ufeff/, '');
}

/** Value of a key; a dotted key goes into nested JSON and YAML. */
function pick(text: string, { path: file, key = '', format }: SecretReference): string | undefined {
	const kind = format ?? (/\.json$/i.test(file) ? 'JSON' : /\.ya?ml$/i.test(file) ? 'YAML' : 'Dotenv');
	if (kind === 'Dotenv') return parseEnv(text)[key];
	const tree: unknown = kind === 'JSON' ? JSON.parse(text) : parseYaml(text);
	const value = own(tree, key) ?? key.split('.').reduce<unknown>((node, part) => own(node, part), tree);
	return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function own(node: unknown, key: string): unknown {
	return typeof node === 'object' && node !== null && Object.hasOwn(node, key)
		? (node as Record<string, unknown>)[key]
		: undefined;
}
