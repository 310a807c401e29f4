import { celString } from '../../../core/cel/literals.ts';
import {
	chosenBefore,
	claimHeading,
	driverClassPattern,
	lacksSelector,
	otherDriverPattern,
	ownDriverPrefix,
} from '../../../core/claims/admit-claim.ts';
import { extendedResourceAnnotation } from '../../../core/claims/claim.ts';
import type { ClaimDemand } from '../../../core/claims/claim-demand.ts';
import { messagePrefix } from '../../../core/workloads/messages.ts';
import { exemptVariable, type Named, textVariable, unlessExempt } from '../compile-expressions.ts';

/** Whether the selectors of `q` keep it to the devices of the policy already, or by their own words to another driver. */
const carries =
	'q.?selectors.orValue([]).exists(s, s.?cel.?expression.orValue("") == variables.sel || ' +
	`s.?cel.?expression.orValue("").startsWith("device.driver == ") && s.cel.expression.matches(${celString(otherDriverPattern)}) && !s.cel.expression.startsWith(${celString(ownDriverPrefix)}))`;
/** Whether `q` lacks the selector. An administrator looks at devices that others hold. */
const lacking = `!q.?adminAccess.orValue(false) && !${carries}`;

/** Variables that mutation and validation share. `exact`: the one entry of each request that has no alternatives; in v1beta1 it is the request itself. */
function shared(demand: ClaimDemand, probeNamespace: string): readonly Named[] {
	return [
		...exemptVariable(demand, probeNamespace),
		{ name: 'sel', expression: celString(demand.selector) },
		{ name: 'reqs', expression: 'object.spec.?devices.?requests.orValue([])' },
		{ name: 'exact', expression: 'variables.reqs.map(r, has(r.exactly) ? [r.exactly] : has(r.firstAvailable) ? [] : [r])' },
	];
}

/** Variables of the mutation. */
export function claimMutationVariables(demand: ClaimDemand, probeNamespace: string): readonly Named[] {
	return shared(demand, probeNamespace);
}

/** The one JSONPatch: appends the selector to each request that lacks it. Lists hold maps and existing elements wrapped in dyn(), never typed objects. */
export function claimMutationExpression(demand: ClaimDemand): string {
	const value = 'q.?selectors.orValue([]).map(s, dyn(s)) + [dyn({"cel": {"expression": variables.sel}})]';
	const patch = (path: string): string =>
		`JSONPatch{op: "add", path: "/spec/devices/requests/" + string(i) + ${path} + "/selectors", value: ${value}}`;
	const exactly = `variables.exact.transformList(i, l, l.exists(q, ${lacking}), l.map(q, ${patch('(has(variables.reqs[i].exactly) ? "/exactly" : "")')})[0])`;
	const alternatives = `variables.reqs.transformList(i, r, r.?firstAvailable.orValue([]).transformList(j, q, !${carries}, ${patch('"/firstAvailable/" + string(j)')})).flatten()`;
	return unlessExempt(demand, '[]', `${exactly} + ${alternatives}`);
}

/** Variables of the check: `bad` names each request that lacks the selector, as the core does. */
export function claimValidationVariables(demand: ClaimDemand, probeNamespace: string): readonly Named[] {
	const item = (name: string): string => `"request " + ${name} + ${celString(` ${lacksSelector}`)}`;
	const requests = `variables.reqs.transformList(i, r, variables.exact[i].filter(q, ${lacking}).map(q, ${item('r.name')}) + r.?firstAvailable.orValue([]).filter(q, !${carries}).map(q, ${item('r.name + "/" + q.name')})).flatten()`;
	const ofClass = `q.deviceClassName.matches(${celString(driverClassPattern)})`;
	const extended = `(object.metadata.?annotations[?${celString(extendedResourceAnnotation)}].orValue("") == "true" && (variables.exact.exists(l, l.exists(q, ${ofClass})) || variables.reqs.exists(r, r.?firstAvailable.orValue([]).exists(q, ${ofClass}))) ? [${celString(chosenBefore)}] : [])`;
	return [
		...shared(demand, probeNamespace),
		{ name: 'bad', expression: demand.refusesExtended ? `${requests} + ${extended}` : requests },
		textVariable(`${messagePrefix(demand)}${claimHeading}`),
	];
}
