import { admitClaim } from '../../../core/claims/admit-claim.ts';
import type { Claim } from '../../../core/claims/claim.ts';
import type { ClaimDemand } from '../../../core/claims/claim-demand.ts';
import { type ApiObject, type Cluster, ClusterError, type Resource } from '../../../core/ports/cluster.ts';
import { messagePrefix } from '../../../core/workloads/messages.ts';
import type { ReservedNamespaces } from '../../../core/workloads/pod-scope.ts';
import { type Difference, isRefusal } from '../trial.ts';
import type { ClaimShape } from './claim-shapes.ts';

/** Where claims are tried, and how what they bring is judged. */
export interface ClaimTrialSettings {
	readonly demand: ClaimDemand;
	readonly claims: Resource;
	/** Whether the server changes claims for this policy. */
	readonly mutates: boolean;
	readonly reserved: ReservedNamespaces;
	/** False: a check that refuses is not in force, or relaxed. Default true. */
	readonly refuses?: boolean;
}

/** Has the server make a claim of a shape in a dry run; `null` where its answer is the core's. */
export async function tryClaim(
	cluster: Cluster,
	{ name, claim, mutated }: ClaimShape,
	{ demand, claims, mutates, reserved, refuses = true }: ClaimTrialSettings,
	signal: AbortSignal,
): Promise<Difference | null> {
	const differs = (message: string): Difference => ({ shape: name, message });
	const namespace = reserved.probe;
	const planned = admitClaim(demand, claim, { name: namespace, labels: {} }, { mutates: mutates && mutated, reserved });
	const denial = refuses ? planned.denial : null;
	let answer: Awaited<ReturnType<Cluster['create']>>;
	try {
		answer = await cluster.create(claims, apiClaim(claim, namespace, claims), { dryRun: true, signal });
	} catch (error) {
		if (!(error instanceof ClusterError)) throw error;
		if (isRefusal(error)) {
			if (denial !== null && error.message.includes(denial)) return null;
			return differs(`refused with ${quote(error.message)}, planned ${denial === null ? 'to pass' : quote(denial)}`);
		}
		// A selector that the server does not take is the policy's fault; everything else is no answer at all.
		if (error.failure === 'Invalid' || error.failure === 'ServerFailed') return differs(quote(error.message));
		throw error;
	}
	if (denial !== null) return differs(`passed, planned to be refused with ${quote(denial)}`);
	const [want, is] = [selectorsOf(planned.claim), selectorsOf(answer.object as unknown as Claim)];
	if (want !== is) return differs(`selectors are ${quote(is)}, planned ${quote(want)}`);
	const own = answer.warnings.filter((warning) => warning.includes(messagePrefix(demand)));
	const { warning } = planned;
	if (warning !== null && !own.some((one) => one.includes(warning))) return differs(`no warning, planned ${quote(warning)}`);
	if (warning === null && own.length > 0) return differs(`warned ${own.map(quote).join(', ')}, which was not planned`);
	return null;
}

function apiClaim(claim: Claim, namespace: string, { group, version, kind }: Resource): ApiObject {
	const metadata = { name: 'gpupolicy-probe', ...claim.metadata, namespace };
	return { ...claim, apiVersion: `${group}/${version}`, kind, metadata };
}

/** The selectors of every request: all that we change. */
function selectorsOf({ spec }: Claim): string {
	return JSON.stringify(
		(spec.devices?.requests ?? []).map(({ exactly, firstAvailable = [] }) =>
			[exactly, ...firstAvailable].map((entry) => (entry?.selectors ?? []).map(({ cel }) => cel?.expression)),
		),
	);
}

function quote(text: string): string {
	return JSON.stringify(text.length > 300 ? `${text.slice(0, 300)}…` : text);
}
