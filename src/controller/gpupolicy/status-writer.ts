import { conditionTypes } from '../../api/conditions.ts';
import type { Condition, GpuPolicyStatus } from '../../api/v1alpha1.generated.ts';
import { type ApiObject, type Cluster, ClusterError } from '../../core/ports/cluster.ts';
import { toCondition } from '../../core/status/condition.ts';
import { verdict } from '../../core/status/verdict.ts';
import type { ClusterPolicy } from '../duty.ts';
import { gpuPolicies } from './resource.ts';
import { sameStatus } from './same-status.ts';

/** Types of the conditions that we write on a policy. */
export const ownTypes: ReadonlySet<string> = new Set(Object.keys(conditionTypes));

export interface StatusWrite {
	readonly policy: ClusterPolicy;
	readonly status: GpuPolicyStatus;
	/** What stands there now. */
	readonly before: GpuPolicyStatus | undefined;
	/** RFC 3339. */
	readonly at: string;
	readonly signal: AbortSignal;
}

/** What a write came to; `object` is `null` where nothing had to be written. */
export interface StatusWritten {
	readonly object: ApiObject | null;
	/** Why a part could not be written: somebody else owns it. */
	readonly conflict: string | null;
}

/** Writes a status by server-side apply, and never over a field that somebody else owns: that becomes a condition. */
export async function writeStatus(cluster: Cluster, write: StatusWrite): Promise<StatusWritten> {
	const { policy, status, before, signal } = write;
	if (sameStatus(before, status, ownTypes)) return { object: null, conflict: null };
	try {
		return { object: await apply(cluster, policy, status, signal), conflict: null };
	} catch (error) {
		if (!(error instanceof ClusterError) || error.failure !== 'FieldManagerConflict') throw error;
		const conflict = describe(error);
		const rest = without(
			withConflict(write, conflict),
			error.causes.map(({ field }) => field),
		);
		const mentioned = new Set((rest.conditions ?? []).map(({ type }) => type));
		if (sameStatus(before && keeping(before, rest), rest, mentioned)) return { object: null, conflict };
		return { object: await apply(cluster, policy, rest, signal), conflict };
	}
}

/** With the uid, so that a policy that was deleted and made anew is not taken for this one. */
async function apply(
	cluster: Cluster,
	{ name, uid }: ClusterPolicy,
	status: GpuPolicyStatus,
	signal: AbortSignal,
): Promise<ApiObject> {
	const object = { apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', metadata: { name, uid }, status };
	return (await cluster.apply(gpuPolicies, object, { subresource: 'status', signal })).object;
}

function describe({ causes, message }: ClusterError): string {
	const fields = causes.filter(({ field }) => field !== '').map(({ field, message: who }) => `${field} (${who})`);
	return fields.length === 0 ? message : `another field manager owns ${fields.join(', ')} of the status; it is not overwritten`;
}

/** The status that says that it cannot be written whole. */
function withConflict({ policy, status, before, at }: StatusWrite, message: string): GpuPolicyStatus {
	const own = [verdict('Ready', 'FieldManagerConflict', message), verdict('Stalled', 'FieldManagerConflict', message)];
	const rest = (status.conditions ?? []).filter(({ type }) => !['Ready', 'Stalled', 'Reconciling'].includes(type));
	return { ...status, conditions: [...own.map((one) => toCondition(one, policy.generation, at, before)), ...rest] };
}

/** The status without the fields that are named: `.status.digest`, `.status.conditions[type="Ready"].reason`. */
function without(status: GpuPolicyStatus, fields: readonly string[]): GpuPolicyStatus {
	const top = new Set<string>();
	const conditions = new Set<string>();
	for (const field of fields) {
		const type = /^\.status\.conditions\[type="([^"]+)"\]/.exec(field)?.[1];
		if (type !== undefined) conditions.add(type);
		else top.add(/^\.status\.([A-Za-z]+)/.exec(field)?.[1] ?? '');
	}
	const kept = Object.entries(status).filter(([name]) => !top.has(name));
	const left: Condition[] = (status.conditions ?? []).filter(({ type }) => !conditions.has(type));
	return { ...(Object.fromEntries(kept) as GpuPolicyStatus), ...(top.has('conditions') ? {} : { conditions: left }) };
}

/** What stands there, of the fields that we would write. */
function keeping(before: GpuPolicyStatus, written: GpuPolicyStatus): GpuPolicyStatus {
	return Object.fromEntries(Object.entries(before).filter(([name]) => name in written)) as GpuPolicyStatus;
}
