import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
	newClusters,
	newContexts,
	newUsers,
	type Cluster as ServerEntry,
	type User as UserEntry,
} from '@kubernetes/client-node/dist/config_types.js';
import { load } from 'js-yaml';
import { CodedError } from '../../runtime/errors.ts';
import type { Account, BearerSource, ExecPlugin, PemSource } from './account.ts';

/** An entry of `clusters`, `users` or `contexts` with the folder that its relative paths start from. */
interface Entry {
	readonly folder: string;
	readonly raw: { readonly name: string; readonly user?: Readonly<Record<string, unknown>> };
}

interface Merged {
	readonly files: readonly string[];
	readonly clusters: Map<string, Entry>;
	readonly users: Map<string, Entry>;
	readonly contexts: Map<string, Entry>;
	currentContext: string | null;
}

/**
 * The account of one context of some kubeconfig files, merged as kubectl does: the first file that names an entry, or a current
 * context, wins.
 *
 * @param files that exist
 * @param context `null` for the current one
 * @throws CodedError GP4102 a file is not a kubeconfig, GP4103 no such context, GP4104 the context lacks something
 */
export function kubeconfigAccount(files: readonly string[], context: string | null): Account {
	const merged: Merged = { files, clusters: new Map(), users: new Map(), contexts: new Map(), currentContext: null };
	for (const file of files) merge(merged, file);
	const name = context ?? merged.currentContext;
	const known = [...merged.contexts.keys()].join(', ') || 'none';
	if (name === null)
		throw new CodedError('GP4103', `${files.join(', ')} has no current context`, {
			hint: `name one with --context; known: ${known}`,
		});
	const chosen = merged.contexts.get(name);
	if (!chosen)
		throw new CodedError('GP4103', `there is no context ${JSON.stringify(name)} in ${files.join(', ')}`, {
			hint: `known: ${known}`,
		});
	return incomplete(name, () => account(merged, chosen));
}

function merge(into: Merged, file: string): void {
	let config: unknown;
	try {
		config = load(readFileSync(file, 'utf8')) ?? {};
	} catch (cause) {
		throw unreadable(file, cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause), cause);
	}
	if (typeof config !== 'object' || config === null) throw unreadable(file, 'it is not a mapping');
	const fields = config as Readonly<Record<string, unknown>>;
	const folder = dirname(resolve(file));
	for (const kind of ['clusters', 'users', 'contexts'] as const) {
		const entries = fields[kind] ?? [];
		if (!Array.isArray(entries)) throw unreadable(file, `${kind} is not a list`);
		for (const raw of entries as readonly (Entry['raw'] | null)[]) {
			if (typeof raw?.name !== 'string') throw unreadable(file, `an entry of ${kind} has no name`);
			if (!into[kind].has(raw.name)) into[kind].set(raw.name, { folder, raw });
		}
	}
	const current = fields['current-context'];
	if (typeof current === 'string' && current !== '') into.currentContext ??= current;
}

function unreadable(file: string, why: string, cause?: unknown): CodedError {
	return new CodedError('GP4102', `${file} cannot be read as a kubeconfig: ${why}`, {
		hint: `kubectl --kubeconfig ${file} config view shows what kubectl makes of it`,
		cause,
	});
}

function incomplete<T>(context: string, read: () => T): T {
	try {
		return read();
	} catch (cause) {
		if (cause instanceof CodedError) throw cause;
		throw new CodedError(
			'GP4104',
			`context ${JSON.stringify(context)}: ${cause instanceof Error ? cause.message : String(cause)}`,
			{
				hint: 'kubectl config view shows the entry',
				cause,
			},
		);
	}
}

function account(merged: Merged, chosen: Entry): Account {
	const [context] = newContexts([chosen.raw]);
	const cluster = merged.clusters.get(context?.cluster ?? '');
	if (!context || !cluster) throw new Error(`it names the cluster ${JSON.stringify(context?.cluster)}, which no file has`);
	const [server] = newClusters([cluster.raw]) as [ServerEntry];
	const user = context.user === undefined ? undefined : merged.users.get(context.user);
	if (context.user !== undefined && !user)
		throw new Error(`it names the user ${JSON.stringify(context.user)}, which no file has`);
	return {
		context: context.name,
		namespace: context.namespace ?? null,
		server: new URL(server.server),
		tls: {
			ca: pem(cluster.folder, server.caFile, server.caData),
			serverName: server.tlsServerName ?? null,
			insecure: server.skipTLSVerify,
		},
		proxyUrl: server.proxyUrl ?? null,
		user: user ? credentials(user) : { certificate: null, bearer: null, impersonation: {} },
	};
}

function credentials({ folder, raw }: Entry): Account['user'] {
	const fields = raw.user ?? {};
	// client-node reads `token-file`, which no kubeconfig has; the field is `tokenFile` and stands below.
	const { 'token-file': _, ...rest } = fields;
	const [user] = newUsers([{ name: raw.name, user: rest }]) as [UserEntry];
	const cert = pem(folder, user.certFile, user.certData);
	const key = pem(folder, user.keyFile, user.keyData);
	if ((cert === null) !== (key === null))
		throw new Error(`user ${JSON.stringify(raw.name)} has a client certificate or its key, and not both`);
	return {
		certificate: cert && key ? { cert, key } : null,
		bearer: bearer(folder, fields, user),
		impersonation: impersonation(fields),
	};
}

/** kubectl's order: a token file wins over a token, both over a password, all over plugins. */
function bearer(folder: string, fields: Readonly<Record<string, unknown>>, user: UserEntry): BearerSource | null {
	if (typeof fields.tokenFile === 'string' && fields.tokenFile !== '')
		return { kind: 'token-file', path: resolve(folder, fields.tokenFile) };
	if (user.token) return { kind: 'token', token: user.token };
	if (user.username) return { kind: 'basic', username: user.username, password: user.password ?? '' };
	if (user.exec) return { kind: 'exec', user: user.name, exec: plugin(folder, user.exec as ExecPlugin) };
	if (user.authProvider) return { kind: 'auth-provider', user: user.name, authProvider: user.authProvider };
	return null;
}

/** A command with a slash is relative to the kubeconfig, as kubectl has it; a bare name is looked up on PATH. */
function plugin(folder: string, exec: ExecPlugin): ExecPlugin {
	if (typeof exec.command !== 'string' || exec.command === '') throw new Error('its exec plugin names no command');
	return /[/\\]/.test(exec.command) ? { ...exec, command: resolve(folder, exec.command) } : exec;
}

function impersonation(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, string | readonly string[]>> {
	const headers: Record<string, string | readonly string[]> = {};
	if (typeof fields.as === 'string') headers['Impersonate-User'] = fields.as;
	if (typeof fields['as-uid'] === 'string') headers['Impersonate-Uid'] = fields['as-uid'];
	if (Array.isArray(fields['as-groups'])) headers['Impersonate-Group'] = fields['as-groups'].map(String);
	const extra = fields['as-user-extra'];
	if (typeof extra === 'object' && extra !== null)
		for (const [key, values] of Object.entries(extra))
			headers[`Impersonate-Extra-${encodeURIComponent(key)}`] = (Array.isArray(values) ? values : [values]).map(String);
	return headers;
}

function pem(folder: string, file: string | undefined, data: string | undefined): PemSource | null {
	// Data wins over a file, as in kubectl.
	if (data !== undefined && data !== '') return { kind: 'data', pem: Buffer.from(data, 'base64') };
	if (file === undefined || file === '') return null;
	const path = resolve(folder, file);
	if (!existsSync(path)) throw new Error(`it names ${path}, which does not exist`);
	return { kind: 'file', path };
}
