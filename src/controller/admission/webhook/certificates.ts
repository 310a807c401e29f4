import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createAuthority } from '../../../runtime/pki/certificate.ts';

/** What a replica serves with. PEM, all of it. */
export interface ServingIdentity {
	readonly certificate: string;
	readonly key: string;
	/** The authority that signed the certificate, and nothing else ever: its key is gone. */
	readonly authority: string;
}

/** Where a rotation stands. At rest there is only what is served. */
export interface Certificates {
	readonly serving: ServingIdentity;
	/** Served next, once every API server trusts its authority. */
	readonly next: ServingIdentity | null;
	/** Authority of what was served before, trusted until every replica serves the new one. */
	readonly previous: string | null;
	/** Since when it stands so, on the clock of the day, in milliseconds. */
	readonly since: number;
}

export interface RotationSettings {
	/** Names and addresses that the API server may call. */
	readonly names: readonly string[];
	/** How long a certificate is valid, in milliseconds. It is renewed when a third of it is left. */
	readonly lifeMs: number;
	/** How long API servers and replicas may take to pick something up, in milliseconds. */
	readonly overlapMs: number;
}

/**
 * The next step of a rotation, or the same object where none is due. First a new authority is trusted beside the old one, then its
 * certificate is served, then the old authority goes: at no moment does an API server meet a certificate that it does not trust.
 * What cannot be served any more is replaced at once.
 */
export function advanced(
	current: Certificates | null,
	now: number,
	{ names, lifeMs, overlapMs }: RotationSettings,
	/** Whether the API servers are told already to trust the authority of what is served next. */
	published: boolean,
): Certificates {
	const fresh = (): ServingIdentity => issued(names, lifeMs);
	if (!current || !isUsable(current.serving, now, names)) {
		const { next = null } = current ?? {};
		const serving = next && published && isUsable(next, now, names) ? next : fresh();
		return { serving, next: null, previous: null, since: now };
	}
	const { serving, next, previous, since } = current;
	const over = now - since >= overlapMs || now < since;
	if (next) {
		if (!isUsable(next, now, names)) return { serving, next: fresh(), previous: null, since: now };
		// API servers have their time from when they are told.
		if (!published && over) return { ...current, since: now };
		if (!over) return current;
		return { serving: next, next: null, previous: serving.authority, since: now };
	}
	if (previous !== null) return over ? { serving, next: null, previous: null, since: now } : current;
	return now >= renewalOf(serving, lifeMs) ? { serving, next: fresh(), previous: null, since: now } : current;
}

/** Everything that API servers are to trust, PEM. */
export function trustedOf({ serving, next, previous }: Certificates): string {
	return [serving.authority, ...(next ? [next.authority] : []), ...(previous === null ? [] : [previous])].join('');
}

/** When the next step is due, in milliseconds of the day. */
export function nextStepAt({ serving, next, previous, since }: Certificates, { lifeMs, overlapMs }: RotationSettings): number {
	return next || previous !== null ? since + overlapMs : renewalOf(serving, lifeMs);
}

/** When a certificate ends, in milliseconds of the day. */
export function endOf(certificate: string): number {
	return new X509Certificate(certificate).validToDate.getTime();
}

function renewalOf({ certificate }: ServingIdentity, lifeMs: number): number {
	return endOf(certificate) - lifeMs / 3;
}

/** An authority of its own for each certificate: its key is forgotten here, so that nobody can ever sign another with it. */
function issued(names: readonly string[], lifeMs: number): ServingIdentity {
	const authority = createAuthority(`gpupolicy-webhook ${new Date().toISOString()}`, lifeMs);
	const { certificate, key } = authority.server(names);
	return { certificate, key, authority: authority.certificate };
}

/** Whether API servers take it: whole, not yet ended, for every name, and signed by the authority that they trust. */
function isUsable({ certificate, key, authority }: ServingIdentity, now: number, names: readonly string[]): boolean {
	try {
		const own = new X509Certificate(certificate);
		const signer = new X509Certificate(authority);
		return (
			own.validFromDate.getTime() <= now &&
			now < own.validToDate.getTime() &&
			now < signer.validToDate.getTime() &&
			own.verify(signer.publicKey) &&
			own.checkPrivateKey(createPrivateKey(key)) &&
			names.every((name) => (own.checkHost(name, { subject: 'never' }) ?? own.checkIP(name)) !== undefined)
		);
	} catch {
		return false;
	}
}
