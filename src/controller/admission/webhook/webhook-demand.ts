import type { ApiMetadata, ApiObject } from '../../../core/ports/cluster.ts';
import type { PodDemand } from '../../../core/workloads/demand.ts';
import { type Copy, probeLabel } from '../names.ts';
import type { AdmissionObject } from '../objects.ts';

/** Label on the ConfigMaps that say what our webhook demands: every replica watches them. */
const demandLabel = 'gpupolicy.dev/webhook';
const demandLabelValue = 'demand';

export const demandSelector = `${demandLabel}=${demandLabelValue}`;

/** What every replica answers for one policy. It stands where a MutatingAdmissionPolicy stands elsewhere: proved first, then written. */
export interface WebhookDemand {
	readonly copy: Copy;
	readonly demand: PodDemand;
}

const field = 'demand.json';

/** The ConfigMap that holds a demand. */
export function webhookDemand(demand: PodDemand, copy: Copy, metadata: ApiMetadata, namespace: string): AdmissionObject {
	return {
		apiVersion: 'v1',
		kind: 'ConfigMap',
		metadata: {
			...metadata,
			namespace,
			labels: { ...metadata.labels, [demandLabel]: demandLabelValue, [probeLabel]: copy.toLowerCase() },
		},
		data: { [field]: JSON.stringify(demand) },
	};
}

/** What a ConfigMap demands; `null` where it is none of ours, or was made unreadable. */
export function readWebhookDemand({ metadata, data }: ApiObject): WebhookDemand | null {
	const text = (data as Readonly<Record<string, unknown>> | undefined)?.[field];
	if (typeof text !== 'string') return null;
	let demand: Partial<PodDemand> | null;
	try {
		demand = JSON.parse(text) as Partial<PodDemand> | null;
	} catch {
		return null;
	}
	const whole =
		typeof demand?.policy === 'string' &&
		typeof demand.digest === 'string' &&
		(demand.mode === 'Enforce' || demand.mode === 'Audit') &&
		isObject(demand.namespaceSelector) &&
		isObject(demand.podSelector) &&
		Array.isArray(demand.variables) &&
		demand.variables.every((one: unknown) => isObject(one) && typeof one.name === 'string' && typeof one.value === 'string') &&
		Array.isArray(demand.exemptions) &&
		demand.exemptions.every(isObject);
	if (!whole) return null;
	return { copy: metadata.labels?.[probeLabel] === 'bound' ? 'Bound' : 'Canary', demand: demand as PodDemand };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
