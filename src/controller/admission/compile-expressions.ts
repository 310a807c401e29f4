import { celList, celString, celStrings } from '../../core/cel/literals.ts';
import { appliedAnnotation, appliedEntry } from '../../core/workloads/applied-annotation.ts';
import {
	type BypassKind,
	describeRoute,
	deviceListMount,
	gpuHostPaths,
	harmlessVisibleDevices,
	visibleDevices,
} from '../../core/workloads/bypass-routes.ts';
import type { PodDemand } from '../../core/workloads/demand.ts';
import { requestPrefixes } from '../../core/workloads/gpu-request.ts';
import {
	bypassHeading,
	messageItems,
	messageLength,
	messagePrefix,
	shownValueLength,
	showValue,
	unshowable,
} from '../../core/workloads/messages.ts';
import { celMap, celSelector } from './cel.ts';

/** A named CEL expression: a variable of a policy, or one of its matchConditions. */
export interface Named {
	readonly name: string;
	readonly expression: string;
}

const mirror = '"kubernetes.io/config.mirror"';
const containers = 'object.spec.containers';
const initContainers = 'object.spec.?initContainers.orValue([])';
const ephemeralContainers = 'object.spec.?ephemeralContainers.orValue([])';
const creating = 'request.operation == "CREATE"';

/** Whether container `c` joins a pod that exists: its name stands in no ephemeral container of before. */
const joins = '!oldObject.?spec.?ephemeralContainers.orValue([]).exists(o, o.name == c.name)';

/** Whether resource `k` is a GPU. */
const isGpu = requestPrefixes.map((prefix) => `k.startsWith(${celString(prefix)})`).join(' || ');

/** Whether container `c` asks for a GPU; the CEL of `requestsGpu`. */
const requestsGpu = `(c.?resources.?limits.orValue({}).exists(k, ${isGpu}) || c.?resources.?requests.orValue({}).exists(k, ${isGpu}) || c.?resources.?claims.orValue([]).size() > 0)`;

/** Whether entry `e` of an env differs from what the policy demands of its variable. */
const isWrong = '(has(e.valueFrom) || e.?value.orValue("") != variables.wantMap[e.name])';

/** Static pods are made by the kubelet: admission cannot change them. */
export const notMirror: Named = { name: 'not-mirror', expression: `!(${mirror} in object.metadata.?annotations.orValue({}))` };

/** Some container has to carry the env: what keeps an error of a policy that fails closed off every other pod. */
export function inScopeCondition(demand: PodDemand): readonly Named[] {
	if (demand.containers === 'All') return [];
	return [{ name: 'in-scope', expression: `(${containers} + ${initContainers}).exists(c, ${requestsGpu})` }];
}

/** `exempt`: whether the pod falls under an exemption; absent where the policy has none. */
export function exemptVariable({ exemptions }: Pick<PodDemand, 'exemptions'>, probeNamespace: string): readonly Named[] {
	if (exemptions.length === 0) return [];
	const labels = 'object.metadata.?labels.orValue({})';
	const namespaceLabels = 'namespaceObject.metadata.?labels.orValue({})';
	const each = exemptions.map(({ namespaceSelector, podSelector }) =>
		[
			...(namespaceSelector === undefined
				? []
				: [`request.namespace != ${celString(probeNamespace)}`, celSelector(namespaceSelector, 'variables.namespaceLabels')]),
			celSelector(podSelector, 'variables.labels'),
		]
			.filter((one) => one !== 'true')
			.join(' && '),
	);
	return [
		{ name: 'labels', expression: labels },
		...(exemptions.some(({ namespaceSelector }) => namespaceSelector)
			? [{ name: 'namespaceLabels', expression: namespaceLabels }]
			: []),
		{
			name: 'exempt',
			expression: each.map((one) => (one === '' ? 'true' : `(${one})`)).join(' || '),
		},
	];
}

/** Guards an expression: `otherwise` where the pod is exempt. */
export function unlessExempt({ exemptions }: Pick<PodDemand, 'exemptions'>, otherwise: string, expression: string): string {
	return exemptions.length === 0 ? expression : `variables.exempt ? ${otherwise} : (${expression})`;
}

/**
 * Variables that mutation and validation share: what is wanted, which containers of the request are judged, and the entries of the
 * policy's variables in each. Entries that equal `want` as a list are right: most containers are told at once, by one comparison.
 */
function judged(demand: PodDemand): readonly Named[] {
	const { variables } = demand;
	const all = demand.containers === 'All';
	return [
		{ name: 'want', expression: celList(variables.map(({ name, value }) => celStrings([name, value]))) },
		{ name: 'wantMap', expression: celMap(variables.map(({ name, value }) => [name, value])) },
		{
			name: 'ctrs',
			expression: all
				? `${creating} ? ${containers} + ${initContainers} : ${ephemeralContainers}`
				: `${containers} + ${initContainers}`,
		},
		{
			name: 'inScope',
			expression: all ? `variables.ctrs.map(c, ${creating} || ${joins})` : `variables.ctrs.map(c, ${requestsGpu})`,
		},
		{
			name: 'mine',
			expression:
				'variables.ctrs.transformList(i, c, variables.inScope[i] ? c.?env.orValue([]).transformList(j, e, e.name in variables.wantMap, has(e.valueFrom) ? [e.name] : has(e.value) ? [e.name, e.value] : [e.name, dyn("")]) : [])',
		},
		{ name: 'names', expression: 'variables.mine.map(entries, entries.map(m, m[0]))' },
	];
}

/** Variables of the mutation. */
export function mutationVariables(demand: PodDemand, probeNamespace: string): readonly Named[] {
	return [
		...exemptVariable(demand, probeNamespace),
		...judged(demand),
		{
			name: 'entries',
			expression: `{${demand.variables
				.map(
					({ name, value }) =>
						`${celString(name)}: ${celMap([
							['name', name],
							['value', value],
						])}`,
				)
				.join(', ')}}`,
		},
		{ name: 'applied', expression: `object.metadata.?annotations[?${celString(appliedAnnotation)}].orValue("")` },
	];
}

/**
 * The one JSONPatch: replaces the whole env of each container that needs it and sets the annotation. A list in a value holds maps
 * and existing elements wrapped in dyn(), never typed objects: those panic the API server of 1.36.3 for every matching request.
 * Static pods are told apart here, not by a matchCondition: for one the server turns the whole pod into a map once more, twice a pod.
 */
export function mutationExpression(demand: PodDemand): string {
	const all = demand.containers === 'All';
	const position =
		'(i < object.spec.containers.size() ? "/spec/containers/" + string(i) : "/spec/initContainers/" + string(i - object.spec.containers.size()))';
	const path = all ? `(${creating} ? ${position} : "/spec/ephemeralContainers/" + string(i))` : position;
	const needs =
		'variables.mine[i] != variables.want && ' +
		'(variables.mine[i].exists(m, m.size() < 2 || m[1] != variables.wantMap[m[0]]) || variables.want.exists(p, !(p[0] in variables.names[i])))';
	const value =
		'c.?env.orValue([]).map(e, e.name in variables.wantMap ? dyn(variables.entries[e.name]) : dyn(e)) + ' +
		'variables.want.filter(p, !(p[0] in variables.names[i])).map(p, dyn(variables.entries[p[0]]))';
	const env = `variables.ctrs.transformList(i, c, variables.inScope[i] && ${needs}, JSONPatch{op: "add", path: ${path} + "/env", value: ${value}})`;
	return `${notMirror.expression} ? (${unlessExempt(demand, '[]', `${env} + ${annotationPatch(demand)}`)}) : []`;
}

/** Adds the annotation, or the policy's entry in it, on pods of which a container is in scope and that do not have it yet. */
function annotationPatch(demand: PodDemand): string {
	const key = celString(appliedAnnotation);
	const entry = celString(appliedEntry(demand));
	const ofPolicy = celString(`${demand.policy}@`);
	const due = `variables.inScope.exists(s, s)${demand.containers === 'All' ? ` && ${creating}` : ''} && !(${entry} in variables.applied.split(","))`;
	const joined = `(variables.applied.split(",").filter(a, a != "" && !a.startsWith(${ofPolicy})) + [${entry}]).join(",")`;
	return (
		`(!(${due}) ? [] : has(object.metadata.annotations) ? ` +
		`[JSONPatch{op: "add", path: "/metadata/annotations/" + jsonpatch.escapeKey(${key}), value: ${joined}}] : ` +
		`[JSONPatch{op: "add", path: "/metadata/annotations", value: {${key}: ${entry}}}])`
	);
}

/** Shows a value as `showValue` does. */
function shown(value: string): string {
	const head = `(${value}.size() > ${shownValueLength} ? ${value}.substring(0, ${shownValueLength}) : ${value})`;
	return `(${head}.matches("\\\\p{Cc}") ? ${celString(unshowable)} : "'" + ${head} + (${value}.size() > ${shownValueLength} ? "…'" : "'"))`;
}

/** Variables of the env check: `bad` names each deviation, as `describeDeviation` does. */
export function validationVariables(demand: PodDemand, probeNamespace: string): readonly Named[] {
	const { variables } = demand;
	const missing =
		'variables.must.filter(p, !(p[0] in variables.names[i])).map(p, "container " + c.name + ": " + p[0] + " must be " + p[1] + ", is not set")';
	const wrong = `c.?env.orValue([]).filter(e, e.name in variables.wantMap && ${isWrong}).map(e, "container " + c.name + ": " + e.name + " must be " + variables.mustMap[e.name] + ", is " + (has(e.valueFrom) ? "valueFrom" : ${shown('e.?value.orValue("")')}))`;
	return [
		...exemptVariable(demand, probeNamespace),
		{ name: 'must', expression: celList(variables.map(({ name, value }) => celStrings([name, showValue(value)]))) },
		{ name: 'mustMap', expression: celMap(variables.map(({ name, value }) => [name, showValue(value)])) },
		...judged(demand),
		{
			name: 'bad',
			expression: `variables.ctrs.transformList(i, c, variables.inScope[i] && variables.mine[i] != variables.want, ${missing} + ${wrong}).flatten()`,
		},
		textVariable(messagePrefix(demand)),
	];
}

/** Whether a pod passes: nothing in `bad`, or exempt. */
export function passes(demand: Pick<PodDemand, 'exemptions'>): string {
	return unlessExempt(demand, 'true', 'variables.bad.size() == 0');
}

/** `text`: one message of at most twelve items, as the core words it. Variables are lazy: a pod that passes pays nothing for it. */
export function textVariable(prefix: string): Named {
	const items = `(variables.bad.size() > ${messageItems} ? variables.bad.slice(0, ${messageItems}) + [string(variables.bad.size() - ${messageItems}) + " more"] : variables.bad)`;
	return { name: 'text', expression: `${celString(prefix)} + ${items}.join("; ")` };
}

/** The message of a refusal or warning, cut to what the API server takes. */
export const messageExpression = `variables.text.size() > ${messageLength} ? variables.text.substring(0, ${messageLength}) : variables.text`;

const joining = `(${creating} ? ${containers} + ${initContainers} : ${ephemeralContainers}.filter(c, ${joins}))`;

/** A path without empty and `.` parts; the CEL of `normalPath`. */
function normalPath(path: string): string {
	return `("/" + ${path}.split("/").filter(s, s != "" && s != ".").join("/"))`;
}

/** What `c` does on each route, given `variables.gpuVolumes`. */
const takes: Readonly<Record<BypassKind, string>> = {
	VisibleDevices: `c.?env.orValue([]).exists(e, e.name == ${celString(visibleDevices)} && (has(e.valueFrom) || !(e.?value.orValue("") in ${celStrings(harmlessVisibleDevices)})))`,
	Privileged: 'c.?securityContext.?privileged.orValue(false)',
	HostPath: `c.?volumeMounts.orValue([]).exists(m, m.name in variables.hostPaths && ${normalPath('(variables.hostPaths[m.name] + "/" + m.?subPath.orValue(""))')}.matches(${celString(hostPathPattern())}))`,
	DeviceListMount: `c.?volumeMounts.orValue([]).exists(m, (${normalPath('m.mountPath')} + "/").startsWith(${celString(`${deviceListMount}/`)}))`,
};

/** The host paths that give GPUs, as one pattern over a normal path. */
function hostPathPattern(): string {
	return `^(/|/dev|/dev/nvidia.*|(${gpuHostPaths.join('|')})(/.*)?)$`;
}

/** Cheap sign that a container may be on a route: what keeps the bypass check off almost every pod. */
export const bypassCondition: Named = {
	name: 'may-bypass',
	expression: `${joining}.exists(c, ${takes.VisibleDevices} || ${takes.Privileged} || c.?volumeMounts.orValue([]).size() > 0 && (object.spec.?volumes.orValue([]).exists(v, has(v.hostPath)) || ${takes.DeviceListMount}))`,
};

/** Variables of the bypass check: `bad` names each container and route, as the core does. */
export function bypassVariables(demand: PodDemand, probeNamespace: string): readonly Named[] {
	const routes = (Object.keys(takes) as BypassKind[])
		.map((kind) => `(${takes[kind]} ? ["container " + c.name + ${celString(` ${describeRoute(kind)}`)}] : [])`)
		.join(' + ');
	return [
		...exemptVariable(demand, probeNamespace),
		{
			name: 'hostPaths',
			expression:
				'object.spec.?volumes.orValue([]).filter(v, has(v.hostPath)).transformMapEntry(i, v, {v.name: v.hostPath.path})',
		},
		{ name: 'bad', expression: `${joining}.map(c, ${routes}).flatten()` },
		textVariable(`${messagePrefix(demand)}${bypassHeading}`),
	];
}
