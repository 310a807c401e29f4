import { createHash } from 'node:crypto';

/** Label on everything that we own, with `gpupolicy` as its value. */
export const managedByLabel = 'app.kubernetes.io/managed-by';
export const managedBy = 'gpupolicy';

/** Label that names the policy: on what we own for it, and on pods that try its admission out. */
export const policyLabel = 'gpupolicy.dev/policy';

/** Label on pods of the probe namespace: which copy of the policy answers them. */
export const probeLabel = 'gpupolicy.dev/probe';

/** Label on pods of the probe namespace that are to be checked as they are: no mutation of ours touches them. */
export const unmutatedLabel = 'gpupolicy.dev/probe-unmutated';

/** Annotation on the objects: digest of everything that was compiled for the policy. */
export const compiledAnnotation = 'gpupolicy.dev/compiled';

/** Annotation on the objects: `<policy>@<digest>` of the spec that they carry out. */
export const carriesAnnotation = 'gpupolicy.dev/carries';

/** `Bound`: the real objects. `Canary`: the copy that only the probe namespace meets. */
export type Copy = 'Bound' | 'Canary';

/**
 * What a pair of objects is for: `env` sets and checks the environment, `bypass` watches the ways around the device plugin, `claims` keeps resource
 * claims to the devices of the policy.
 */
export type Part = 'env' | 'bypass' | 'claims';

/** Whom a binding reaches: pods that the policy selects, or our probes. */
export type Reach = 'Scope' | 'Probe';

const longestName = 200;
const longestLabel = 63;

/**
 * Name of an admission policy. What it is for stands before the first dot, so that no two policies ever share an object, whatever
 * they are called. Names over 200 characters end in a hash.
 */
export function policyObjectName(policy: string, part: Part, copy: Copy): string {
	return `${prefix(part, copy)}.${shorten(policy, longestName)}`;
}

/** Name of a binding. The real one is called as its policy is: refusals name both. */
export function bindingName(policy: string, part: Part, copy: Copy, reach: Reach): string {
	const name = reach === 'Scope' ? prefix(part, copy) : `${prefix(part, copy)}-probe`;
	return `${name}.${shorten(policy, longestName)}`;
}

/** The name of a policy as a label value: itself, or a hashed form where it is over 63 characters. */
export function policyLabelValue(policy: string): string {
	return shorten(policy, longestLabel);
}

/** sha256 of a value's JSON, hex. Key order is that of the compiler, which is fixed. */
export function contentDigest(value: unknown): string {
	return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

function prefix(part: Part, copy: Copy): string {
	return copy === 'Bound' ? `gpupolicy-${part}` : `gpupolicy-canary-${part}`;
}

/** A hashed name is as long as the limit, and a name that long is hashed itself: the two never meet. */
function shorten(name: string, limit: number): string {
	if (name.length < limit) return name;
	const hash = createHash('sha256').update(name).digest('hex').slice(0, 16);
	return `${name.slice(0, limit - hash.length - 1).replace(/[-.]+$/, '')}-${hash}`.padEnd(limit, '0');
}

/** Our field manager in server-side apply. */
export const fieldManager = 'gpupolicy';
