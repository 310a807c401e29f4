import { podDeviations } from './admit-pod.ts';
import { digestIn } from './applied-annotation.ts';
import type { BypassRoute } from './bypass-routes.ts';
import type { PodDemand } from './demand.ts';
import { type HeldDevice, holdsNothing } from './held-device.ts';
import { holds, type Labels, matchesLabels, requirementsOf } from './label-selector.ts';
import type { PodNamespace } from './pod.ts';
import { namespaceNameLabel, namespaceRequirements, type ReservedNamespaces, reservedNamespaces } from './pod-scope.ts';
import type { PodShape, RunningPod } from './running-pod.ts';

/**
 * Why a running pod does not carry the env of a policy:
 * - `Predates`: admission never applied this digest to it; one that replaces it would comply
 * - `Overridden`: admission applied this digest and something changed the pod afterwards, so that replacing it is of no use
 * - `Ephemeral`: its own containers do, and only an ephemeral one that somebody added does not; nobody can change that one
 * - `Static`: the kubelet made it of a file of its node; admission never sees it
 *
 * Or why it holds a device that the policy forbids:
 * - `ForbiddenDevice`: by a resource claim of its own, or by the device plugin; one that replaces it gets another device
 * - `ForbiddenForGood`: by a claim that outlives it, or that admission does not govern, or around the device plugin, so that replacing it is of no use
 */
export type DeviationCause = 'Predates' | 'Overridden' | 'Ephemeral' | 'Static' | 'ForbiddenDevice' | 'ForbiddenForGood';

/** Causes that no replacement of the pod is worth, or possible for. */
export function isUnmanaged(cause: DeviationCause): boolean {
	return cause === 'Ephemeral' || cause === 'Static' || cause === 'ForbiddenForGood';
}

/** Causes that a replacement of the pod mends. */
export function isMended(cause: DeviationCause): boolean {
	return cause === 'Predates' || cause === 'ForbiddenDevice';
}

/** What a policy says of one running pod. Routes around the device plugin are told apart from the env: they alone are no deviation. */
export type PodVerdict =
	| { readonly state: 'NotSelected' }
	| { readonly state: 'Exempt'; readonly reason: string }
	/** None of its containers is in scope, and yet it reaches GPUs. */
	| { readonly state: 'OutOfScope'; readonly routes: readonly BypassRoute[] }
	| { readonly state: 'Compliant'; readonly routes: readonly BypassRoute[] }
	| {
			readonly state: 'Deviating';
			readonly cause: DeviationCause;
			readonly routes: readonly BypassRoute[];
			/** Absent where it holds none. */
			readonly holds?: readonly HeldDevice[];
	  };

/** `holds`: the forbidden devices that the pod holds, where they are known. */
export type PodJudge = (pod: RunningPod, namespace: PodNamespace, holds?: readonly HeldDevice[]) => PodVerdict;

const notSelected: PodVerdict = { state: 'NotSelected' };
const noRoutes: readonly BypassRoute[] = [];

/**
 * Judges running pods by one policy. Selectors are prepared once, namespaces and shapes are decided once each: keep the judge as long as
 * the digest stands, since 50,000 pods pass through it each time.
 */
export function podJudge(demand: PodDemand, reserved: ReservedNamespaces = reservedNamespaces): PodJudge {
	const inNamespace = namespaceRequirements(demand, reserved);
	const ofPod = requirementsOf(demand.podSelector);
	const exemptions = demand.exemptions.map(({ namespaceSelector, podSelector, reason }) => ({
		namespaceSelector,
		ofPod: requirementsOf(podSelector),
		verdict: { state: 'Exempt', reason } satisfies PodVerdict,
	}));

	/** `null` where the namespace is not selected, else the exemptions that count there. */
	const decideNamespace = ({ name, labels }: PodNamespace): typeof exemptions | null => {
		const all: Labels = { ...labels, [namespaceNameLabel]: name };
		if (!inNamespace.every((one) => holds(one, all))) return null;
		return exemptions.filter(({ namespaceSelector }) => matchesLabels(namespaceSelector, labels));
	};
	const namespaces = new WeakMap<PodNamespace, ReturnType<typeof decideNamespace>>();
	const exemptionsIn = (namespace: PodNamespace): ReturnType<typeof decideNamespace> => {
		let decided = namespaces.get(namespace);
		if (decided === undefined) {
			decided = decideNamespace(namespace);
			namespaces.set(namespace, decided);
		}
		return decided;
	};

	// One word for each shape and not a list of deviations: under many policies there are very many.
	const shapes = new WeakMap<PodShape, ShapeState>();
	const stateOf = (shape: PodShape): ShapeState => {
		let decided = shapes.get(shape);
		if (decided === undefined) {
			decided = shapeState(demand, shape);
			shapes.set(shape, decided);
		}
		return decided;
	};

	return (pod, namespace, held = holdsNothing) => {
		const { shape } = pod;
		const inScope = demand.containers === 'All' || shape.requestsGpu || held.length > 0;
		const routes = demand.bypass === 'Allow' ? noRoutes : shape.routes;
		if (pod.finished || pod.terminating || (!inScope && routes.length === 0)) return notSelected;
		const exempting = exemptionsIn(namespace);
		if (exempting === null || !ofPod.every((one) => holds(one, pod.labels))) return notSelected;
		const exemption = exempting.find((one) => one.ofPod.every((requirement) => holds(requirement, pod.labels)));
		if (exemption) return exemption.verdict;
		if (!inScope) return { state: 'OutOfScope', routes };
		const state = stateOf(shape);
		if (held.length > 0) return { state: 'Deviating', cause: causeOfHolder(state, demand, pod, held), routes, holds: held };
		if (state === 'Compliant') return routes.length === 0 ? compliant : { state, routes };
		const cause = state === 'Ephemeral' ? state : causeOf(demand, pod);
		return routes.length === 0 ? deviating[cause] : { state: 'Deviating', cause, routes };
	};
}

const compliant: PodVerdict = { state: 'Compliant', routes: noRoutes };
const deviating: Readonly<Record<DeviationCause, PodVerdict>> = {
	Predates: { state: 'Deviating', cause: 'Predates', routes: noRoutes },
	Overridden: { state: 'Deviating', cause: 'Overridden', routes: noRoutes },
	Ephemeral: { state: 'Deviating', cause: 'Ephemeral', routes: noRoutes },
	Static: { state: 'Deviating', cause: 'Static', routes: noRoutes },
	ForbiddenDevice: { state: 'Deviating', cause: 'ForbiddenDevice', routes: noRoutes },
	ForbiddenForGood: { state: 'Deviating', cause: 'ForbiddenForGood', routes: noRoutes },
};

/** What the spec of a pod alone tells. */
type ShapeState = 'Compliant' | 'Deviating' | 'Ephemeral';

function shapeState(demand: PodDemand, { spec }: PodShape): ShapeState {
	const deviations = podDeviations(demand, { spec });
	if (deviations.length === 0) return 'Compliant';
	const ephemeral = new Set(spec.ephemeralContainers?.map(({ name }) => name));
	return deviations.every(({ container }) => ephemeral.has(container)) ? 'Ephemeral' : 'Deviating';
}

function causeOf({ policy, digest }: PodDemand, { mirror, applied }: RunningPod): DeviationCause {
	if (mirror) return 'Static';
	return applied !== '' && digestIn(policy, applied) === digest ? 'Overridden' : 'Predates';
}

/** What replacing the pod would mend decides, where it deviates in both. */
function causeOfHolder(state: ShapeState, demand: PodDemand, pod: RunningPod, holds: readonly HeldDevice[]): DeviationCause {
	if (pod.mirror) return 'Static';
	if (state === 'Deviating' && causeOf(demand, pod) === 'Predates') return 'Predates';
	const replaceable = pod.shape.routes.length === 0 && holds.every((one) => one.replaceable);
	return replaceable ? 'ForbiddenDevice' : 'ForbiddenForGood';
}
