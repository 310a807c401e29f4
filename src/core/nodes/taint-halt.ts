import { type AnnotationPatch, nameOf } from '../workloads/remediation-state.ts';

/**
 * What stopping the taints of a policy leaves on it: annotations of the GpuPolicy, beside those of remediation. They outlive the
 * controller, and a person can read them.
 */

/** Set while the circuit breaker has stopped the taints: `<token> <RFC 3339>`. */
export const taintsHaltedAnnotation = 'gpupolicy.dev/taints-halted';
/** Set by `gpupolicy resume`: `<token of the halt> <who>`. Of another token it counts for nothing, so that one left in a manifest lifts no later halt. */
export const resumeTaintsAnnotation = 'gpupolicy.dev/resume-taints';
/** When the last halt was lifted, RFC 3339: for one window from there nothing is stopped. */
const taintsResumedAnnotation = 'gpupolicy.dev/taints-resumed';

export interface TaintHalt {
	/** The halt that stands; `null` where taints may go on. */
	readonly token: string | null;
	/** Who asks to go on; only where it answers the halt that stands. */
	readonly resumedBy: string | null;
	/** When the last halt was lifted, in milliseconds since 1970; `null` where none ever was. */
	readonly resumedAt: number | null;
}

type Annotations = Readonly<Record<string, string>>;

/** Reads the annotations. A halt that cannot be read stands all the same: damage lifts none. */
export function readTaintHalt(annotations: Annotations): TaintHalt {
	const [token = '', ...at] = (annotations[taintsHaltedAnnotation] ?? '').split(' ');
	const halted = taintsHaltedAnnotation in annotations;
	const [answered = '', ...who] = (annotations[resumeTaintsAnnotation] ?? '').split(/\s/);
	const readable = token !== '' && at.length > 0;
	const resumed = Date.parse(annotations[taintsResumedAnnotation] ?? '');
	return {
		token: halted ? token : null,
		resumedBy: halted && readable && answered === token ? nameOf(who.join(' ')) || 'somebody' : null,
		resumedAt: Number.isNaN(resumed) ? null : resumed,
	};
}

/** Stops the taints until somebody answers with the token. */
export function haltTaintsPatch(token: string, at: number): AnnotationPatch {
	return { [taintsHaltedAnnotation]: `${token} ${new Date(at).toISOString()}`, [resumeTaintsAnnotation]: null };
}

/** What `gpupolicy resume` writes; `null` where nothing is halted. */
export function resumeTaintsPatch(annotations: Annotations, who: string): AnnotationPatch | null {
	const { token } = readTaintHalt(annotations);
	return token === null ? null : { [resumeTaintsAnnotation]: `${token} ${nameOf(who)}` };
}

/** Lifts a halt. */
export function liftTaintsPatch(at: number): AnnotationPatch {
	return {
		[taintsHaltedAnnotation]: null,
		[resumeTaintsAnnotation]: null,
		[taintsResumedAnnotation]: new Date(at).toISOString(),
	};
}

/** Takes all of it off a policy. */
export const clearedTaintHalt: AnnotationPatch = {
	[taintsHaltedAnnotation]: null,
	[resumeTaintsAnnotation]: null,
	[taintsResumedAnnotation]: null,
};
