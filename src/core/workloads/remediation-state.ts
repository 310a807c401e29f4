/**
 * What remediation has to remember of a policy beyond what owners tell by themselves: annotations of the GpuPolicy.
 * They outlive the controller, and a person can read and reset them.
 */

/** Set while the circuit breaker has stopped remediation: `<token> <RFC 3339>`. */
export const haltedAnnotation = 'gpupolicy.dev/remediation-halted';
/** Set by `gpupolicy resume`: `<token of the halt> <who>`. Of another token it counts for nothing, so that one left in a manifest lifts no later halt. */
export const resumeAnnotation = 'gpupolicy.dev/resume';
/** When the last halt was lifted, RFC 3339: the breaker counts from there. */
export const resumedAnnotation = 'gpupolicy.dev/remediation-resumed';
/** Pods that were evicted, until they are replaced and the breaker's window has passed: `<RFC 3339> <uid> <digest> <newest> <owner>`, a line each. */
export const evictedAnnotation = 'gpupolicy.dev/evicted';

/** Evictions that are remembered; while as many are, no further pod is evicted. */
export const maxEvictions = 200;

/** A pod that was evicted, or was about to be. */
export interface Eviction {
	/** Milliseconds since 1970. */
	readonly at: number;
	/** Of the pod. */
	readonly uid: string;
	/** `Deployment ml/train`. */
	readonly owner: string;
	/** The policy's when it was decided on, cut to `shownDigestLength`. */
	readonly digest: string;
	/** `creationTimestamp` of the newest pod of the owner that deviated when its first one was evicted: the clock of the API server. */
	readonly newest: string;
}

export interface RemediationState {
	readonly halted: { readonly token: string; readonly at: number } | null;
	/** Who asks to go on; only where it answers the halt that stands. */
	readonly resumedBy: string | null;
	/** What was done up to this moment no longer counts for the breaker. Milliseconds since 1970. */
	readonly since: number;
	/** Nor does what was done up to this moment by a controller whose clock was ahead then; 0 where none was. Milliseconds since 1970. */
	readonly ahead: number;
	/** Oldest first. */
	readonly evictions: readonly Eviction[];
}

type Annotations = Readonly<Record<string, string>>;

/** Changes of annotations as a merge patch takes them; `null` removes. */
export type AnnotationPatch = Readonly<Record<string, string | null>>;

/** Reads the annotations. What cannot be read counts as absent, apart from a halt: one that stands is never lifted by damage. */
export function readRemediationState(annotations: Annotations): RemediationState {
	const halted = annotations[haltedAnnotation];
	const [since = '', ahead = ''] = (annotations[resumedAnnotation] ?? '').split(' ');
	const [token = '', haltedAt = ''] = (halted ?? '').split(' ');
	const [answered = '', ...who] = (annotations[resumeAnnotation] ?? '').split(/\s/);
	return {
		halted: halted === undefined ? null : { token, at: time(haltedAt) ?? 0 },
		resumedBy: halted !== undefined && answered === token && token !== '' ? nameOf(who.join(' ')) || 'somebody' : null,
		since: time(since) ?? 0,
		ahead: time(ahead) ?? 0,
		evictions: (annotations[evictedAnnotation] ?? '').split('\n').flatMap((line) => {
			const [at = '', uid = '', digest = '', newest = '', ...owner] = line.split(' ');
			const moment = time(at);
			return moment === null || time(newest) === null ? [] : [{ at: moment, uid, digest, newest, owner: owner.join(' ') }];
		}),
	};
}

/** Stops remediation until somebody answers with the token. */
export function haltPatch(token: string, at: number): AnnotationPatch {
	return { [haltedAnnotation]: `${token} ${new Date(at).toISOString()}`, [resumeAnnotation]: null };
}

/** What `gpupolicy resume` writes; `null` where nothing is halted. */
export function resumePatch(annotations: Annotations, who: string): AnnotationPatch | null {
	const { halted } = readRemediationState(annotations);
	return halted === null ? null : { [resumeAnnotation]: `${halted.token} ${nameOf(who)}` };
}

/** Lifts a halt: the window of the breaker begins anew. `ahead`: the last of what was done, where that is in the future by our clock. */
export function liftPatch(at: number, ahead = at): AnnotationPatch {
	const times = ahead > at ? [at, ahead] : [at];
	const resumed = times.map((time) => new Date(time).toISOString()).join(' ');
	return { [haltedAnnotation]: null, [resumeAnnotation]: null, [resumedAnnotation]: resumed };
}

/** Writes down evictions before they are asked for, or that none has to be remembered any more. */
export function evictionsPatch(evictions: readonly Eviction[]): AnnotationPatch {
	const lines = evictions.map(
		({ at, uid, digest, newest, owner }) => `${new Date(at).toISOString()} ${uid} ${digest} ${newest} ${owner}`,
	);
	return { [evictedAnnotation]: lines.length === 0 ? null : lines.join('\n') };
}

/** Takes all of it off a policy. */
export const clearedRemediation: AnnotationPatch = {
	[haltedAnnotation]: null,
	[resumeAnnotation]: null,
	[resumedAnnotation]: null,
	[evictedAnnotation]: null,
};

/** Longest name of somebody who resumes, in code points: Events and logs name them. */
const maxName = 200;

/** One line, of bounded length: anybody who may annotate the policy writes it. */
export function nameOf(who: string): string {
	return [...who.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()].slice(0, maxName).join('');
}

function time(text: string): number | null {
	const at = Date.parse(text);
	return Number.isNaN(at) ? null : at;
}
