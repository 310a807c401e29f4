import type { ClaimDemand } from '../../../core/claims/claim-demand.ts';
import { selectorLength } from '../../../core/claims/device-selector.ts';
import { freshConnections } from '../fresh-connections.ts';
import type { Difference } from '../trial.ts';
import { claimShapeCount } from './claims-trial.ts';
import type { CompiledClaims } from './compile-claims.ts';

const shownNotes = 5;

/** What the condition of a policy says of its claims that are in force: what was seen, and what it does not reach. */
export function claimsEvidence(demand: ClaimDemand, { mutation, validation }: CompiledClaims): string {
	const shapes = claimShapeCount(demand);
	const length = selectorLength(demand.selector).toLocaleString('en');
	const check = validation.policy.metadata.name;
	const does = mutation
		? `${mutation.policy.metadata.name} appends a device selector of ${length} bytes to each request, ${check} refuses those without`
		: demand.mode === 'Audit'
			? `${check} reports requests without the device selector of the policy`
			: `nothing here can change claims: ${check} refuses requests without the device selector of the policy`;
	const { notes } = demand;
	const more = notes.length - shownNotes;
	return [
		`Resource claims: ${shapes} of ${shapes} shapes answered as planned, ${freshConnections} of ${freshConnections} fresh connections since; ${does}`,
		...(notes.length > 0
			? [`In claims ${[...notes.slice(0, shownNotes), ...(more > 0 ? [`${more} more`] : [])].join('; ')}`]
			: []),
	].join('. ');
}

/** What a canary of claims that failed says. */
export function describeClaimDifferences(demand: ClaimDemand, differences: readonly Difference[]): string {
	const shown = differences.slice(0, 3).map(({ shape, message }) => `${shape}: ${message}`);
	const more = differences.length - shown.length;
	return `resource claims: ${differences.length} of ${claimShapeCount(demand)} shapes were not answered as planned, so that nothing was bound: ${shown.join('; ')}${more > 0 ? `; ${more} more` : ''}`;
}
