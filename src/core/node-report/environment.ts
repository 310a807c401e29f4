import type { PodDemand } from '../workloads/demand.ts';
import { inScope } from '../workloads/gpu-request.ts';
import { requirementsOf } from '../workloads/label-selector.ts';
import type { Pod, PodNamespace } from '../workloads/pod.ts';
import { containerLists } from '../workloads/pod.ts';
import { namespaceNameLabel, podScope } from '../workloads/pod-scope.ts';
import type { AgentPolicy } from './agent-policy.ts';

/** The variables that were asked for, as a process started with them: `null` is not set. Or why they could not be read. */
export type StartEnvironment =
	| { readonly state: 'read'; readonly values: ReadonlyMap<string, string | null> }
	| { readonly state: 'unread'; readonly why: string };

/** The container that a process runs in, as the cluster knows it. */
export interface ProcessPod {
	readonly namespace: string;
	readonly name: string;
	readonly uid: string;
	/** Its container; `null` where the cluster does not know it yet. */
	readonly container: string | null;
	readonly pod: Pod;
	/** `null` where its labels could not be read. */
	readonly labels: PodNamespace | null;
}

/** What a policy says of the environment that a process started with. */
export interface EnvironmentVerdict {
	readonly verdict: 'Right' | 'Deviating' | 'Unknown';
	readonly because: string;
}

const longestShown = 64;

/**
 * Only in a container that the policy selects is another environment at start wrong; elsewhere the program may set it itself, which does not
 * show in /proc. `null` where the policy demands none.
 */
export function judgeEnvironment(
	policy: AgentPolicy,
	environment: StartEnvironment,
	pod: ProcessPod | null,
): EnvironmentVerdict | null {
	if (policy.environment.length === 0) return null;
	if (environment.state === 'unread') return { verdict: 'Unknown', because: environment.why };
	const wrong = policy.environment.flatMap(({ name, value }) => {
		const found = environment.values.get(name) ?? null;
		if (found === value) return [];
		return [found === null ? `${name} is not set` : `${name} is ${shown(found)}, not ${shown(value)}`];
	});
	if (wrong.length === 0) return { verdict: 'Right', because: 'as the policy demands' };
	const selected = pod === null ? false : isSelected(policy, pod);
	const because = wrong.join('; ');
	if (selected === true) return { verdict: 'Deviating', because };
	if (selected === false) return { verdict: 'Unknown', because: `${because}; may be set inside the process` };
	return { verdict: 'Unknown', because: `${because}; ${selected}` };
}

/** Whether the policy demands its env of the container; a text where that cannot be told, and why. */
function isSelected({ demand }: AgentPolicy, { namespace, container, pod, labels }: ProcessPod): boolean | string {
	if (demand === null) return false;
	if (labels === null && asksForNamespaceLabels(demand)) return `the labels of namespace ${namespace} could not be read`;
	const scope = podScope(demand, pod, labels ?? { name: namespace, labels: { [namespaceNameLabel]: namespace } }).state;
	if (scope !== 'Selected') return false;
	if (container === null) return 'the cluster does not know its container yet';
	const found = containerLists.flatMap((list) => pod.spec[list] ?? []).find(({ name }) => name === container);
	return found !== undefined && inScope(demand, found);
}

/** Whether it takes more than the name of a namespace to tell whether a policy selects its pods. */
export function asksForNamespaceLabels({ namespaceSelector, exemptions }: PodDemand): boolean {
	const selectors = [namespaceSelector, ...exemptions.map((one) => one.namespaceSelector)];
	return selectors.some((selector) => requirementsOf(selector).some(({ key }) => key !== namespaceNameLabel));
}

function shown(value: string): string {
	return JSON.stringify(value.length > longestShown ? `${value.slice(0, longestShown)}…` : value);
}
