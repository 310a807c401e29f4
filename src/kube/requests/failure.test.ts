import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ClusterFailure } from '../../core/ports/cluster.ts';
import { TransportError } from '../transport/transport-error.ts';
import { type ApiStatus, answeredFailure, type RequestPlace, statusFailure, unansweredFailure } from './failure.ts';

const place: RequestPlace = { verb: 'apply', resource: 'pods', object: { namespace: 'n', name: 'p' } };

function answered(
	status: number,
	body: object | string,
	headers: Record<string, string> = {},
): ReturnType<typeof answeredFailure> {
	const text = typeof body === 'string' ? body : JSON.stringify({ kind: 'Status', ...body });
	return answeredFailure(place, status, headers, Buffer.from(text));
}

describe('the failure of a request', () => {
	it('follows the code and the reason of the server, in its words as they are written in its source', () => {
		const cases: readonly (readonly [number, ApiStatus, ClusterFailure])[] = [
			[400, { reason: 'BadRequest', message: 'strict decoding error: unknown field "spec.x"' }, 'Invalid'],
			[401, { reason: 'Unauthorized', message: 'Unauthorized' }, 'Unauthorized'],
			[
				403,
				{ reason: 'Forbidden', message: 'pods "p" is forbidden: User "ann" cannot patch resource "pods" in API group ""' },
				'Forbidden',
			],
			[
				403,
				{ reason: 'Forbidden', message: 'user "ann" is attempting to grant RBAC permissions not currently held' },
				'Forbidden',
			],
			[
				403,
				{ reason: 'Forbidden', message: 'pods "p" is forbidden: violates PodSecurity "restricted:latest": privileged' },
				'Denied',
			],
			[403, { reason: 'Forbidden', message: 'pods "p" is forbidden: exceeded quota: q, requested: pods=1' }, 'Denied'],
			[403, { reason: 'Forbidden', message: 'pods "p" is forbidden: maximum cpu usage per Container is 1' }, 'Denied'],
			[403, { message: 'unable to create new content', details: { causes: [{ reason: 'NamespaceTerminating' }] } }, 'Denied'],
			[
				403,
				{ reason: 'Forbidden', message: '"p" is forbidden: create not allowed while custom resource definition is terminating' },
				'NotServed',
			],
			[400, { message: 'admission webhook "w.example.com" denied the request: no' }, 'Denied'],
			[
				422,
				{
					reason: 'Invalid',
					message: "pods \"p\" is forbidden: ValidatingAdmissionPolicy 'v' with binding 'b' denied request: two\nlines",
				},
				'Denied',
			],
			[500, { reason: 'InternalError', message: 'failed calling webhook "w.example.com": timeout' }, 'ServerFailed'],
			[404, { reason: 'NotFound', details: { name: 'p' } }, 'NotFound'],
			[404, { reason: 'NotFound', message: 'the server could not find the requested resource', details: {} }, 'NotServed'],
			[405, { reason: 'MethodNotAllowed' }, 'NotServed'],
			[409, { reason: 'AlreadyExists' }, 'AlreadyExists'],
			[409, { reason: 'Conflict', message: 'the object has been modified' }, 'Conflict'],
			[
				409,
				{ reason: 'Conflict', details: { causes: [{ reason: 'FieldManagerConflict', field: '.spec' }] } },
				'FieldManagerConflict',
			],
			[410, { reason: 'Expired', message: 'too old resource version' }, 'Gone'],
			[413, { reason: 'RequestEntityTooLarge' }, 'Invalid'],
			[422, { reason: 'Invalid' }, 'Invalid'],
			[429, { reason: 'TooManyRequests' }, 'TooManyRequests'],
			[500, { reason: 'InternalError' }, 'ServerFailed'],
			[503, { reason: 'ServiceUnavailable' }, 'ServerFailed'],
			[504, { reason: 'Timeout' }, 'ServerFailed'],
		];
		for (const [status, body, expected] of cases) assert.equal(answered(status, body).failure, expected, JSON.stringify(body));
	});

	it('is understood where what stands between us and the server answers in its own words', () => {
		assert.equal(answered(404, '404 page not found\n').failure, 'NotServed');
		assert.match(answered(502, '<html>Bad Gateway</html>').message, /^apply pods n\/p: <html>Bad Gateway/);
		assert.match(answered(502, '').message, /the server answered 502$/);
		assert.ok(answered(500, 'x'.repeat(100_000)).message.length < 500);
	});

	it('says how long to wait, from the header before the body', () => {
		assert.equal(answered(429, { details: { retryAfterSeconds: 4 } }, { 'retry-after': '2' }).retryAfterMs, 2_000);
		assert.equal(answered(429, { details: { retryAfterSeconds: 4 } }).retryAfterMs, 4_000);
		assert.equal(answered(429, {}).retryAfterMs, null);
		const date = new Date(Date.now() + 60_000).toUTCString();
		const ms = answered(503, {}, { 'retry-after': date }).retryAfterMs ?? 0;
		assert.ok(ms > 50_000 && ms <= 60_000);
		assert.equal(answered(503, {}, { 'retry-after': 'soon' }).retryAfterMs, null);
	});

	it('names the right that is missing as RBAC knows it', () => {
		const forbidden = (verb: RequestPlace['verb'], resource: string): string =>
			statusFailure({ verb, resource }, { code: 403, message: 'm' }).message;
		assert.equal(
			forbidden('apply', 'gpupolicies.gpupolicy.dev/status'),
			'our account may not patch gpupolicies.gpupolicy.dev/status: m',
		);
		assert.equal(forbidden('evict', 'pods/eviction'), 'our account may not create pods/eviction: m');
	});

	it('keeps what broke the connection as its cause', () => {
		const cause = new TransportError('TimedOut', 'h:1 did not answer within 5 ms');
		const error = unansweredFailure(place, cause);
		assert.equal(error.failure, 'TimedOut');
		assert.equal(error.status, null);
		assert.equal(error.cause, cause);
	});
});
