/**
 * Set on the pod template of an owner, which makes it replace its pods, as `kubectl rollout restart` does with an annotation of its own.
 * It says for which policy, and is the only record of the restart: nothing else has to survive ours.
 */
export const restartedAnnotation = 'gpupolicy.dev/restartedAt';

/** One restart: `2026-01-02T03:04:05.678Z rtx3090-only@5f1c…`. */
export interface Restart {
	readonly policy: string;
	/** Digest that the restart was for. */
	readonly digest: string;
	/** Milliseconds since 1970, by the clock of the controller that did it. */
	readonly at: number;
}

/** The value of the annotation. */
export function restartText({ policy, digest, at }: Restart): string {
	return `${new Date(at).toISOString()} ${policy}@${digest}`;
}

/** The restart that an annotation tells of; `null` where it tells of none. */
export function parseRestart(text: string): Restart | null {
	const [, time, policy, digest] = /^(\S+) ([^\s@]+)@([0-9a-f]+)$/.exec(text) ?? [];
	const at = Date.parse(time ?? '');
	return policy === undefined || digest === undefined || Number.isNaN(at) ? null : { policy, digest, at };
}
