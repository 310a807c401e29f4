import { createHash } from 'node:crypto';
import type { ApiObject } from '../../core/ports/cluster.ts';
import type { ClusterEvent } from '../../core/ports/events.ts';
import { microTime } from '../lease/micro-time.ts';

/** Bytes that the server takes in a note. */
const maxNoteBytes = 1024;

/** Who reports. */
export interface Reporter {
	/** `gpupolicy.dev/controller` */
	readonly controller: string;
	/** Of this process: the pod's name. */
	readonly instance: string;
}

/** What two events must share to be one, repeated. */
export function seriesKey(event: ClusterEvent): string {
	return hash([subject(event), event.related?.metadata.uid, event.note]);
}

/** What is limited: all that is said for one reason about one object. */
export function topicKey(event: ClusterEvent): string {
	return hash([subject(event)]);
}

function subject({ regarding, type, reason, action }: ClusterEvent): readonly unknown[] {
	const { name, namespace, uid } = regarding.metadata;
	return [regarding.apiVersion, regarding.kind, namespace, name, uid, type, reason, action];
}

function hash(parts: readonly unknown[]): string {
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/** An event as `events.k8s.io/v1` has it. One about an object without a namespace must stand in `default`. */
export function eventObject(event: ClusterEvent, reporter: Reporter, at: number, unique: string): ApiObject {
	const { regarding, related, type, reason, action, note } = event;
	const { name, namespace = 'default' } = regarding.metadata;
	return {
		apiVersion: 'events.k8s.io/v1',
		kind: 'Event',
		metadata: { name: `${name.slice(0, 200).replace(/[.-]+$/, '')}.${unique}`, namespace },
		eventTime: microTime(at),
		reportingController: reporter.controller,
		reportingInstance: reporter.instance.slice(0, 128),
		action,
		reason,
		type,
		note: cut(note),
		regarding: reference(regarding),
		...(related ? { related: reference(related) } : {}),
	};
}

function reference({ apiVersion, kind, metadata }: ClusterEvent['regarding']): object {
	const { name, namespace, uid, resourceVersion } = metadata;
	return { apiVersion, kind, name, namespace, uid, resourceVersion };
}

/** As many whole characters as fit. */
function cut(note: string): string {
	const bytes = Buffer.from(note);
	if (bytes.length <= maxNoteBytes) return note;
	const text = bytes.subarray(0, maxNoteBytes - 3).toString('utf8');
	return `${text.replace(/\uFFFD$/, '')}…`;
}
