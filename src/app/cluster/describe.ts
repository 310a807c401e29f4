import { type Cluster, ClusterError, type Resource } from '../../core/ports/cluster.ts';
import type { ClusterPolicyView, PolicyEvent } from '../../render/cluster/describe.ts';
import { oneLine } from './failures.ts';
import { revisionsOf } from './history.ts';
import { type PolicyQuery, readPolicyObjects, shown } from './policies.ts';
import { type ClusterRequest, withCluster } from './session.ts';

const events: Resource = { group: 'events.k8s.io', version: 'v1', resource: 'events', kind: 'Event', namespaced: true };
/** Events about objects without a namespace stand here. */
const eventNamespace = 'default';
const shownEvents = 10;

/** Policies of a cluster in full. What else may not be read is told and left out. */
export async function describeInCluster(
	request: ClusterRequest,
	query: PolicyQuery,
	namespace: string,
): Promise<readonly ClusterPolicyView[]> {
	return withCluster(request, async ({ cluster }) => {
		const views: ClusterPolicyView[] = [];
		for (const object of await readPolicyObjects(cluster, query)) {
			const unread: string[] = [];
			const tolerant = async <T>(read: () => Promise<readonly T[]>): Promise<readonly T[]> => {
				try {
					return await read();
				} catch (error) {
					if (!(error instanceof ClusterError) || error.failure !== 'Forbidden') throw error;
					unread.push(oneLine(error.message));
					return [];
				}
			};
			views.push({
				object: shown(object),
				revisions: await tolerant(() => revisionsOf(cluster, object, namespace)),
				events: await tolerant(() => eventsOf(cluster, object.metadata.uid ?? '')),
				unread,
				now: Date.now(),
			});
		}
		return views;
	});
}

interface EventParts {
	readonly type?: string;
	readonly reason?: string;
	readonly note?: string;
	readonly eventTime?: string | null;
	readonly deprecatedLastTimestamp?: string | null;
	readonly deprecatedCount?: number;
	readonly series?: { readonly count?: number; readonly lastObservedTime?: string };
}

/** The last events about an object, newest first. */
async function eventsOf(cluster: Cluster, uid: string): Promise<readonly PolicyEvent[]> {
	const list = await cluster.list(events, { namespace: eventNamespace, fieldSelector: `regarding.uid=${uid}` });
	return list
		.map((event) => {
			const parts = event as typeof event & EventParts;
			const { type = '', reason = '', note = '', series } = parts;
			const told = series?.lastObservedTime ?? parts.eventTime ?? parts.deprecatedLastTimestamp;
			const at = told ?? event.metadata.creationTimestamp ?? '';
			return { type, reason, note, at, count: series?.count ?? parts.deprecatedCount ?? 1 };
		})
		.sort((a, b) => (a.at < b.at ? 1 : -1))
		.slice(0, shownEvents);
}
