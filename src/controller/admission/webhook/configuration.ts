import type { OwnerReference } from '../../../core/ports/cluster.ts';
import { namespaceNameLabel, type ReservedNamespaces } from '../../../core/workloads/pod-scope.ts';
import { apiSelector } from '../api-selector.ts';
import { notMirror } from '../compile-expressions.ts';
import { managedBy, managedByLabel } from '../names.ts';
import { type AdmissionObject, admissionGroup } from '../objects.ts';
import { commonScope } from './common-scope.ts';
import type { WebhookDemand } from './webhook-demand.ts';

/** Where the API server reaches our webhook. */
export type WebhookAddress = { readonly service: string; readonly namespace: string } | { readonly url: string };

export const configurationName = 'gpupolicy-webhook';

/** Tells the admission enforcer of AKS not to add selectors of its own, which we would take for an edit. */
const leftAlone = { 'admissions.enforcer/disabled': 'true' };

/** Path that reviews are sent to. */
export const reviewPath = '/admit';

/** A pod waits so long for us at most, in seconds; then it passes unchanged, and the check alone stands. */
const timeoutSeconds = 2;

/**
 * The one registration for all policies: an entry for the pods that they select, which is absent while none is bound, and one for our
 * probes. Every default of the API server is spelled out.
 */
export function webhookConfiguration(settings: {
	readonly demands: readonly WebhookDemand[];
	readonly owners: readonly OwnerReference[];
	readonly address: WebhookAddress;
	/** PEM of every authority to trust. */
	readonly trusted: string;
	readonly reserved: ReservedNamespaces;
}): AdmissionObject {
	const { demands, owners, address, trusted, reserved } = settings;
	const clientConfig = {
		caBundle: Buffer.from(trusted).toString('base64'),
		...('url' in address
			? { url: `${address.url.replace(/\/+$/, '')}${reviewPath}` }
			: { service: { name: address.service, namespace: address.namespace, path: reviewPath, port: 443 } }),
	};
	const entry = (name: string, namespaceSelector: object, objectSelector: object, ephemeral: boolean): object => ({
		name,
		admissionReviewVersions: ['v1'],
		clientConfig,
		failurePolicy: 'Ignore',
		matchConditions: [notMirror],
		matchPolicy: 'Equivalent',
		namespaceSelector,
		objectSelector,
		reinvocationPolicy: 'IfNeeded',
		rules: [rule('CREATE', 'pods'), ...(ephemeral ? [rule('UPDATE', 'pods/ephemeralcontainers')] : [])],
		sideEffects: 'None',
		timeoutSeconds,
	});
	const bound = demands.filter(({ copy }) => copy === 'Bound').map(({ demand }) => demand);
	const scope = commonScope(bound, reserved);
	const probes = [{ key: namespaceNameLabel, operator: 'In' as const, values: [reserved.probe] }];
	return {
		apiVersion: `${admissionGroup}/v1`,
		kind: 'MutatingWebhookConfiguration',
		metadata: {
			name: configurationName,
			labels: { [managedByLabel]: managedBy, ...leftAlone },
			...(owners.length > 0 ? { ownerReferences: owners } : {}),
		},
		webhooks: [
			...(bound.length > 0
				? [
						entry(
							'pods.gpupolicy.dev',
							apiSelector(scope.namespace),
							apiSelector(scope.pod),
							bound.some(({ containers }) => containers === 'All'),
						),
					]
				: []),
			entry(
				'probes.gpupolicy.dev',
				apiSelector(probes),
				apiSelector([{ key: managedByLabel, operator: 'In', values: [managedBy] }]),
				true,
			),
		],
	};
}

function rule(operation: string, resource: string): object {
	return { apiGroups: [''], apiVersions: ['v1'], operations: [operation], resources: [resource], scope: 'Namespaced' };
}

/** What a certificate of the webhook must be for. */
export function namesOf(address: WebhookAddress): readonly string[] {
	if ('url' in address) return [new URL(address.url).hostname.replace(/^\[(.*)\]$/, '$1')];
	return [`${address.service}.${address.namespace}.svc`];
}

/** How a person names it. */
export function shownAddress(address: WebhookAddress): string {
	return 'url' in address ? address.url : `the Service ${address.namespace}/${address.service}`;
}
