import type { ApiObject } from './cluster.ts';

/** Something that happened to an object, for those who look at it with `kubectl describe`. */
export interface ClusterEvent {
	/** The object; its uid makes the event show up under it. */
	readonly regarding: Pick<ApiObject, 'apiVersion' | 'kind' | 'metadata'>;
	/** A second object that took part: the pod that was restarted for a policy. */
	readonly related?: Pick<ApiObject, 'apiVersion' | 'kind' | 'metadata'>;
	readonly type: 'Normal' | 'Warning';
	/** `PolicyRepaired`: short, in CamelCase, from a small set. */
	readonly reason: string;
	/** What was done or tried: `Apply`, `Evict`. */
	readonly action: string;
	/** For a person; cut at 1,024 bytes. No secret. */
	readonly note: string;
}

/** Tells of events. Never fails and never waits: an event that cannot be written is counted and dropped. */
export interface EventRecorder {
	record(event: ClusterEvent): void;
}
