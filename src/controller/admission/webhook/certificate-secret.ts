import type { ApiObject, Resource } from '../../../core/ports/cluster.ts';
import { managedBy, managedByLabel } from '../names.ts';
import type { Certificates, ServingIdentity } from './certificates.ts';

export const secrets: Resource = { group: '', version: 'v1', resource: 'secrets', kind: 'Secret', namespaced: true };

/** The one Secret that we read: what every replica serves with. */
export const secretName = 'gpupolicy-webhook';

const sinceAnnotation = 'gpupolicy.dev/since';

const fields = {
	certificate: { serving: 'tls.crt', next: 'next-tls.crt' },
	key: { serving: 'tls.key', next: 'next-tls.key' },
	authority: { serving: 'ca.crt', next: 'next-ca.crt' },
} as const;
const previousField = 'previous-ca.crt';

/** Certificates as a Secret of the type that tools which look for certificates know. */
export function certificateSecret({ serving, next, previous, since }: Certificates, namespace: string): ApiObject {
	const texts = {
		...written(serving, 'serving'),
		...(next ? written(next, 'next') : {}),
		...(previous === null ? {} : { [previousField]: previous }),
	};
	return {
		apiVersion: 'v1',
		kind: 'Secret',
		metadata: {
			name: secretName,
			namespace,
			labels: { [managedByLabel]: managedBy },
			annotations: { [sinceAnnotation]: new Date(since).toISOString() },
		},
		type: 'kubernetes.io/tls',
		data: Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text).toString('base64')])),
	};
}

/** What a Secret holds; `null` where nothing can be served with it. Whether it is still good is not judged here. */
export function readCertificates({ metadata, data }: ApiObject): Certificates | null {
	const texts = (data ?? {}) as Readonly<Record<string, unknown>>;
	const serving = read(texts, 'serving');
	if (!serving) return null;
	const since = Date.parse(metadata.annotations?.[sinceAnnotation] ?? '');
	return {
		serving,
		next: read(texts, 'next'),
		previous: textOf(texts, previousField),
		since: Number.isNaN(since) ? 0 : since,
	};
}

function written(identity: ServingIdentity, as: 'serving' | 'next'): Readonly<Record<string, string>> {
	const { certificate, key, authority } = fields;
	return {
		[certificate[as]]: identity.certificate,
		[key[as]]: identity.key,
		[authority[as]]: identity.authority,
	};
}

function read(texts: Readonly<Record<string, unknown>>, as: 'serving' | 'next'): ServingIdentity | null {
	const certificate = textOf(texts, fields.certificate[as]);
	const key = textOf(texts, fields.key[as]);
	const authority = textOf(texts, fields.authority[as]);
	return certificate === null || key === null || authority === null ? null : { certificate, key, authority };
}

function textOf(texts: Readonly<Record<string, unknown>>, field: string): string | null {
	const value = texts[field];
	return typeof value === 'string' && value !== '' ? Buffer.from(value, 'base64').toString() : null;
}
