import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { bits, element, identifier, integer, octets, sequence, set, text, time, yes } from './der.ts';

/** A certificate and its key, both PEM. */
export interface Certificate {
	readonly certificate: string;
	readonly key: string;
}

/** Signs certificates; made by `createAuthority`. */
export interface Authority extends Certificate {
	/** A certificate for clients: the API server takes the common name as the user and the organisations as its groups. */
	client(user: string, groups?: readonly string[]): Certificate;
	/** A certificate for a server under these DNS names and addresses. */
	server(names: readonly string[]): Certificate;
}

const day = 86_400_000;
/** Of X.520, in characters. */
const longestCommonName = 64;
const ecdsaWithSha256 = sequence(identifier('1.2.840.10045.4.3.2'));
const serverAuth = '1.3.6.1.5.5.7.3.1';
const clientAuth = '1.3.6.1.5.5.7.3.2';

/**
 * A new authority with a P-256 key. Its own certificate and everything it signs are valid from a day ago, for clocks that are off, and
 * for `lifeMs` from now; default: ten years.
 */
export function createAuthority(name: string, lifeMs: number = 3650 * day): Authority {
	const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const issuer = subject(name, []);
	const issue = (holder: Buffer, extensions: readonly Buffer[]): Certificate => {
		const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
		return { certificate: signed(issuer, privateKey, holder, own.publicKey, extensions, lifeMs), key: pem(own.privateKey) };
	};
	return {
		certificate: signed(
			issuer,
			privateKey,
			issuer,
			publicKey,
			[
				extension('2.5.29.19', true, sequence(yes)),
				extension('2.5.29.15', true, bits(Buffer.from([0b0000_0110]), 1)), // keyCertSign, cRLSign
			],
			lifeMs,
		),
		key: pem(privateKey),
		client: (user, groups = []) => issue(subject(user, groups), leaf(clientAuth)),
		server: (names) =>
			issue(subject((names[0] ?? 'server').slice(0, longestCommonName), []), [
				...leaf(serverAuth),
				extension('2.5.29.17', false, sequence(...names.map(alternativeName))),
			]),
	};
}

function signed(
	issuer: Buffer,
	by: KeyObject,
	holder: Buffer,
	key: KeyObject,
	extensions: readonly Buffer[],
	lifeMs: number,
): string {
	const now = Date.now();
	const body = sequence(
		element(0xa0, integer(2)), // version 3
		integer(0x7f, ...randomBytes(15)),
		ecdsaWithSha256,
		issuer,
		sequence(time(new Date(now - day)), time(new Date(now + lifeMs))),
		holder,
		key.export({ type: 'spki', format: 'der' }),
		element(0xa3, sequence(...extensions)),
	);
	const certificate = sequence(body, ecdsaWithSha256, bits(sign('sha256', body, by)));
	const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
	return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function subject(commonName: string, organisations: readonly string[]): Buffer {
	const attribute = (type: string, value: string): Buffer => set(sequence(identifier(type), text(value)));
	return sequence(...organisations.map((name) => attribute('2.5.4.10', name)), attribute('2.5.4.3', commonName));
}

function leaf(usage: string): Buffer[] {
	return [
		extension('2.5.29.15', true, bits(Buffer.from([0b1000_0000]), 7)), // digitalSignature
		extension('2.5.29.37', false, sequence(identifier(usage))),
	];
}

function extension(type: string, critical: boolean, content: Buffer): Buffer {
	return sequence(identifier(type), ...(critical ? [yes] : []), octets(content));
}

function alternativeName(name: string): Buffer {
	if (isIPv4(name)) return element(0x87, Buffer.from(name.split('.').map(Number)));
	return isIPv6(name) ? element(0x87, ipv6(name)) : element(0x82, Buffer.from(name));
}

/** The 16 bytes of an address, which may be shortened by `::`. */
function ipv6(address: string): Buffer {
	// The URL parser writes an address that ends in an IPv4 one in groups of hex digits too.
	const [before = [], after = []] = new URL(`http://[${address}]`).hostname
		.slice(1, -1)
		.split('::')
		.map((half) => half.split(':').filter((group) => group !== ''));
	const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
	return Buffer.from([...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function pem(key: KeyObject): string {
	return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}
