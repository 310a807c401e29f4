import type { ClaimDemand } from '../../../core/claims/claim-demand.ts';
import { type Cluster, ClusterError, type Resource } from '../../../core/ports/cluster.ts';
import type { ReservedNamespaces } from '../../../core/workloads/pod-scope.ts';
import { seenOnFreshConnections } from '../fresh-connections.ts';
import { type AdmissionObject, type MutatingVersion, resourceOf } from '../objects.ts';
import { eachAtOnce, pause } from '../pause.ts';
import type { Awaited } from '../probe.ts';
import type { Difference } from '../trial.ts';
import { type ClaimShape, claimSentinels, claimShapes } from './claim-shapes.ts';
import { claimObjectsOf, compileClaims } from './compile-claims.ts';
import { type ClaimTrialSettings, tryClaim } from './try-claim.ts';

/** What a trial of a policy's claims needs. */
export interface ClaimsTrial {
	readonly cluster: Cluster;
	readonly demand: ClaimDemand;
	readonly claims: Resource;
	readonly mutating: MutatingVersion | null;
	readonly uid: string;
	readonly reserved: ReservedNamespaces;
	readonly signal: AbortSignal;
	/** How long servers may take to pick objects up, in milliseconds. */
	readonly pickUpMs: number;
}

const width = 8;
const betweenAsksMs = 100;

/** How many shapes prove the claims of a policy. */
export function claimShapeCount(demand: ClaimDemand): number {
	return claimShapes(demand, 'Canary').length;
}

/** Tries the claims of a policy out before anybody meets them; empty where every answer was the core's. Whatever happens, the copy is gone afterwards. */
export async function runClaimsCanary(trial: ClaimsTrial): Promise<readonly Difference[]> {
	const { cluster, demand, signal } = trial;
	const compiled = compileClaims(demand, { ...trial, copy: 'Canary' });
	const objects = claimObjectsOf(compiled);
	const settings = settingsOf(trial);
	try {
		for (const object of objects) await cluster.apply(resourceOf(object), object, { signal });
		const deadline = performance.now() + trial.pickUpMs;
		const { mutation, validation } = claimSentinels(demand, 'Canary');
		let open: readonly ClaimShape[] = [...(compiled.mutation ? [mutation] : []), validation];
		let proving = false;
		for (;;) {
			const answers = await eachAtOnce(open, width, (shape) => tryClaim(cluster, shape, settings, signal));
			// Another API server behind the same address may pick the copy up later: what differs is asked again.
			open = open.filter((_, index) => answers[index] !== null);
			if (open.length === 0) {
				if (proving) return [];
				proving = true;
				open = claimShapes(demand, 'Canary');
				continue;
			}
			if (performance.now() > deadline) return answers.filter((answer) => answer !== null);
			await pause(betweenAsksMs, signal);
		}
	} finally {
		await removeCopy(cluster, objects);
	}
}

/** Also after an abort, as far as the client still lets us: what is left is found by its labels later. */
async function removeCopy(cluster: Cluster, objects: readonly AdmissionObject[]): Promise<void> {
	for (const object of objects.toReversed()) {
		try {
			await cluster.delete(resourceOf(object), { name: object.metadata.name });
		} catch (error) {
			if (!(error instanceof ClusterError)) throw error;
		}
	}
}

/**
 * Asks the real objects, by their second binding, until three fresh connections in a row are answered as planned; `null` when it was seen, what differed last
 * where the time ran out.
 */
export async function claimsSeenAtWork(trial: ClaimsTrial, what: Awaited): Promise<Difference | null> {
	const { demand, mutating, signal } = trial;
	const { mutation, validation } = claimSentinels(demand, 'Bound');
	const mutates = demand.mode === 'Enforce' && mutating !== null;
	const asked =
		what === 'Mutation' ? [mutation] : what === 'Relaxed' ? [validation] : [...(mutates ? [mutation] : []), validation];
	const settings: ClaimTrialSettings =
		what === 'Relaxed'
			? { ...settingsOf(trial), demand: { ...demand, mode: 'Enforce' }, refuses: false }
			: { ...settingsOf(trial), refuses: what === 'Everything' };
	return seenOnFreshConnections(trial, asked, (fresh, shape) => tryClaim(fresh, shape, settings, signal));
}

function settingsOf({ demand, claims, mutating, reserved }: ClaimsTrial): ClaimTrialSettings {
	return { demand, claims, mutates: demand.mode === 'Enforce' && mutating !== null, reserved };
}
