import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { createAuthority } from './certificate.ts';

const read = ({ certificate }: { readonly certificate: string }): X509Certificate => new X509Certificate(certificate);

describe('an authority of our own', () => {
	it('signs for names and for addresses of both kinds, as long as they are written', () => {
		const authority = createAuthority('a');
		const addresses = ['10.0.0.1', '::1', 'fd00::12:0:3', '1:2:3:4:5:6:7:8', '::ffff:10.0.0.1', '1::'];
		const own = read(authority.server([`${'x'.repeat(63)}.svc`, 'localhost', ...addresses]));
		assert.ok(own.verify(read(authority).publicKey));
		assert.ok(own.checkHost('localhost'));
		assert.ok(own.checkHost(`${'x'.repeat(63)}.svc`));
		for (const address of addresses) assert.ok(own.checkIP(address), address);
		assert.equal(own.checkIP('::2'), undefined);
		assert.equal(own.ca, false);
		assert.equal(read(authority).ca, true);
	});

	it('lets what it signs end when it ends itself', () => {
		const lifeMs = 90_000;
		const before = Date.now();
		const authority = createAuthority('a', lifeMs);
		for (const one of [read(authority), read(authority.server(['a'])), read(authority.client('u', ['g']))]) {
			const left = one.validToDate.getTime() - before;
			assert.ok(left > lifeMs - 2000 && left < lifeMs + 2000, `${left} ms`);
			assert.ok(one.validFromDate.getTime() < before, 'clocks may be off');
		}
	});
});
