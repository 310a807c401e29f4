import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { certificateSecret, readCertificates } from './certificate-secret.ts';
import { advanced, type Certificates, endOf, nextStepAt, trustedOf } from './certificates.ts';

const day = 86_400_000;
const settings = { names: ['hook.ns.svc'], lifeMs: 90 * day, overlapMs: 60_000 };

describe('the certificates of the webhook', () => {
	it('are renewed before they end, and at every step what is served is trusted, as it was a step before', () => {
		let now = Date.now();
		let current = advanced(null, now, settings, false);
		const served = new Set([current.serving.certificate]);
		let published = trustedOf(current);
		for (let step = 0; step < 40; step++) {
			now = Math.max(now, nextStepAt(current, settings));
			const next = advanced(current, now, settings, current.next !== null && published.includes(current.next.authority));
			assert.ok(published.includes(next.serving.authority), 'API servers trusted it before it was served');
			assert.ok(trustedOf(next).includes(current.serving.authority), 'and trust what some replicas still serve');
			assert.ok(endOf(next.serving.certificate) > now, 'and it has not ended');
			assert.ok((trustedOf(next).match(/BEGIN/g) ?? []).length <= 2);
			current = next;
			published = trustedOf(current);
			served.add(current.serving.certificate);
			// Certificates are made at the time of this machine: once it is over the loop has seen what there is.
			if (now > Date.now() + settings.lifeMs - day) break;
		}
		assert.ok(served.size > 1);
	});

	it('wait for the API servers to be told, for the whole overlap', () => {
		const start = advanced(null, Date.now(), settings, false);
		const due = nextStepAt(start, settings);
		assert.equal(advanced(start, due - 1000, settings, false), start, 'nothing is due');
		const staged = advanced(start, due + 1000, settings, false);
		assert.ok(staged.next);
		assert.equal(staged.serving, start.serving);
		const later = staged.since + settings.overlapMs;
		assert.equal(advanced(staged, later, settings, false).serving, start.serving, 'never served before it is trusted');
		assert.equal(advanced(staged, later - 1, settings, true), staged, 'some may not know yet');
		const switched = advanced(staged, later, settings, true);
		assert.deepEqual([switched.serving, switched.previous], [staged.next, start.serving.authority]);
		assert.equal(advanced(switched, later + settings.overlapMs, settings, false).previous, null);
	});

	it('are replaced at once where they cannot be served', () => {
		const now = Date.now();
		const good = advanced(null, now, settings, false);
		const other = advanced(null, now, settings, false);
		const broken: readonly (readonly [string, Certificates, number?, string?])[] = [
			['ended', good, now + 91 * day],
			['not text', { ...good, serving: { ...good.serving, certificate: 'x' } }],
			['the key of another', { ...good, serving: { ...good.serving, key: other.serving.key } }],
			['the authority of another', { ...good, serving: { ...good.serving, authority: other.serving.authority } }],
			['another name', good, now, 'elsewhere.ns.svc'],
		];
		for (const [what, current, at = now, name = 'hook.ns.svc'] of broken) {
			const next = advanced(current, at, { ...settings, names: [name] }, false);
			assert.notEqual(next.serving.certificate, good.serving.certificate, what);
			assert.equal(next.next, null, what);
			assert.ok(trustedOf(next).includes(next.serving.authority), what);
		}
	});

	it('lie in a Secret as they are, and the key of no authority does', () => {
		const now = Date.parse('2026-01-02T03:04:05.678Z');
		const serving = advanced(null, Date.now(), settings, false).serving;
		const next = advanced(null, Date.now(), settings, false).serving;
		for (const certificates of [
			{ serving, next: null, previous: null, since: now },
			{ serving, next, previous: null, since: now },
			{ serving, next: null, previous: next.authority, since: now },
		]) {
			const secret = certificateSecret(certificates, 'ns');
			assert.deepEqual(readCertificates(secret), certificates);
			const texts = Object.values(secret.data as object).map((value: string) => Buffer.from(value, 'base64').toString());
			assert.equal(texts.filter((text) => text.includes('PRIVATE KEY')).length, certificates.next ? 2 : 1);
		}
		assert.equal(readCertificates({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } }), null);
		assert.equal(readCertificates({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' }, data: { 'tls.crt': 1 } }), null);
	});
});
