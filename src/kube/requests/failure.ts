import type { IncomingHttpHeaders } from 'node:http';
import {
	ClusterError,
	type ClusterFailure,
	type ClusterVerb,
	type FailureCause,
	type ObjectName,
} from '../../core/ports/cluster.ts';
import type { TransportError } from '../transport/transport-error.ts';
import { objectName } from './path.ts';

/** Which request failed. */
export interface RequestPlace {
	readonly verb: ClusterVerb;
	/** `pods`, `gpupolicies.gpupolicy.dev/status`. */
	readonly resource: string;
	readonly object?: ObjectName | null;
}

/** A `Status` of the API, as far as it is read here. */
export interface ApiStatus {
	readonly message?: string;
	readonly reason?: string;
	readonly code?: number;
	readonly details?: {
		readonly name?: string;
		readonly retryAfterSeconds?: number;
		readonly causes?: readonly { readonly reason?: string; readonly field?: string; readonly message?: string }[];
	};
}

/** What an answer of the server that is no success means. */
export function answeredFailure(place: RequestPlace, status: number, headers: IncomingHttpHeaders, body: Buffer): ClusterError {
	return statusFailure(place, { ...parseStatus(body), code: status }, retryAfterMs(headers));
}

/** What a Status object means, from an answer or from within a watch. */
export function statusFailure(place: RequestPlace, answer: ApiStatus, retryAfter: number | null = null): ClusterError {
	const { message = '', code = 0, details } = answer;
	const causes: FailureCause[] = (details?.causes ?? []).map((cause) => ({
		reason: cause.reason ?? '',
		field: cause.field ?? '',
		message: cause.message ?? '',
	}));
	const failure = failureOf(code, answer, causes);
	const seconds = details?.retryAfterSeconds;
	return new ClusterError(failure, `${sentence(place, failure)}: ${message === '' ? `the server answered ${code}` : message}`, {
		...place,
		status: code === 0 ? null : code,
		retryAfterMs: retryAfter ?? (seconds === undefined || seconds <= 0 ? null : seconds * 1000),
		causes,
	});
}

/** What a request that got no answer means. */
export function unansweredFailure(place: RequestPlace, error: TransportError): ClusterError {
	return new ClusterError(error.failure, `${sentence(place, error.failure)}: ${error.message}`, { ...place, cause: error });
}

/**
 * The server has no code of its own for a refusal by an admission plugin: it comes as 403 or 422, or as what a webhook chose, and is known
 * by words that stand in the server's source (plugin/policy/validating, plugin/webhook/errors, podsecurity, resourcequota, limitranger).
 */
const admissionWords =
	/(ValidatingAdmissionPolicy '.*' with binding '.*' denied request)|(admission webhook ".*" denied the request)|(is forbidden: (violates PodSecurity|exceeded quota|failed quota|maximum |minimum ))/s;

/** No right is lacking: apiextensions-apiserver/pkg/apiserver refuses so what is created of a kind whose CRD was deleted. */
const definitionGoes = 'create not allowed while custom resource definition is terminating';

function failureOf(code: number, { message = '', reason, details }: ApiStatus, causes: readonly FailureCause[]): ClusterFailure {
	if (code >= 400 && code < 500 && code !== 429 && admissionWords.test(message)) return 'Denied';
	switch (code) {
		case 401:
			return 'Unauthorized';
		case 403:
			if (message.endsWith(definitionGoes)) return 'NotServed';
			return causes.some((cause) => cause.reason === 'NamespaceTerminating') ? 'Denied' : 'Forbidden';
		case 404:
			return reason === 'NotFound' && details?.name !== undefined ? 'NotFound' : 'NotServed';
		case 405:
			return 'NotServed';
		case 409:
			if (causes.some((cause) => cause.reason === 'FieldManagerConflict')) return 'FieldManagerConflict';
			return reason === 'AlreadyExists' ? 'AlreadyExists' : 'Conflict';
		case 410:
			return 'Gone';
		case 429:
			return 'TooManyRequests';
		default:
			return code >= 400 && code < 500 ? 'Invalid' : 'ServerFailed';
	}
}

/** The verb that RBAC knows: what a rule must grant. */
export function rbacVerb(verb: ClusterVerb): string {
	if (verb === 'apply') return 'patch';
	return verb === 'evict' ? 'create' : verb;
}

function sentence({ verb, resource, object }: RequestPlace, failure: ClusterFailure): string {
	const what = `${resource}${object ? ` ${objectName(object)}` : ''}`;
	return failure === 'Forbidden' ? `our account may not ${rbacVerb(verb)} ${what}` : `${verb} ${what}`;
}

function parseStatus(body: Buffer): ApiStatus {
	const text = body.toString('utf8');
	try {
		const parsed = JSON.parse(text) as { kind?: unknown } | null;
		if (parsed?.kind === 'Status') return parsed as ApiStatus;
	} catch {
		// Not JSON: a proxy, or a path that is not served ("404 page not found").
	}
	return { message: text.slice(0, 300).trim() };
}

/** `Retry-After` in seconds, or as a date by the clock of whoever sent it; in milliseconds. */
function retryAfterMs({ 'retry-after': header, date }: IncomingHttpHeaders): number | null {
	if (header === undefined) return null;
	const seconds = Number(header);
	const now = date === undefined ? Number.NaN : Date.parse(date);
	const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - (Number.isNaN(now) ? Date.now() : now);
	return Number.isFinite(ms) && ms > 0 ? ms : null;
}
