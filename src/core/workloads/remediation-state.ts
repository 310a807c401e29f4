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
/** Pods that were evicted, until they are replaced and the breaker's window has passed: `<RFC 3339> <uid> <owner>`, a line each. */
export const evictedAnnotation = 'gpupolicy.dev/evicted';
/** The digest that pods are evicted for, and when the newest pod was created that deviated then: `<digest> <RFC 3339>`. */
const evictingAnnotation = 'gpupolicy.dev/evicting';

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
}

export interface RemediationState {
	readonly halted: { readonly token: string; readonly at: number } | null;
	/** Who asks to go on; only where it answers the halt that stands. */
	readonly resumedBy: string | null;
	/** What was done up to this moment no longer counts for the breaker. Milliseconds since 1970. */
	readonly since: number;
	/** Oldest first. */
	readonly evictions: readonly Eviction[];
	/** `newest` is a creationTimestamp: the clock of the API server. */
	readonly evicting: { readonly digest: string; readonly newest: string } | null;
}

type Annotations = Readonly<Record<string, string>>;

/** Changes of annotations as a merge patch takes them; `null` removes. */
export type AnnotationPatch = Readonly<Record<string, string | null>>;

/** Reads the annotations. What cannot be read counts as absent, apart from a halt: one that stands is never lifted by damage. */
export function readRemediationState(annotations: Annotations): RemediationState {
	const halted = annotations[haltedAnnotation];
	const [token = '', haltedAt = ''] = (halted ?? '').split(' ');
	const [digest = '', newest = ''] = (annotations[evictingAnnotation] ?? '').split(' ');
	const [answered = '', ...who] = (annotations[resumeAnnotation] ?? '').split(' ');
	return {
		halted: halted === undefined ? null : { token, at: time(haltedAt) ?? 0 },
		resumedBy: halted !== undefined && answered === token && token !== '' ? who.join(' ') || 'somebody' : null,
		since: time(annotations[resumedAnnotation] ?? '') ?? 0,
		evictions: (annotations[evictedAnnotation] ?? '').split('\n').flatMap((line) => {
			const [at = '', uid = '', ...owner] = line.split(' ');
			const moment = time(at);
			return moment === null || uid === '' ? [] : [{ at: moment, uid, owner: owner.join(' ') }];
		}),
		evicting: time(newest) === null ? null : { digest, newest },
	};
}

/** Stops remediation until somebody answers with the token. */
export function haltPatch(token: string, at: number): AnnotationPatch {
	return { [haltedAnnotation]: `${token} ${new Date(at).toISOString()}`, [resumeAnnotation]: null };
}

/** What `gpupolicy resume` writes; `null` where nothing is halted. */
export function resumePatch(annotations: Annotations, who: string): AnnotationPatch | null {
	const { halted } = readRemediationState(annotations);
	return halted === null ? null : { [resumeAnnotation]: `${halted.token} ${who.replaceAll(/\s+/g, ' ').trim()}` };
}

/** Lifts a halt: the window of the breaker begins anew. */
export function liftPatch(at: number): AnnotationPatch {
	return { [haltedAnnotation]: null, [resumeAnnotation]: null, [resumedAnnotation]: new Date(at).toISOString() };
}

/** Writes down evictions before they are asked for. */
export function evictionsPatch({ evictions, evicting }: Pick<RemediationState, 'evictions' | 'evicting'>): AnnotationPatch {
	const lines = evictions.map(({ at, uid, owner }) => `${new Date(at).toISOString()} ${uid} ${owner}`);
	return {
		[evictedAnnotation]: lines.length === 0 ? null : lines.join('\n'),
		[evictingAnnotation]: evicting === null ? null : `${evicting.digest} ${evicting.newest}`,
	};
}

/** Takes all of it off a policy. */
export const clearedRemediation: AnnotationPatch = {
	[haltedAnnotation]: null,
	[resumeAnnotation]: null,
	[resumedAnnotation]: null,
	[evictedAnnotation]: null,
	[evictingAnnotation]: null,
};

function time(text: string): number | null {
	const at = Date.parse(text);
	return Number.isNaN(at) ? null : at;
}
